"""Records under a drawn schedule: who goes on among those that could is drawn.

What is made is a recording like any other.  The world takes its own time, so the same seed makes
the same draws, but need not make the same run: its recording is what repeats that.
"""

from __future__ import annotations

from collections import deque

from agentrr_sandbox.recorder import Recorder
from agentrr_sandbox.recorder.baton import RecordedBaton
from agentrr_sandbox.schedule.drawing import Schedule
from agentrr_sandbox.schedule.lines import Lines
from agentrr_sandbox.schedule.strand import INTERRUPTED, Strand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Lane


class ChaosRecorder(Recorder):
    """One recording that is being made under the schedule of *seed*."""

    def __init__(self, *args: Any, seed: int, **named: Any) -> None:
        super().__init__(*args, **named)
        self.schedule = Schedule(seed)
        self.lines = Lines(self)
        self.append("note", {"what": "chaos", "message": f"under the schedule of seed {seed}"})

    def make_baton(self, lane: Lane) -> Any:
        """Return what draws which thread goes on; *lane* starts the second one."""
        baton = DrawnBaton(self, lane)
        self.lines.begin()
        return baton

    def make_turns(self, name: str) -> Any:
        """Return what draws when an answer comes to the event loop called *name*."""
        from agentrr_sandbox.chaos.waking import DrawnTurns

        return DrawnTurns(self, name)


class DrawnBaton(RecordedBaton):
    """Hands the baton to one of those that ask for it, and interrupts its holder at times."""

    _queue: deque[Strand]

    def begin(self, strand: Strand, lane: Any) -> None:
        """To be called first by a thread that was `started`."""
        super().begin(strand, lane)
        self.peer.lines.enter()

    def next(self) -> None:
        """One of those that wait."""
        self._draw()
        super().next()

    def line(self, lane: Any, *, may: Callable[[], bool]) -> None:
        """Interrupt the holder if the schedule says so; a replay counts the lines as well."""
        strand = self.me(lane)
        strand.lines += 1
        if self._queue and self.peer.schedule.interrupts(strand.base) and may():
            with self.mutex:
                if self.holder is not strand or not self._queue:
                    return
                self._draw()
                self._hand_to(self._queue.popleft(), INTERRUPTED, strand.lines)
            self.take(lane)

    def _draw(self) -> None:
        """Put the one that is drawn first."""
        if len(self._queue) > 1:
            names = [strand.base for strand in self._queue]
            self._queue.rotate(-self.peer.schedule.choose(names))
