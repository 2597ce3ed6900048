"""The mutants of a script: one small change each, and the event at which its replay must halt.

    # changed: OLD -> NEW @ WHERE    a literal changed
    # added: LINE @ WHERE            a crossing added: LINE comes before the line that holds
                                     `# here`, or at the end
    # removed: TEXT @ WHERE          a crossing removed: the lines that hold TEXT are taken away
    # no removed: because ...        why there can be none of a kind

`added` and `removed` may be written OLD -> NEW too.  WHERE is `SLUG CALL at EVENT #N in LANE`: the
report's slug, call and lane, and the event that it must name: the N-th that holds EVENT (a call,
`stdout`, `stderr`, `exit`, or a kind of event), or `end` where the recording holds nothing more.
What is left out is CALL itself, the first, and the main lane.  A line of output may be named by
`with TEXT` instead of its number: tracebacks have more lines with one Python than with another.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import Place

KINDS = ("changed", "added", "removed")
DIVERGED = 76
_FIRST = re.compile(r"^# (?:no )?(?:changed|added|removed):", re.MULTILINE)
_MUTANT = re.compile(r"^# (changed|added|removed): (.*) @ (.*)$", re.MULTILINE)
_REFUSED = re.compile(r"^# no (changed|added|removed): (.+)$", re.MULTILINE)
_WHERE = re.compile(r"(\S+) (.+?)(?: at (\S+))?(?: #(\d+)| with (.+?))?(?: in (.+))?")


@dataclass
class Mutant:
    """One change of a script: its whole text, what was changed, and where its replay must halt."""

    kind: str
    text: str
    change: str
    where: str


def mutants(source: str) -> list[Mutant]:
    """Return the mutants that the comments of *source* ask for."""
    end = _FIRST.search(source)
    code = source[: end.start()] if end else source
    return [
        Mutant(kind, _changed(kind, code, change) + source[len(code) :], change, where)
        for kind, change, where in _MUTANT.findall(source)
    ]


def refused(source: str) -> dict[str, str]:
    """Return the kinds that *source* says it can have no mutant of, and why."""
    return dict(_REFUSED.findall(source))


def _changed(kind: str, code: str, change: str) -> str:
    old, arrow, new = change.partition(" -> ")
    if arrow:
        assert old in code, f"the script does not hold {old!r}"
        return code.replace(old, new, 1)
    lines = code.splitlines(keepends=True)
    if kind == "removed":
        assert old in code, f"the script does not hold {old!r}"
        return "".join(line for line in lines if old not in line)
    at = next((n for n, line in enumerate(lines) if "# here" in line), len(lines))
    under = lines[at] if at < len(lines) else ""
    indent = under[: len(under) - len(under.lstrip())]
    return "".join([*lines[:at], f"{indent}{change}\n", *lines[at:]])


def check(mutant: Mutant, place: Place, file: Path, events: list[dict[str, Any]]) -> None:
    """Replay *mutant* as *file*: it must halt at the event that it names, and nowhere else."""
    file.write_text(mutant.text, encoding="utf-8")
    ran = place.agentrr("replay", "--json", "report.json", "run.jsonl")
    assert ran.code == DIVERGED, f"{mutant.kind}: {mutant.change}\n{ran}"
    report = json.loads((place.folder / "report.json").read_text(encoding="utf-8"))
    (found,) = report["divergences"]
    match = _WHERE.fullmatch(mutant.where)
    assert match, f"no place is named by {mutant.where!r}"
    slug, call, name, number, text, lane = match.groups()
    expected = {
        "slug": slug,
        "call": call,
        "event": named(events, name or call, int(number or 1), text or ""),
        "lane": lane or "main",
    }
    seen = {key: found[key] for key in expected}
    wrong = f"{mutant.kind}: {mutant.change}\nhalted at {seen}, not {expected}\n{ran}"
    assert seen == expected, wrong


def named(events: list[dict[str, Any]], name: str, number: int, text: str = "") -> int | None:
    """Return the number of the *number*-th event that holds *name* and *text*; None for the end."""
    if name == "end":
        return None
    held: list[int] = [
        event["seq"]
        for event in events
        if _name(event) == name and text in str(event.get("text", ""))
    ]
    assert len(held) >= number, f"the recording holds {len(held)} of {name} {text}"
    return held[number - 1]


def _name(event: dict[str, Any]) -> str:
    kind: str = event["t"]
    if kind == "output":
        return {1: "stdout", 2: "stderr"}[event["fd"]]
    if kind in {"call", "intent", "mark"}:
        return str(event["call"])
    return "exit" if kind == "run.end" else kind
