"""A recording in the making: its header at the start, its end, and the one line that is said."""

from __future__ import annotations

import os
import sys

from agentrr_hooks import FROM_START
from agentrr_sandbox import __version__, loading, real
from agentrr_sandbox.errors import EX_CANNOT_RECORD
from agentrr_sandbox.launch import git
from agentrr_sandbox.launch.channel import Lines
from agentrr_sandbox.launch.options import size
from agentrr_sandbox.launch.places import config_of, roots_of
from agentrr_sandbox.launch.spawn import INTERPRETER
from agentrr_sandbox.recording import redaction_rules, store
from agentrr_sandbox.recording.cleaning import Cleaner
from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.roots import Roots
from agentrr_sandbox.recording.writer import Writer
from agentrr_sandbox.seal import content

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.launch.options import Parsed
    from agentrr_sandbox.launch.spawn import Child
    from agentrr_sandbox.launch.target import Python, Target
    from agentrr_sandbox.launch.waiting import Outcome
    from agentrr_sandbox.recording.ring import Ring

FORMAT = "agentrr/1"
_SHOWN = 3
_HINT = (
    'a function of yours that makes it is answered if boundaries = ["module:function"] names it;'
    " agentrr doctor last"
)
_CODE = "[root:code]/"


class Making:
    """One run that is being recorded, as the supervisor sees it."""

    def __init__(
        self,
        target: Target,
        python: Python,
        given: Parsed,
        *,
        seed: str,
        ring: int,
        report: int,
    ) -> None:
        self._given = given
        self._target = target
        self.lines = Lines(report)
        self._ring = ring
        self.id = real.urandom(6).hex()
        self._salt = real.urandom(16)
        self._durable = given.get("durable", "power")
        limit = given.get("file_limit")
        self._file_limit = content.LIMIT if limit is None else size(limit, "--file-limit", "200MB")
        self._key = _key() if given.get("pickle") else None
        self._roots = roots_of(target, python)
        self._config = config_of(target.folder())
        self._events = 0
        self._seed = given.get("chaos")
        self._same_python = python.version == sys.version.split()[0]
        self.path, self._where = store.new_path(target.name, self.id, given.get("output"))
        self._top = git.checkout(target.folder())
        self._status: git.Status | None = None
        header = self._header(target, python, seed, git.commit(self._top) if self._top else None)
        self._writer = Writer.create(self.path, header, durable=self._durable)

    def _header(
        self, target: Target, python: Python, seed: str, commit: str | None
    ) -> dict[str, Any]:
        loud = Cleaner(Redactor(real.environ, self._salt), Roots(self._roots))
        # in the order of the child's own command line, of which it learns the same secrets
        shown = loud.words([*target.flags, target.value, *target.args])
        flags, args = shown[: len(target.flags)], shown[len(target.flags) + 1 :]
        cleaner = loud.aside()
        return {
            "format": FORMAT,
            "id": self.id,
            "name": cleaner.text(target.name),
            "started": real.time_ns(),
            "target": {"kind": target.kind, "value": shown[len(flags)]},
            "argv": args,
            "python": {
                "version": python.version,
                "implementation": python.implementation,
                "executable": cleaner.text(python.path),
                "flags": flags,
                "environment": {
                    name: cleaner.text(real.environ[name])
                    for name in INTERPRETER
                    if name in real.environ
                },
            },
            "hash_seed": int(seed),
            "platform": sys.platform,
            "roots": self._roots,
            "hooks": list(FROM_START),
            "git": {"commit": commit},
            "redaction": {"rules": redaction_rules.VERSION, "salt": self._salt.hex()},
            "durable": self._durable,
            "agentrr": __version__,
        }

    def start(self, child: Child) -> None:
        """Tell *child* to begin."""
        seq, chain, size = self._writer.state()
        given = self._given
        child.tell(
            {
                "mode": "record",
                "path": self.path,
                "seq": seq,
                "chain": chain,
                "size": size,
                "durable": self._durable,
                "ring": child.numbers["ring"],
                "report": child.numbers["report"],
                "roots": self._roots,
                "salt": self._salt,
                "script": self._script(),
                "kind": self._target.kind,
                "go_on": given.get("if_unrecordable") == "continue",
                "file_limit": self._file_limit,
                "pickle_key": self._key,
                "clock": given.get("clock", "native"),
                "config": self._config,
                "seed": self._seed,
                "tether": child.numbers.get("tether"),
                "children": {"python": sys.executable} if given.get("children") else None,
            }
        )
        # loaded while the child boots: it waits for us no longer, and we have nothing else to do
        from agentrr_sandbox.recording import finish

        self._finish = finish
        self._status = git.Status(self._top) if self._top else None
        loading.end()

    def _script(self) -> str | None:
        target = self._target
        if target.kind != "script" or os.path.isdir(target.value):
            return None
        return os.path.abspath(target.value)

    def end(self, outcome: Outcome) -> int | None:
        """Write how the run ended; return an exit code that stands above its own, or None."""
        self.lines.read()
        if not self.lines.of("boot") or self.lines.of("unstarted"):
            self._discard()
            return self._never_there(outcome)
        fields = {**outcome.fields(), "ended": real.time_ns()}
        if self._status is not None:
            dirty = self._status.dirty()
            if dirty is not None:
                fields["git_dirty"] = dirty
        self._writer.close()
        self._events = self._finish.end(self.path, fields, self._left(), self._durable)
        self._say(outcome)
        noted = self.lines.of("boot")[0]["noted"] if self._same_python else {}
        if noted or loading.noted:
            from agentrr_sandbox.launch import bundle

            bundle.write_all(noted)
        return EX_CANNOT_RECORD if self.lines.of("unrecordable") and not self._continues() else None

    def _left(self) -> Ring | None:
        """Return the memory in which a killed process may have left reads."""
        if self.lines.of("drained"):
            return None
        from agentrr_sandbox.recording.ring import Ring

        return Ring.attach(self._ring)

    def _never_there(self, outcome: Outcome) -> int | None:
        """Say so when the program ran without us; python's own complaint needs no word of ours."""
        for line in self.lines.of("failed"):
            _complain(line)
            return int(line["exit_code"])
        if self.lines.of("boot") or outcome.code != 0:
            return None
        _complain(
            {
                "message": "the run was not recorded: agentrr did not get into its interpreter",
                "hint": "--python must be an interpreter, not a script that starts one",
            }
        )
        return EX_CANNOT_RECORD

    def _continues(self) -> bool:
        return bool(self._given.get("if_unrecordable") == "continue")

    def _discard(self) -> None:
        """Remove the recording of a program that never began."""
        self._writer.close()
        store.remove(self.path)

    def _say(self, outcome: Outcome) -> None:
        """Print the one line: on a terminal, when asked, or when there is something to warn of."""
        for line in self.lines.of("unrecordable"):
            _complain(line)
        warnings = list(self._warnings())
        given = self._given
        spoken = given.get("verbose") or _terminal(2) or warnings or self._where
        spoken = spoken or self._seed is not None
        if given.get("quiet") or not spoken:
            return
        parts = [f"{self._events} events", *self._chaos(), *warnings, *self._unknown()]
        parts += [line["message"] for line in self.lines.of("loop")[:1]]
        if self._where:
            parts.append(self._where)
        if outcome.signal is not None:
            parts.append(f"killed by signal {outcome.signal}")
        text = f"agentrr: {', '.join(parts)}; {_short(self.path)}; agentrr replay last\n"
        if self.lines.of("not-captured"):
            text += f"agentrr: hint: {_HINT}\n"
        if self.lines.of("column"):
            text = "\n" + text
        real.write(2, text.encode("utf-8", "replace"))

    def _chaos(self) -> list[str]:
        return [] if self._seed is None else [f"under the schedule of --chaos={self._seed}"]

    def _warnings(self) -> list[str]:
        found: list[str] = []
        missed = self.lines.of("not-captured")
        if missed:
            shown = ", ".join(
                line["call"] + (f" at {line['site'].replace(_CODE, '')}" if line["site"] else "")
                for line in missed[:_SHOWN]
            )
            more = f" and {len(missed) - _SHOWN} more" if len(missed) > _SHOWN else ""
            many = "crossings were" if len(missed) > 1 else "crossing was"
            found.append(
                f"{len(missed)} {many} not captured ({shown}{more}): replay will stop there"
            )
        if self.lines.of("concurrent"):
            found.append("lanes crossed the boundary at the same time: replay will stop there")
        found += [
            f"{line['signal']} came while the program's own code ran"
            + (f" ({line['site'].replace(_CODE, '')})" if line["site"] else "")
            + ": replay will stop there"
            for line in self.lines.of("signal")[:1]
        ]
        found += [
            f"{line['call']}: {line['message']}: replay will stop there"
            for line in self.lines.of("unencodable")[:1]
        ]
        for kind in ("tool-ambiguous", "tool-missing"):
            found += [line["message"] for line in self.lines.of(kind)]
        return found

    def _unknown(self) -> list[str]:
        """Say which tools reach what the walk over their state cannot enter."""
        named: dict[str, set[str]] = {}
        served: set[str] = set()
        for line in self.lines.of("tool-unknown"):
            named.setdefault(line["name"], set()).update(line["types"])
            if not line["again"]:
                served.add(line["name"])
        return [
            f"tool {name} reaches {', '.join(sorted(types)[:_SHOWN])}, whose state is not compared"
            + (": replay serves its answer" if name in served else ": replay runs it again")
            for name, types in list(named.items())[:_SHOWN]
        ]


def _key() -> bytes | None:
    """Return the key that pickles are signed with.  Raises `CannotRecord`."""
    from agentrr_sandbox.recording import gate

    return gate.machine_key(gate.key_path(dict(real.environ)), create=True)


def _complain(line: dict[str, Any]) -> None:
    text = f"agentrr: error: {line['message']}\n"
    if line.get("hint"):
        text += f"agentrr: hint: {line['hint']}\n"
    real.write(2, text.encode("utf-8", "replace"))


def _terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def _short(path: str) -> str:
    """Return *path* relative to the working directory, when it is below it."""
    here = real.getcwd() + os.sep
    return path.removeprefix(here)
