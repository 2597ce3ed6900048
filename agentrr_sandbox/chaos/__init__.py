"""Replays under drawn schedules: whether the agent behaves otherwise in another order.

The third peer, beside `recorder` and `replayer`, chosen when a replay begins.  The recording's
answers are served as ever; who goes on when several strands may, what a loop is woken by next, and
where a thread is interrupted, is drawn from a seed.  What the agent then does differently is no
divergence, but what one looks for: it is told to the supervisor, which compares.
"""

from __future__ import annotations

import sys

from agentrr_sandbox import real
from agentrr_sandbox.chaos.answers import Answers
from agentrr_sandbox.chaos.lane import ChaosLane
from agentrr_sandbox.chaos.telling import Told
from agentrr_sandbox.errors import EX_DIVERGED
from agentrr_sandbox.replayer import Replayer
from agentrr_sandbox.replayer.standing import lines_of
from agentrr_sandbox.schedule.drawing import Schedule
from agentrr_sandbox.schedule.lines import Lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, NoReturn

    from agentrr_sandbox.boundary import Lane
    from agentrr_sandbox.schedule.strand import Strand

_ALLOWED = frozenset({"missing", "tool", "signal", "fact", "read", "mark", "file"})
"""Differences that the agent goes on after."""


class ChaosReplayer(Replayer):
    """One recording that is replayed under the schedule of *seed*."""

    def __init__(self, *args: Any, seed: int, **named: Any) -> None:
        self.schedule = Schedule(seed)
        self.now = 0.0
        """The schedule's time: as much as the sleeps and time limits that were over come to."""
        super().__init__(*args, **named)
        self.answers = Answers(self.index, self.event)
        self.lines = Lines(self)

    def lane(self, name: str) -> ChaosLane:
        """Return the lane called *name*."""
        return ChaosLane(self, name)

    def make_output(self) -> Told:
        """Return what tells what the agent writes."""
        return Told(self)

    def make_baton(self, lane: Lane) -> Any:
        """Return what draws which thread goes on; *lane* starts the second one."""
        from agentrr_sandbox.chaos.baton import ChaosBaton

        baton = ChaosBaton(self, lane)
        self.lines.begin()
        return baton

    def make_turns(self, name: str) -> Any:
        """Return what draws what wakes the event loop called *name*."""
        from agentrr_sandbox.chaos.turns import ChaosTurns

        return ChaosTurns(self, name)

    # -- what is told ----------------------------------------------------------------------

    def asked(self, lane: str, call: str, signed: str, event: dict[str, Any] | None) -> None:
        """*lane* asks for something; *event* holds the answer, if any does."""
        number = None if event is None else event["seq"]
        self.report({"kind": "asked", "lane": lane, "call": call, "sig": signed, "event": number})

    def slept(self, lane: ChaosLane, seconds: object) -> None:
        """*lane* sleeps: others run until its time has come."""
        if not isinstance(seconds, int | float):
            seconds = 0
        if self.baton is not None:
            self.baton.sleep(lane, max(seconds, 0))
        else:
            self.now += max(seconds, 0)

    def unknown(self, lane: ChaosLane, call: str, what: str) -> NoReturn:
        """*lane* wants what the recording does not hold: how it would go on nobody knows."""
        message = f"lane {lane.name} {what}, which the recording does not hold"
        self.ended("unknown", message, lane=lane.name, call=call)

    def every_thread_waits(self, strands: Mapping[int, Strand]) -> NoReturn:
        """No thread can go on."""
        lines = "; ".join(lines_of(self, strands))
        self.ended("deadlock", f"every thread waits for another one: {lines}")

    def loop_waits(self) -> NoReturn:
        """An event loop waits, and nothing is left that could wake it."""
        self.ended("deadlock", "the event loop waits for what never comes")

    def diverge(self, found: dict[str, object]) -> None:
        """Tell what is different; go on where that is possible."""
        if found["slug"] == "file":
            self.report({"kind": "file", "message": found["message"], "held": found["observed"]})
        elif found["slug"] not in _ALLOWED:
            how = "deadlock" if found["slug"] == "stall" else "unknown"
            self.ended(how, str(found["message"]), lane=str(found["lane"]))

    def stop(self, message: str, exit_code: int = 0) -> NoReturn:
        """Nothing more can be served."""
        self.ended("stopped", message, code=exit_code)

    def sealed_off(self, call: str, request: object, lane: str) -> NoReturn:
        """What would leave the replay ends it."""
        del request
        self.ended("unknown", f"lane {lane} calls {call}, which the recording does not hold")

    def ended(self, how: str, message: str, **more: object) -> NoReturn:
        """The schedule's run ends here, and its process."""
        with self.lock:
            site = self.site()
            for stream in (sys.stdout, sys.stderr):
                try:
                    stream.flush()
                except (AttributeError, ValueError, OSError, RuntimeError):
                    continue
            self.output.finish()
            self.report({"kind": "ended", "how": how, "message": message, "site": site, **more})
            real.leave(EX_DIVERGED)
        raise AssertionError  # the process has ended

    def finish(self) -> None:
        """The run is over: tell what is left to tell."""
        if self.files is not None:
            self.files.finish(self.main)
        self.output.finish()
        self.over = True
        if self.baton is not None:
            self.baton.free()
        self.report({"kind": "end"})


__all__ = ["ChaosReplayer"]
