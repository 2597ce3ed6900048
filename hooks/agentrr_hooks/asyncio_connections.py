"""Connections of event loops: streams and protocols of asyncio, with TLS or without.

Captures      `create_connection`, `open_connection` and their UNIX likes, `start_tls`; the loop's
              `sock_connect`, `sock_recv`, `sock_recv_into`, `sock_sendall`
Records       that it was connected, and what can be asked of it; what is written, in the clear;
              each piece that comes, the end, an error, at its turn of the loop
Serves        the same pieces at the same turns; nothing is connected
Reaches       `asyncio.StreamReader`, `StreamWriter`, any protocol, on loops of the standard library
Out of reach  datagram endpoints and `add_reader` of a connected socket: a replay stops
              there (77); the socket itself and the chain of certificates of a transport; the TLS
              session
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from agentrr_hooks.socket_ends import begin, known, new_name, stand_for
from agentrr_hooks.standin import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_BASE = "asyncio.base_events"
_SELECTOR = "asyncio.selector_events"
_UNIX = "asyncio.unix_events"


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the connections of loops through *boundary*."""

    def replace(module: str, name: str, made: Any) -> None:
        patch.replace(module, name, lambda real: like(made(real, boundary), real))

    replace(_BASE, "BaseEventLoop.create_connection", _connection)
    replace(_UNIX, "_UnixSelectorEventLoop.create_unix_connection", _connection)
    replace(_BASE, "BaseEventLoop.start_tls", _start_tls)
    replace(_BASE, "BaseEventLoop.create_datagram_endpoint", _unknown)
    replace(_BASE, "BaseEventLoop.run_in_executor", _in_executor)
    for name in ("add_reader", "add_writer"):
        replace(_SELECTOR, f"BaseSelectorEventLoop.{name}", _watched)
    for name in ("sock_connect", "sock_recv", "sock_sendall", "sock_recv_into"):
        replace(_SELECTOR, f"BaseSelectorEventLoop.{name}", _SOCK[name])


def _outer(boundary: Boundary) -> Any:
    lane = boundary.lane()
    return None if lane is None or lane.inside else lane


def _connection(real: Any, boundary: Boundary) -> Any:
    async def connect(self: Any, protocol_factory: Any, *args: Any, **named: Any) -> Any:
        lane = _outer(boundary)
        turns = None if lane is None else lane.turns(self)
        if lane is None or turns is None:
            return await real(self, protocol_factory, *args, **named)
        from agentrr_hooks.asyncio_links import Link, Linked, facts_of

        request = _request(args, named)
        link = Link(boundary, turns, self, new_name(lane, request["address"]))

        async def live() -> dict[str, Any]:
            link.live, _ = await real(self, lambda: link.tap, *args, **named)
            return facts_of(link.live)

        facts = await lane.cross_async("asyncio.connect", live, request=request, outward=True)
        protocol = protocol_factory()
        transport = Linked(link, protocol, facts, named.get("ssl"))
        protocol.connection_made(transport)
        link.wait()
        return transport, protocol

    return connect


def _request(args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    whole = dict(zip(("host", "port"), args, strict=False)) | named
    sock = whole.get("sock")
    if sock is not None:
        said = known.get(sock.fileno())
        address: Any = "a socket" if said is None else said.name
    elif "path" in whole or len(args) == 1:
        address = whole.get("path", args[0] if args else None)
        address = getattr(address, "__fspath__", lambda: address)()
    else:
        address = (whole.get("host"), whole.get("port"))
    request: dict[str, Any] = {"address": address, "tls": bool(whole.get("ssl"))}
    if whole.get("server_hostname"):
        request["server"] = whole["server_hostname"]
    return request


def _start_tls(real: Any, boundary: Boundary) -> Any:
    async def start_tls(
        self: Any, transport: Any, protocol: Any, sslcontext: Any, **named: Any
    ) -> Any:
        link = getattr(transport, "_link", None)
        lane = _outer(boundary)
        if link is None or lane is None:
            return await real(self, transport, protocol, sslcontext, **named)
        from agentrr_hooks.asyncio_links import Linked, facts_of

        async def live() -> dict[str, Any]:
            link.live = await real(self, link.live, link.tap, sslcontext, **named)
            return facts_of(link.live)

        request = {"of": link.name, "server": named.get("server_hostname")}
        facts = await lane.cross_async("asyncio.start_tls", live, request=request, outward=True)
        return Linked(link, protocol, facts, sslcontext)

    return start_tls


def _in_executor(real: Any, boundary: Boundary) -> Any:
    """The threads of a live call's (it looks a name up) are not the program's: a replay has none.

    Were they, the loop would have threads to wait for at its end, and theirs would be numbered on.
    """
    own: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    def run_in_executor(self: Any, executor: Any, func: Any, *args: Any) -> Any:
        lane = boundary.lane() if executor is None else None
        if lane is None or not lane.inside:
            return real(self, executor, func, *args)
        pool = own.get(self)
        if pool is None:
            from concurrent.futures import ThreadPoolExecutor

            pool = own[self] = ThreadPoolExecutor(thread_name_prefix="live")
        return real(self, pool, func, *args)

    return run_in_executor


def _unknown(real: Any, boundary: Boundary) -> Any:
    async def unknown(self: Any, *args: Any, **named: Any) -> Any:
        lane = _outer(boundary)
        if lane is not None:
            lane.uncaptured(f"asyncio.{real.__name__}")
        return await real(self, *args, **named)

    return unknown


def _watched(real: Any, boundary: Boundary) -> Any:
    def watched(self: Any, fd: Any, callback: Any, *args: Any) -> Any:
        said = known.get(fd if isinstance(fd, int) else fd.fileno()) if known else None
        lane = None if said is None else _outer(boundary)
        if lane is not None and said is not None:
            lane.uncaptured(f"asyncio.{real.__name__}", {"of": said.name})
        return real(self, fd, callback, *args)

    return watched


def _sock_connect(real: Any, boundary: Boundary) -> Any:
    async def sock_connect(self: Any, sock: Any, address: Any) -> Any:
        lane = _outer(boundary)
        if lane is None:
            return await real(self, sock, address)
        begin(lane, sock, sock.fileno(), address)
        went: list[Any] = []

        async def live() -> Any:
            went.append(True)
            return await real(self, sock, address)

        where = list(address) if isinstance(address, tuple) else address
        request = {"address": where}
        try:
            await lane.cross_async("asyncio.sock_connect", live, request=request, outward=True)
        finally:
            if not went:
                stand_for(sock)

    return sock_connect


def _said(boundary: Boundary, sock: Any) -> Any:
    said = known.get(sock.fileno()) if known else None
    lane = None if said is None else _outer(boundary)
    return None if lane is None or said is None else (lane, said.name)


def _sock_recv(real: Any, boundary: Boundary) -> Any:
    async def sock_recv(self: Any, sock: Any, n: int) -> Any:
        there = _said(boundary, sock)
        if there is None:
            return await real(self, sock, n)
        request = {"of": there[1], "with": [n]}
        return await there[0].cross_async(
            "asyncio.sock_recv", lambda: real(self, sock, n), request=request
        )

    return sock_recv


def _sock_recv_into(real: Any, boundary: Boundary) -> Any:
    async def sock_recv_into(self: Any, sock: Any, buf: Any) -> Any:
        if _said(boundary, sock) is None:
            return await real(self, sock, buf)
        with memoryview(buf) as whole, whole.cast("B") as cells:
            data = await self.sock_recv(sock, len(cells))
            cells[: len(data)] = data
        return len(data)

    return sock_recv_into


def _sock_sendall(real: Any, boundary: Boundary) -> Any:
    async def sock_sendall(self: Any, sock: Any, data: Any) -> Any:
        there = _said(boundary, sock)
        if there is None:
            return await real(self, sock, data)
        request = {"to": there[1], "data": bytes(data)}
        return await there[0].cross_async(
            "asyncio.sock_sendall", lambda: real(self, sock, data), request=request, outward=True
        )

    return sock_sendall


_SOCK = {
    "sock_connect": _sock_connect,
    "sock_recv": _sock_recv,
    "sock_recv_into": _sock_recv_into,
    "sock_sendall": _sock_sendall,
}
