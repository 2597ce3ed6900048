"""What wakes an event loop, as a hook may know it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Turns(Protocol):
    """How a recording wakes an event loop: at the head of a turn, in a recorded order.

    A *handle* is the loop's own object; when its turn has come it is made ready to run.
    """

    now: float
    """The loop's time as the program was told last: what a delay counts from."""

    def timer(self, lane: Any, loop: Any, handle: Any, call_at: Callable[..., Any]) -> None:
        """Make *handle* ready after its time; `handle.live.cancel()` takes that back.

        *call_at* is the loop's genuine one.
        """
        ...

    def call(self, lane: Any, loop: Any, handle: Any) -> Callable[[], None]:
        """Name a call of another thread; what is returned makes *handle* ready, from any thread."""
        ...

    def signal(self, lane: Any, loop: Any, signal: int, handle: Any) -> None:
        """Make *handle* ready, the handler of *signal*."""
        ...
