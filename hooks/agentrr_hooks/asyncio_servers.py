"""Servers of event loops: who connects to the program.

Captures      `create_server`, `start_server` and their UNIX likes; the loop's `sock_accept`
Records       that it listens, and where; each connection that comes, and what can be asked of it;
              what is said then as of any connection
Serves        the recorded connections at the recorded turns; a replay listens nowhere
Reaches       any protocol and stream, uvicorn and aiohttp's server on the standard library's loops
Out of reach  the sockets of a server, but for their names
"""

from __future__ import annotations

from agentrr_hooks.socket_ends import begin, known, new_name
from agentrr_hooks.socket_servers import stand_in_of
from agentrr_hooks.standin import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the servers of loops through *boundary*."""

    def replace(module: str, name: str, made: Any) -> None:
        patch.replace(module, name, lambda real: like(made(real, boundary), real))

    replace("asyncio.base_events", "BaseEventLoop.create_server", _server)
    replace("asyncio.unix_events", "_UnixSelectorEventLoop.create_unix_server", _server)
    replace("asyncio.selector_events", "BaseSelectorEventLoop.sock_accept", _sock_accept)


def _server(real: Any, boundary: Boundary) -> Any:
    async def create_server(
        self: Any, protocol_factory: Any, *args: Any, start_serving: bool = True, **named: Any
    ) -> Any:
        lane = boundary.lane()
        turns = None if lane is None or lane.inside else lane.turns(self)
        if lane is None or turns is None:
            named["start_serving"] = start_serving
            return await real(self, protocol_factory, *args, **named)
        from agentrr_hooks.asyncio_served import Served, Serving

        serving = Serving(boundary, turns, self, new_name(lane, "a server"))

        async def live() -> list[dict[str, Any]]:
            serving.live = await real(self, serving.coming, *args, **named, start_serving=False)
            return [_facts(socket) for socket in serving.live.sockets]

        request = {"address": _plain(args), "tls": bool(named.get("ssl"))}
        if named.get("path") is not None:
            request["address"] = [str(named["path"])]
        facts = await lane.cross_async("asyncio.create_server", live, request=request, outward=True)
        server = Served(serving, protocol_factory, facts, named)
        if start_serving:
            await server.start_serving()
        return server

    return create_server


def _plain(args: tuple[Any, ...]) -> list[Any]:
    return [each if isinstance(each, int | str | None) else str(each) for each in args]


def _facts(socket: Any) -> dict[str, Any]:
    kinds = {name: int(getattr(socket, name)) for name in ("family", "type", "proto")}
    return {"socket": kinds, "sockname": socket.getsockname(), "peername": None}


def _sock_accept(real: Any, boundary: Boundary) -> Any:
    async def sock_accept(self: Any, sock: Any) -> Any:
        said = known.get(sock.fileno()) if known else None
        lane = boundary.lane() if said is not None else None
        if said is None or lane is None or lane.inside:
            return await real(self, sock)
        taken: list[Any] = []

        async def live() -> list[Any]:
            connection, address = await real(self, sock)
            taken.append(connection)
            return list(address)

        request = {"of": said.name}
        found = await lane.cross_async("asyncio.sock_accept", live, request=request, outward=True)
        address = tuple(found)
        connection = taken[0] if taken else stand_in_of(sock)
        connection.setblocking(False)
        known.pop(connection.fileno(), None)
        begin(lane, connection, connection.fileno(), f"client of {said.name}")
        return connection, address

    return sock_accept
