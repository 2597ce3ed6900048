"""The events of a recording beside a graph of its lanes, a column a lane, as `git log --graph` has.

`●` is a crossing, or its answer, `○` one that is answered further on, `◆` a lane that is woken or
goes on; `├─╮` starts a lane, `├─▶` hands over to it or wakes it; lanes beside `┊` share a column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from agentrr_sandbox.cli.lanes import Lanes, Seen, hands, joined
from agentrr_sandbox.cli.rows import PLAIN, ended, exception_line, mapping, seconds
from agentrr_sandbox.summary import asked, compact, local

_FEW = 4
"""Up to this many hand-overs of one event are drawn one by one."""
_MOST = 24
"""Columns of lanes, at most; a narrow terminal has fewer.  Lanes beyond share the last one."""
_TEXT = 34
_LEFT = 17
_HOW = {
    1: "its wait was over",
    2: "taken: the one before waited in C",
    3: "taken",
    4: "interrupted",
}


class Drawn:
    """One line: the event, when, whose, the graph and what to say."""

    __slots__ = ("at", "event", "graph", "lane", "mark", "other", "text")

    def __init__(self, event: Mapping[str, Any], lane: Seen | None, mark: str, text: str) -> None:
        self.event = int(event.get("seq", -1))
        self.at = seconds(event.get("at"))
        self.lane = lane
        self.other: Seen | None = None
        self.mark = mark
        self.text = text
        self.graph = ""

    def as_dict(self) -> dict[str, object]:
        """Return the line for machines, without the drawing."""
        found: dict[str, object] = {
            "event": self.event,
            "at": self.at,
            "lane": self.lane and self.lane.name,
            "to": self.other and self.other.name,
            "mark": self.mark,
            "what": self.text,
        }
        return {key: value for key, value in found.items() if value is not None}


class Graph:
    """Draws the events of one recording, whose lanes *known* a pass before has found.

    `columns` is how many characters a drawing takes, at most.
    """

    def __init__(self, known: Lanes, *, width: int) -> None:
        self._known = known
        self._most = max(min((width - _LEFT - _TEXT) // 2, _MOST), 2)
        self.columns = 2 * min(self._most, known.peak())
        self._numbered = [*known.by_name.values()]
        self._columns: list[Seen | None] = []
        self._place: dict[int, int] = {}
        self._started: set[int] = set()
        self._asked: dict[int, str] = {}
        self._holder: Seen | None = known.by_name.get("main")

    def rows(self, events: Iterable[Mapping[str, Any]]) -> Iterator[Drawn]:
        """Yield the lines of *events*, in their order."""
        for event in events:
            number = int(event.get("seq", 0))
            for lane in self._concerned(event):
                yield from self._starts(lane, event)
            for row in self._of(event):
                row.graph = self._draw(row)
                yield row
            self._leave(number)

    def _concerned(self, event: Mapping[str, Any]) -> Iterator[Seen]:
        names = [name for name, _ in hands(event)] if event.get("t") == "baton" else []
        if isinstance(event.get("lane"), str):
            names.append(event["lane"])
        for name in names:
            lane = self._known.by_name.get(name)
            if lane is not None:
                yield lane
        worker = self._known.worker(event)
        if worker is not None:
            yield worker

    def _starts(self, lane: Seen, event: Mapping[str, Any]) -> Iterator[Drawn]:
        if lane.number in self._started:
            return
        if lane.parent is not None:
            yield from self._starts(lane.parent, event)
        self._started.add(lane.number)
        place = self._columns.index(None) if None in self._columns else len(self._columns)
        place = min(place, self._most - 1)  # the last one is shared by all that do not fit
        if place == len(self._columns):
            self._columns.append(None)
        self._place[lane.number] = place
        self._columns[place] = self._columns[place] or lane
        if lane.parent is not None:
            row = Drawn(event, lane.parent, "starts", f"starts {named(lane)}")
            row.at, row.other = None, lane
            row.graph = self._draw(row)
            yield row

    def _leave(self, number: int) -> None:
        for place, lane in enumerate(self._columns):
            if lane is not None and lane.last <= number:
                self._columns[place] = self._heir(place, number)
        while self._columns and self._columns[-1] is None:
            self._columns.pop()

    def _heir(self, column: int, number: int) -> Seen | None:
        """Return the lane that goes on longest of those which share *column*, if one does."""
        sharing = [self._numbered[lane] for lane, place in self._place.items() if place == column]
        for lane in sharing:
            if lane.last <= number:
                del self._place[lane.number]
        lasting = [lane for lane in sharing if lane.last > number]
        return max(lasting, key=lambda lane: lane.last, default=None)

    # -- what an event says ----------------------------------------------------------------

    def _of(self, event: Mapping[str, Any]) -> Iterator[Drawn]:
        kind = str(event.get("t", ""))
        lane = self._known.by_name.get(str(event.get("lane", "")))
        if kind == "baton":
            yield from self._hand_overs(event)
        elif kind in ("call", "intent"):
            what = local(asked(str(event.get("call", "")), event.get("request")))
            if kind == "intent":
                self._asked[int(event.get("seq", -1))] = str(event.get("call", ""))
                yield Drawn(event, lane, "asks", what)
            else:
                row = Drawn(event, lane, "crosses", what + _outcome(event))
                row.other = self._known.worker(event)
                yield row
        elif kind in ("answer", "end"):
            call = self._asked.pop(event.get("of", -1), "")
            yield Drawn(event, lane, "answered", f"{call} ({event.get('of')}){_outcome(event)}")
        elif kind == "wake":
            yield self._woken(event, lane)
        elif kind in ("output", "step", "note"):
            plain = PLAIN[kind](event)
            yield Drawn(event, lane, kind, f"{plain.kind} {plain.what}")
        elif kind == "run.end":
            yield Drawn(event, None, "end", ended(event))

    def _woken(self, event: Mapping[str, Any], lane: Seen | None) -> Drawn:
        turn = event.get("turn")
        loop, number = turn if isinstance(turn, list) and len(turn) == 2 else ("?", "?")  # noqa: PLR2004
        kind = str(event.get("kind", ""))
        told = {
            "call": "calls into",
            "timer": f"timer {event.get('nth')} wakes",
            "pass": "lets others go before",
            "interrupt": f"{event.get('signal')} interrupts",
        }
        what = told.get(kind, kind)
        row = Drawn(event, lane, "wakes", f"{what} loop {loop} at turn {number}")
        whose = self._known.by_name.get(str(loop).rpartition("#")[0])
        if kind == "call" and whose is not lane:
            row.other = whose
        return row

    def _hand_overs(self, event: Mapping[str, Any]) -> Iterator[Drawn]:
        found = [(self._known.by_name[name], count) for name, count in hands(event)]
        order = event.get("order") or []
        if len(found) > _FEW:
            shown = " \u2192 ".join(str(lane.number) for lane, _ in found[:12])
            more = " \u2192 \u2026" if len(found) > 12 else ""  # noqa: PLR2004 - a line
            said = f"{len(found)} hand-overs: {shown}{more}"
            row = Drawn(event, self._holder, "hands over", said)
            row.other = self._holder = found[-1][0]
            yield row
            return
        for (lane, count), hand in zip(found, order, strict=False):
            how = _HOW.get(hand[2] & 7) if len(hand) > 2 and isinstance(hand[2], int) else ""  # noqa: PLR2004
            said = f"hands over to {named(lane)}" if lane is not self._holder else "goes on"
            said += f", {count} times" if count > 1 else ""
            ended = self._known.by_name.get(joined(hand))
            said += f", which waited for {named(ended)}" if ended is not None else ""
            row = Drawn(event, self._holder, "hands over", said + (f" ({how})" if how else ""))
            row.other, self._holder = lane, lane
            yield row

    # -- the drawing -----------------------------------------------------------------------

    def _draw(self, row: Drawn) -> str:
        shared = self._most - 1
        cells = [
            " " if lane is None else "\u250a" if place == shared else "\u2502"
            for place, lane in enumerate(self._columns)
        ]
        at = self._place.get(row.lane.number) if row.lane is not None else None
        to = self._place.get(row.other.number) if row.other is not None else None
        between = [" "] * len(cells)
        if at is not None and at < len(cells):
            cells[at] = _MARKS.get(row.mark, "*")
            if to is not None and to != at and to < len(cells):
                _join(cells, between, at, to, starts=row.mark == "starts")
        return "".join(cell + gap for cell, gap in zip(cells, between, strict=True)).rstrip()


_MARKS = {
    "asks": "\u25cb",
    "crosses": "\u25cf",
    "answered": "\u25cf",
    "wakes": "\u25c6",
    "hands over": "\u25c6",
}


def _join(cells: list[str], between: list[str], at: int, to: int, *, starts: bool) -> None:
    """Draw a line from column *at* to column *to*."""
    right = to > at
    for place in range(min(at, to), max(at, to)):
        between[place] = "\u2500"
        if place != min(at, to):
            cells[place] = "\u253c" if cells[place] != " " else "\u2500"
    cells[at] = "\u251c" if right else "\u2524"
    if starts:
        cells[to] = "\u256e" if right else "\u256d"
    else:
        cells[to] = "\u25b6" if right else "\u25c0"


def named(lane: Seen) -> str:
    """Return a lane as a line of the graph names it: by its number and what it is."""
    return f"{lane.number} {lane.label}"


def _outcome(event: Mapping[str, Any]) -> str:
    if event.get("raised") is not None:
        return f" \u2192 raised {exception_line(event['raised'])}"
    if event.get("how") == "closed":
        return " \u2192 left half read"
    ok = event.get("ok")
    if ok is None or "unencodable" in event:
        return ""
    status = mapping(ok).get("status")
    return f" \u2192 {status}" if status else f" \u2192 {local(compact(ok, 120))}"
