"""What a strand of an event loop waits with for what comes at a turn."""

from __future__ import annotations

from asyncio import CancelledError, Future

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Answer(Future[None]):
    """What a strand waits with for an answer: cancelled, it waits on, until its turn.

    Were it woken at once, it would be ready before those whose turn is the same.
    """

    def __init__(self, *, loop: Any) -> None:
        super().__init__(loop=loop)
        self.error: CancelledError | None = None

    def cancel(self, msg: Any | None = None) -> bool:
        """Remember that it was cancelled, and the last message."""
        if self.done():
            return False
        self.error = CancelledError() if msg is None else CancelledError(msg)
        return True
