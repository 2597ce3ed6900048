"""A server of an event loop: what the program has of it, and what joins that to the live one."""

from __future__ import annotations

import sys
from asyncio import sleep
from asyncio.base_events import Server

from agentrr_hooks.asyncio_links import Link, Linked, SocketFacts, Tap, facts_of
from agentrr_hooks.socket_ends import new_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Turns


class Serving(Link):
    """What joins the program's server to the live one, which a replay has not."""

    def __init__(self, boundary: Boundary, turns: Turns, loop: Any, name: str) -> None:
        super().__init__(boundary, turns, loop, name)
        self.server: Any = None

    def coming(self) -> Tap:
        """Return the protocol of a live connection that comes."""
        return _Coming(self)

    def start(self) -> None:
        """Take connections."""
        self.cross("asyncio.start_serving", lambda: self.live._start_serving())  # noqa: PLW0108 - a replay has none
        self.wait()

    def stop(self) -> None:
        """Take no more of them."""
        self.cross("asyncio.close_server", lambda: self.live.close())  # noqa: PLW0108 - a replay has none

    def _arrived(self) -> None:
        links: list[Any] = []

        def taken() -> dict[str, Any]:
            _, link = self.inbox.popleft()
            links.append(link)
            return facts_of(link.live)

        facts = self.cross("asyncio.accepted", taken)
        self.wait()
        lane = self.boundary.lane()
        name = new_name(lane, f"client of {self.name}") if lane is not None else self.name
        link = links.pop() if links else Link(self.boundary, self.turns, self.loop, name)
        link.name = name
        self.server.accepted(link, facts)


class _Coming(Tap):
    """The protocol of a live connection that somebody makes to the program."""

    def __init__(self, serving: Serving) -> None:
        link = Link(serving.boundary, serving.turns, serving.loop, serving.name)
        link.tap = self
        super().__init__(link)
        self._serving = serving

    def connection_made(self, transport: Any) -> None:
        """Keep that."""
        self._link.live = transport
        self._serving.came("connection", self._link)


class Served(Server):
    """The program's server."""

    def __init__(
        self, serving: Serving, factory: Any, facts: list[dict[str, Any]], named: dict[str, Any]
    ) -> None:
        context = named.get("ssl")
        super().__init__(serving.loop, [], factory, context, named.get("backlog", 100), None)
        self._serving_at = serving
        self._factory, self._context = factory, context
        self._names = tuple(SocketFacts(serving, each) for each in facts)
        serving.server = self

    @property
    def sockets(self) -> Any:
        """What can be asked of the sockets that listen; none once it is closed."""
        closed = self._sockets is None  # type: ignore[attr-defined] # the standard library's
        return () if closed else self._names

    def _start_serving(self) -> None:
        if self._serving:  # type: ignore[has-type]
            return
        self._serving = True
        self._serving_at.start()

    async def start_serving(self) -> None:
        """Take connections from now on."""
        self._start_serving()
        await sleep(0)

    def accepted(self, link: Link, facts: dict[str, Any]) -> None:
        """Hand a connection to a protocol of the program's."""
        protocol = self._factory()
        transport = Linked(link, protocol, facts, self._context)
        attached = (transport,) if sys.version_info >= (3, 13) else ()
        self._attach(*attached)  # type: ignore[attr-defined] # the standard library's
        link.lost = lambda: self._detach(*attached)  # type: ignore[attr-defined] # as well
        protocol.connection_made(transport)
        link.wait()

    def close(self) -> None:
        """Take no more connections."""
        if self._sockets is not None:  # type: ignore[attr-defined] # the standard library's
            self._serving_at.stop()
        super().close()
