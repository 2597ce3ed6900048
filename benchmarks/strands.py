"""Threads and loops: what scheduling costs beside bare python."""

from __future__ import annotations

import statistics

from bench import Bench
from model_server import ModelServer

BUDGET = {"lock": (5.0, "x"), "turn": (1.5, "x"), "switch": (100.0, "us")}
WHAT = {
    "lock": "an uncontended lock: recorded / bare",
    "turn": "a turn of an event loop: recorded / bare",
    "switch": "a hand-over between threads: recorded, above bare",
}


def kinds(bench: Bench) -> None:
    """What a lock, a turn and a hand-over cost: whole processes in turn; the scripts tell."""
    times = 2 if bench.quick else 5
    for kind, (budget, unit) in BUDGET.items():
        bare, recorded = [], []
        for _ in range(times):
            bare.append(bench.told(bench.bare("strands", kind)))
            words = bench.record(bench.fresh(kind), "strands", kind, durable="process")
            recorded.append(bench.told(words))
        base, ours = statistics.median(bare), statistics.median(recorded)
        how = f"wall, median of {times} processes: bare {base:.3f} us, recorded {ours:.3f} us"
        bench.row(WHAT[kind], ours / base if unit == "x" else ours - base, unit, budget, how)


def agent(bench: Bench) -> None:
    """Fifty calls of 400 ms, eight under way."""
    latency, count = (0.1, 16) if bench.quick else (0.4, 50)
    run = bench.fresh("pool")
    with ModelServer(latency=latency, steady=True) as server:
        bench.place.env.update(server.environment())
        bare = bench.spend(bench.bare("pool", str(count))).wall
        recorded = bench.spend(bench.record(run, "pool", str(count))).wall
    replayed = bench.spend(bench.replay(run)).wall
    what = f"{count} calls of {latency * 1000:.0f} ms, 8 under way"
    how = f"wall, whole processes: {bare:.2f} s bare, {recorded:.2f} s recorded"
    bench.row(f"{what}: recorded / bare", recorded / bare, "x", 1.03, how)
    how = f"wall, whole processes: {replayed:.2f} s replayed"
    bench.row(f"{what}: replay is faster by", recorded / replayed, "x", None, how)
