"""Sockets: the conversations of any client in Python that no other hook understands.

Captures      connections (TCP, UNIX) and datagrams: `connect`, every send and `recv`, timeouts and
              other errors, names and options; `bind` and `getsockname` of internet sockets
Records       the bytes sent, to compare them, and the bytes received; secrets in them are redacted
              as everywhere
Serves        the recorded answers; nothing is connected or sent, the descriptor is one that is
              silent
Reaches       `socket.socket`, its subclasses, `create_connection`, `makefile`, `sendfile`
Out of reach  `detach`, `dup`, `recvmsg_into` and descriptors that are
              sent, of a connected socket: a replay stops there (77); `os.read` of its descriptor;
              a protocol that counts the bytes of a secret that it is sent: what is served is not
              as long
"""

from __future__ import annotations

import sys

from agentrr_hooks import socket_calls
from agentrr_hooks.socket_ends import known, showing, shown
from agentrr_hooks.socket_servers import INTERNET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_PROBE = "/urllib3/util/connection.py"


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the questions through *boundary*."""
    patch.replace("socket", "socket.bind", lambda real: _bind(real, boundary))
    patch.replace("socket", "socket.getsockname", lambda real: _getsockname(real, boundary))
    socket_calls.install(patch, boundary)


def _bind(real: Any, boundary: Boundary) -> Any:
    def bind(self: Any, address: Any, /) -> None:
        lane = boundary.lane()
        if lane is None or self.family not in INTERNET:
            real(self, address)
            return
        if sys._getframe(1).f_code.co_filename.endswith(_PROBE):
            _probe(lane, lambda: real(self, address), address)
            return
        lane.cross("socket.bind", lambda: real(self, address), request={"address": list(address)})

    bind.__doc__ = real.__doc__
    return bind


def _probe(lane: Any, live: Any, address: Any) -> None:
    """Answer a probe that a library makes while it is imported, and only once."""

    def asked() -> list[Any]:
        try:
            live()
        except OSError as error:
            return [error.errno, error.strerror, True]
        return [0, "", False]

    number, text, failed = lane.fact(f"socket.bind:{address[0]}", asked, depth=3)
    if failed:
        raise OSError(number, text)


def _getsockname(real: Any, boundary: Boundary) -> Any:
    def getsockname(self: Any) -> Any:
        if showing and self in showing:
            return shown(self, 0, real)
        lane = boundary.lane()
        if lane is None or (self.family not in INTERNET and self.fileno() not in known):
            return real(self)

        def live() -> Any:
            name = real(self)
            return list(name) if isinstance(name, tuple) else name

        name = lane.cross("socket.getsockname", live)
        return tuple(name) if isinstance(name, list) else name

    getsockname.__doc__ = real.__doc__
    return getsockname
