"""psycopg's generators ask, and its functions that wait are where the lane is asked.

See `postgres`.  A genuine generator yields what it waits for; ours yields what it asks (`Asked`),
and the function that waits lets the genuine ones do it, as one crossing.
"""

from __future__ import annotations

import sys

from agentrr_hooks import postgres_links as links
from agentrr_hooks.postgres_results import answer_of, bare, value_of
from agentrr_hooks.postgres_served import served_connection
from agentrr_hooks.standin import like, partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane

    Wait = Callable[[Any], Any]

_made = [0]


class _Question:
    """What *make* makes a genuine generator for: only live, for those in C begin when made."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._begun: Any = None

    def live(self, wait: Wait) -> Any:
        """Wait for it; one that was interrupted goes on."""
        if self._begun is None:
            self._begun = self._make()
        return wait(self._begun)

    def now(self, lane: Lane, wait: Wait) -> Any:
        """Ask, and wait."""
        raise NotImplementedError

    async def later(self, lane: Lane, wait: Wait) -> Any:
        """Ask, and wait in an event loop."""
        raise NotImplementedError


def _rest(gen: Any, first: Any) -> Generator[Any, Any, Any]:
    """Yield *first*, which *gen* has yielded, then what it yields."""
    while True:
        received = yield first
        try:
            first = gen.send(received)
        except StopIteration as stop:
            return stop.value


class Asked(_Question):
    """What is asked of a connection."""

    def __init__(
        self, call: str, pgconn: Any, make: Callable[[], Any], request: dict[str, Any]
    ) -> None:
        super().__init__(make)
        self.call, self.pgconn, self.request = f"postgres.{call}", pgconn, request

    def now(self, lane: Lane, wait: Wait) -> Any:
        """Ask, and wait."""
        link = links.of(self.pgconn)
        assert link is not None
        live = partial(self.live, wait)
        return link.ask(lane, self.call, self.pgconn, live, self.request, answer_of, value_of)

    async def later(self, lane: Lane, wait: Wait) -> Any:
        """Ask, and wait in an event loop."""
        link = links.of(self.pgconn)
        assert link is not None
        live = partial(self.live, wait)
        return await link.ask_async(
            lane, self.call, self.pgconn, live, self.request, answer_of, value_of
        )


class Connecting(_Question):
    """That a connection is made."""

    def __init__(self, conninfo: str, make: Callable[[], Any]) -> None:
        super().__init__(make)
        self.conninfo = conninfo
        self.found: list[Any] = []

    def _made(self, pgconn: Any) -> dict[str, Any]:
        self.found.append(pgconn)
        _made[0] += 1
        return links.Link(_made[0]).made(pgconn)

    def _its(self, lane: Lane, answer: dict[str, Any]) -> Any:
        pgconn = self.found[0] if self.found else served_connection(answer, self.conninfo)
        link = links.of(pgconn)
        assert link is not None
        link.learn(lane, answer, pgconn)
        return pgconn

    def now(self, lane: Lane, wait: Wait) -> Any:
        """Connect, and wait."""

        def live() -> dict[str, Any]:
            return self._made(self.live(wait))

        request = links.public(self.conninfo)
        return self._its(lane, lane.cross("postgres.connect", live, request=request, outward=True))

    async def later(self, lane: Lane, wait: Wait) -> Any:
        """Connect, and wait in an event loop."""

        async def live() -> dict[str, Any]:
            return self._made(await self.live(wait))

        request = links.public(self.conninfo)
        call = "postgres.connect"
        return self._its(lane, await lane.cross_async(call, live, request=request, outward=True))


class Cancelling(_Question):
    """That what a connection does is cancelled."""

    def now(self, lane: Lane, wait: Wait) -> Any:
        """Cancel, and wait."""
        return lane.cross("postgres.cancel", partial(self.live, wait), outward=True)

    async def later(self, lane: Lane, wait: Wait) -> Any:
        """Cancel, and wait in an event loop."""
        live = partial(self.live, wait)
        return await lane.cross_async("postgres.cancel", live, outward=True)


def _until(asked: Any) -> Generator[Any, Any, Any]:
    """Yield *asked* until there is an answer: a wait that was interrupted begins again."""
    while True:
        answer = yield asked
        if answer is not None:
            return answer[0]


def asking(name: str, boundary: Boundary, real: Any) -> Any:
    """Return what stands for the generator *name* of a connection."""
    current = boundary.lane

    def ask(pgconn: Any, *args: Any, **named: Any) -> Any:
        lane = current()
        if lane is None or lane.inside or links.of(pgconn) is None:
            return (yield from real(pgconn, *args, **named))
        request: dict[str, Any] = {}
        if name == "pipeline_communicate":
            request["commands"] = [links.command(one) for one in args[0]]
        elif args or named:
            request["data"] = [bare(value) for value in (*args, *named.values())]
        value = yield from _until(
            Asked(name, pgconn, partial(real, pgconn, *args, **named), request)
        )
        if name == "pipeline_communicate":
            args[0].clear()  # they are sent
        return value

    return like(ask, real)


def connecting(real: Any, boundary: Boundary) -> Any:
    """Return what stands for the generator that connects."""
    current = boundary.lane

    def connect(conninfo: str) -> Any:
        lane = current()
        if lane is None or lane.inside:
            return (yield from real(conninfo))
        return (yield from _until(Connecting(conninfo, partial(real, conninfo))))

    return like(connect, real)


def cancelling(real: Any, boundary: Boundary) -> Any:
    """Return what stands for the generator that cancels."""
    current = boundary.lane

    def cancel(cancel_conn: Any, *args: Any) -> Any:
        lane = current()
        if lane is None or lane.inside:
            return (yield from real(cancel_conn, *args))
        return (yield from _until(Cancelling(partial(real, cancel_conn, *args))))

    return like(cancel, real)


def _own(error: Exception) -> bool:
    """Whether *error* is of the wait, not of what was asked: the generator goes on then."""
    return isinstance(error, sys.modules["psycopg.errors"]._WaitTimeout)


def waiting(boundary: Boundary, real: Any) -> Any:
    """Return what stands for a function that waits for a generator."""
    current = boundary.lane

    def wait(gen: Any, *args: Any, **named: Any) -> Any:
        lane = current()
        if lane is None or lane.inside:
            return real(gen, *args, **named)
        step = partial(gen.send, None)
        while True:
            try:
                asked = step()
            except StopIteration as stop:
                return stop.value
            if not isinstance(asked, _Question):  # a generator of the program's own
                lane.uncaptured("psycopg.Connection.wait")
                return real(_rest(gen, asked), *args, **named)
            try:
                step = partial(gen.send, (asked.now(lane, lambda one: real(one, *args, **named)),))
            except Exception as error:
                if _own(error):
                    raise
                step = partial(gen.throw, error)

    return like(wait, real)


def waiting_async(boundary: Boundary, real: Any) -> Any:
    """Return what stands for a coroutine that waits for a generator."""
    current = boundary.lane

    async def wait(gen: Any, *args: Any, **named: Any) -> Any:
        lane = current()
        if lane is None or lane.inside:
            return await real(gen, *args, **named)
        step = partial(gen.send, None)
        while True:
            try:
                asked = step()
            except StopIteration as stop:
                return stop.value
            if not isinstance(asked, _Question):  # a generator of the program's own
                lane.uncaptured("psycopg.Connection.wait")
                return await real(_rest(gen, asked), *args, **named)
            try:
                answer = await asked.later(lane, lambda one: real(one, *args, **named))
                step = partial(gen.send, (answer,))
            except Exception as error:
                if _own(error):
                    raise
                step = partial(gen.throw, error)

    return like(wait, real)
