"""Tool calls, replaying: the answer is served, or the body runs again, sealed, and is compared."""

from __future__ import annotations

import os
import sys

from agentrr_sandbox.errors import Halt, Unencodable
from agentrr_sandbox.matching import divergence
from agentrr_sandbox.recording import codec, raised
from agentrr_sandbox.recording.arguments import storable
from agentrr_sandbox.replayer import signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    from agentrr_sandbox.replayer.lane import ReplayedLane


SIGNAL = 0
"""Stands in what a body printed, in place of a descriptor, where a signal came."""


class _Unlike:
    """Two pickles of the same value are not the same bytes: that there is one must do."""

    def encode(self, value: object) -> dict[str, Any]:
        """Say that there is a pickle here."""
        del value
        return {"$": "pickle"}


_UNLIKE: Any = _Unlike()


def _unpickled(node: Any) -> Any:
    """Return *node* with its pickles as `_Unlike` has them."""
    if type(node) is dict:
        if node.get("$") == "pickle":
            return {"$": "pickle"}
        return {key: _unpickled(member) for key, member in node.items()}
    return [_unpickled(member) for member in node] if type(node) is list else node


class ServedTool:
    """One call of a tool that the recording holds."""

    runs = False
    """Whether the body is to run again, in `enter`'s lane."""
    _event: dict[str, Any]
    _answer: dict[str, Any]
    _body: ReplayedLane

    def __init__(self, lane: ReplayedLane, request: Any) -> None:
        flush_streams()
        self._lane = lane
        self._name: str = request["name"]
        self.request = storable(request)

    def answered(self, event: dict[str, Any]) -> None:
        """Take *event*, and the one that holds the answer."""
        self._take(event)
        self._answered(self._lane.answer_of(event))

    async def answered_async(self, event: dict[str, Any]) -> None:
        """The async twin of `answered`."""
        from agentrr_sandbox.replayer.awaiting import answered

        self._take(event)
        self._answered(await answered(self._lane, event))

    def _take(self, event: dict[str, Any]) -> None:
        lane = self._lane
        self._event = event
        self._body = lane.child("tool", self._name)
        if not lane.is_answered(event):
            lane.replayer.output.doubt(f"tool {self._name} (event {event['seq']})")
            lane.replayer.skip(self._body.name)

    def _answered(self, answer: dict[str, Any]) -> None:
        event, replayer = self._event, self._lane.replayer
        self._answer = answer
        changed = self._answer.get("detail", {}).get("agentrr.state") == "changed"
        self.runs = replayer.tools == "rerun" or (
            replayer.tools == "auto" and changed and replayer.sealed
        )
        if changed and not self.runs:
            self._note(f"changed state (event {event['seq']}); its answer was served", "served")
        elif self.runs:
            self._note(f"was run again (event {event['seq']})", "run again")

    def _note(self, message: str, how: str) -> None:
        self._lane.replayer.report(
            {
                "kind": "note",
                "message": f"tool {self._name} {message}",
                "tool": self._name,
                "how": how,
            }
        )

    def enter(self) -> object:
        """The body runs again: its crossings are served in a lane of its own."""
        gate = self._lane.replayer.gate
        assert gate is not None
        return gate.enter(self._body)

    def leave(self, token: Any) -> None:
        """The body has ended."""
        gate = self._lane.replayer.gate
        assert gate is not None
        gate.leave(token)

    def serve(self) -> Any:
        """Write what the body printed, and return or raise what it answered."""
        error = self._print()
        self._lane.pass_on()
        return self._served(error)

    async def serve_async(self) -> Any:
        """The async twin of `serve`; the answer comes at its turn of the loop."""
        from agentrr_sandbox.replayer.awaiting import its_turn, value

        errors = [self._print()]
        cancelled = await its_turn(
            self._lane, self._answer, lambda: errors.append(self._print("output_later"))
        )
        error = next((each for each in reversed(errors) if each is not None), None)
        if error is not None:
            signals.hand_on(self._lane.replayer, self._answer, error)
        return value(self._lane, self._answer, cancelled)

    def _served(self, error: BaseException | None) -> Any:
        if error is not None:
            signals.hand_on(self._lane.replayer, self._answer, error)
        return self._lane.replayer.value(self._answer)

    async def awaited(self, live: Callable[[], Awaitable[Any]]) -> Any:
        """The body of an async tool runs again; what it answers comes at its turn of the loop."""
        from agentrr_sandbox.replayer.awaiting import its_turn, value

        withheld = "agentrr.withheld" in self._answer.get("detail", {})
        token = self.enter()
        try:
            answer = await live()
        except (Halt, GeneratorExit):
            self.leave(token)
            raise
        except BaseException as error:
            self.leave(token)
            if not withheld:
                self.compare_raised(error)
                await its_turn(self._lane, self._answer)
                raise
        else:
            self.leave(token)
            if not withheld:
                self.compare(answer)
                await its_turn(self._lane, self._answer)
                return answer
        cancelled = await its_turn(self._lane, self._answer)
        return value(self._lane, self._answer, cancelled)  # who was to have it was cancelled first

    def _print(self, when: str = "output") -> BaseException | None:
        """Print what the body did; signals come where they came.  Return what the last raised."""
        replayer = self._lane.replayer
        replayer.skip(self._body.name)
        error: BaseException | None = None
        printed = replayer.decoded(self._answer.get(when, []))
        if printed:
            flush_streams()  # what others printed before
        for fd, data in printed:
            if fd == SIGNAL:
                told = self._answer.get("signals", [])[data : data + 1]
                for each in told:
                    error = signals.come(replayer, self._answer, each)
                flush_streams()
            else:
                _write(fd, data)
        return error

    def compare(self, value: object) -> None:
        """The body returned *value*: it must be the recorded answer."""
        if "unencodable" in self._answer:
            return  # made again, for it could not be stored
        try:
            observed = self._lane.replayer.cleaner.tree(codec.encode(value, pickles=_UNLIKE))
        except Unencodable as error:
            observed = {"not stored": error.message}
        self._compare(self._answer.get("ok"), observed)

    def compare_raised(self, error: BaseException) -> None:
        """The body raised *error*: so must the recorded one have."""
        replayer = self._lane.replayer
        observed = replayer.cleaner.tree(raised.encode(error, pickles=_UNLIKE))
        self._compare(self._answer.get("raised"), observed)

    def _compare(self, recorded: object, observed: object) -> None:
        replayer = self._lane.replayer
        expected = replayer.plain(recorded) if recorded is not None else None
        if expected != observed and _unpickled(expected) != observed:
            replayer.diverge(
                divergence(
                    "tool",
                    f"tool {self._name} answers something else than was recorded",
                    event=self._event["seq"],
                    lane=self._lane.name,
                    call=str(self._event["call"]),
                    expected=expected,
                    observed=observed,
                    recorded_site=self._event.get("site"),
                    present_site=replayer.site(),
                )
            )


def flush_streams() -> None:
    """As in the recording: what was printed before the call comes before what its body prints."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, ValueError, OSError, RuntimeError):
            continue


def _write(fd: int, data: bytes) -> None:
    stream: Any = sys.stdout if fd == 1 else sys.stderr
    buffer = getattr(stream, "buffer", None)
    if buffer is not None:
        buffer.write(data)
        buffer.flush()
    else:
        os.write(fd, data)
