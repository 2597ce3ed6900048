"""What `agentrr run` adds to an empty script."""

from __future__ import annotations

import statistics
import sys

from bench import Bench, ratios

BUDGET = 2.5
GUARD = 15


def measure(bench: Bench) -> None:
    """An empty script, bare, recorded and replayed in turn."""
    run = bench.fresh("empty")
    bench.spend(bench.record(bench.fresh("first"), "empty"))  # writes the start-up bundle
    bench.spend(bench.record(run, "empty"))
    bench.spend(bench.replay(run))
    times = 7 if bench.quick else 25
    bare, recorded, replayed = [], [], []
    for _ in range(times):
        bare.append(bench.spend(bench.bare("empty")))
        recorded.append(bench.spend(bench.record(bench.fresh("empty"), "empty")))
        replayed.append(bench.spend(bench.replay(run)))
    walls = [spent.wall for spent in bare]
    how = f"median of {times} ratios, whole processes in turn"
    found = ratios([spent.wall for spent in recorded], walls)
    bench.row("start-up: `run` of an empty script / bare, wall", found, "x", BUDGET, how)
    found = ratios([spent.cpu for spent in recorded], [spent.cpu for spent in bare])
    bench.row("start-up: the same, CPU", found, "x", None, how)
    found = ratios([spent.wall for spent in replayed], walls)
    bench.row("start-up: `replay` of it / bare, wall", found, "x", None, how)


def guard(bench: Bench) -> None:
    """The kernel's guard round a replay."""
    if not sys.platform.startswith("linux"):
        return
    times = 7 if bench.quick else 25
    found = statistics.median(bench.told(bench.bare("guard")) for _ in range(times))
    how = f"median of {times} fresh interpreters, what it imports included"
    bench.row("start-up: the kernel's guard round a replay", found, "ms", GUARD, how)
