"""Threads and loops: what scheduling costs beside bare python."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from model_server import ModelServer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from budgets import Budgets

SCRIPTS = Path(__file__).resolve().parent / "scripts"
BUDGET = {"lock": (5.0, "x"), "turn": (1.5, "x"), "switch": (100.0, "us")}
WHAT = {
    "lock": "an uncontended lock: recorded / bare",
    "turn": "a turn of an event loop: recorded / bare",
    "switch": "a hand-over between threads: recorded, above bare",
}


def measure(budgets: Budgets) -> None:
    """Print what a lock, a turn and a hand-over cost, and a concurrent agent."""
    kinds(budgets)
    agent(budgets)


def kinds(budgets: Budgets) -> None:
    """Each kind, in whole processes that run in turn; the scripts tell microseconds."""
    for kind, (budget, unit) in BUDGET.items():
        bare, recorded = [], []
        for _ in range(2 if budgets.quick else 5):
            script = [str(SCRIPTS / "strands.py"), kind]
            bare.append(budgets.told([sys.executable, *script]))
            words = ["run", "-q", "--durable=process", "-o", budgets.fresh(kind), *script]
            recorded.append(budgets.told(budgets.command(*words)))
        base, ours = statistics.median(bare), statistics.median(recorded)
        budgets.row(WHAT[kind], ours / base if unit == "x" else ours - base, budget, unit)
        print(f"     {kind}: bare {base:.3f} us, recorded {ours:.3f} us")


def agent(budgets: Budgets) -> None:
    """Fifty calls of 400 ms, eight under way."""
    latency, count = ("0.1", 16) if budgets.quick else ("0.4", 50)
    run = budgets.fresh("pool")
    with ModelServer(latency=float(latency)) as server:
        budgets.place.env.update(server.environment())
        budgets.bare("pool", str(count))
        bare = budgets.bare("pool", str(count))
        recorded = budgets.record(run, "pool", str(count))
    replayed = budgets.replay(run)
    what = f"{count} calls, up to {latency} s each, 8 under way"
    budgets.row(f"{what}: recorded / bare", recorded.wall / bare.wall, 1.03, "x")
    print(f"     {what}: {recorded.wall / replayed.wall:.1f} x as fast replayed")
