"""The event loop's waits.

Captures      how long an asyncio loop with nothing to do waits for its next timer
Records       nothing: `loop.time()` is the scheduler's own
Serves        a wait of no time: the loop's clock moves on to the next timer (`asyncio.sleep(3)`)
Reaches       timeouts, `call_later`, `wait_for`, `sleep` of every loop on selectors
Out of reach  what the agent reads from `loop.time()`; other loops (uvloop, trio); a wait is real
              while pool work is under way or another thread is not at rest; a thread that waits
              for a time of its own (`Timer`) counts as at rest
"""

from __future__ import annotations

import sys

from agentrr_hooks.stillness import at_rest, look
from agentrr_hooks.threads import work
from agentrr_sandbox import real as genuine
from agentrr_sandbox.frames import let_interrupt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

WINDOW = 0.02
"""Seconds between two looks at the other threads, while they may still wake the loop."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Ask *boundary* how long each idle loop really waits."""
    patch.replace(
        "asyncio.selector_events",
        "BaseSelectorEventLoop.__init__",
        lambda real: _made(real, boundary),
    )


def _made(real: Any, boundary: Boundary) -> Any:
    def __init__(self: Any, selector: Any = None) -> None:  # noqa: N807
        real(self, selector)
        clock = sys.modules["asyncio.base_events"].BaseEventLoop.time
        if type(self).time is clock and hasattr(self._selector, "__dict__"):
            waits = Waits(self._selector, boundary)
            self.time = waits.time
            self._selector.select = waits.select

    return __init__


class Waits:
    """The clock and the waits of one loop."""

    def __init__(self, selector: Any, boundary: Boundary) -> None:
        from weakref import ref

        self._current = boundary.lane
        self._select, self._selector = type(selector).select, ref(selector)
        self._ahead = 0.0

    def time(self) -> float:
        """Return the loop's time: the real clock, and what was not waited for."""
        return genuine.monotonic() + self._ahead

    def select(self, timeout: float | None = None) -> Any:
        """Wait for something to happen as long as the boundary says; then it is later."""
        select, selector, lane = self._select, self._selector(), self._current()
        if lane is None or timeout is None or timeout <= 0:
            return select(selector, timeout)
        wait = lane.idle(timeout)
        if wait == timeout or work.outstanding:
            return select(selector, timeout)
        happened = select(selector, wait) or self._for_others(selector, timeout)
        if not happened:
            self._ahead += timeout
        return happened

    def _for_others(self, selector: Any, timeout: float) -> Any:
        """Let the other threads come to rest, for no longer than *timeout*."""
        before, end = look(), genuine.monotonic() + timeout
        while before != {} and (left := end - genuine.monotonic()) > 0:
            happened = self._select(selector, min(left, WINDOW))
            after = look()
            if happened or at_rest(before, after):
                return happened
            before = after
        return self._select(selector, 0)  # the last thing that a thread did may be to wake us


let_interrupt(Waits.select.__code__)
