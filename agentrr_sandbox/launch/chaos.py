"""`agentrr replay RUN --chaos`: tries schedules, and reports in which the agent does otherwise."""

from __future__ import annotations

import os

from agentrr_sandbox import loading, real
from agentrr_sandbox.errors import CannotReplay
from agentrr_sandbox.launch import waiting
from agentrr_sandbox.launch.attempts import Attempt, Baseline, Interrupted, each
from agentrr_sandbox.launch.behaviour import recorded
from agentrr_sandbox.launch.chaos_report import Found
from agentrr_sandbox.launch.options import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.launch.options import Parsed
    from agentrr_sandbox.launch.target import Python, Target
    from agentrr_sandbox.recording.reader import Recording

SCHEDULES = 200
_SLOWER = 20
_LEAST = 10.0
_TOOLS = ("tool.call", "boundary.call")


def chaos(recording: Recording, target: Callable[[], Target], python: Python, given: Parsed) -> int:
    """Try the schedules that the command line asks for; return the exit code."""
    return Chaos(recording, target, python, given).run()


class Chaos:
    """The schedules of one recording."""

    def __init__(
        self, recording: Recording, target: Callable[[], Target], python: Python, given: Parsed
    ) -> None:
        self._recording = recording
        self._target = target
        self._python = python
        self._given = given
        seed = given.get("chaos")
        self._seed = None if seed is True else number(seed, "--chaos", "a seed, a number", 0)
        self._schedules = number(given.get("schedules", SCHEDULES), "--schedules", "a number", 1)
        jobs = given.get("jobs", _processors())
        self._jobs = number(jobs, "--jobs", "a number", 1)
        self._tools = given.get("tools", "auto")
        self._limit = _LEAST
        if recording.exit is None:
            raise CannotReplay("the run was cut short: nobody knows what it would have done")

    def run(self) -> int:
        """Try them, and report."""
        found = Found(self._recording, recorded(self._recording), self._given)
        if not _concurrent(self._recording):
            return found.nothing_to_perturb()
        mask = waiting.hold()
        try:
            self._settle_tools(mask)
            return self._one(found, mask) if self._seed is not None else self._many(found, mask)
        except Interrupted as end:
            found.give()
            return waiting.die_of(end.signal)
        finally:
            waiting.release(mask)

    def _one(self, found: Found, mask: Any) -> int:
        assert self._seed is not None
        for seed, behaviour, attempt in each(
            lambda seed: self._attempt(seed, shown=True), [self._seed],
            jobs=1, most=float("inf"), mask=mask,
        ):  # fmt: skip
            found.add(seed, behaviour)
            found.open_line = bool(attempt.lines.of("column"))
        return found.give_one(self._seed)

    def _many(self, found: Found, mask: Any) -> int:
        seeds = range(1, self._schedules + 1)
        written = False
        for seed, behaviour, attempt in each(
            self._attempt, seeds, jobs=self._jobs, most=self._limit, mask=mask
        ):
            if not written:
                attempt.write_stages()
                written = True
            found.add(seed, behaviour)
            found.progress(self._schedules)
            if self._given.get("first") and found.others:
                break
        return found.give()

    def _attempt(self, seed: int, *, shown: bool = False) -> Attempt:
        attempt = Attempt(self._recording, self._target(), self._python, self._given, [])
        attempt.seed, attempt.tools, attempt.shown = seed, self._tools, shown
        return attempt

    # -- before that -----------------------------------------------------------------------

    def _settle_tools(self, mask: Any) -> None:
        """Replay in the recorded order: there must be something to compare with.

        Bodies of tools run for real if that replay holds with them too: an answer that another
        order would have changed is none to be served.
        """
        ways = [self._tools]
        if "tools" not in self._given.values and _has_tools(self._recording):
            ways = ["rerun", "auto"]
        name = ""
        for way in ways:
            self._given.values["tools"] = way
            verdict = self._baseline(mask)
            name = verdict.name
            if name == "faithful":
                self._tools = way
                self._limit = max(_LEAST, _SLOWER * verdict.seconds)
                return
        raise CannotReplay(
            f"the recorded order itself is not replayed: {name}",
            hint="agentrr replay RUN says why",
        )

    def _baseline(self, mask: Any) -> Any:
        replaying = Baseline(self._recording, self._target(), self._python, self._given, [])
        loading.load("verdict")
        from agentrr_sandbox.launch.verdict import Verdict

        loading.end()
        began = real.monotonic()
        try:
            replaying.begin(mask)
            outcome = waiting.wait(replaying.pid, every=0.05)
        finally:
            replaying.clean_up()
        replaying.lines.read()
        return Verdict(replaying, outcome, real.monotonic() - began)


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _concurrent(recording: Recording) -> bool:
    """Whether the run had a second thread, or an event loop."""
    return any(event["t"] == "baton" or "turn" in event for event in recording)


def _has_tools(recording: Recording) -> bool:
    return any(event.get("call") in _TOOLS for event in recording)
