"""A divergence, or a replay that was stopped, in words.

The report itself is plain data (see `matching.divergence`), so that it can leave the agent's
process and go to machines as it is.  Here it becomes text for a person: where, what the recording
holds, what the run asked now, in what the two differ, at which lines of user code, what to do.
Everything shown is somebody else's text, and is escaped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from agentrr_sandbox.summary import asked, local, stands
from agentrr_sandbox.termsafe import clip, escape
from agentrr_sandbox.wordwrap import Styled, bold, dim, laid_out, new, old, plain

_CONTEXT = 48
_MESSAGE = re.compile(r"^(.*\.(?:messages|input|contents|system)\[(\d+)\])(.*)$")
_LINE_NUMBER = re.compile(r"\bline \d+|:\d+(?=[:)\s]|$)")
_SHOWN = 12
_ABSENT = "(absent)"
_INDENT = 4

_WHAT_TO_DO = {
    "request": "the code or its input changed since it was recorded: record again, or undo it",
    "call": "a crossing was added, removed or moved: record again, or undo the change",
    "extra": "a crossing was added, or the run took another branch",
    "missing": "a crossing was removed, or the run ended early",
    "read": "a clock read or a draw was added or removed in your code",
    "fact": "the code asks for more than it did: record again, or undo the change",
    "mark": "what this process computed is not what the recorded one did: look before this event",
    "output": "the code that writes this, or what it writes, changed: record again, or undo it",
    "tool": "the body or what it works on changed: record again, or use --tools=serve",
    "file": "what the run writes to that file changed: record again, or undo the change",
    "timer": "the code waits for another time than it did: record again, or undo the change",
    "stall": "a crossing, a timer or a task was added or removed, or runs in another order",
    "exit": "the program now ends in another way: look at what it did last",
}
_ONLY_LINES = "only line numbers of changed sources differ: record again to accept them"


def render(report: Mapping[str, Any], *, colour: bool, width: int) -> str:
    """Return the text of *report*, ending in a newline; its first line begins `agentrr: `.

    *report* is a line of the child: a divergence (`slug` …), `{"kind": "sealed", …}` or
    `{"kind": "stopped", …}`.  Without *colour* changed words are written `[-old-]{+new+}`.
    """
    kind = report.get("kind")
    if kind == "sealed":
        parts = _sealed(report)
    elif kind == "stopped":
        parts = [[bold(f"agentrr: replay stopped: {escape(str(report.get('message', '')))}")]]
    else:
        parts = list(_divergence(report, width))
    return laid_out(parts, colour=colour, width=width)


def render_all(reports: Iterable[Mapping[str, Any]], *, colour: bool, width: int) -> str:
    """Return the text of several divergences; nothing after the first is to be trusted."""
    out: list[str] = []
    for number, report in enumerate(reports):
        if number == 1:
            out.append("agentrr: what follows may be a symptom of the first: do not trust it\n")
        out.append(render(report, colour=colour, width=width))
    return "".join(out)


def as_json(document: object) -> str:
    """Return *document* for machines: ASCII JSON, indented, ending in a newline."""
    return json.dumps(document, indent=2) + "\n"


def headline(report: Mapping[str, Any]) -> str:
    """Return one line that names the divergence, without the leading `agentrr: `."""
    event, lane = report.get("event"), report.get("lane")
    process = report.get("process")
    where = f" in process {process}" if process is not None else ""
    where += f" at event {event}" if event is not None else ""
    where += f", lane {lane}" if lane and lane != "main" else ""
    text = f"replay diverged{where}: {report.get('message', '')} [{report.get('slug', '')}]"
    return escape(text)


def what_to_do(report: Mapping[str, Any]) -> str:
    """Return the hint of *report*, or the one for its kind."""
    expected, observed = report.get("expected"), report.get("observed")
    if isinstance(expected, str) and isinstance(observed, str):
        same = _LINE_NUMBER.sub("", expected) == _LINE_NUMBER.sub("", observed)
        if same and expected != observed:
            return _ONLY_LINES
    return str(report.get("hint") or _WHAT_TO_DO.get(str(report.get("slug")), ""))


def _sealed(report: Mapping[str, Any]) -> list[list[Styled]]:
    where = local(str(report.get("site") or "")) or "library code"
    request = report.get("request")
    call = str(report.get("call", ""))
    what = local(call) if report.get("by") == "C" else asked(call, request)
    first = [bold(escape(f"agentrr: replay stopped {what}"))]
    strand = f"lane {report.get('lane', 'main')}"
    if report.get("process") is not None:
        strand += f" of process {report['process']}"
    return [
        first,
        [plain(escape(_by_c(report) if report.get("by") == "C" else f"  at {where}, {strand}"))],
        [plain("  The recording holds no answer for it, and a replay never asks the world.")],
    ]


def _by_c(report: Mapping[str, Any]) -> str:
    """Say that no Python code made the call, and which line was running."""
    where = local(str(report.get("site") or ""))
    process = report.get("process")
    text = "  by C code" + (f" in process {process}" if process is not None else "")
    return f"{text}, while {where} was running" if where else text


def _divergence(report: Mapping[str, Any], width: int) -> Iterator[list[Styled]]:
    yield [bold("agentrr: " + headline(report))]
    call = "" if report.get("slug") == "stall" else str(report.get("call", ""))
    expected, observed = report.get("expected"), report.get("observed")
    yield from _side("the recording holds", call, expected, width)
    yield from _side("the run asks now", call, observed, width)
    found = [d for d in report.get("differences") or [] if isinstance(d, Mapping)]
    if report.get("slug") not in ("call", "stall") and any(
        d.get("path") != "$" or d.get("words") for d in found
    ):
        yield []
        yield from _differences(found, expected)
        yield []
    recorded, present = report.get("recorded_site"), report.get("present_site")
    if recorded:
        yield [dim("  recorded at  "), plain(escape(local(str(recorded))))]
    if present:
        yield [dim("  now at       "), plain(escape(local(str(present))))]
    yield from _elsewhere(report)
    notes = report.get("notes") or []
    for note in [notes] if isinstance(notes, str) else notes:
        yield [dim("  note         "), plain(escape(local(str(note))))]
    hint = what_to_do(report)
    if hint:
        yield [plain(escape(f"agentrr: hint: {hint}"))]


def _elsewhere(report: Mapping[str, Any]) -> Iterator[list[Styled]]:
    """Say where the other lanes stood."""
    label = "meanwhile"
    for place in [found for found in report.get("lanes") or [] if isinstance(found, Mapping)]:
        yield [dim(f"  {label:<12} "), plain(escape(local(stands(place))))]
        label = ""
    if report.get("more_lanes"):
        yield [dim(" " * 15), plain(f"and {report['more_lanes']} more")]


def _side(label: str, call: str, value: object, width: int) -> Iterator[list[Styled]]:
    if value is None:
        shown = "nothing here"
    elif isinstance(value, Mapping) and "call" in value:
        shown = asked(str(value["call"]), value.get("request"))
    else:
        shown = asked(call, value)
    yield [dim(f"  {label:<20} "), plain(clip(shown, max(width - 24, 40)))]


def _differences(found: list[Mapping[str, Any]], expected: object) -> Iterator[list[Styled]]:
    group = None
    for difference in found[:_SHOWN]:
        path = str(difference.get("path", "$"))
        match = _MESSAGE.match(path)
        head, rest = (match[1], match[3]) if match else (path, "")
        if head != group:
            group = head
            role = _role(expected, head) if match else ""
            if head != "$":
                yield [bold(escape(f"  {head}")), dim(escape(role))]
        if rest:
            yield [dim(escape(f"    {rest.lstrip('.')}"))]
        yield from _change(difference)
    if len(found) > _SHOWN:
        yield [dim(f"  … and {len(found) - _SHOWN} more differences (all with --json)")]


def _role(expected: object, path: str) -> str:
    """Return ` (message 2, user)` for a path that leads to a message."""
    at: Any = expected
    for name, index in re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path):
        try:
            at = at[name] if name else at[int(index)]
        except (KeyError, IndexError, TypeError):
            return ""
    number = int(path[path.rindex("[") + 1 : -1]) + 1
    role = at.get("role") if isinstance(at, Mapping) else None
    return f"  message {number}" + (f", {role}" if isinstance(role, str) else "")


def _change(difference: Mapping[str, Any]) -> Iterator[list[Styled]]:
    words = difference.get("words")
    if words:
        yield [plain(" " * _INDENT), *_words(words)]
        return
    expected, observed = difference.get("expected"), difference.get("observed")
    indent = plain(" " * _INDENT)
    if expected != _ABSENT:
        label = "removed  " if observed == _ABSENT else "recorded "
        yield [indent, dim(label), old(_shown(expected))]
    if observed != _ABSENT:
        label = "added    " if expected == _ABSENT else "now      "
        yield [indent, dim(label), new(_shown(observed))]


def _shown(value: object) -> str:
    return clip(json.dumps(value, ensure_ascii=False), 400)


def _words(words: Iterable[Any]) -> Iterator[Styled]:
    pieces = [(str(sign), str(text)) for sign, text in words]
    for place, (sign, text) in enumerate(pieces):
        if sign == "-":
            yield old(escape(text))
        elif sign == "+":
            yield new(escape(text))
        else:
            first, last = place == 0, place == len(pieces) - 1
            yield plain(escape(_elided(text, first=first, last=last), lines=True))


def _elided(text: str, *, first: bool, last: bool) -> str:
    """Return an unchanged stretch with only what stands next to a change."""
    before = "" if first else text[:_CONTEXT]
    after = "" if last else text[-_CONTEXT:]
    if len(text) <= len(before) + len(after) + 3:
        return text
    # Cut between words where there are any.
    if before and " " in before[1:]:
        before = before[: before.rindex(" ")]
    if after and " " in after[:-1]:
        after = after[after.index(" ") + 1 :]
    return f"{before}{' ' * bool(before)}…{' ' * bool(after)}{after}"
