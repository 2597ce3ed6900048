"""Sockets that listen: a server in the program, and who connects to it.

Captures      `listen`, `accept`, `bind` of internet sockets that the program serves with
Records       each connection that comes, with the other end's address; what is said then is a
              conversation as any other
Serves        the recorded connections; a replay listens nowhere
Reaches       `socket.socket`, `socketserver`, `http.server`, `xmlrpc.server`, `wsgiref`
Out of reach  UNIX sockets that listen (77); a server's own descriptor in a process that it starts
"""

from __future__ import annotations

import sys

from agentrr_hooks.socket_ends import begin, ends_of, known, stand_for, stand_from_start
from agentrr_hooks.standin import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

INTERNET = (2, 10, 30, 23)
"""AF_INET; AF_INET6 on Linux, macOS, Windows."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route sockets that listen through *boundary*."""
    patch.replace("socket", "socket.listen", lambda real: _listen(real, boundary))
    patch.replace("socket", "socket.accept", lambda real: _accept(real, boundary))


def _listen(real: Any, boundary: Boundary) -> Any:
    def listen(self: Any, *args: Any) -> None:
        lane = boundary.lane()
        if lane is None or lane.inside:
            real(self, *args)
            return
        if self.family not in INTERNET:
            lane.uncaptured("socket.listen")
            real(self, *args)
            return
        said = begin(lane, self, self.fileno(), "a server")
        went: list[Any] = []

        def live() -> list[Any]:
            went.append(True)
            real(self, *args)
            return ends_of(self)

        request = {"of": said.name, "with": [int(each) for each in args]}
        try:
            said.ends = lane.cross("socket.listen", live, request=request)
        finally:
            if not went:
                stand_for(self)

    return like(listen, real)


def _accept(real: Any, boundary: Boundary) -> Any:
    def accept(self: Any) -> Any:
        said = known.get(self.fileno()) if known else None
        lane = boundary.lane() if said is not None else None
        if said is None or lane is None or lane.inside:
            return real(self)
        taken: list[Any] = []

        def live() -> list[Any]:
            connection, address = real(self)
            taken.append(connection)
            return [list(address), *ends_of(connection)]

        address, *ends = lane.cross("socket.accept", live, request={"of": said.name})
        connection = taken[0] if taken else stand_in_of(self)
        known.pop(connection.fileno(), None)  # who had the number was closed behind our back
        begin(lane, connection, connection.fileno(), f"client of {said.name}").ends = ends
        return connection, tuple(address)

    return like(accept, real)


def stand_in_of(server: Any) -> Any:
    """Return what stands for a connection that *server* accepted, as `accept` makes it."""
    plain: Any = sys.modules["socket"].socket
    connection = plain.__new__(plain)
    stand_from_start(connection, int(server.family), int(server.type), int(server.proto))
    return connection
