"""`agentrr show`: a timeline that a person can read, or one event whole.

Nothing of the recording is run or unpickled, and nothing in it can drive the terminal.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from agentrr_sandbox.cli import screen
from agentrr_sandbox.cli.gathering import gathered
from agentrr_sandbox.cli.passage import Passage
from agentrr_sandbox.cli.rows import Row, ended
from agentrr_sandbox.cli.timeline import Timeline
from agentrr_sandbox.errors import AgentrrError, UsageError
from agentrr_sandbox.recording import beside, store
from agentrr_sandbox.termsafe import clip, escape, pad

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOOKS = {
    "model": "36",
    "tool": "35",
    "http": "34",
    "stdout": "2",
    "stderr": "31",
    "reads": "2",
    "facts": "2",
    "small": "2",
    "note": "33",
    "start": "1",
    "end": "1",
}
_COLUMNS = "{:>6} {:>9} {:>7} {:>11} "
_LANE, _KIND = 12, 6
_FIXED = 6 + 1 + 9 + 1 + 7 + 1 + 11 + 1 + _KIND + 1
_ROOMY = 110  # from here on lanes have a column; else a lane that is not main is said in words


@click.command("show", short_help="Show a recording as a timeline, or one event whole.")
@click.argument("run", metavar="RUN")
@click.argument("number", metavar="[N]", required=False, type=click.IntRange(min=0))
@click.option("--json", "machine", is_flag=True, help="One JSON object a line, for machines.")
@click.option(
    "--all", "everything", is_flag=True, help="Each event by itself, also sources and packages."
)
@click.option(
    "--lanes", "drawn", is_flag=True, help="Draw the lanes: tasks, threads and their turns."
)
@click.option("--process", type=click.IntRange(min=1), help="This worker of the run, by number.")
@click.option("-n", "--limit", type=click.IntRange(min=1), help="Only the first LIMIT rows.")
def command(
    run: str,
    number: int | None,
    *,
    machine: bool,
    everything: bool,
    drawn: bool,
    process: int | None,
    limit: int | None,
) -> int:
    """Show the recording RUN as a timeline, one line an event; with N, event N whole.

    Facts, file lookups and reads by libraries are gathered in one line a stretch, unless --all.

    With --lanes: a tree of the lanes, with who started whom, and the events beside a graph of them:
    hand-overs from thread to thread, and who woke whom.

    A worker process has a recording of its own: the row of its start has its number, and
    --process shows it.

    Columns: number of the event, seconds since the start, how long the answer took, tokens in and
    out, lane, kind, what was asked and how it came back.
    """
    path = store.find(run)
    if process is not None:
        path = _of(path, process)
    with Passage(path) as passage:
        if number is not None:
            from agentrr_sandbox.cli.whole import show_event

            return show_event(passage, number, machine=machine)
        if drawn:
            from agentrr_sandbox.cli.drawing import draw

            draw(passage, machine=machine, everything=everything, limit=limit)
            return 0
        timeline = Timeline(everything=everything)
        rows = timeline.rows(passage)
        if machine:
            _machine(rows, limit)
            return 0
        if not everything:
            rows = gathered(rows)
        try:
            shown = _rows(rows, limit, colour=screen.colour(), width=screen.width())
        except AgentrrError:
            sys.stdout.flush()
            raise
        if limit is None or shown < limit:
            print(escape(_last_line(passage, timeline)))
            if len(timeline.lanes) > 1:
                print(escape(f"{timeline.lanes.summary()} (show --lanes draws them)"))
    return 0


def _of(run: str, process: int) -> str:
    """Return the path of the recording of *process*.  Raises `UsageError`."""
    found = {1: run, **beside.recordings(run)}
    if process not in found:
        known = ", ".join(map(str, found))
        raise UsageError(f"the run has no process {process}", hint=f"its processes: {known}")
    return found[process]


def _machine(rows: Iterable[Row], limit: int | None) -> None:
    for count, row in enumerate(rows, 1):
        print(json.dumps(row.as_dict()))
        if count == limit:
            return


def _rows(rows: Iterable[Row], limit: int | None, *, colour: bool, width: int) -> int:
    heading = _COLUMNS.format("event", "seconds", "took", "tokens")
    lanes = f"{pad('lane', _LANE)} " if width >= _ROOMY else ""
    heading += f"{lanes}{pad('kind', _KIND)} what"
    print(screen.styled(heading, "2", on=colour))
    count = 0
    for count, row in enumerate(rows, 1):
        print(line(row, colour=colour, width=width))
        if count == limit:
            break
    return count


def line(row: Row, *, colour: bool, width: int) -> str:
    """Return one row of the timeline, at most *width* columns wide."""
    numbers = _COLUMNS.format(
        row.event,
        "" if row.at is None else f"{row.at:.3f}",
        "" if row.took is None else duration(row.took),
        "" if row.tokens is None else f"{row.tokens[0]} \u2192 {row.tokens[1]}",
    )
    lane = row.lane.removeprefix("main/")
    roomy = width >= _ROOMY
    if len(lane) > _LANE:
        lane = "\u2026" + lane[-_LANE + 1 :]
    what = row.what + (f" \u2192 {row.outcome}" if row.outcome else "")
    if not roomy and lane not in ("", "main"):
        what = f"[{lane}] {what}"
    return (
        screen.styled(numbers, "2", on=colour)
        + (f"{pad(lane, _LANE)} " if roomy else "")
        + screen.styled(pad(row.kind, _KIND), _LOOKS.get(row.kind, ""), on=colour)
        + " "
        + clip(what, max(width - _FIXED - (_LANE + 1) * roomy, 10))
    ).rstrip()


def duration(seconds: float) -> str:
    """Return a span of time as a person says it."""
    if seconds < 1e-3:  # noqa: PLR2004
        return f"{seconds * 1e6:.0f} us"
    return f"{seconds * 1e3:.0f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"


def _last_line(passage: Passage, timeline: Timeline) -> str:
    parts = [_count(len(passage), "event"), _count(timeline.models, "model call")]
    if any(timeline.tokens):
        parts.append("{} \u2192 {} tokens".format(*timeline.tokens))
    parts += [_count(timeline.tools, "tool call"), ended(passage.end)]
    workers = len(beside.recordings(passage.path))
    if workers:
        parts.append(f"{_count(workers, 'worker')} (--process N)")
    text = ", ".join(parts)
    if passage.torn:
        text += f": then {passage.torn} bytes of an unfinished event"
    return text
