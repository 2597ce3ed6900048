"""The rows of a timeline: events of a recording, one line for a person each.

Streams: a row is given out as soon as it and all before it are known, so that the first rows of a
recording of any size come at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from agentrr_sandbox.cli.lanes import Lanes
from agentrr_sandbox.cli.rows import PLAIN, Row, exception_line, mapping, seconds
from agentrr_sandbox.summary import asked, body_of, compact, local

_HELD = 2000  # rows that may wait behind an answer that is still to come
_QUIET = frozenset({"value", "list", "source", "package", "hook", "child", "run.exit", "lane"})
_DONE = frozenset({"answer", "end"})

_WORKER = "agentrr.process"
_CHILD = "agentrr.child"


class Timeline:
    """Makes rows out of events, and counts on the way."""

    def __init__(self, *, everything: bool = False) -> None:
        self.everything = everything
        self.models = self.tools = 0
        self.tokens = [0, 0]
        self.lengths: dict[int, int] = {}
        self.lanes = Lanes()
        self._open: dict[int, Row] = {}

    def rows(self, events: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
        """Yield the rows of *events*, in their order."""
        waiting: deque[Row] = deque()
        for event in events:
            self.lanes.add(event)
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
        maker = PLAIN.get(kind)
        return maker(event) if maker else Row(event, kind, compact(_rest(event), 300))

    def _crossing(self, event: Mapping[str, Any], kind: str) -> Row:
        call, detail = str(event.get("call", "")), mapping(event.get("detail"))
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
            row.took = seconds(event.get("dur"))
            row.outcome = _outcome(event, row.kind)
        if type(detail.get(_WORKER)) is int:
            row.outcome = f"process {detail[_WORKER]}"
        return row

    def _model(self, event: Mapping[str, Any], detail: Mapping[str, Any]) -> str:
        body = mapping(body_of(event.get("request")))
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
            first = event.get("ok")
            if not row.outcome and isinstance(first, Mapping) and "status" in first:
                row.outcome = str(first["status"])  # of http.client, where the head is a piece
            return
        del self._open[row.event]
        row.done = True
        row.took = seconds(event.get("dur"))
        detail = mapping(event.get("detail"))
        if type(detail.get(_CHILD)) is int:
            row.outcome = f"process {detail[_CHILD]}"
            return
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
    ok = event.get("ok")
    if event.get("raised") is not None:
        return f"raised {exception_line(event['raised'])}"
    if event.get("how") == "closed":
        return "left half read"
    if "unencodable" in event:
        return f"not storable: {event['unencodable']}"
    if kind == "http" and isinstance(ok, Mapping) and "status" in ok:
        return str(ok["status"])
    # A stat or a listing says little on one line: `show RUN N` has it.
    untold = ok is None or kind == "model" or (kind == "file" and not isinstance(ok, bool))
    return "" if untold else local(compact(ok, 200))


def _rest(event: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in event.items() if k not in ("seq", "t", "h", "at", "lane")}


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
