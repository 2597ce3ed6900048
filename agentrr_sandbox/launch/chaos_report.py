"""What the schedules have shown: groups of them in which the agent did the same."""

from __future__ import annotations

import os
import sys

from agentrr_sandbox import real
from agentrr_sandbox.errors import EX_DIVERGED, UsageError
from agentrr_sandbox.launch.behaviour import differences
from agentrr_sandbox.termsafe import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.launch.behaviour import Behaviour
    from agentrr_sandbox.launch.options import Parsed
    from agentrr_sandbox.recording.reader import Recording

_SHOWN = 8
_LINES = 4
_LONG = 200
_KEPT = 40


class Group:
    """Schedules in which the agent did the same: their *seeds*, and what it did in the first."""

    def __init__(self) -> None:
        self.seeds: list[int] = []
        self.first: Behaviour | None = None

    def add(self, seed: int, behaviour: Behaviour) -> None:
        """Add one."""
        if not self.seeds or seed < min(self.seeds):
            self.first = behaviour
        self.seeds.append(seed)


class Found:
    """What has been found so far."""

    def __init__(self, recording: Recording, expected: Behaviour, given: Parsed) -> None:
        self._recording = recording
        self._expected = expected
        self._given = given
        self._key, self._order = expected.key(), expected.order()
        self._began = real.monotonic()
        self.same = Group()
        self.reordered = Group()
        self.others: dict[str, Group] = {}
        self.open_line = False
        self._terminal = _is_terminal() and not given.get("quiet")

    def add(self, seed: int, behaviour: Behaviour) -> None:
        """Take note of what the agent did under the schedule of *seed*."""
        key = behaviour.key()
        if key != self._key:
            self.others.setdefault(key, Group()).add(seed, behaviour)
        elif behaviour.order() != self._order:
            self.reordered.add(seed, behaviour)
        else:
            self.same.add(seed, behaviour)

    @property
    def tried(self) -> int:
        """How many schedules."""
        groups = [self.same, self.reordered, *self.others.values()]
        return sum(len(group.seeds) for group in groups)

    def groups(self) -> list[Group]:
        """Return those in which the agent did otherwise, the most frequent first."""
        return sorted(self.others.values(), key=lambda group: (-len(group.seeds), min(group.seeds)))

    # -- saying it -------------------------------------------------------------------------

    def progress(self, of: int) -> None:
        """Say on a terminal how far it has come."""
        if self._terminal:
            _say(f"\r\x1b[Kagentrr: {self.tried} of {of} schedules, {self._many()}")

    def nothing_to_perturb(self) -> int:
        """There is one order alone."""
        self._write()
        if not self._given.get("quiet"):
            _say("agentrr: nothing to perturb: the run had one thread and no event loop\n")
        return 0

    def give(self) -> int:
        """Say what was found; return the exit code."""
        self._write()
        text = "\r\x1b[K" if self._terminal else ""
        if self.others or not self._given.get("quiet"):
            text += self._text()
        _say(text)
        return EX_DIVERGED if self.others else 0

    def give_one(self, seed: int) -> int:
        """Say what one schedule has shown; return the exit code."""
        self._write()
        text = f"agentrr: schedule {seed}: "
        if self.others:
            (group,) = self.others.values()
            text += "the agent behaves otherwise than recorded\n" + self._difference(group)
        elif self.reordered.seeds:
            text += "the same, in another order\n"
        else:
            text += "as recorded\n"
        if self.others or not self._given.get("quiet"):
            _say("\n" + text if self.open_line else text)
        return EX_DIVERGED if self.others else 0

    def _many(self) -> str:
        count = len(self.others)
        if not count:
            return "none behaves otherwise"
        kinds = f"in {count} ways" if count > 1 else "in one way"
        schedules = sum(len(group.seeds) for group in self.others.values())
        return f"{schedules} behave otherwise, {kinds}" if schedules > 1 else "1 behaves otherwise"

    def _text(self) -> str:
        seconds = real.monotonic() - self._began
        text = f"agentrr: {self.tried} schedules in {seconds:.1f} s: {self._many()}"
        if self.reordered.seeds:
            text += f"; {len(self.reordered.seeds)} do the same in another order"
        if self.same.seeds:
            text += f"; {len(self.same.seeds)} as recorded"
        text += "\n"
        groups = self.groups()
        for number, group in enumerate(groups[:_SHOWN], 1):
            seed = min(group.seeds)
            many = f"{len(group.seeds)} schedules" if len(group.seeds) > 1 else "1 schedule"
            text += f"\n{number}. {many}, the first is {seed}:\n{self._difference(group)}"
            text += f"     agentrr replay {self._name()} --chaos={seed}\n"
        if len(groups) > _SHOWN:
            text += f"\nand {len(groups) - _SHOWN} ways more: --json FILE holds them\n"
        if self.reordered.seeds:
            seed = min(self.reordered.seeds)
            text += f"\nthe same in another order: the first is --chaos={seed}\n"
        return text

    def _name(self) -> str:
        path = self._recording.path
        here = os.path.relpath(path)
        return here if len(here) < len(path) else str(path)

    def _difference(self, group: Group) -> str:
        assert group.first is not None
        found = differences(self._expected, group.first, _LINES)
        return "".join(f"     {_short(line)}\n" for line in self._lines(found))

    def _lines(self, found: dict[str, Any]) -> list[str]:
        if "how" in found:
            where = found["site"].replace("[root:code]/", "")
            return [found["message"] + (f" ({where})" if where else "")]
        lines = []
        if "end" in found:
            lines.append(f"it ends with {found['end'][1]}, not {found['end'][0]}")
        for name in ("stdout", "stderr"):
            if name in found:
                lines.append(f"{name}:")
                lines += [f"- {line.rstrip()}" for line in found[name]["missing"]]
                lines += [f"+ {line.rstrip()}" for line in found[name]["new"]]
        if "requests" in found:
            lines += [f"- asks for {_named(*each)}" for each in found["requests"]["missing"]]
            lines += [f"+ asks for {_named(*each)}" for each in found["requests"]["new"]]
        lines += [f"files: {each}" for each in found.get("files", ())]
        return lines

    def _write(self) -> None:
        wanted = self._given.get("json")
        if wanted is None:
            return
        from agentrr_sandbox.report import as_json

        text = as_json(self._document())
        if wanted == "-":
            sys.stdout.write(text)
            return
        try:
            with real.open(wanted, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise UsageError(f"cannot write {wanted}: {error.strerror}") from None

    def _document(self) -> dict[str, Any]:
        return {
            "verdict": "behaves otherwise" if self.others else "as recorded",
            "exit_code": EX_DIVERGED if self.others else 0,
            "run": self._recording.header["id"],
            "schedules": self.tried,
            "seconds": round(real.monotonic() - self._began, 3),
            "as_recorded": sorted(self.same.seeds),
            "another_order": sorted(self.reordered.seeds),
            "behaviours": [
                {
                    "seeds": sorted(group.seeds),
                    "difference": differences(self._expected, group.first, _KEPT),
                }
                for group in self.groups()
                if group.first is not None
            ],
        }


def _named(call: str, event: int | None) -> str:
    return call if event is None else f"{call} (event {event})"


def _short(line: str) -> str:
    return escape(line if len(line) <= _LONG else line[: _LONG - 1] + "\u2026")


def _say(text: str) -> None:
    if text:
        real.write(2, text.encode("utf-8", "replace"))


def _is_terminal() -> bool:
    try:
        return os.isatty(2)
    except OSError:
        return False
