"""The baton under a drawn schedule: who goes on is drawn among those that may.

Drawn only when every other thread has come to where it waits, so that a seed always draws among the
same ones.  Time is not the world's here.  Sleeps and time limits are over in the order of their
ends, and not while a thread is ready that waits for nothing: the system would keep it waiting that
long.  For an answer a thread may wait any time; a limit that the recorded run kept is kept then.
"""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.schedule.baton import Baton
from agentrr_sandbox.schedule.stillness import Rest, computed, look
from agentrr_sandbox.schedule.strand import EXPIRED, Strand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable
    from typing import Any

_LOOK = 0.005
"""Seconds between two looks at threads that keep others waiting."""
_DELAYED = 0.05
"""Seconds for which the system may keep a thread waiting that could run."""
_LONG = 2.0
"""Seconds on a processor after which a holder that still computes loses the baton."""


class ChaosBaton(Baton):
    """Hands the baton to whom the schedule draws."""

    def __init__(self, peer: Any, lane: Any) -> None:
        self._ready: set[Strand] = set()
        self._blocked: set[Strand] = set()
        self._away: set[Strand] = set()
        """Threads that wait in C, or compute for long: the baton was taken from them."""
        self._ends: dict[Strand, float] = {}
        """When, by the schedule's time, the sleep or the time limit of a thread ends."""
        self._sleeping: set[Strand] = set()
        self._numbers: dict[Strand, int] = {}
        self._answered: set[Strand] = set()
        """Threads that have an answer, which may have taken any time."""
        self._expired = {
            key
            for number in peer.index.batons
            for key, _, *how in peer.event(number)["order"]
            if how and how[0] & EXPIRED
        }
        """Lanes of which a time limit was over in the recorded run."""
        super().__init__(peer, lane)

    def me(self, lane: Any = None) -> Strand:
        """Return the calling thread."""
        strand = super().me(lane)
        self._numbers.setdefault(strand, len(self._numbers))
        return strand

    def started(self, lane: Any) -> Strand:
        """The holder starts a thread."""
        strand = super().started(lane)
        self._numbers.setdefault(strand, len(self._numbers))
        return strand

    def begin(self, strand: Strand, lane: Any) -> None:
        """To be called first by a thread that was `started`."""
        super().begin(strand, lane)
        self.peer.lines.enter()

    def wait(
        self, lane: Any, done: Callable[[], bool], waiting: deque[Strand], timeout: float = -1
    ) -> bool | None:
        """Wait until *done* says that it is done; False when *timeout* seconds were over first."""
        strand = self.me(lane)
        if timeout >= 0:
            self._ends[strand] = self.peer.now + timeout
        try:
            return super().wait(lane, done, waiting, timeout)
        finally:
            self._ends.pop(strand, None)

    def sleep(self, lane: Any, seconds: float) -> None:
        """Let others run for *seconds* of the schedule's time."""
        strand = self.me(lane)
        self._ends[strand] = self.peer.now + seconds
        self._sleeping.add(strand)
        try:
            self.pass_on(lane)
        finally:
            self._sleeping.discard(strand)
            self._ends.pop(strand, None)

    def answered(self, lane: Any) -> None:
        """Let others run until the calling thread has its answer."""
        strand = self.me(lane)
        self._answered.add(strand)
        try:
            self.pass_on(lane)
        finally:
            self._answered.discard(strand)

    def alone(self) -> bool:
        """Whether there is no other thread."""
        return len(self.strands) + len(self.coming) < 2  # noqa: PLR2004 - one and another

    def earliest(self) -> float | None:
        """Return when the first sleep or time limit of a thread ends."""
        return min(self._ends.values(), default=None)

    def wake(  # type: ignore[override] # one baton's draws
        self, waiting: deque[Strand], ended: str = ""
    ) -> None:
        """Let one of those that wait in *waiting* ask again: which one is drawn."""
        if len(waiting) > 1 and self.held():
            names = [strand.base for strand in waiting]
            waiting.rotate(-self.peer.schedule.choose(names))
        Baton.wake(waiting, ended)

    # -- see `schedule.baton` ----------------------------------------------------------------

    def deadline(self, timeout: float) -> None:
        """A time limit is over when the schedule says so."""

    def next(self) -> None:
        """The one that is drawn."""
        self.holder = None
        self._choose()

    def asks(self, strand: Strand) -> None:
        """*strand* may run when it is drawn."""
        self._blocked.discard(strand)
        self._away.discard(strand)
        if self.over:
            self.grant(strand)
            return
        self._ready.add(strand)
        self._consider()

    def blocks(self, strand: Strand) -> None:
        """*strand* waits for another one."""
        self._blocked.add(strand)

    def line(self, lane: Any, *, may: Callable[[], bool]) -> None:
        """Interrupt the holder if the schedule says so."""
        if not self.alone() and self.peer.schedule.interrupts(self.me().base) and may():
            self.pass_on(lane)

    def changed(self) -> None:
        """A thread has ended: those that waited for it to come may go on."""
        self._consider()

    def let_go(self) -> None:
        """The replay has ended: let every thread meet that."""
        with self.mutex:
            for strand in [*self._ready, *self._blocked]:
                self._hand_to(strand)

    def _consider(self) -> None:
        if self.peer.halted is not None:
            self.let_go()
        elif self.holder is None:
            self._choose()
        else:
            self.watch()

    def _choose(self, *, anyway: bool = False) -> None:
        """Nobody has the baton: draw who gets it; *anyway* without those that have not come."""
        if self.over or not (self._ready or self._blocked):
            return
        if not anyway and (self._away or self._on_the_way()):
            self.watch()
            return
        drawn = self._may_go_on()
        if drawn:
            strand = drawn[self.peer.schedule.choose([each.base for each in drawn])]
            self.peer.now = max(self.peer.now, self._ends.get(strand, 0))
            self._hand_to(strand, EXPIRED if strand in self._blocked else 0)
        elif not self._away:
            self.peer.every_thread_waits(self.strands)

    def _may_go_on(self) -> list[Strand]:
        """Return the threads among which is drawn, in an order that is always the same."""
        ends, now = self._ends, self.peer.now
        ready = sorted(self._ready, key=self._numbers.__getitem__)
        found = [strand for strand in ready if strand not in self._sleeping]
        prompt = any(strand not in self._answered for strand in found)
        timed = [strand for strand in ready if strand in self._sleeping] + self._limited()
        first = min(timed, key=ends.__getitem__, default=None)
        if first is None:
            return found
        sleeps = first in self._sleeping
        soon = sleeps and ends[first] - now <= _DELAYED
        expires = sleeps or first.key in self._expired
        if not found or soon or (expires and not prompt):
            found.append(first)
        return found

    def _limited(self) -> list[Strand]:
        found = [strand for strand in self._blocked if strand.limited and strand in self._ends]
        return sorted(found, key=self._numbers.__getitem__)

    def _on_the_way(self) -> bool:
        """Whether a thread runs that will yet come to where it waits."""
        known = len(self._ready) + len(self._blocked) + len(self._away)
        return bool(self.coming) or len(self.strands) > known

    def _hand_to(self, strand: Strand, how: int = 0) -> None:
        self._ready.discard(strand)
        self._blocked.discard(strand)
        strand.how = how
        self.grant(strand)

    # -- the watch -------------------------------------------------------------------------

    def look_after(self) -> None:
        """Go on without a thread that waits in C, or that computes for long."""
        seen, spent, rest = (-1, 0), None, Rest()
        while (self._ready or self._blocked) and not self.over:
            real.sleep(_LOOK)
            holder = self.holder
            state = self.grants, len(self._ready) + len(self._blocked)
            if state != seen:
                seen = state
                spent = None if holder is None else computed(holder.number)
                rest.begin()
                continue
            still = rest.lasts(look() if holder is None else look(holder.number))
            with self.mutex:
                if self.grants == seen[0] and self.holder is holder:
                    self._look_after(still, holder, spent)
        self.watching = False
        if self._ready and not self.over:
            self.watch()

    def _look_after(self, still: bool, holder: Strand | None, spent: float | None) -> None:
        if holder is None:
            if still:
                self._choose(anyway=True)
        elif self._ready and (still or _computes(holder, spent)):
            self._away.add(holder)
            self.holder = None
            self._choose(anyway=True)


def _computes(holder: Strand, before: float | None) -> bool:
    now = computed(holder.number)
    return before is not None and now is not None and now - before > _LONG
