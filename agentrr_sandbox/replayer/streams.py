"""Answers in pieces, replaying."""

from __future__ import annotations

from agentrr_sandbox.matching import divergence
from agentrr_sandbox.recording import raised

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any

    from agentrr_sandbox.replayer.lane import ReplayedLane


class _Stream:
    """What the two kinds of stream share: the recorded pieces and how they ended."""

    def __init__(self, lane: ReplayedLane, event: dict[str, Any], head: Any) -> None:
        self.head = head
        self._lane = lane
        self._replayer = replayer = lane.replayer
        self._event = event
        self._parts = replayer.index.parts[event["seq"]][1:]
        self._place = 0
        self._read = 0
        self._over = False

    def _next(self) -> dict[str, Any]:
        """Return the next part, or say that the recorded reader went no further."""
        replayer, event = self._replayer, self._event
        replayer.check()
        if self._place < len(self._parts):
            part = replayer.event(self._parts[self._place])
            piece = part["t"] == "piece"
            if piece or part["how"] != "closed":
                self._place += 1
                self._read += piece
                self._over = not piece
                if "signals" in part:
                    from agentrr_sandbox.replayer.signals import deliver

                    deliver(replayer, part)
                return part
        elif self._over:  # ended or closed: whoever asks again gets nothing, as there
            return {"t": "end", "how": "end"}
        elif replayer.cut:
            self._cut_short()
        replayer.diverge(
            divergence(
                "extra",
                f"the run reads on in a stream that the recorded run left after {self._read}",
                event=event["seq"],
                lane=event["lane"],
                call=event["call"],
                expected={"pieces read": self._read},
                observed={"pieces read": self._read + 1},
                recorded_site=event.get("site"),
                present_site=replayer.site(),
            )
        )
        return {"t": "end", "how": "end"}

    def _value(self, part: dict[str, Any]) -> Any:
        """Return the piece, with what came late for it: see `recording.holding`."""
        value = self._replayer.value(part)
        if part.get("held") and type(value) is bytes:
            for late in self._late(part["seq"]):
                value += late
        return value

    def _late(self, number: int) -> Iterator[bytes]:
        for place in range(self._place, len(self._parts)):
            part = self._replayer.event(self._parts[place])
            for of, stored in part.get("late", ()):
                if of > number:
                    return
                if of == number:
                    data = self._replayer.decoded(stored)
                    yield data if type(data) is bytes else b""
            if not part.get("held") or self._replayer.value(part):
                return
        self._cut_short()  # half a piece is not what the run was given

    def _is_cut(self) -> bool:
        """Whether the recording ends within this stream, at this place."""
        return self._replayer.cut and self._place >= len(self._parts) and not self._over

    def _cut_short(self) -> None:
        event = self._event["seq"]
        self._lane.cut_short(f"the recording ends here, within the stream of event {event}")

    def _left(self) -> None:
        """The reader wants no more: so must the recorded one."""
        replayer, event = self._replayer, self._event
        if self._place >= len(self._parts) or replayer.halted is not None:
            return
        part = replayer.event(self._parts[self._place])
        if part["t"] != "piece":
            self._place += 1
            self._over = True
            return
        left = sum(replayer.event(n)["t"] == "piece" for n in self._parts[self._place :])
        self._place = len(self._parts)
        replayer.diverge(
            divergence(
                "missing",
                f"the run left a stream that the recorded run read on ({left} pieces more)",
                event=part["seq"],
                lane=event["lane"],
                call=event["call"],
                expected={"pieces left": left},
                observed={"pieces left": 0},
                recorded_site=event.get("site"),
                present_site=replayer.site(),
            )
        )


class ReplayedStream(_Stream):
    """Implements `boundary.Stream`."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the recorded pieces."""
        while True:
            part = self._next()
            self._lane.pass_on()
            if part["t"] == "piece":
                yield self._value(part)
            elif part["how"] == "raised":
                raised.throw(self._replayer.error(part["raised"]))
            else:
                return

    def close(self) -> None:
        """Say that the reader wants no more."""
        self._left()
        self._lane.pass_on()


class ReplayedAsyncStream(_Stream):
    """Implements `boundary.AsyncStream`."""

    async def __aiter__(self) -> AsyncIterator[Any]:
        """Yield the recorded pieces."""
        from agentrr_sandbox.replayer.awaiting import its_turn, never, value
        from agentrr_sandbox.schedule.loops import running

        while True:
            turns = running(self._lane)
            if turns is not None and self._is_cut():
                await never(self._lane, turns)
            part = self._next()
            cancelled = await its_turn(self._lane, part)
            if part["t"] == "piece":
                yield self._value(part)
            elif part["how"] == "raised":
                value(self._lane, part, cancelled)
            else:
                return

    async def aclose(self) -> None:
        """Say that the reader wants no more."""
        from agentrr_sandbox.schedule.loops import running

        self._left()
        key = "closed", self._lane.name, self._event["seq"]
        turns = running(self._lane)
        if turns is not None and key in self._replayer.index.closings:
            cancelled = await turns.turn(key)
            if cancelled is not None and self._replayer.index.closings[key]:
                raise cancelled
