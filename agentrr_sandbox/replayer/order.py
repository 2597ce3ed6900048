"""The recorded hand-overs of the baton: whose turn is when, and how it came."""

from __future__ import annotations

from array import array

from agentrr_sandbox.schedule.strand import INTERRUPTED, JOINED, TAKEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentrr_sandbox.replayer import Replayer

NEVER = 1 << 62
"""The place of a lane that has none left."""


class Order:
    """The recorded hand-overs: for each lane its places among all, and how each came."""

    def __init__(self, replayer: Replayer) -> None:
        self._skipped = replayer.is_skipped
        self.keys: list[str] = []
        self._whose = array("l")
        self.places: dict[str, array[int]] = {}
        self.how: dict[int, int] = {}
        self.called: dict[int, int] = {}
        self.interrupted: dict[int, int] = {}
        """At which of its lines the holder before each of these places was interrupted."""
        self.next = 0
        numbers: dict[str, int] = {}
        for number in replayer.index.batons:
            for key, count, *how in replayer.event(number)["order"]:
                whose = numbers.setdefault(key, len(numbers))
                if whose == len(self.keys):
                    self.keys.append(key)
                    self.places[key] = array("q")
                if how:
                    self.how[len(self._whose)], *called = how
                    where = self.interrupted if how[0] & INTERRUPTED else self.called
                    plain = called and not how[0] & JOINED  # else the lane that was waited for
                    where[len(self._whose)] = called[0] if plain else 0
                for _ in range(count):
                    self.places[key].append(len(self._whose))
                    self._whose.append(whose)
        self._taken: dict[str, int] = {}

    def place(self, key: str) -> int:
        """Return the next place of lane *key*; a late one if it has none left."""
        places = self.places.get(key)
        taken = self._taken.get(key, 0)
        return NEVER if places is None or taken >= len(places) else places[taken]

    def take(self, key: str) -> int:
        """Lane *key* has got the baton at its next place: return how, for the recorded one."""
        place = self.place(key)
        if place == NEVER:
            return 0
        self._taken[key] = self._taken.get(key, 0) + 1
        self.next = max(self.next, place + 1)
        return self.how.get(place, 0)

    def beside(self) -> list[str]:
        """Return the lanes that ran on, up to here, after the baton was taken from them.

        Not those in a call that is known to wait: they asked for it again right behind that.
        """
        taken = [place for place, how in self.how.items() if how & TAKEN and place < self.next]
        free = [self.whose(place - 1) for place in taken if place and not self.called.get(place)]
        return [*dict.fromkeys(free)]

    def whose(self, place: int) -> str:
        """Return the lane whose *place* that is."""
        return self.keys[self._whose[place]]

    def due(self) -> int:
        """Return the first place that is not past and whose lane this replay is to see."""
        while self.next < len(self._whose) and self._skipped(self.keys[self._whose[self.next]]):
            self.next += 1
        return self.next if self.next < len(self._whose) else NEVER
