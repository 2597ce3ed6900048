"""The doors of a strand under a drawn schedule.

An answer belongs to its request, not to a moment: the lane's own next one, a later one of its own,
or another lane's, where the same is asked there.  Who asks what no lane's recording holds behaves
otherwise than the recorded run, and what would come then nobody knows.
"""

from __future__ import annotations

from agentrr_sandbox.chaos.clock import Reads
from agentrr_sandbox.matching import preview, shape, signature
from agentrr_sandbox.recording.arguments import storable
from agentrr_sandbox.replayer.lane import ReplayedLane

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any

    from agentrr_sandbox.chaos import ChaosReplayer

SLEEP = "time.sleep"


class ChaosLane(ReplayedLane):
    """The doors of one strand.  See `boundary.Lane` for what each promises."""

    replayer: ChaosReplayer

    def __init__(self, replayer: ChaosReplayer, name: str) -> None:
        super().__init__(replayer, name)
        self._reads: Reads | None = None

    # -- crossings -------------------------------------------------------------------------

    def cross(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: object = None,
        detail: Mapping[str, object] | None = None,
        outward: bool = False,
        describe: Callable[[Any], Mapping[str, object]] | None = None,
    ) -> Any:
        """Hand on the recorded answer; a sleep needs none."""
        if call != SLEEP:
            return super().cross(
                call, live, request=request, detail=detail, outward=outward, describe=describe
            )
        self.replayer.check()
        self.replayer.slept(self, request)
        return None

    def expect(self, call: str, request: object, *, waits: bool = False) -> dict[str, Any]:
        """Return the recorded event that has this request."""
        del waits
        replayer = self.replayer
        replayer.check()
        for check in replayer.checks:
            check(self)
        shaped = shape(request, replayer.cleaner)
        signed = signature(call, shaped)
        event = replayer.answers.take(self.name, call, signed)
        replayer.asked(self.name, call, signed, event)
        if event is None:
            replayer.unknown(self, call, f"asks for {call} {preview(shaped)}")
        self.latest = event["seq"]
        replayer.served += 1
        return event

    def pass_on(self) -> None:
        """Let other threads go first: an answer may take any time."""
        if self.replayer.baton is not None:
            self.replayer.baton.answered(self)

    def tool(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: Any,
        detail: Mapping[str, object],
        state: Callable[[], Any] | None = None,
    ) -> Any:
        """Serve a tool's answer, or run its body; one that was not called so before always runs."""
        if self._holds(call, request):
            return super().tool(call, live, request=request, detail=detail, state=state)
        gate = self.replayer.gate
        assert gate is not None
        token = gate.enter(self.child("tool", request["name"]))
        try:
            return live()
        finally:
            gate.leave(token)
            self.pass_on()

    async def tool_async(
        self,
        call: str,
        live: Callable[[], Awaitable[Any]],
        *,
        request: Any,
        detail: Mapping[str, object],
        state: Callable[[], Any] | None = None,
    ) -> Any:
        """The async twin of `tool`."""
        if self._holds(call, request):
            return await super().tool_async(call, live, request=request, detail=detail, state=state)
        gate = self.replayer.gate
        assert gate is not None
        token = gate.enter(self.child("tool", request["name"]))
        try:
            return await live()
        finally:
            gate.leave(token)

    def _holds(self, call: str, request: Any) -> bool:
        """Whether the recording has this call of a tool; what it has not is noted at once."""
        replayer = self.replayer
        replayer.check()
        signed = signature(call, shape(storable(request), replayer.cleaner))
        if replayer.answers.holds(self.name, call, signed):
            return True
        replayer.asked(self.name, call, signed, None)
        return False

    # -- reads -----------------------------------------------------------------------------

    def reader(
        self, call: str, live: Callable[[], Any], elastic: bool = True, size: int = 0
    ) -> Callable[[dict[str, Any]], Any]:
        """Return the function that serves such reads."""
        del size

        def read(caller: dict[str, Any]) -> Any:
            return self._read(call, live, elastic, caller)

        return read

    def _read(
        self, call: str, live: Callable[[], Any], elastic: bool, caller: dict[str, Any]
    ) -> Any:
        self.replayer.check()
        user = self._owners.get(caller.get("__name__", ""))
        if user is None:
            user = self._owner(caller)
        if self._reads is None:
            self._reads = Reads(self.replayer, self.name)
        there, value = self._reads.next(call, live, user=user, elastic=elastic)
        if not there:
            self.replayer.unknown(self, call, f"draws {call} once more")
        return value

    def mark(self, call: str, value: object) -> None:
        """What a generator has come to depends on the order."""

    def _unknown_fact(self, name: str, live: Callable[[], Any], frame: Any) -> Any:
        if name.startswith("env:") and self.replayer.user(frame):
            self.replayer.unknown(self, name, f"asks for {name}")
        return super()._unknown_fact(name, live, frame)

    def finish(self) -> None:
        """What was not asked for is told by what was."""
