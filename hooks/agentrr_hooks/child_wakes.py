"""What comes from a child of an event loop, handed over at turns of the loop: see `child_loops`."""

from __future__ import annotations

import sys
from _contextvars import copy_context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane


class Wakes:
    """One source of events, which wakes *loop* in a lane of its own, below *lane*.

    *live*: the world says when, by `come`; else the recording does.
    """

    def __init__(self, lane: Lane, loop: Any, name: str, boundary: Boundary, *, live: bool) -> None:
        self.lane = lane.child("task", name)
        self._loop = loop
        self._live = live
        self._turns: Any = lane.turns(loop)
        self._boundary = boundary
        self._context = copy_context()
        self._context.run(boundary.enter, self.lane)
        self._outside = copy_context()
        self._outside.run(boundary.enter, None)
        self._ready: Callable[[], None] | None = None
        self._early = 0

    def arm(self, then: Callable[[], None]) -> None:
        """Call *then* at the turn of the next event."""
        handle = sys.modules["asyncio.events"].Handle(then, (), self._loop, self._context)
        ready = self._turns.call(self.lane, self._loop, handle)
        if not self._live or self._early:
            self._early -= self._live
            ready()
        else:
            self._ready = ready

    def come(self) -> None:
        """The event is there; to be called from any thread."""
        ready, self._ready = self._ready, None
        if ready is None:
            self._early += 1
        elif not self._loop.is_closed():
            ready()

    def aside(self, call: Callable[..., Any], *args: Any) -> Any:
        """Call what is no part of the recorded program."""
        return self._outside.run(call, *args)
