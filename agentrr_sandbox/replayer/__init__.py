"""Replays: lets no call through, and hands on the recorded answer if this is the recorded call.

The peer of `recorder`.  The first divergence is the bug, later ones are its symptoms: in strict
mode it is final, and every later crossing raises it again, so that an agent that swallows it or a
task that hides it cannot go on.  In observe mode the run goes on by position, and all are listed.
"""

from __future__ import annotations

import _thread

from agentrr_sandbox.errors import AgentrrError, DivergenceError, Halt, ReplayStopped, SealViolation
from agentrr_sandbox.matching import divergence
from agentrr_sandbox.recording import codec, raised
from agentrr_sandbox.recording.once import Unfolder
from agentrr_sandbox.replayer.index import Index
from agentrr_sandbox.replayer.lane import ReplayedLane
from agentrr_sandbox.replayer.output import OutputCheck
from agentrr_sandbox.sites import site, user_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Lane
    from agentrr_sandbox.lanes import Gate
    from agentrr_sandbox.recording.cleaning import Cleaner
    from agentrr_sandbox.recording.gate import Pickles
    from agentrr_sandbox.recording.reader import Recording


class Replayer:
    """One recording that is being replayed.

    *observe* goes on after a divergence.  *report* takes plain data for the supervisor, at once:
    the process may be killed any moment after.  *tools* is `serve`, `rerun` or `auto`; *sealed*
    says that the kernel holds this process, so that a body may run again.  *pickles* loads those of
    the recording that may be.
    """

    def __init__(
        self,
        recording: Recording,
        cleaner: Cleaner,
        *,
        files: Any = None,
        report: Callable[[dict[str, object]], None] = lambda _: None,
        observe: bool = False,
        tools: str = "auto",
        sealed: bool = False,
        pickles: Pickles | None = None,
    ) -> None:
        self.recording = recording
        self.cleaner = cleaner
        self.files = files
        self.report = report
        self.observe = observe
        self.tools = tools
        self.sealed = sealed
        self.pickles = pickles
        self.user = user_code(cleaner.roots.user)
        self.index = Index(recording)
        self.facts: dict[str, Any] = {}
        self.checks: list[Callable[[Lane], None]] = []
        self.halted: Halt | None = None
        self.divergences: list[dict[str, object]] = []
        self.served = 0
        self.elastic = 0
        self.lanes: dict[str, ReplayedLane] = {}
        self.skipped: list[str] = []
        self.loops: dict[str, int] = {}
        self.baton: Any = None
        self.workers: Any = None
        self.over = False
        self.drifted = 0
        self.became = ""
        """The command of the program that the run became, once the replay came there."""
        self.absent: set[str] = set()
        self.lock = _thread.RLock()
        self.output: Any = self.make_output()
        self.gate: Gate | None = None
        self.handler: Callable[[str], Callable[[], None] | None] = lambda _: None
        if files is not None:
            files.peer = self
        self._unfolder = Unfolder(self.event, recording.payload)
        self.main = self.lane("main")

    @property
    def cut(self) -> bool:
        """Whether the recording ends before the run did (killed, power)."""
        return self.recording.exit is None

    # -- the verdict -----------------------------------------------------------------------

    def check(self) -> None:
        """Raise what ended this replay, if anything has."""
        if self.halted is not None:
            raise self.halted

    def diverge(self, found: dict[str, object]) -> None:
        """Report a divergence.  Strict: it is final.  Observe: return, to go on by position."""
        with self.lock:
            if not self.divergences and (len(self.lanes) > 1 or found["slug"] == "stall"):
                found |= self._elsewhere(found)
            if not self.divergences and self.baton is not None:
                noted = self.baton.unordered()
                found |= {"notes": noted} if noted else {}
            self.divergences.append(found)
            self.report({"kind": "divergence", **found})
            if not self.observe:
                self.halt(DivergenceError(str(found["message"]), found))

    def _elsewhere(self, found: dict[str, object]) -> dict[str, object]:
        """Return where the other lanes stand; of a stall, where all do."""
        from agentrr_sandbox.replayer.standing import standing

        try:
            return standing(self, "" if found["slug"] == "stall" else str(found["lane"]))
        except Exception:  # what is reported matters more
            return {}

    def halt(self, error: Halt) -> None:
        """End the replay with *error*, now and at every later crossing."""
        if self.halted is None and not self.over:
            self.halted = error
            if self.baton is not None:
                self.baton.let_go()
        raise error

    def stop(self, message: str, exit_code: int = 0) -> None:
        """End the replay without a divergence: nothing more can be served."""
        if self.halted is None and not self.over:
            self.report({"kind": "stopped", "message": message, "exit_code": exit_code})
        self.halt(ReplayStopped(message, exit_code=exit_code))

    def sealed_off(self, call: str, request: object, lane: str) -> None:
        """Refuse what would leave the replay."""
        where = site(self.user, self.cleaner, depth=3)
        shown: object = None
        if request is not None:
            try:
                shown = self.cleaner.tree(codec.encode(request))
            except Exception:
                shown = type(request).__name__
        line = {"kind": "sealed", "call": call, "site": where, "request": shown, "lane": lane}
        self.report(line)
        self.halt(SealViolation(f"replay stopped {call} at {where or 'library code'}"))

    def finish(self) -> None:
        """Compare what only the end shows: events left over, the rest of the output."""
        try:
            if self.halted is None:
                for check in self.checks:
                    check(self.main)
                if self.files is not None:
                    self.files.finish(self.main)
                self._left_over()
                self.output.finish()
        except Halt:
            pass
        self.over = True
        if self.baton is not None and self.shared:
            self.baton.free()
        whole = self.halted is None and not self.divergences
        events = len(self.recording) if whole else self.served
        counts = {"elastic": self.elastic, "drifted": self.drifted}
        self.report({"kind": "end", "events": events, "became": self.became, **counts})

    def _left_over(self) -> None:
        for name in {**self.index.lanes, **self.lanes}:
            if self.is_skipped(name):
                continue
            lane = self.lanes.get(name) or self.lane(name)
            lane.finish()

    def coming(self) -> dict[str, int]:
        """Return for each lane, begun or not, the number of the event that it comes to next."""
        found: dict[str, int] = {}
        for name, numbers in self.index.lanes.items():
            lane = self.lanes.get(name)
            number = numbers[0] if lane is None else lane.following()
            if number is not None and not self.is_skipped(name):
                found[name] = number
        return found

    def after(self) -> int | None:
        """Return the number of the event after all that were served, if there is one."""
        number = max((lane.latest or 0 for lane in [*self.lanes.values()]), default=0) + 1
        return number if number < len(self.recording) else None

    def note(self, message: str) -> None:
        """Say something with the verdict."""
        self.report({"kind": "note", "message": message})

    def skip(self, lane: str) -> None:
        """What the recording holds in *lane*, and below it, is not asked for."""
        self.skipped.append(f"{lane}/")

    def is_skipped(self, lane: str) -> bool:
        """Whether *lane* is one of those, or below one."""
        return f"{lane}/".startswith(tuple(self.skipped))

    @property
    def shared(self) -> bool:
        """Whether strands of this process may be outside of this replay."""
        return self.gate is None or self.gate.default is None

    def make_output(self) -> Any:
        """Return what takes what the agent writes to stdout and stderr."""
        return OutputCheck(self)

    def make_baton(self, lane: Lane) -> Any:
        """Return what orders the threads of this replay; *lane* starts the second one."""
        from agentrr_sandbox.replayer.baton import ReplayedBaton

        return ReplayedBaton(self, lane)

    def make_turns(self, name: str) -> Any:
        """Return what wakes the event loop called *name*."""
        from agentrr_sandbox.replayer.turns import ReplayedTurns

        return ReplayedTurns(self, name)

    # -- values ----------------------------------------------------------------------------

    def event(self, number: int) -> dict[str, Any]:
        """Return event *number* of the recording, as stored."""
        event: dict[str, Any] = self.recording.event(number)
        return event

    def plain(self, stored: object) -> Any:
        """Return stored data with its repeated parts put back."""
        return self._unfolder.unfold(stored)

    def value(self, event: dict[str, Any]) -> Any:
        """Return the answer that *event* holds, or raise it."""
        if "raised" in event:
            raised.throw(self.error(event["raised"]))
        if "ok" not in event:
            what = event.get("unencodable", "the answer")
            self.stop(f"event {event['seq']} cannot be served: {what}", 125)
        return self.decoded(event["ok"])

    def decoded(self, stored: object) -> Any:
        """Return the value of *stored*, or end the replay: it cannot be restored here."""
        try:
            return codec.decode(self.cleaner.localize(self.plain(stored)), pickles=self.pickles)
        except AgentrrError as error:
            return self._unservable(error)

    def _unservable(self, error: AgentrrError) -> Any:
        hint = f"; {error.hint}" if error.hint else ""
        self.stop(f"an answer cannot be served: {error.message}{hint}", error.exit_code)

    def error(self, stored: object) -> BaseException:
        """Return the exception that was recorded, with its traceback below the boundary."""
        try:
            localized = self.cleaner.localize(self.plain(stored))
            for path in raised.missing_files(localized):
                self._miss(path)
            return raised.decode(localized, pickles=self.pickles)
        except AgentrrError as error:
            self._unservable(error)
            raise

    def _miss(self, path: str) -> None:
        """Say once that a served traceback cannot show the lines of *path*."""
        if path not in self.absent:
            self.absent.add(path)
            message = f"{path} is not here: tracebacks lack its source lines"
            self.report({"kind": "note", "message": message, "missing": path})

    def lane(self, name: str) -> ReplayedLane:
        """Return the lane called *name*."""
        return ReplayedLane(self, name)

    def site(self) -> str:
        """Return the present line of user code."""
        return site(self.user, self.cleaner, depth=3)


__all__ = ["Replayer", "divergence"]
