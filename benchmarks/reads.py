"""Clock reads and draws: what each kind costs above bare python, and a million of them.

The cost of a kind is measured inside a process that is warm (`scripts/kinds.py`): the median of
several loops in each of several processes that run in turn, bare, recorded and replayed.  What a
million takes is measured on whole processes, start-up and end included.
"""

from __future__ import annotations

import os
import statistics

from bench import Bench

BUDGET = 0.5
MILLION = 1_000_000
RATE = 100_000
MEMORY = 64
Figures = dict[str, list[float]]


def kinds(bench: Bench) -> None:
    """Each kind, recorded and replayed, in microseconds of CPU above bare."""
    count, times, processes = ("10000", "3", 2) if bench.quick else ("20000", "5", 3)
    found: dict[str, Figures] = {"bare": {}, "recorded": {}, "replayed": {}}
    for _ in range(processes):
        run = bench.fresh("kinds")
        _add(bench, found["bare"], bench.bare("kinds", count, times))
        _add(bench, found["recorded"], bench.record(run, "kinds", count, times))
        _add(bench, found["replayed"], bench.replay(run))
    how = f"CPU above bare, median of {int(times) * processes} warm loops of {count}"
    for kind, figures in found["bare"].items():
        bare = statistics.median(figures)
        for mode in ("recorded", "replayed"):
            above = statistics.median(found[mode][kind]) - bare
            bench.row(f"{kind} {mode}", above, "us", BUDGET, f"{how}; bare {bare:.2f}")


def _add(bench: Bench, figures: Figures, argv: list[str]) -> None:
    for line in bench.run(argv).stderr.splitlines():
        kind, _, figure = line.partition("\t")
        if figure:
            figures.setdefault(kind, []).append(float(figure))


def million(bench: Bench) -> None:
    """A million clock reads, a million draws: log, speed, memory."""
    count = MILLION // 10 if bench.quick else MILLION
    for name in ("reads", "draws"):
        what = f"{count:,} {'clock reads' if name == 'reads' else name}"
        run = bench.fresh(name)
        bare = bench.spend(bench.bare(name, str(count)))
        recorded = bench.spend(bench.record(run, name, str(count)))
        replayed = bench.spend(bench.replay(run))
        size = os.path.getsize(run) / 1e6
        bench.row(f"{what}: log", size, "MB", 8 * count / MILLION, "size of the file")
        for mode, spent in (("recorded", recorded), ("replayed", replayed)):
            rate = count / spent.wall
            how = f"whole process, start-up included, {spent.wall:.2f} s; bare {bare.wall:.2f} s"
            bench.row(f"{what}: {mode} at", rate, "/s", RATE, how, least=True)
            above = spent.memory - bare.memory
            how = f"peak of the largest process; bare {bare.memory:.0f} MB"
            bench.row(f"{what}: {mode}, memory over bare", above, "MB", MEMORY, how)
