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

    `calls` and `values` are the user's sequence, last one first; `library` maps each call to its
    values, last one first.  `strict` maps the calls that are not elastic to the last event that
    holds one.
    """

    __slots__ = ("_events", "_loaded", "calls", "last", "library", "strict", "values")

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.values: list[Any] = []
        self.library: dict[str, list[Any]] = {}
        self.strict: dict[str, int] = {}
        self.last: dict[str, Any] = {}
        self._loaded = 0
        self._events: list[tuple[int, int]] = []

    def load(self, event: dict[str, Any], replayer: Replayer) -> None:
        """Add the reads of one event."""
        calls: list[str] = []
        read: list[Any] = []
        fresh: dict[str, list[Any]] = {}
        for call, owner, kind, elastic, packed in event["runs"]:
            values = unpack(kind, packed)
            if kind == "v":
                values = [replayer.decoded(value) for value in values]
            if owner == "user":
                calls += [call] * len(values)
                read += values
            else:
                fresh.setdefault(call, []).extend(values)
                if not elastic:
                    self.strict[call] = event["seq"]
        if calls:
            served = self._served()
            self._events = [each for each in self._events if each[0] > served]
            self._loaded += len(calls)
            self._events.append((self._loaded, event["seq"]))
        calls.reverse()
        read.reverse()
        self.calls[:0] = calls  # the same lists for ever: readers hold them
        self.values[:0] = read
        for call, values in fresh.items():
            values.reverse()
            self.library[call] = values + self.library.get(call, [])

    def _served(self) -> int:
        return self._loaded - len(self.calls)

    def event(self) -> int | None:
        """Return the number of the event that holds the next read of the user's, if any."""
        served = self._served()
        return next((number for end, number in self._events if end > served), None)

    def forget(self) -> None:
        """Drop what is left of the user's sequence."""
        self.calls.clear()
        self.values.clear()
        self._events.clear()

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
