"""Sockets: what a library asks of the network before it says anything.

Captures: `bind` to port 0 (is there IPv6? which port is free?) and `getsockname` of internet
    sockets.
Records: each with its address and its answer.
Serves: the recorded answer; nothing is bound.
Reaches: `socket.socket` and what is made of it, by attribute.
Out of reach: connections, datagrams and servers that no transport's hook understands: they are
    named by the audit hook (`agentrr_sandbox.seal.audit`), and a replay stops there.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_INTERNET = (2, 10, 30, 23)  # AF_INET; AF_INET6 on Linux, macOS, Windows
_PROBE = "/urllib3/util/connection.py"


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the questions through *boundary*."""
    patch.replace("socket", "socket.bind", lambda real: _bind(real, boundary))
    patch.replace("socket", "socket.getsockname", lambda real: _getsockname(real, boundary))


def _bind(real: Any, boundary: Boundary) -> Any:
    def bind(self: Any, address: Any, /) -> None:
        lane = boundary.lane()
        question = lane is not None and self.family in _INTERNET and _port(address) == 0
        if lane is None or not question:
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
        lane = boundary.lane()
        if lane is None or self.family not in _INTERNET:
            return real(self)
        return tuple(lane.cross("socket.getsockname", lambda: list(real(self))))

    getsockname.__doc__ = real.__doc__
    return getsockname


def _port(address: Any) -> Any:
    return address[1] if isinstance(address, tuple) and len(address) > 1 else None
