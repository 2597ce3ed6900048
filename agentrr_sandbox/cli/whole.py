"""One event whole: the request and its answer, messages laid out."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

from agentrr_sandbox.cli import screen, spoken
from agentrr_sandbox.cli.passage import Passage
from agentrr_sandbox.cli.rows import exception_line
from agentrr_sandbox.errors import UsageError
from agentrr_sandbox.recording.once import unfold
from agentrr_sandbox.summary import compact, local
from agentrr_sandbox.termsafe import escape

_PARTS = frozenset({"answer", "head", "piece", "end"})
_OUTER = ("seq", "t", "h", "lane", "at", "n", "call", "sig", "site", "detail", "dur", "of")
_MOST_PIECES = 4 << 20


class Crossing:
    """An event, unfolded, and the events that answer it."""

    def __init__(self, event: dict[str, Any]) -> None:
        self.event = event
        self.parts: list[dict[str, Any]] = []

    @property
    def last(self) -> dict[str, Any]:
        """The event that holds the outcome: the answer, the end of a stream, or the event."""
        return self.parts[-1] if self.parts else self.event

    def as_dict(self) -> dict[str, object]:
        """Return all of it for machines."""
        return {"event": self.event, "answer": self.parts}


def show_event(passage: Passage, number: int, *, machine: bool) -> int:
    """Print event *number*; an event that is part of an answer shows the whole crossing."""
    crossing = _read(passage, number)
    if machine:
        print(json.dumps(crossing.as_dict(), indent=2))
        return 0
    colour = screen.colour()
    for style, text in _lines(crossing, number):
        print(screen.styled(escape(text), style, on=colour))
    return 0


def _read(passage: Passage, number: int) -> Crossing:
    events = iter(passage)
    found = next((event for event in events if event["seq"] == number), None)
    if found is None:
        raise UsageError(f"there is no event {number}", hint=f"events: 0 to {len(passage) - 1}")
    if found["t"] in _PARTS:
        return _read(passage, found["of"])
    crossing = Crossing(_unfolded(passage, found))
    if found["t"] == "intent":
        _gather(passage, events, crossing)
    return crossing


def _gather(passage: Passage, events: Iterator[dict[str, Any]], crossing: Crossing) -> None:
    """Read on to the end of the answer."""
    size = 0
    for event in events:
        if event.get("of") != crossing.event["seq"]:
            continue
        if event["t"] == "piece":
            size += len(str(event.get("ok", "")))
            if size > _MOST_PIECES:
                continue
        crossing.parts.append(_unfolded(passage, event))
        if event["t"] in ("answer", "end") or (event["t"] == "head" and "raised" in event):
            return


def _unfolded(passage: Passage, event: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value if key in _OUTER else unfold(value, passage.event)
        for key, value in event.items()
    }


def _lines(crossing: Crossing, number: int) -> Iterator[tuple[str, str]]:
    event = crossing.event
    title = f"event {event['seq']}  {event['t']}  {event.get('call', '')}".rstrip()
    if number != event["seq"]:
        title += f"  (event {number} is part of its answer)"
    yield "1", title
    facts = [("lane", event.get("lane")), ("at", _seconds(event.get("at")))]
    facts += [("took", _seconds(crossing.last.get("dur"))), ("line", event.get("site"))]
    for name, value in facts:
        if value:
            yield "", f"  {name:<8} {local(str(value))}"
    detail = {**_mapping(event.get("detail")), **_mapping(crossing.last.get("detail"))}
    for name, value in detail.items():
        yield "2", f"  {name} = {value if isinstance(value, str) else compact(value)}"
    if "request" in event:
        yield "1", "request"
        yield from _exchange(event["request"], spoken.asked)
    yield from _outcome(crossing)
    rest = {key: value for key, value in event.items() if key not in (*_OUTER, *_SHOWN)}
    if rest:
        yield from _tree(rest, "  ")


_SHOWN = ("request", "ok", "raised")


def _outcome(crossing: Crossing) -> Iterator[tuple[str, str]]:
    event = crossing.event
    for found in (event, *crossing.parts):
        if found["t"] == "head" and "ok" in found:
            yield "1", f"answer (event {found['seq']})"
            yield from _tree(found["ok"], "  ")
        elif found["t"] in ("call", "answer") and "ok" in found:
            yield "1", "answer"
            yield from _tree(found["ok"], "  ")
        if "raised" in found:
            yield "1", f"raised (event {found['seq']})"
            yield from _raised(found["raised"], "  ")
    if event["t"] == "intent" and not crossing.parts:
        yield "33", "sent, outcome unknown: the run was cut short here"
        return
    late: dict[object, str] = {}
    for part in crossing.parts:
        for number, stored in part.get("late", ()):
            late[number] = late.get(number, "") + _text(stored)
    body = "".join(
        _text(part.get("ok")) + late.get(part["seq"], "")
        for part in crossing.parts
        if part["t"] == "piece"
    )
    if not body:
        return
    pieces = sum(part["t"] == "piece" for part in crossing.parts)
    yield "1", f"body ({pieces} pieces, {crossing.last.get('how', 'unfinished')})"
    yield from _body(body)


def _raised(stored: object, indent: str) -> Iterator[tuple[str, str]]:
    """Lay out an exception: its type and message, its frames, what it came from."""
    yield "31", indent + local(exception_line(stored))
    found = _mapping(stored)
    for frame in found.get("tb") or ():
        at = _mapping(frame).get("at")
        line = at[0] if isinstance(at, list) and at else "?"
        file = _mapping(frame).get("file")
        yield "", local(f"{indent}  at {file}:{line} in {_mapping(frame).get('name')}")
    for key, label in (("ca", "caused by"), ("cx", "while handling")):
        if isinstance(found.get(key), Mapping) and "c" in found[key]:
            yield "2", f"{indent}{label}"
            yield from _raised(found[key], indent + "  ")


def _body(body: str) -> Iterator[tuple[str, str]]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        said = spoken.streamed(body)
        if said:
            yield from _said(said)
        else:
            yield from (("", f"  {line}") for line in body.splitlines())
        return
    said = spoken.answered(value)
    if said:
        yield from _said(said)
    else:
        yield from _tree(value, "  ")


def _exchange(request: object, read: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(request, Mapping) or "url" not in request:
        yield from _tree(request, "  ")
        return
    yield "", f"  {request.get('method')} {request.get('url')}"
    for header in request.get("headers") or ():
        if isinstance(header, list):
            yield "2", "  " + ": ".join(str(part) for part in header)
    body = _mapping(request.get("body"))
    if not isinstance(body.get("json"), Mapping):
        yield from _tree(body.get("text", request.get("body")), "  ")
        return
    said, rest = read(body["json"])
    yield from _said(said)
    yield from _tree(rest, "  ")


def _said(said: list[spoken.Said]) -> Iterator[tuple[str, str]]:
    for who, text in said:
        yield "36", f"  {who or 'message'}"
        yield from (("", f"    {line}") for line in text.splitlines())


def _tree(value: object, indent: str) -> Iterator[tuple[str, str]]:
    """Lay JSON out: one member a line, long texts as they are."""
    if isinstance(value, Mapping) and value and "$" not in value:
        for key, inner in value.items():
            if isinstance(inner, (Mapping, list)) and len(compact(inner)) > 80:  # noqa: PLR2004
                yield "", f"{indent}{key}:"
                yield from _tree(inner, indent + "  ")
            else:
                shown = inner if isinstance(inner, str) else compact(inner)
                yield from _lines_of(f"{indent}{key}: ", shown, indent)
    elif isinstance(value, list) and len(compact(value)) > 80:  # noqa: PLR2004
        for inner in value:
            yield from (
                _tree(inner, indent + "  ")
                if isinstance(inner, Mapping)
                else _lines_of(
                    f"{indent}- ", inner if isinstance(inner, str) else compact(inner), indent
                )
            )
    elif value is not None:
        yield from _lines_of(indent, value if isinstance(value, str) else compact(value), indent)


def _lines_of(first: str, text: str, indent: str) -> Iterator[tuple[str, str]]:
    lines = local(text).split("\n")
    yield "", first + lines[0]
    yield from (("", f"{indent}    {line}") for line in lines[1:])


def _text(stored: object) -> str:
    """Return the text of stored bytes or text; the codec itself is never asked to restore."""
    if isinstance(stored, str):
        return stored
    found = _mapping(stored)
    value = found.get("v", found.get("text", ""))
    if not isinstance(value, str):
        return compact(stored)
    if found.get("$") in ("b", "ba") or "base64" in found:
        try:
            return base64.b64decode(found.get("base64", value)).decode(errors="replace")
        except ValueError:
            return value
    return value


def _seconds(value: object) -> str:
    return f"{value / 1e9:.6f} s" if isinstance(value, int) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
