"""Names of hosts, asked of the system or of a name server.

Captures      `getaddrinfo`, `gethostbyname`, `gethostbyname_ex`, `gethostbyaddr`, `getnameinfo`
Records       the question and its answer, errors such as `gaierror` included
Serves        the recorded answer; nobody is asked
Reaches       the functions of `socket`, all that calls them, event loops included
Out of reach  resolvers in C; those that ask by datagrams of their own belong to the sockets
"""

from __future__ import annotations

import sys

from agentrr_hooks.standin import like, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_PLAIN = ("gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the questions through *boundary*."""
    patch.replace("socket", "getaddrinfo", lambda real: _getaddrinfo(real, boundary))
    for name in _PLAIN:
        patch.replace("socket", name, lambda real: _plain(real, boundary))


def _plain(real: Any, boundary: Boundary) -> Any:
    current, call = boundary.lane, f"socket.{real.__name__}"

    def ask(*args: Any, **named: Any) -> Any:
        lane = current()
        if lane is None or lane.inside:
            return real(*args, **named)
        return lane.cross(call, lambda: real(*args, **named), request={"of": [*args]})

    return stand_in(real, ask)


def _getaddrinfo(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def getaddrinfo(
        host: Any,
        port: Any,
        family: int = 0,
        type: int = 0,  # noqa: A002 - its name
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        lane = current()
        if lane is None or lane.inside:
            return list(real(host, port, family, type, proto, flags))

        def live() -> list[Any]:
            found = real(host, port, family, type, proto, flags)
            return [(int(a), int(b), *rest) for a, b, *rest in found]

        request: dict[str, Any] = {"host": host, "port": port}
        numbers = {"family": family, "type": type, "proto": proto, "flags": flags}
        request.update({name: int(value) for name, value in numbers.items() if value})
        socket = sys.modules["socket"]
        member, families, kinds = (
            socket._intenum_converter, socket.AddressFamily, socket.SocketKind,
        )  # fmt: skip
        answer = lane.cross("socket.getaddrinfo", live, request=request)
        return [(member(a, families), member(b, kinds), *rest) for a, b, *rest in answer]

    return like(getaddrinfo, real)
