"""What a replay came to: its exit code, its last line or its report."""

from __future__ import annotations

import os
import sys

from agentrr_sandbox import real
from agentrr_sandbox.errors import (
    EX_CANNOT_REPLAY,
    EX_DIVERGED,
    EX_INTERNAL,
    EX_SEALED,
    UsageError,
)
from agentrr_sandbox.launch import waiting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.launch.replaying import Replaying
    from agentrr_sandbox.launch.waiting import Outcome

_SIGNAL_BASE = 128
_WIDTH = 100


class Verdict:
    """The verdict on one replay; `name` is the word for it, `code` its exit code."""

    def __init__(self, replaying: Replaying, outcome: Outcome, seconds: float) -> None:
        lines = replaying.lines
        self._given = replaying.given
        self._recording = replaying.recording
        self._worker = replaying.recording.header.get("process")
        self._outcome = outcome
        self.seconds = seconds
        self.divergences = [_plain(line) for line in lines.of("divergence")]
        self.sealed = [_plain(line) for line in lines.of("sealed")]
        self.stopped = [_plain(line) for line in lines.of("stopped")]
        self.failed = [_plain(line) for line in lines.of("failed")]
        if not lines.of("boot") and not self.failed:
            message = "the replay did not begin: agentrr did not get into the run's interpreter"
            self.failed = [{"message": message, "exit_code": EX_CANNOT_REPLAY}]
        self.notes = list(lines.of("note"))
        self._open_line = bool(lines.of("column"))
        self.end = (lines.of("end") or [{}])[-1]
        self.guard = (lines.of("guard") or [{"name": "none"}])[-1]["name"]
        if not (self.divergences or self.sealed or self.stopped or self.failed):
            self._compare_the_end()
        if self.divergences:
            known = self.divergences[0].get("notes") or []
            noted = [*known, *replaying.changes(), *self._missing()]
            if noted:
                self.divergences[0]["notes"] = noted
        self.name, self.code = self._judged()

    def _recorded_end(self) -> dict[str, Any]:
        return self._recording.end or {}

    def _compare_the_end(self) -> None:
        """Compare the exit code, or the signal that killed the run, with the recorded one."""
        recorded = self._recorded_end()
        if "how" not in recorded:
            return  # cut short with its supervisor: nobody knows how it ended
        if self._worker and "signal" in recorded:
            return  # another process has killed it, who knows where
        expected = _ended(recorded)
        observed = _ended(self._outcome.fields())
        if expected == observed:
            return
        from agentrr_sandbox.matching import divergence

        self.divergences.append(
            divergence(
                "exit",
                f"the recorded run ended with {expected}, this one with {observed}",
                event=recorded.get("seq"),
                lane="main",
                call="exit",
                expected=expected,
                observed=observed,
            )
        )
        if self._worker:
            self.divergences[-1]["process"] = self._worker["number"]

    def _judged(self) -> tuple[str, int]:
        if self.failed:
            return "failed", int(self.failed[-1].get("exit_code", EX_INTERNAL))
        stopped = [line for line in self.stopped if line.get("exit_code")]
        if stopped:
            code = int(stopped[0]["exit_code"])
            return "cannot be replayed", EX_CANNOT_REPLAY if self._check() else code
        if self.sealed and not self._drew_live():
            return "sealed", EX_DIVERGED if self._check() else EX_SEALED
        if self.divergences:
            return "diverged", EX_DIVERGED
        return self._faithful(), 0 if self._check() else self._own_code()

    def _drew_live(self) -> bool:
        """Whether what was stopped belongs to a draw of C code that the recording does not hold.

        It was made live, to show what it is for: libuuid asks the network for its address.
        """
        drew = any(found.get("slug") == "read" for found in self.divergences)
        return drew and all(line.get("by") == "C" for line in self.sealed)

    def _own_code(self) -> int:
        """Return the program's own exit code; of a signal, its number below zero."""
        if self.stopped:
            recorded = self._recorded_end()
            signal = recorded.get("signal")
            return _SIGNAL_BASE + signal if signal else int(recorded.get("code", 0))
        signal = self._outcome.signal
        return -signal if signal else self._outcome.code or 0

    def _faithful(self) -> str:
        whole = self.end.get("became") or not self._cut()
        return "faithful" if whole else "faithful as far as it goes"

    def _cut(self) -> bool:
        return self._recording.exit is None

    def _check(self) -> bool:
        return bool(self._given.get("check"))

    # -- saying it -------------------------------------------------------------------------

    def give(self) -> int:
        """Print the verdict, write the report where it is wanted, return the exit code."""
        wanted = self._given.get("json")
        if wanted is not None:
            self._write(wanted)
        text = self._text()
        if text:
            if self._open_line:
                text = "\n" + text
            real.write(2, text.encode("utf-8", "replace"))
        if self.code < 0:
            return waiting.die_of(-self.code)
        return self.code

    def _text(self) -> str:
        if self.failed:
            return "".join(
                f"agentrr: error: {line['message']}\n"
                + (f"agentrr: hint: {line['hint']}\n" if line.get("hint") else "")
                for line in self.failed
            )
        if self.divergences or self.sealed or self.name == "cannot be replayed":
            from agentrr_sandbox.report import render, render_all

            colour = sys.stderr is not None and sys.stderr.isatty() and "NO_COLOR" not in os.environ
            width = _width()
            text = "".join(
                render({"kind": kind, **line}, colour=colour, width=width)
                for kind, found in (("sealed", self.sealed), ("stopped", self.stopped))
                for line in found
            )
            return text + render_all(self.divergences, colour=colour, width=width)
        return "" if self._given.get("quiet") else self._line()

    def _line(self) -> str:
        """Return the last line of a faithful replay."""
        events = self.end.get("events", 0)
        text = f"agentrr: {self.name}, {events} events, {_duration(self.seconds)}"
        recorded = self._recorded_seconds()
        if recorded and recorded > self.seconds:
            text += f", {recorded / self.seconds:.0f} times faster than recorded"
        elastic = self.end.get("elastic")
        if elastic:
            text += f", {elastic} elastic reads differed"
        if self.end.get("drifted"):
            text += f", {self.end['drifted']} wake-ups at another turn of the loop"
        text += self._tools()
        text += "".join(f"; {message}" for message in self._missing())
        if self.end.get("became"):
            text += f"; there the run became another program, not recorded: {self.end['became']}"
        elif self._cut():
            text += "; the run was cut short there: incomplete"
        return text + "\n"

    def _tools(self) -> str:
        """Name the tools that changed state, and what became of each."""
        said: dict[str, dict[str, int]] = {}
        for note in self.notes:
            if "tool" in note:
                counts = said.setdefault(note["how"], {})
                counts[note["tool"]] = counts.get(note["tool"], 0) + 1
        texts = {"run again": "tools run again", "served": "served, though they changed state"}
        return "".join(
            f"; {texts[how]}: "
            + ", ".join(name + (f" ({count})" if count > 1 else "") for name, count in held.items())
            for how, held in said.items()
        )

    def _missing(self) -> list[str]:
        """Name the source files that served tracebacks show lines of, and that are not here."""
        return [note["message"] for note in self.notes if "missing" in note]

    def _recorded_seconds(self) -> float | None:
        ended = self._recorded_end().get("ended")
        return (ended - self._recording.header["started"]) / 1e9 if ended else None

    def _write(self, wanted: str) -> None:
        document = {
            "verdict": self.name,
            "exit_code": self.code,
            "run": self._worker["run"] if self._worker else self._recording.header["id"],
            "process": self._worker["number"] if self._worker else 1,
            "guard": self.guard,
            "events": self.end.get("events", 0),
            "elastic": self.end.get("elastic", 0),
            "drifted": self.end.get("drifted", 0),
            "seconds": round(self.seconds, 4),
            "incomplete": self._cut() and not self.end.get("became"),
            "became": self.end.get("became", ""),
            "divergences": self.divergences,
            "sealed": self.sealed,
            "stopped": self.stopped,
            "failed": self.failed,
            "notes": self.notes,
        }
        write_report(document, wanted)


def write_report(document: dict[str, Any], wanted: str) -> None:
    """Write *document* as JSON to the file *wanted*; `-` is stdout.  Raises `UsageError`."""
    from agentrr_sandbox.report import as_json

    text = as_json(document)
    if wanted == "-":
        sys.stdout.write(text)
        return
    try:
        with real.open(wanted, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"cannot write {wanted}: {error.strerror}") from None


def _plain(line: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != "kind"}


def _ended(fields: dict[str, Any]) -> str:
    if fields.get("how") == "signal":
        return f"signal {fields.get('signal')}"
    return f"exit code {fields.get('code')}"


def _duration(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 100 else f"{seconds:.0f} s"  # noqa: PLR2004 - three digits


def _width() -> int:
    try:
        return os.get_terminal_size(2).columns
    except OSError:
        return _WIDTH
