"""Recordings that are large: a million events that each have a line, and the head of 1 GB."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from typing import Any

from bench import Bench, Failed, Spent
from model_server import ModelServer
from reads import MEMORY, MILLION

GIGABYTE = 1_000_000_000
HEAD = 40
BODIES = 64 << 10


def million(bench: Bench) -> None:
    """A million events of the general kind: crossings with request, answer and place; output."""
    count = MILLION // 20 if bench.quick else MILLION
    run = bench.fresh("million")
    bare = bench.spend(bench.bare("events", str(count)))
    recorded = bench.spend(bench.record(run, "events", str(count)))
    replayed = bench.spend(bench.replay(run))
    _check(run, count)
    what = f"{count:,} events of a line each"
    mix = "a quarter crossings (os.access), the rest lines of output"
    how = f"whole process: {{:.1f}} s ({mix}; {os.path.getsize(run) / 1e6:.0f} MB)"
    rates = [count / recorded.wall, count / replayed.wall]
    bench.row(f"{what}: recorded at", rates[0], "/s", None, how.format(recorded.wall))
    bench.row(f"{what}: replayed at", rates[1], "/s", None, how.format(replayed.wall))
    bench.row(
        f"{what}: replayed / recorded rate", rates[1] / rates[0], "x", 1,
        "the two rows above", least=True,
    )  # fmt: skip
    how = f"peak of the largest process; bare {bare.memory:.0f} MB"
    for mode, spent in (("recorded", recorded), ("replayed", replayed)):
        above = spent.memory - bare.memory
        bench.row(f"{what}: {mode}, memory over bare", above, "MB", MEMORY, how)


def _check(run: str, count: int) -> None:
    """A million is to mean a million."""
    with open(run, "rb") as file:
        assert sum(1 for _ in file) >= count


def head(bench: Bench) -> None:
    """`show` of the first rows of a large recording, whose events an agent really made."""
    size = GIGABYTE // 20 if bench.quick else GIGABYTE
    run = bench.fresh("large")
    bench.say(f"  writing a recording of {size / 1e6:.0f} MB")
    _grow(run, _session(bench), size)
    made = f"{os.path.getsize(run) / 1e6:.0f} MB"
    how = "whole process, median of {}, CPU {:.2f} s, {:.0f} MB of memory"
    for words in (["-n", str(HEAD)], [str(HEAD)]):
        found = [bench.spend(bench.command("show", run, *words)) for _ in range(5)]
        middle = sorted(found, key=_wall)[len(found) // 2]
        text = how.format(len(found), middle.cpu, middle.memory)
        what = f"`show {' '.join(['RUN', *words])}`"
        bench.row(f"{what} of a recording of {made}", middle.wall, "s", 1, text)
    first = statistics.median(_first(bench, run) for _ in range(5))
    how = "median of 5; then nobody reads on, and it ends"
    bench.row(f"`show RUN` of it: the first {HEAD} lines", first, "s", 1, how)
    os.unlink(run)


def _first(bench: Bench, run: str) -> float:
    """Return how long it takes until the first lines are there."""
    start = time.perf_counter()
    with subprocess.Popen(
        bench.command("show", run),
        cwd=bench.folder,
        env=bench.place.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as shown:
        assert shown.stdout is not None
        lines = [shown.stdout.readline() for _ in range(HEAD)]
        spent = time.perf_counter() - start
        shown.stdout.close()
    if not all(lines):
        raise Failed(f"show printed only {lines}")
    return spent


def _wall(spent: Spent) -> float:
    return spent.wall


def _session(bench: Bench) -> list[dict[str, Any]]:
    """Record a conversation and return its events."""
    from agentrr_sandbox.recording.reader import Recording

    run = bench.fresh("session")
    with ModelServer(latency=0) as server:
        bench.place.env.update(server.environment())
        bench.spend(bench.record(run, "calls", "40", "grow", str(BODIES), durable="process"))
    recording = Recording.open(run)
    try:
        return list(recording)
    finally:
        recording.close()


def _grow(run: str, events: list[dict[str, Any]], size: int) -> None:
    """Write the events again and again through the project's writer, numbers and all."""
    from agentrr_sandbox.recording.writer import Writer

    header, *body = [dict(event) for event in events]
    body = [event for event in body if event["t"] not in ("run.exit", "run.end")]
    writer = Writer.create(run, _fields(header, 0, 0), durable="process")
    places = sum("n" in event and event["t"] != "output" for event in body)
    lap = 0
    while writer.state()[2] < size:
        base = writer.seq - body[0]["seq"]
        for event in body:
            writer.append(event["t"], _fields(event, base, lap * places))
        lap += 1
    writer.close()


def _fields(event: dict[str, Any], base: int, places: int) -> dict[str, Any]:
    """Return what the writer does not add itself, with its numbers *base* further on."""
    own = ("seq", "t")
    fields = {name: _moved(value, base) for name, value in event.items() if name not in own}
    for name in ("of", "base"):
        if isinstance(fields.get(name), int):
            fields[name] += base
    if "n" in fields:
        fields["n"] += places
    return fields


def _moved(value: Any, base: int) -> Any:
    if isinstance(value, dict):
        if value.get("$") == "@":
            return {**value, "seq": value["seq"] + base}
        return {name: _moved(below, base) for name, below in value.items()}
    return [_moved(below, base) for below in value] if isinstance(value, list) else value
