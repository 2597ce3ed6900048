"""What `agentrr doctor` finds in a recording, in reports of its replays, and in two recordings.

A finding is plain data: its kind, the line of user code, what was seen there, what to do.  What
differs and is served, and what is only suspected, is told as well, and does not *count*.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from agentrr_sandbox.report import headline, what_to_do
from agentrr_sandbox.summary import asked, local

Finding = dict[str, Any]

_BOUNDARY = (
    'name the function of yours that makes it: boundaries = ["module:function"] in [tool.agentrr]'
    " of pyproject.toml, and record again"
)
_NOTED = {
    "not-captured": _BOUNDARY,
    "concurrent": "let one loop wait at a time: asyncio's is put in order, others are not",
    "unencodable": "return plain data from there, or record with --pickle",
    "signal": "send it while the program waits (a sleep, a call), not while its own code runs",
    "tool-ambiguous": 'name the one that is meant: tools = ["module:function"]',
    "tool-missing": 'correct the name in tools = ["module:function"]',
}
_ADDRESS = "order by something of the objects' own (a name, a number), not by address or repr"
_HASH = (
    "go through sorted(...) instead of the set; a replay keeps the hash seed, a new run does not"
)
_CHANGED = "record again if the code changed; else something is read there that no hook records"
_ASKS_ALIKE = (
    "the two runs ask otherwise here: follow what goes into it; where a clock, a draw or an answer"
    " above differed, a replay serves that"
)


def noted(events: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """Yield what the recording itself says cannot be served, and suspicions about its sources."""
    for event in events:
        what = str(event.get("what"))
        if event["t"] == "note" and what in _NOTED:
            yield found("not captured", event.get("site"), _said(event, what), _NOTED[what])
        elif event["t"] == "source":
            yield from suspected(str(event.get("path")), str(event.get("text", "")))


def suspected(path: str, text: str) -> Iterator[Finding]:
    """Yield the lines of a source that order or name things by address."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        what = ""
        if isinstance(node, ast.keyword) and isinstance(node.value, ast.Name):
            if node.arg == "key" and node.value.id == "id":
                what = "an order by id()"
        elif isinstance(node, ast.Attribute) and ast.unparse(node) == "_thread.get_ident":
            what = "the number of a thread, by _thread.get_ident"
        if what:
            site = f"{path}:{getattr(node, 'lineno', 0)}"
            todo = _ADDRESS if "order" in what else "ask threading.get_ident, which is recorded"
            yield found("suspected", site, what, todo, counts=False)


def replayed(report: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what a replay came upon, and what *other*, under another hash seed, did beside it."""
    known = set[tuple[Any, ...]]()
    for kind, each in _all_of(report):
        known.add(_key(kind, each))
        yield _of_replay(kind, each)
    for kind, each in _all_of(other):
        if _key(kind, each) in known:
            continue
        if kind == "divergences":
            text = f"under another hash seed {_told(each)}"
            yield found("hash order", _site(each), text, _HASH)
        elif not other.get("divergences"):  # else it may follow from those
            yield _of_replay(kind, each)


def without_line(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the divergences of what was written whose line of code is not known."""
    found = report.get("divergences") or []
    return [each for each in found if each.get("slug") == "output" and not _site(each)]


def locate(report: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Give such divergences the lines that another report, *told*, has for the same text."""
    lines = {
        str(each.get("expected")): _site(each)
        for each in told.get("divergences") or []
        if each.get("slug") == "output"
    }
    for each in without_line(report):
        each["present_site"] = lines.get(str(each.get("expected")))


def differing(
    first: Iterable[Mapping[str, Any]], second: Iterable[Mapping[str, Any]]
) -> Iterator[Finding]:
    """Yield in what two recordings of one agent differ, lane by lane, each line of code once."""
    one, two = _by_lane(first), _by_lane(second)
    for lane in [*one, *(name for name in two if name not in one)]:
        for here, there in zip_longest(one.get(lane, []), two.get(lane, [])):
            difference = _between(here, there)
            if difference is not None:
                yield difference
                if difference["counts"]:
                    break  # what follows in this lane follows from it


def once(findings: Iterable[Finding]) -> list[Finding]:
    """Return each finding once, with how often it was met, those that count first.

    A line of code that writes in a loop is one finding; the first time is shown.
    """
    by_key: dict[tuple[Any, ...], Finding] = {}
    for finding in findings:
        loop = finding["site"] and finding["kind"] in ("not recorded", "hash order")
        key = (finding["kind"], finding["site"], "" if loop else finding["what"])
        by_key.setdefault(key, {**finding, "times": 0})["times"] += 1
    return sorted(by_key.values(), key=lambda finding: not finding["counts"])


def found(kind: str, site: object, what: str, todo: str, *, counts: bool = True) -> Finding:
    """Return a finding as plain data."""
    where = local(str(site)) if site else ""
    return {"kind": kind, "site": where, "what": what, "do": todo, "counts": counts}


def _said(event: Mapping[str, Any], what: str) -> str:
    if what == "not-captured":
        return asked(str(event.get("call")), event.get("request"))
    text = str(event.get("message") or event.get("signal") or event.get("call") or "")
    return f"{what.replace('-', ' ')}: {text}" if text else what.replace("-", " ")


def _all_of(report: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for kind in ("sealed", "stopped", "divergences"):
        for each in report.get(kind) or []:
            yield kind, each


def _key(kind: str, each: Mapping[str, Any]) -> tuple[Any, ...]:
    return kind, each.get("call"), _site(each), kind == "stopped" and each.get("message")


def _site(each: Mapping[str, Any]) -> object:
    return each.get("present_site") or each.get("recorded_site") or each.get("site")


def _told(each: Mapping[str, Any]) -> str:
    return headline(each).removeprefix("replay diverged").strip()


def _of_replay(kind: str, each: Mapping[str, Any]) -> Finding:
    if kind == "sealed":
        by = "C code: " if each.get("by") == "C" else ""
        text = f"{by}{asked(str(each.get('call')), each.get('request'))}: a replay stops there"
        return found("not captured", each.get("site"), text, _BOUNDARY)
    if kind == "stopped":
        todo = str(each.get("hint") or "see docs/explanation/determinism-and-its-limits.md")
        return found("cannot be served", each.get("site"), str(each.get("message")), todo)
    todo = _ADDRESS if each.get("slug") == "output" else what_to_do(each) or _CHANGED
    return found("not recorded", _site(each), f"replay differs {_told(each)}", todo)


def _by_lane(events: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return what was asked and written, by lane, each with its answer where that is in one."""
    lanes: dict[str, list[Mapping[str, Any]]] = {}
    for event in events:
        if event["t"] in ("call", "intent"):
            lanes.setdefault(str(event["lane"]), []).append(event)
        elif event["t"] == "output":
            name = {1: "stdout", 2: "stderr"}.get(event["fd"], "output")
            lanes.setdefault(name, []).append(
                {"call": name, "request": event["text"], "sig": event["text"]}
            )
    return lanes


def _between(here: Mapping[str, Any] | None, there: Mapping[str, Any] | None) -> Finding | None:
    if here is None or there is None:
        only = here if there is None else there
        assert only is not None
        which = "first" if there is None else "second"
        text = f"only the {which} run asks {asked(str(only['call']), only.get('request'))}"
        return found("differs between runs", only.get("site"), text, _ASKS_ALIKE)
    was = asked(str(here["call"]), here.get("request"))
    now = asked(str(there["call"]), there.get("request"))
    if (here["call"], here.get("sig")) != (there["call"], there.get("sig")):
        site = here.get("site") or there.get("site")
        text = f"the first run: {was.strip()}; the second: {now.strip()}"
        return found("differs between runs", site, text, _ASKS_ALIKE)
    if here["call"] == "file.written":
        if here.get("ok") == there.get("ok"):
            return None
        return found(
            "differs between runs", None, "the files written hold other things", _ASKS_ALIKE
        )
    answers = [(each.get("ok"), each.get("error")) for each in (here, there)]
    if answers[0] != answers[1]:
        text = f"{was} is answered otherwise"
        return found("differs, recorded", here.get("site"), text, "nothing: served", counts=False)
    return None
