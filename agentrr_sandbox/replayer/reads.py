"""The clock reads and draws of one lane between two crossings, as recorded.

Two sequences: those of the user's code are matched one by one; those of libraries call by call,
so that a library's own reads, whose number never repeats, make no false divergence.
"""

from __future__ import annotations

from agentrr_sandbox.recording.reads import unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.replayer import Replayer


class Stretch:
    """What is left of the recorded reads up to the next crossing of a lane.

    `calls` and `values` are the user's sequence, from `place` on; `library` maps each call to
    its values, last one first.  `strict` maps the calls that are not elastic to the last event
    that holds one.
    """

    __slots__ = ("_events", "calls", "last", "library", "place", "strict", "values")

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.values: list[Any] = []
        self.place = 0
        self.library: dict[str, list[Any]] = {}
        self.strict: dict[str, int] = {}
        self.last: dict[str, Any] = {}
        self._events: list[tuple[int, int]] = []

    def load(self, event: dict[str, Any], replayer: Replayer) -> None:
        """Add the reads of one event."""
        if self.place:
            del self.calls[: self.place], self.values[: self.place]
            self._events = [(e - self.place, n) for e, n in self._events if e > self.place]
            self.place = 0
        fresh: dict[str, list[Any]] = {}
        for call, owner, kind, elastic, packed in event["runs"]:
            values = unpack(kind, packed)
            if kind == "v":
                values = [replayer.decoded(value) for value in values]
            if owner == "user":
                self.calls += [call] * len(values)
                self.values += values
            else:
                fresh.setdefault(call, []).extend(values)
                if not elastic:
                    self.strict[call] = event["seq"]
        if self.calls:
            self._events.append((len(self.calls), event["seq"]))
        for call, values in fresh.items():
            values.reverse()
            self.library[call] = values + self.library.get(call, [])

    def event(self) -> int | None:
        """Return the number of the event that holds the next read of the user's, if any."""
        return next((number for end, number in self._events if end > self.place), None)

    def forget(self) -> None:
        """Drop what is left of the user's sequence."""
        self.calls.clear()
        self.values.clear()
        self._events.clear()
        self.place = 0

    def left_in_library(self) -> tuple[int, str | None]:
        """Forget the libraries' reads; return how many elastic ones, and a strict call if any."""
        elastic, strict = 0, None
        for call, values in self.library.items():
            if values and call in self.strict:
                strict = call
            elastic += len(values)
            if values:
                self.last[call] = values[0]
        self.library.clear()
        return elastic, strict
