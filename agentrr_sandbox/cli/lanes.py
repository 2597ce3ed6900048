"""The lanes of a recording as a tree: who started whom, what each did, to whom it handed over.

One pass over the events fills it; what is kept is a line or two of figures a lane.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from agentrr_sandbox.termsafe import clip, pad

_CHILD = re.compile(r"/(?=(?:thread|work|task|tool|signal|process):)")
_LEAF = re.compile(r"^(\w+):(.*?)(#\d+)?$", re.DOTALL)
_PROCESS = "multiprocessing."
_JOINED = 8
"""Of a hand-over: the thread had waited for another one to end."""
_ALIKE = 4
"""How many lanes of one kind and target, of one parent, are shown one by one."""
_NAME, _NAMED = 34, 3
_PLURALS = {"job of a pool": "jobs of pools", "process": "processes"}
_HEADING = "{:>4} {} {:>13} {:>9} {:>6} {:>7}  {}"


class Seen:
    """One lane: its number in order of appearance, its place in the tree, and its figures."""

    __slots__ = (
        *("batons", "children", "crossings", "first", "gave", "kind", "last"),
        *("label", "name", "number", "parent", "target", "waited", "wakes"),
    )

    def __init__(self, number: int, name: str, parent: Seen | None, first: int) -> None:
        self.number = number
        self.name = name
        self.parent = parent
        leaf = name if parent is None else name[len(parent.name) + 1 :]
        found = _LEAF.match(leaf)
        self.kind, self.target = (found[1], found[2]) if found else ("", leaf)
        self.label = f"{found[1]} {found[2]}{found[3] or ''}" if found else leaf
        self.first = self.last = first
        self.crossings = self.batons = self.wakes = 0
        self.gave: dict[int, int] = {}
        self.waited: dict[int, int] = {}
        self.children: list[Seen] = []

    def as_dict(self) -> dict[str, object]:
        """Return the lane for machines.

        `handed_over_to`, and `waited_for` (to end), are numbers of lanes, with how often.
        """
        return {
            "lane": self.name,
            "number": self.number,
            "kind": self.kind,
            "parent": None if self.parent is None else self.parent.name,
            "first_event": self.first,
            "last_event": self.last,
            "crossings": self.crossings,
            "wakes": self.wakes,
            "hand_overs": self.batons,
            "handed_over_to": self.gave,
            "waited_for": self.waited,
        }


class Lanes:
    """The lanes that were met so far, by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, Seen] = {}
        self.holder: Seen | None = None
        self._workers: dict[str, Seen] = {}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.by_name)

    def add(self, event: Mapping[str, Any]) -> None:
        """Count *event* for the lanes that it is about."""
        kind, number = event.get("t"), int(event.get("seq", 0))
        if kind == "baton":
            for whose, count in hands(event):
                self._handed(self.get(whose, number), count, number)
            self._joined(event, number)
            return
        name = event.get("lane")
        if not isinstance(name, str):
            return
        lane = self.get(name, number)
        lane.last = number
        lane.crossings += kind in ("call", "intent")
        lane.wakes += kind == "wake"
        if kind in ("call", "intent"):
            self._worker(lane, event, number)
        elif kind == "reads" and self._workers:
            self._ended(event, number)

    def get(self, name: str, number: int) -> Seen:
        """Return the lane called *name*, which event *number* speaks of."""
        known = self.by_name.get(name)
        if known is None:
            cut = [match.start() for match in _CHILD.finditer(name)]
            parent = self.get(name[: cut[-1]], number) if cut and cut[-1] else None
            known = self.by_name[name] = Seen(len(self.by_name), name, parent, number)
            if parent is not None:
                parent.children.append(known)
                parent.last = max(parent.last, number)
        return known

    def worker(self, event: Mapping[str, Any]) -> Seen | None:
        """Return the worker process that the crossing *event* is about, if it is known."""
        request = event.get("request")
        if not str(event.get("call", "")).startswith(_PROCESS) or not isinstance(request, Mapping):
            return None
        name = "name" if event["call"] == f"{_PROCESS}start" else "process"
        return self._workers.get(str(request.get(name)))

    def _worker(self, lane: Seen, event: Mapping[str, Any], number: int) -> None:
        if event.get("call") == f"{_PROCESS}start" and isinstance(event.get("request"), Mapping):
            name = str(event["request"].get("name"))
            self._workers[name] = self.get(f"{lane.name}/process:{name}", number)
        worker = self.worker(event)
        if worker is not None:
            worker.last = number

    def _ended(self, event: Mapping[str, Any], number: int) -> None:
        """Somebody asked whether a worker has ended: it lasts until the last time."""
        runs = event.get("runs")
        for run in runs if isinstance(runs, list) else []:
            if isinstance(run, list) and run and str(run[0]).startswith(f"{_PROCESS}ended:"):
                worker = self._workers.get(str(run[0]).partition(":")[2])
                if worker is not None:
                    worker.last = max(worker.last, number)

    def _joined(self, event: Mapping[str, Any], number: int) -> None:
        """Count which lanes waited for which to end."""
        for hand in event.get("order") or []:
            ended = joined(hand)
            if ended:
                waited = self.get(str(hand[0]), number).waited
                whom = self.get(ended, number).number
                waited[whom] = waited.get(whom, 0) + 1

    def _handed(self, lane: Seen, count: int, number: int) -> None:
        if self.holder is None:
            self.holder = self.by_name.get("main")
        if self.holder is not None and self.holder is not lane:
            self.holder.gave[lane.number] = self.holder.gave.get(lane.number, 0) + 1
            self.holder.last = max(self.holder.last, number)
        lane.batons += count
        lane.last = number
        self.holder = lane

    def summary(self) -> str:
        """Return the lanes in a few words: `7 lanes: main, 4 tasks, 2 threads`."""
        kinds: dict[str, int] = {}
        roots: list[str] = []
        for lane in self.by_name.values():
            if lane.kind:
                kinds[lane.kind] = kinds.get(lane.kind, 0) + 1
            else:
                roots.append(lane.label)
        said = [*roots[:_NAMED], *(_several(count, kind) for kind, count in kinds.items())]
        return f"{len(self)} lanes: {', '.join(said)}"

    def peak(self) -> int:
        """Return how many lanes there are at once, at most."""
        ends = [(lane.last + 1, -1) for lane in self.by_name.values()]
        now = most = 0
        for _, step in sorted(ends + [(lane.first, 1) for lane in self.by_name.values()]):
            now += step
            most = max(most, now)
        return most

    def close(self, events: int) -> None:
        """All is counted: a lane lasts as long as what it started, and the main one to the end."""
        for lane in reversed(self.by_name.values()):
            if lane.parent is None:
                lane.last = events
            else:
                lane.parent.last = max(lane.parent.last, lane.last)

    def rows(self, *, everything: bool = False) -> Iterator[tuple[str, Seen | None, list[Seen]]]:
        """Yield the tree, a row a lane: its stem, the lane, [] or, folded, None, the lanes."""
        for lane in [*self.by_name.values()]:
            if lane.parent is None:
                yield "", lane, []
                yield from _below(lane, "", everything=everything)


def joined(hand: Any) -> str:
    """Return the lane that the thread of a hand-over had waited for to end, or an empty text."""
    told = len(hand) == 4 and isinstance(hand[2], int) and hand[2] & _JOINED  # noqa: PLR2004 - see the format
    return str(hand[3]) if told else ""


def hands(event: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the hand-overs of a `baton` event: to which lane, and how often in a row."""
    order = event.get("order")
    for hand in order if isinstance(order, list) else []:
        if isinstance(hand, list) and len(hand) > 1 and isinstance(hand[1], int):
            yield str(hand[0]), hand[1]


def _below(lane: Seen, stem: str, *, everything: bool) -> Iterator[tuple[str, Any, list[Seen]]]:
    alike: dict[tuple[str, str], list[Seen]] = {}
    for child in lane.children:
        alike.setdefault((child.kind, child.target), []).append(child)
    parts: list[list[Seen]] = []
    for group in alike.values():
        shown = len(group) if everything or len(group) <= _ALIKE else _ALIKE - 1
        parts += [[child] for child in group[:shown]]
        parts += [group[shown:]] * (shown < len(group))
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        turn, further = ("\u2514 ", "  ") if last else ("\u251c ", "\u2502 ")
        if len(part) > 1:
            yield stem + turn, None, part
        else:
            yield stem + turn, part[0], []
            yield from _below(part[0], stem + further, everything=everything)


def tree(lanes: Lanes, *, everything: bool, width: int) -> Iterator[str]:
    """Yield the lines of the tree, each at most *width* columns wide."""
    names = max(min(_NAME, width - 56), 12)
    yield clip(
        _line("no", pad("lane", names), "events", "crossings", "wakes", "got", "gave"), width
    )
    for stem, lane, folded in lanes.rows(everything=everything):
        if lane is None:
            first = folded[0]
            what = f"\u2026 {_several(len(folded), f'{first.kind} {first.target}', more=True)}"
            cells = ["", pad(stem + what, names), _span(folded), *_totals(folded), ""]
        else:
            cells = [str(lane.number), pad(stem + lane.label, names), _span([lane])]
            cells += [*_totals([lane]), _gave(lane)]
        yield clip(_line(*cells), width).rstrip()


def _line(*cells: str) -> str:
    return _HEADING.format(*cells).rstrip()


def _span(lanes: Iterable[Seen]) -> str:
    found = [*lanes]
    return f"{min(lane.first for lane in found)}\u2013{max(lane.last for lane in found)}"


def _totals(lanes: list[Seen]) -> Iterator[str]:
    for name in ("crossings", "wakes", "batons"):
        total = sum(getattr(lane, name) for lane in lanes)
        yield str(total) if total else ""


def _gave(lane: Seen) -> str:
    """Return to which lanes, by number, this one handed over, most often first."""
    most = sorted(lane.gave.items(), key=lambda pair: (-pair[1], pair[0]))
    text = ", ".join(f"{number} ({count})" for number, count in most[:_NAMED])
    text += ", \u2026" * (len(most) > _NAMED)
    waited = [str(number) for number in lane.waited]
    if waited:
        text += f"; waited for {', '.join(waited[:_NAMED])}" + ", \u2026" * (len(waited) > _NAMED)
    return text


def _several(count: int, what: str, *, more: bool = False) -> str:
    if what == "work":
        what = "job of a pool"
    plural = what if count == 1 or more else _PLURALS.get(what, f"{what}s")
    return f"{count} {'more ' if more else ''}{plural}"
