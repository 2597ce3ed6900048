"""The baton of a recording that is being made: first come, first served, and written down."""

from __future__ import annotations

from collections import deque

from agentrr_sandbox import real
from agentrr_sandbox.recording.shapes import MOST_HANDS
from agentrr_sandbox.schedule.baton import Baton
from agentrr_sandbox.schedule.rounds import PLACES, goes_round, stack_of
from agentrr_sandbox.schedule.stillness import Rest, computed, look
from agentrr_sandbox.schedule.strand import JOINED, TAKEN, Strand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.schedule.rounds import Stack

_LOOK = 0.005
"""Seconds between two looks at a holder that keeps others waiting."""
_CALL = 0.05
"""Seconds after which it is taken from one that is in a call that may wait."""
_LONG = 2.0
"""Seconds on a processor after which the baton is taken from a holder that still computes."""
_EVER = 10.0
"""Seconds after which it is taken whatever the holder does."""


class RecordedBaton(Baton):
    """Hands the baton on in the order in which it is asked for."""

    def __init__(self, peer: Any, lane: Any) -> None:
        self._queue: deque[Strand] = deque()
        self._order: list[list[Any]] = []
        super().__init__(peer, lane)

    def drain(self) -> list[list[Any]]:
        """Return the hands since the last time: the lane, how often in a row, and how it came."""
        with self.mutex:
            order, self._order = self._order, []
        return order

    def next(self) -> None:
        """The one that has waited longest."""
        self.holder = None
        if self._queue:
            self._hand_to(self._queue.popleft())

    def asks(self, strand: Strand) -> None:
        """*strand* may run when its turn has come."""
        if self.over:
            self.grant(strand)
            return
        if self.holder is None:
            self._hand_to(strand)
            return
        self._queue.append(strand)
        self.watch()

    def deadline(self, timeout: float) -> float | None:
        """A time limit is the world's."""
        return real.monotonic() + timeout

    def _hand_to(self, strand: Strand, how: int = 0, called: int = 0) -> None:
        how |= strand.how
        last = self._order[-1] if self._order else None
        again = last is not None and len(last) == 2 and last[0] == strand.key  # noqa: PLR2004
        usual = not (how or strand.awaited)
        if again and last and usual and last[1] < MOST_HANDS:
            last[1] += 1
        else:
            self._order.append([strand.key, 1, *_told(strand, how, called)])
        self.crowded = False
        self.grant(strand)

    # -- the watch -------------------------------------------------------------------------

    def look_after(self) -> None:
        """Take the baton from a holder that waits in C, or that computes for long."""
        seen, since, spent, rest = -1, 0.0, None, Rest()
        stacks: list[Stack | None] = []
        while self._queue and not self.over:
            real.sleep(_LOOK)
            holder = self.holder
            if holder is None or self.grants != seen:
                seen, since = self.grants, real.monotonic()
                spent = None if holder is None else computed(holder.number)
                rest.begin()
                stacks.clear()
                continue
            stacks = [*stacks[1 - PLACES :], stack_of(holder.ident)]
            waits = rest.lasts(look(holder.number)) or goes_round(stacks)
            self.crowded = True
            held = real.monotonic() - since
            if waits or held > _CALL:
                long = held > _LONG and _computes_for_long(holder, spent, held)
                self._take_away(seen, waits or long)
        self.watching = False
        if self._queue:
            self.watch()

    def _take_away(self, seen: int, anyway: bool) -> None:
        """Take the baton from a holder that is in a call that may wait, or *anyway*."""
        with self.mutex:
            holder = self.holder
            if holder is None or self.grants != seen or not self._queue:
                return
            called = holder.calls if holder.in_call else 0
            if called or anyway:
                self._hand_to(self._queue.popleft(), TAKEN, called)


def _told(strand: Strand, how: int, called: int) -> list[Any]:
    """Return how the baton came to *strand*; nothing if in the usual way."""
    ended, strand.awaited = strand.awaited, ""
    if ended and not called:
        return [how | JOINED, ended]
    return [how, called] if called else [how] if how else []


def _computes_for_long(holder: Strand, before: float | None, held: float) -> bool:
    """Whether it is so by the processor's clock: on a busy machine a thread waits long."""
    now = computed(holder.number)
    return held > _EVER or before is None or now is None or now - before > _LONG
