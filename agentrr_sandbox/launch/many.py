"""`agentrr replay PATH... -j N`: replays many recordings, several at a time, one line each."""

from __future__ import annotations

import os
import sys

from agentrr_sandbox import real
from agentrr_sandbox.errors import (
    EX_CANNOT_REPLAY,
    EX_DIVERGED,
    EX_INTERNAL,
    EX_USAGE,
    AgentrrError,
    RecordingNotFound,
    UsageError,
)
from agentrr_sandbox.launch import waiting
from agentrr_sandbox.launch.many_paths import paths_of
from agentrr_sandbox.launch.options import REPLAY, number
from agentrr_sandbox.launch.spawn import anonymous
from agentrr_sandbox.recording.jsontext import loads
from agentrr_sandbox.termsafe import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.launch.options import Parsed
    from agentrr_sandbox.launch.waiting import Outcome

_LOOK = 0.05
_PATIENCE = 3.0
_LONG = 160
_OWN = ("json", "jobs", "check", "quiet", "verbose")
_WORST = (EX_INTERNAL, EX_USAGE, EX_CANNOT_REPLAY, EX_DIVERGED, 0)


def replay_all(given: Parsed, found: list[str], replay: Callable[[list[str]], int]) -> int:
    """Replay what *found* names by calling *replay* with the words of each; return the worst code.

    Each has a process of its own, in which nothing that its agent writes is seen.
    """
    for option in ("process", "first", "schedules"):
        if given.get(option) is not None:
            raise UsageError(f"--{option} is for one recording")
    if given.flags or given.get("args"):
        raise UsageError("words for python or for the script are for one recording")
    jobs = number(given.get("jobs", _processors()), "-j", "a number", 1)
    paths, passed_over = paths_of(found)
    if not paths:
        raise RecordingNotFound(
            "there is no recording in " + ", ".join(found), hint="see: agentrr ls FOLDER"
        )
    if not hasattr(os, "fork"):
        raise UsageError("many recordings at once need Linux or macOS")
    return _Many(given, paths, passed_over, replay).run(jobs)


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class One:
    """The replay of one recording, in a process of its own."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.pid = 0
        self.began = 0.0
        self.report: dict[str, Any] = {}
        self._file = -1

    def begin(self, words: list[str], mask: Any, replay: Callable[[list[str]], int]) -> None:
        """Start it."""
        self.began = real.monotonic()
        self._file = anonymous("agentrr-verdict")
        self.pid = os.fork()
        if not self.pid:
            code = EX_INTERNAL
            try:
                waiting.release(mask)
                code = self._inside(words, replay)
            finally:
                os._exit(code)

    def _inside(self, words: list[str], replay: Callable[[list[str]], int]) -> int:
        null = os.open(os.devnull, os.O_RDWR)
        for place in range(3):
            os.dup2(null, place)
        report = f"/dev/fd/{self._file}"
        try:
            return replay([*words, "--check", "--quiet", "--json", report, self.path])
        except AgentrrError as error:
            self._failed(error.message, error.exit_code)
            return error.exit_code
        except Exception as error:
            self._failed(f"a fault of agentrr itself: {error!r}", EX_INTERNAL)
            return EX_INTERNAL

    def _failed(self, message: str, code: int) -> None:
        from agentrr_sandbox.report import as_json

        name = "cannot be replayed" if code == EX_CANNOT_REPLAY else "failed"
        document = {"verdict": name, "exit_code": code, "failed": [{"message": message}]}
        real.write(self._file, as_json(document).encode())

    def over(self, outcome: Outcome) -> None:
        """Its process has ended: read what it came to."""
        size = real.fstat(self._file).st_size
        text = os.pread(self._file, size, 0)
        real.close(self._file)
        try:
            self.report = loads(text)
        except ValueError:
            end = f"signal {outcome.signal}" if outcome.signal else f"exit code {outcome.code}"
            self.report = {
                "verdict": "failed",
                "exit_code": EX_INTERNAL,
                "failed": [{"message": f"the replay itself ended with {end}"}],
            }
        self.report.setdefault("seconds", round(real.monotonic() - self.began, 4))
        self.report["path"] = self.path

    @property
    def code(self) -> int:
        """Its exit code."""
        return int(self.report["exit_code"])

    def line(self) -> str:
        """Return what is said of it."""
        report = self.report
        text = f"agentrr: {report['verdict']}, {report['seconds']:.2f} s: {self.path}"
        for kind in ("failed", "stopped", "sealed", "divergences"):
            for found in report.get(kind) or []:
                return f"{text}: {_short(found)}"
        return text


def _short(found: dict[str, Any]) -> str:
    """Return in one line what kept a replay from being faithful."""
    text = " ".join(str(found.get("message") or found.get("call") or "").split())
    event = found.get("event")
    if isinstance(event, int):
        text = f"at event {event}: {text}"
    return text if len(text) <= _LONG else text[: _LONG - 1] + "\u2026"


class _Many:
    def __init__(
        self,
        given: Parsed,
        paths: list[str],
        passed_over: list[str],
        replay: Callable[[list[str]], int],
    ) -> None:
        self._given = given
        self._replay = replay
        self._all = [One(path) for path in paths]
        self._passed_over = passed_over
        self._running: list[One] = []
        self._done = 0
        self._began = real.monotonic()
        quiet = given.get("quiet")
        self._terminal = sys.stderr is not None and sys.stderr.isatty() and not quiet

    def run(self, jobs: int) -> int:
        """Replay all; return the worst exit code."""
        mask = waiting.hold()
        try:
            ended_by = self._each(jobs, mask)
        finally:
            self._stop()
            waiting.release(mask)
        if ended_by:
            return waiting.die_of(ended_by)
        codes = {one.code for one in self._all}
        worst = next((code for code in _WORST if code in codes), max(codes))
        self._sum_up(worst)
        return worst

    def _each(self, jobs: int, mask: Any) -> int:
        """Run them; return the signal that ended it, or 0."""
        words = _words(self._given)
        left = list(reversed(self._all))
        while left or self._running:
            while left and len(self._running) < jobs:
                one = left.pop()
                self._running.append(one)
                one.begin(words, mask, self._replay)
            self._progress()
            signal, _ = waiting.pause(_LOOK)
            if signal in waiting.ENDING:
                return signal
            for one in list(self._running):
                outcome = waiting.ended(one.pid)
                if outcome is not None:
                    self._running.remove(one)
                    self._over(one, outcome)
        return 0

    def _over(self, one: One, outcome: Outcome) -> None:
        one.over(outcome)
        self._done += 1
        if one.code or not self._given.get("quiet"):
            self._say(one.line())

    def _stop(self) -> None:
        """End what still runs: a replay that is told to ends its program and its scratch folder."""
        until = real.monotonic() + _PATIENCE
        for one in self._running:
            real.kill(one.pid, 15)
        for one in self._running:
            while waiting.ended(one.pid) is None:
                if real.monotonic() > until:
                    real.kill(one.pid, 9)
                    os.waitpid(one.pid, 0)
                    break
                real.sleep(0.01)

    # -- saying it -------------------------------------------------------------------------

    def _progress(self) -> None:
        if self._terminal:
            self._say(f"agentrr: {self._done} of {len(self._all)} replayed", end="")

    def _say(self, text: str, end: str = "\n") -> None:
        before = "\r\x1b[K" if self._terminal else ""
        real.write(2, (before + escape(text) + end).encode("utf-8", "replace"))

    def _sum_up(self, worst: int) -> None:
        seconds = real.monotonic() - self._began
        counts: dict[str, int] = {}
        for one in self._all:
            name = str(one.report["verdict"])
            counts[name] = counts.get(name, 0) + 1
        if self._given.get("json") is not None:
            self._write(worst, counts, seconds)
        if not self._given.get("quiet"):
            said = ", ".join(f"{count} {name}" for name, count in counts.items())
            for line in self._passed_over:
                self._say(f"agentrr: passed over {line}")
            plural = "s" if len(self._all) > 1 else ""
            self._say(f"agentrr: {len(self._all)} recording{plural} in {seconds:.1f} s: {said}")

    def _write(self, worst: int, counts: dict[str, int], seconds: float) -> None:
        from agentrr_sandbox.launch.verdict import write_report

        document = {
            "exit_code": worst,
            "seconds": round(seconds, 4),
            "counts": counts,
            "replays": [one.report for one in self._all],
            "passed_over": self._passed_over,
        }
        write_report(document, self._given.get("json"))


def _words(given: Parsed) -> list[str]:
    """Return the options that each replay gets, as words again."""
    words: list[str] = []
    for option in REPLAY:
        value = given.get(option.name)
        if option.name in _OWN or value is None:
            continue
        for each in value if option.many else [value]:
            words += [option.flags[-1]] if option.value is None else [option.flags[-1], str(each)]
    return words
