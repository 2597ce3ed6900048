"""The recorded answers of all lanes, by request."""

from __future__ import annotations

from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.replayer.index import Index

ASKED = frozenset({"call", "intent"})


class Answers:
    """What is left of the recording: a lane's own answers first, then those of others."""

    def __init__(self, index: Index, event: Callable[[int], dict[str, Any]]) -> None:
        self._event = event
        self._own: dict[tuple[str, str, str], deque[int]] = {}
        self._any: dict[tuple[str, str], dict[int, str]] = {}
        found = sorted((number, lane) for lane, each in index.lanes.items() for number in each)
        for number, lane in found:
            held = event(number)
            if held["t"] in ASKED:
                key = held["call"], held["sig"]
                self._own.setdefault((lane, *key), deque()).append(number)
                self._any.setdefault(key, {})[number] = lane

    def holds(self, lane: str, call: str, signed: str) -> bool:
        """Whether an answer to this request is left."""
        del lane
        return bool(self._any.get((call, signed)))

    def take(self, lane: str, call: str, signed: str) -> dict[str, Any] | None:
        """Return the event that answers this request of *lane*; None when there is none left."""
        left = self._any.get((call, signed))
        if not left:
            return None
        own = self._own.get((lane, call, signed))
        number = own[0] if own else next(iter(left))
        self._own[left.pop(number), call, signed].remove(number)
        return self._event(number)
