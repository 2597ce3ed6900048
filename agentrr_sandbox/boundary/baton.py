"""Which thread of a recording runs, as a hook may know it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol


class Baton(Protocol):
    """Lets one thread of a recording run at a time, in a recorded order.

    A *strand* is what it knows of a thread: `ended`, and `joining`, those that wait for that.
    """

    def started(self, lane: Any) -> Any:
        """Return the strand of a thread that is about to be started, and will run in *lane*."""
        ...

    def failed(self, strand: Any) -> None:
        """The thread could not be started."""
        ...

    def begin(self, strand: Any, lane: Any) -> None:
        """To be called first by the thread itself; returns when it may run."""
        ...

    def end(self, strand: Any) -> None:
        """To be called last by the thread itself."""
        ...

    def me(self, lane: Any) -> Any:
        """Return the strand of the calling thread."""
        ...

    def wait(
        self, lane: Any, done: Callable[[], bool], waiting: deque[Any], timeout: float = -1
    ) -> bool | None:
        """Let others run until *done* says that it is done; False when *timeout* came first.

        None when the recording is finished: the caller is to wait by itself.
        """
        ...

    def aside(self, lane: Any, live: Callable[[], Any]) -> Any:
        """Return what *live* does, which may wait in C for what another thread is to do."""
        ...

    def wake(self, waiting: deque[Any]) -> None:
        """Let the first of those that wait in *waiting* ask again."""
        ...
