"""Clock reads and draws: what each kind costs above bare python, and a million of them.

The cost of a kind is measured inside a process that is warm (`scripts/kinds.py`): the median of
several loops in each of several processes that run in turn, bare, recorded and replayed.  What a
million takes is measured on whole processes, start-up and end included.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from budgets import Budgets

SCRIPTS = Path(__file__).resolve().parent / "scripts"
BUDGET = 0.5
LAUNCHER = """
import os, sys, time
start = time.perf_counter()
_, status, used = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
print(time.perf_counter() - start, used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""A process begins with the peak memory of the one that starts it: this one is small."""
Figures = dict[str, list[float]]


def measure(budgets: Budgets) -> None:
    """Print both parts."""
    kinds(budgets)
    million(budgets)


def kinds(budgets: Budgets) -> None:
    """Each kind, recorded and replayed, in microseconds of CPU above bare."""
    count, times, processes = ("10000", "3", 2) if budgets.quick else ("20000", "5", 3)
    script = [str(SCRIPTS / "kinds.py"), count, times]
    bare: Figures = {}
    recorded: Figures = {}
    replayed: Figures = {}
    for _ in range(processes):
        run = budgets.fresh("kinds")
        _add(budgets, bare, [sys.executable, *script])
        _add(budgets, recorded, budgets.command("run", "-q", "-o", run, *script))
        _add(budgets, replayed, budgets.command("replay", "-q", run))
    for kind in bare:
        base = statistics.median(bare[kind])
        for how, figures in (("recording", recorded), ("replaying", replayed)):
            above = statistics.median(figures[kind]) - base
            budgets.row(f"{kind}: {how}, CPU above bare {base:.2f}", above, BUDGET, "us")


def _add(budgets: Budgets, figures: Figures, argv: list[str]) -> None:
    done = subprocess.run(
        argv,
        cwd=budgets.folder,
        env=budgets.place.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{argv} failed: {done.stderr}")
    for line in done.stderr.splitlines():
        kind, _, figure = line.partition("\t")
        if figure:
            figures.setdefault(kind, []).append(float(figure))


def million(budgets: Budgets) -> None:
    """A million clock reads, a million draws: log, speed, memory."""
    count = 100_000 if budgets.quick else 1_000_000
    for name in ("reads", "draws"):
        run = budgets.fresh(name)
        script = [str(SCRIPTS / f"{name}.py"), str(count)]
        _, bare = whole(budgets, [sys.executable, *script])
        found = {
            "recorded": whole(budgets, budgets.command("run", "-q", "-o", run, *script)),
            "replayed": whole(budgets, budgets.command("replay", "-q", run)),
        }
        budgets.row(f"{name}: log, per million", os.path.getsize(run) / count, 8.0, "MB")
        for how, (wall, peak) in found.items():
            budgets.row(f"{name}: {how} at", count / wall, 100_000, "/s", least=True)
            budgets.row(f"{name}: {how}, peak memory above bare", peak - bare, 64, "MB")


def whole(budgets: Budgets, argv: list[str]) -> tuple[float, float]:
    """Run a process; return its seconds and peak memory in MB, its own children's included."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", LAUNCHER, *argv],
        cwd=budgets.folder,
        env=budgets.place.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{argv} failed: {done.stderr}")
    wall, peak = done.stdout.split()[-2:]
    return float(wall), float(peak) / 1024
