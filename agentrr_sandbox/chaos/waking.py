"""What wakes an event loop, recording under a drawn schedule: some answers come a little later."""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.recorder.turns import RecordedTurns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Arrive = Callable[[Any], None]

_SHORTEST = 0.001


class DrawnTurns(RecordedTurns):
    """Implements `boundary.Turns` for a recording under a drawn schedule."""

    def __init__(self, peer: Any, name: str) -> None:
        super().__init__(peer, name)
        self._held: list[tuple[float, Arrive]] = []
        self.due = True  # what is held back may be over at any turn

    def _arrive(self, arrive: Arrive) -> None:
        """An answer is there: hand it over when its delay is over."""
        delay = self.peer.schedule.delay()
        if delay:
            self._held.append((real.monotonic() + delay * _SHORTEST, arrive))
        else:
            super()._arrive(arrive)

    def deliver(self, loop: Any) -> None:
        """Hand over what has arrived."""
        self._release()
        super().deliver(loop)

    def idle(self, loop: Any, timeout: float | None) -> float | None:
        """The loop waits as long as it asks, or until the first delay is over."""
        timeout = super().idle(loop, timeout)
        if not self._held:
            return timeout
        left = max(min(at for at, _ in self._held) - real.monotonic(), 0)
        return left if timeout is None else min(timeout, left)

    def _release(self) -> None:
        now = real.monotonic()
        held, self._held = self._held, []
        for at, arrive in held:
            if at > now:
                self._held.append((at, arrive))
            else:
                super()._arrive(arrive)
