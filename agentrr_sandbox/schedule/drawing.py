"""What a seed decides: who goes on, and where somebody is interrupted.

Two ways take turns.  In a *walk* whoever goes on is drawn each time.  By *priorities* each strand
has one, drawn when it is first seen; the highest goes on until it waits, or until it is interrupted
and becomes the lowest.  Few interruptions at the right places show most races (Burckhardt and
others, "A randomized scheduler with probabilistic guarantees of finding bugs", 2010).  Where the
right places are nobody knows, so seeds differ in how often they interrupt: at every second place
down to one in two hundred.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15
_EVERY = (2, 3, 4, 6, 8, 16, 48, 192)
"""At one in how many places somebody is interrupted; which of these, the seed says."""
_DELAYS = 7
_TURNS = 4
"""A strand that comes to a hand-over by itself becomes the lowest one time in so many."""


class Draws:
    """A generator of our own (splitmix64): the agent's is not touched, and a seed is for ever."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def below(self, limit: int) -> int:
        """Return a number from 0 up to *limit*, which is not reached."""
        self._state = state = (self._state + _STEP) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        return (state ^ (state >> 31)) * limit >> 64

    def once_in(self, times: int) -> bool:
        """Return True, by chance once in so many *times*."""
        return self.below(times) == 0


class Schedule:
    """The schedule of one seed."""

    def __init__(self, seed: int) -> None:
        self._draws = Draws(seed)
        self._walks = seed % 2 == 0
        self._every = _EVERY[seed // 2 % len(_EVERY)]
        self._ranks: dict[str, int] = {}
        self._lowest = 0

    def choose(self, names: Sequence[str]) -> int:
        """Return which of *names*, at least one, goes on: its place."""
        if len(names) == 1:
            return 0
        if self._walks:
            return self._draws.below(len(names))
        ranks = [self._rank(name) for name in names]
        best = ranks.index(max(ranks))
        if self._draws.once_in(_TURNS):
            self._demote(names[best])
        return best

    def interrupts(self, name: str) -> bool:
        """Whether *name*, which runs, is interrupted here."""
        if not self._draws.once_in(self._every):
            return False
        if not self._walks:
            self._demote(name)
        return True

    def early(self) -> bool:
        """Whether something that a loop waits for comes before it has nothing else to do."""
        return self._draws.once_in(_TURNS)

    def delay(self) -> int:
        """Return for how long an answer is held back: often not at all, else 1, 2, 4 up to 64."""
        return 0 if self._draws.once_in(2) else 1 << self._draws.below(_DELAYS)

    def _rank(self, name: str) -> int:
        rank = self._ranks.get(name)
        if rank is None:
            rank = self._ranks[name] = 1 + self._draws.below(1 << 32)
        return rank

    def _demote(self, name: str) -> None:
        self._lowest -= 1
        self._ranks[name] = self._lowest
