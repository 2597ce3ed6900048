"""The rows of a timeline: events of a recording, one line for a person each.

Streams: a row is given out as soon as it and all before it are known, so that the first rows of a
recording of any size come at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from agentrr_sandbox.summary import asked, body_of, command_of, compact, local

_HELD = 2000  # rows that may wait behind an answer that is still to come
_QUIET = frozenset({"value", "list", "source", "package", "hook", "child", "run.exit", "lane"})
_DONE = frozenset({"answer", "end"})


class Row:
    """One line: which event, when, in which lane, what, how long; `tokens` are (in, out)."""

    def __init__(self, event: Mapping[str, Any], kind: str, what: str) -> None:
        self.event = int(event.get("seq", -1))
        self.at = _seconds(event.get("at"))
        self.lane = str(event.get("lane", ""))
        self.kind = kind
        self.call = str(event.get("call", ""))
        self.what = what
        self.model = ""
        self.tokens: tuple[int, int] | None = None
        self.took: float | None = None
        self.outcome = ""
        self.done = True

    def as_dict(self) -> dict[str, object]:
        """Return the row for machines; what is not known is left out."""
        found = {
            "event": self.event,
            "at": self.at,
            "lane": self.lane,
            "kind": self.kind,
            "call": self.call,
            "what": self.what,
            "model": self.model,
            "input_tokens": self.tokens and self.tokens[0],
            "output_tokens": self.tokens and self.tokens[1],
            "seconds": self.took,
            "outcome": self.outcome,
        }
        return {key: value for key, value in found.items() if value is not None and value != ""}


class Timeline:
    """Makes rows out of events, and counts on the way."""

    def __init__(self, *, everything: bool = False) -> None:
        self.everything = everything
        self.models = self.tools = 0
        self.tokens = [0, 0]
        self.lengths: dict[int, int] = {}
        self._open: dict[int, Row] = {}

    def rows(self, events: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
        """Yield the rows of *events*, in their order."""
        waiting: deque[Row] = deque()
        for event in events:
            row = self._row(event)
            if row is not None:
                waiting.append(row)
            while waiting and (waiting[0].done or len(waiting) > _HELD):
                yield waiting.popleft()
        for row in waiting:
            if not row.done:
                row.outcome = "sent, outcome unknown"
            yield row

    def _row(self, event: Mapping[str, Any]) -> Row | None:
        kind = str(event.get("t", ""))
        if kind in ("call", "intent"):
            return self._crossing(event, kind)
        if kind in ("answer", "head", "piece", "end"):
            self._answered(event, kind)
            return None
        if kind == "list":
            base = event.get("base")
            kept = event.get("keep", 0) if base is not None else 0
            self.lengths[event["seq"]] = int(kept) + len(event.get("add") or ())
        if kind in _QUIET and not self.everything:
            return None
        maker = _PLAIN.get(kind)
        return maker(event) if maker else Row(event, kind, compact(_rest(event), 300))

    def _crossing(self, event: Mapping[str, Any], kind: str) -> Row:
        call, detail = str(event.get("call", "")), _mapping(event.get("detail"))
        row = Row(event, _kind_of(call, detail), local(asked(call, event.get("request"))))
        if row.kind == "model":
            self.models += 1
            row.model = str(detail.get("gen_ai.request.model", ""))
            row.what = self._model(event, detail)
        elif row.kind == "tool":
            self.tools += 1
            row.what = _tool(event, detail)
        if kind == "intent":
            row.done = False
            self._open[row.event] = row
        else:
            row.took = _seconds(event.get("dur"))
            row.outcome = _outcome(event, row.kind)
        return row

    def _model(self, event: Mapping[str, Any], detail: Mapping[str, Any]) -> str:
        body = _mapping(body_of(event.get("request")))
        said = ""
        for name in ("messages", "input", "contents"):
            value = body.get(name)
            if isinstance(value, Mapping):
                said = f", {self.lengths.get(value.get('seq', -1), '?')} messages"
            elif isinstance(value, list):
                said = f", {len(value)} messages"
        text = f"{detail.get('gen_ai.operation.name', 'chat')} {detail['gen_ai.request.model']}"
        return (text + said).replace(", 1 messages", ", 1 message")

    def _answered(self, event: Mapping[str, Any], kind: str) -> None:
        row = self._open.get(event.get("of", -1))
        if row is None:
            return
        if kind == "head" and "raised" not in event:
            ok = event.get("ok")
            status = ok.get("status") if isinstance(ok, Mapping) else None
            row.outcome = str(status) if status else ""
            return
        if kind == "piece":
            return
        del self._open[row.event]
        row.done = True
        row.took = _seconds(event.get("dur"))
        detail = _mapping(event.get("detail"))
        used = (detail.get("gen_ai.usage.input_tokens"), detail.get("gen_ai.usage.output_tokens"))
        if isinstance(used[0], int) or isinstance(used[1], int):
            row.tokens = _int(used[0]), _int(used[1])
            self.tokens[0] += row.tokens[0]
            self.tokens[1] += row.tokens[1]
        reasons = detail.get("gen_ai.response.finish_reasons")
        if isinstance(reasons, list) and reasons:
            row.outcome = ", ".join(str(reason) for reason in reasons)
        elif kind == "answer" or "raised" in event or event.get("how") == "closed":
            row.outcome = _outcome(event, row.kind)


def _kind_of(call: str, detail: Mapping[str, Any]) -> str:
    if "gen_ai.tool.name" in detail or call.partition(".")[0] == "tool":
        return "tool"
    if "gen_ai.request.model" in detail:
        return "model"
    return call.partition(".")[0] or "?"


def _tool(event: Mapping[str, Any], detail: Mapping[str, Any]) -> str:
    call, request = str(event.get("call", "")), event.get("request")
    name = detail.get("gen_ai.tool.name") or call.partition(".")[2] or call
    shown = asked(str(name), request)
    return local(shown)


def _outcome(event: Mapping[str, Any], kind: str) -> str:
    raised = event.get("raised")
    if raised is not None:
        return f"raised {_exception(raised)}"
    if event.get("how") == "closed":
        return "left half read"
    if "unencodable" in event:
        return f"not storable: {event['unencodable']}"
    ok = event.get("ok")
    if ok is None or kind == "model":
        return ""
    if kind == "file" and not isinstance(ok, bool):
        return ""  # a stat, a listing: `show RUN N` has it
    if kind == "http" and isinstance(ok, Mapping) and "status" in ok:
        return str(ok["status"])
    return local(compact(ok, 200))


def _exception(raised: object) -> str:
    """Return the type and message of a stored exception."""
    found = _mapping(raised)
    if found.get("$") == "=":  # marked, because something refers to it
        found = _mapping(found.get("v"))
    name = str(found.get("c") or found.get("$") or "an exception").rpartition(":")[2]
    said = found.get("a", found.get("v"))
    shown = compact(said, 160)
    return f"{name}({shown[1:-1] if isinstance(said, list) else shown})"


def _reads(event: Mapping[str, Any]) -> Row:
    counts: dict[str, int] = {}
    for run in event.get("runs") or ():
        call, owner, _, _, values = run
        name = f"{call}" + ("" if owner == "user" else " (library)")
        counts[name] = counts.get(name, 0) + len(values)
    what = ", ".join(f"{n} {name}" for name, n in counts.items())
    return Row(event, "reads", what)


def _facts(event: Mapping[str, Any]) -> Row:
    facts = _mapping(event.get("facts"))
    return Row(event, "facts", ", ".join(_fact(*pair) for pair in facts.items()))


def _fact(name: str, value: object) -> str:
    if name.startswith("file:"):
        return f"the content of file {name[5:13]}"
    return f"{name}={local(compact(value, 60))}"


def _output(event: Mapping[str, Any]) -> Row:
    text = event.get("text")
    shown = local(text.rstrip("\n")) if isinstance(text, str) else compact(text)
    return Row(event, "stderr" if event.get("fd") == 2 else "stdout", shown)  # noqa: PLR2004


def _note(event: Mapping[str, Any]) -> Row:
    what = str(event.get("what", "")).replace("-", " ")
    call = event.get("call")
    about = asked(str(call), event.get("request")) if call else ", ".join(event.get("lanes") or ())
    site = f" at {event['site']}" if event.get("site") else ""
    return Row(event, "note", local(f"{what}: {about}{site}"))


def _mark(event: Mapping[str, Any]) -> Row:
    return Row(event, "mark", local(f"{event.get('call', '')} = {compact(event.get('value'))}"))


def _step(event: Mapping[str, Any]) -> Row:
    arrow = "begins" if event.get("phase") == "begin" else "ends"
    return Row(event, "step", f"{event.get('name', '')} {arrow}")


def _start(event: Mapping[str, Any]) -> Row:
    return Row(event, "start", command_of(event))


def _end(event: Mapping[str, Any]) -> Row:
    return Row(event, "end", ended(event))


_PLAIN = {
    "facts": _facts,
    "mark": _mark,
    "note": _note,
    "output": _output,
    "reads": _reads,
    "run.end": _end,
    "run.start": _start,
    "step": _step,
}


def ended(end: Mapping[str, Any] | None) -> str:
    """Return how a run ended, from its `run.end`, or that it was cut short."""
    if end is None:
        return "cut short"
    if end.get("how") == "signal":
        return f"killed by signal {end.get('signal')}"
    return f"exit {end.get('code')}"


def _rest(event: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in event.items() if k not in ("seq", "t", "h", "at", "lane")}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _seconds(value: object) -> float | None:
    return value / 1e9 if isinstance(value, int) else None
