"""`agentrr show RUN --lanes`: the tree of lanes, and below it the events beside their graph."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from agentrr_sandbox.cli import screen
from agentrr_sandbox.cli.graph import Drawn, Graph, named
from agentrr_sandbox.cli.lanes import Lanes, tree
from agentrr_sandbox.cli.passage import Passage
from agentrr_sandbox.termsafe import clip, escape, pad

_LEGEND = (
    "wakes: loops woken by it; got, gave: the baton of threads, how often, to whom.",
    "A lane is drawn from where the recording first speaks of it.",
)


def draw(passage: Passage, *, machine: bool, everything: bool, limit: int | None) -> None:
    """Print the lanes of the recording, and its events; two passes, and neither keeps it."""
    lanes = Lanes()
    for event in passage:
        lanes.add(event)
        if event["t"] == "run.start":
            lanes.get("main", 0)
    lanes.close(len(passage) - 1)
    width = screen.width()
    graph = Graph(lanes, width=width)
    rows = islice(graph.rows(passage), limit)
    if machine:
        for lane in lanes.by_name.values():
            print(json.dumps(lane.as_dict()))
        for row in rows:
            print(json.dumps(row.as_dict()))
        return
    colour = screen.colour()
    heading, *lines = tree(lanes, everything=everything, width=width)
    print(escape(lanes.summary()))
    print(screen.styled(heading, "2", on=colour))
    print(*lines, sep="\n")
    print(*(screen.styled(clip(line, width), "2", on=colour) for line in _LEGEND), "", sep="\n")
    for line in _lines(rows, graph.columns, width, colour=colour):
        print(line)


def _lines(rows: Iterator[Drawn], columns: int, width: int, *, colour: bool) -> Iterator[str]:
    for row in rows:
        at = "" if row.at is None else f"{row.at:.3f}"
        numbers = f"{row.event:>6} {at:>9} "
        whose = f"{named(row.lane)}: " if row.lane is not None else ""
        left = screen.styled(numbers, "2", on=colour) + pad(row.graph, columns)
        room = max(width - len(numbers) - columns - 1, 10)
        yield f"{left} {clip(whose + row.text, room)}".rstrip()
