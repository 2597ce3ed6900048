"""`agentrr replay`: runs the program again in a sealed interpreter, and gives the verdict."""

from __future__ import annotations

import gc
import os
import sys

from agentrr_sandbox import loading, real
from agentrr_sandbox.errors import CannotReplay, RecordingDamaged, RecordingNotFound, UsageError
from agentrr_sandbox.launch import options, waiting
from agentrr_sandbox.launch.channel import Lines
from agentrr_sandbox.launch.places import config_of, pickle_key, remove, roots_of, temporary
from agentrr_sandbox.launch.spawn import ENOUGH_FILES, anonymous, too_few_files
from agentrr_sandbox.launch.stages import Stage
from agentrr_sandbox.launch.target import Target, python_for, target_of
from agentrr_sandbox.recording import store
from agentrr_sandbox.recording.reader import Recording

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.launch.options import Parsed
    from agentrr_sandbox.launch.target import Python
    from agentrr_sandbox.launch.ways import Process

_GRACE = 2.0
_STALLED = 0.5  # nothing of it moves any more, and a thread that waits in C never ends
_LOOK = 0.05


def replay(words: list[str]) -> int:
    """Replay what *words* name; return the exit code.  Raises `AgentrrError`."""
    given, found = _parsed(words)
    if len(found) > 1 or given.get("jobs") is not None or os.path.isdir(found[0]):
        from agentrr_sandbox.launch.many_paths import asked_for, one_and_its_target

        if asked_for(given, found):
            from agentrr_sandbox.launch.many import replay_all

            return replay_all(given, found, replay)
        one_and_its_target(found)
    run, *named = found
    try:
        recording = Recording.open(store.find(run))
        way: list[Process] = []
        if given.get("process") is not None:
            from agentrr_sandbox.launch.ways import entered

            recording, way = entered(recording, given)
        options.reseed(given, recording.header)
        target = _target(recording, named)
        python = python_for(recording.header["python"], given.get("python"))
        if given.get("chaos") is not None:
            from agentrr_sandbox.launch.chaos import chaos

            if way:
                raise UsageError("--chaos tries schedules of the run itself, not of --process")
            return chaos(recording, lambda: _target(recording, named), python, given)
        replaying = Replaying(recording, target, python, given, way)
    except (RecordingDamaged, RecordingNotFound) as error:
        if given.get("check"):
            raise CannotReplay(error.message, hint=error.hint) from None
        raise
    return replaying.run()


def _parsed(words: list[str]) -> tuple[Parsed, list[str]]:
    """Return the options, and the name of the recording with the words of the target after it."""
    own, dashes, args = _cut(words)
    given = options.Parsed()
    found: list[str] = []
    left = own
    while left:
        more = options.parse(left, options.REPLAY, verb="replay")
        given.values.update(more.values)
        given.flags += more.flags
        left = more.rest
        if left and left[0] in ("-m", "-c"):
            found += left
            break
        found += left[:1]
        left = left[1:]
    if not found:
        raise UsageError("replay needs a recording: a path, a run id, or last")
    given.rest = args
    if dashes:
        given.values["args"] = args
    return given, found


def _cut(words: list[str]) -> tuple[list[str], bool, list[str]]:
    if "--" not in words:
        return list(words), False, []
    at = words.index("--")
    return words[:at], True, words[at + 1 :]


def _target(recording: Recording, words: list[str]) -> Target:
    """Return what runs: what the command line names, else what the recording holds."""
    header = recording.header
    kind, value = header["target"]["kind"], header["target"]["value"]
    if words:
        return target_of(words, [])
    return Target(kind, value, [], [])


class Replaying:
    """One replay, as the supervisor sees it."""

    stage = "serve"
    """What the program's interpreter loads."""

    def __init__(
        self,
        recording: Recording,
        target: Target,
        python: Python,
        given: Parsed,
        way: list[Process],
    ) -> None:
        self._run = recording
        self._way = way
        self.recording = way[-1].recording if way else recording
        """The one that the verdict is about."""
        self.given = given
        self.python = python
        header = recording.header
        target.args = given.get("args", header["argv"])
        target.flags = given.flags or header["python"]["flags"]
        self.target = target
        self._roots = roots_of(target, python)
        self._localize()
        if not target.startable():
            raise CannotReplay(
                f"the script {target.value} is not here",
                hint="name it: agentrr replay RUN SCRIPT",
            )
        self._report = anonymous("agentrr-report")
        self.lines = Lines(self._report)
        self._scratch = os.path.join(temporary(), f"agentrr-{real.urandom(6).hex()}")
        self._diverged_at: float | None = None
        self.pid = 0
        self._null = -1
        self._handed = 0
        self._stage = Stage(
            recording, target, way, {"report": self._report}, {}, (self._roots, self._scratch)
        )
        self._killed = False

    def _localize(self) -> None:
        """Put the recorded words in this machine's spelling, where they were not given here."""
        from agentrr_sandbox.recording.roots import Roots

        roots = Roots(self._roots)
        target = self.target
        header = self.recording.header
        if target.value == header["target"]["value"]:
            # where the code is, is what is to be found out: where it was, else here
            there = Roots(header["roots"]).localize(target.value)
            here = Roots({**self._roots, "code": real.getcwd()}).localize(target.value)
            target.value = there if os.path.exists(there) else here
            self._roots = roots_of(target, self.python)
            roots = Roots(self._roots)
        target.args = [roots.localize(word) for word in target.args]
        target.flags = [roots.localize(word) for word in target.flags]

    def run(self) -> int:
        """Run the program; print the verdict; return the exit code."""
        grace = self._grace()
        few = too_few_files()
        if few:
            raise CannotReplay(few, hint=f"ulimit -n {ENOUGH_FILES}")
        mask = waiting.hold()
        began = real.monotonic()
        try:
            self.begin(mask)
            loading.load("verdict")  # while the child starts
            from agentrr_sandbox.launch.verdict import Verdict

            loading.end()
            gc.enable()
            outcome = waiting.wait(self.pid, every=_LOOK, look=lambda: self._look(grace))
            while self._goes_on(mask):
                outcome = waiting.wait(self.pid, every=_LOOK, look=lambda: self._look(grace))
        finally:
            self.clean_up()
            waiting.release(mask)
        self.lines.read()
        verdict = Verdict(self, outcome, real.monotonic() - began)
        code = verdict.give()
        self.write_stages()
        return code

    def begin(self, mask: Any) -> None:
        """Start the program, with the signal mask *mask*."""
        real.mkdir(self._scratch, 0o700)
        self._null = os.open(os.devnull, os.O_RDONLY)
        self._start(mask)

    def _start(self, mask: Any) -> None:
        child = self._stage.start(
            self.python.path, mask, self._null, stage=self.stage, silent=self._silent()
        )
        self.pid = child.pid
        child.tell(self._config(child.numbers))

    def _goes_on(self, mask: Any) -> bool:
        """Start the next interpreter, if the one before has come to the start of a worker."""
        self.lines.read()
        handed = self.lines.of("handed")
        if len(handed) == self._handed:
            return False
        self._handed += 1
        before = self._stage
        self._stage = before.after(handed[-1]["number"], self._scratch)
        before.end()
        self._start(mask)
        return True

    def clean_up(self) -> None:
        """The program has ended, or does now: leave nothing behind."""
        self._stage.end()
        if self._null >= 0:
            real.close(self._null)
        remove(self._scratch)

    def write_stages(self) -> None:
        """Write the files of stages that were not loaded from one, for the next replay."""
        begun = self.lines.of("boot")
        same = self.python.version == sys.version.split()[0]
        noted = begun[0]["noted"] if begun and same else {}
        if noted or loading.noted:
            from agentrr_sandbox.launch import bundle

            bundle.write_all(noted)

    @property
    def killed(self) -> bool:
        """Whether the program had to be killed after it diverged."""
        return self._killed

    def changes(self) -> list[str]:
        """Return which sources and packages are not here as they were recorded."""
        from agentrr_sandbox.launch.provenance import changes

        return changes(self._run, self._roots)

    def _grace(self) -> float:
        try:
            return float(self.given.get("grace", _GRACE))
        except ValueError:
            raise UsageError("--grace takes a number of seconds") from None

    def _silent(self) -> tuple[int, ...]:
        return (1,) if self.given.get("json") == "-" else ()

    def _look(self, grace: float) -> None:
        """Kill the program when it has had its time after the first divergence."""
        for line in self.lines.read():
            final = line["kind"] in ("sealed", "stopped") or (
                line["kind"] == "divergence" and not self.given.get("observe")
            )
            if final and self._diverged_at is None:
                stalled = line.get("slug") == "stall" and self.given.get("grace") is None
                self._diverged_at = real.monotonic() - (_GRACE - _STALLED) * stalled
        since = self._diverged_at
        if since is not None and not self._killed and real.monotonic() - since > grace:
            self._killed = True
            real.kill(self.pid, 9)

    def _config(self, numbers: dict[str, int]) -> dict[str, Any]:
        given, recording = self.given, self.recording
        return {
            "mode": "replay",
            "roots": self._roots,
            "salt": bytes.fromhex(recording.header["redaction"]["salt"]),
            "kind": self.target.kind,
            "observe": bool(given.get("observe")),
            "tools": given.get("tools", "auto"),
            "seed": None,
            "clock": given.get("clock", "native"),
            "scratch": self._scratch,
            "require_guard": bool(given.get("require_guard")),
            "live_env": given.get("live_env", []),
            "allow_pickle": bool(given.get("allow_pickle")),
            **pickle_key(),
            "config": config_of(self.target.folder()),
            "first_line": self._first_line(),
            **self._stage.told(numbers),
        }

    def _first_line(self) -> str:
        if self.given.get("quiet"):
            return ""
        name = os.path.basename(self._run.path)
        if self._way:
            name += f", process {self._way[-1].number}"
        return f"agentrr: replaying {name} ({len(self.recording)} events), guard: "
