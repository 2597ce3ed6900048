"""Print the budgets of the design beside what this machine measures, in one run.

    python benchmarks/budgets.py [--only ROW]... [--quick] [--json FILE]

One table on stdout (row, measured, budget, met or MISSED, how it was measured), and the machine;
progress on stderr.  "bare" is python itself on the same script.  CPU is user and system time, as
the kernel accounts it.  Nothing here fails a build; what could not be measured at all does: exit 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bench as benches
import calls
import events
import machine
import reads
import startup
import strands
import world

MEASURES: dict[str, Callable[[benches.Bench], None]] = {
    "start-up": startup.measure,
    "guard": startup.guard,
    "reads": reads.kinds,
    "million-reads": reads.million,
    "model-call": calls.model_call,
    "slow-agent": calls.slow_agent,
    "conversation": calls.conversation,
    "strands": strands.kinds,
    "concurrent-agent": strands.agent,
    "world": world.kinds,
    "million-events": events.million,
    "show-head": events.head,
}
HEADING = ("row", "measured", "budget", "", "how measured")


def table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as text, in columns."""
    cells = [HEADING, *(_cells(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    return "\n".join(
        f"{row[0]:{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}"
        f"  {row[3]:{widths[3]}}  {row[4]}"
        for row in cells
    )


def _cells(row: dict[str, Any]) -> tuple[str, str, str, str, str]:
    if "failed" in row:
        return f"{row['group']}: {row['row']}", "", "", "FAILED", row["failed"]
    unit, budget = row["unit"], row["budget"]
    measured = f"{number(row['measured'])} {unit}"
    if budget is None:
        return row["row"], measured, "-", "-", row["how"]
    sign = "\u2265" if row["bound"] == "at least" else "\u2264"
    verdict = "met" if row["met"] else "MISSED"
    return row["row"], measured, f"{sign} {number(budget)} {unit}", verdict, row["how"]


def number(value: float) -> str:
    """Return *value* with as many digits as a person reads."""
    if abs(value) >= 100:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) >= 10 else f"{value:.3g}"  # noqa: PLR2004


def measured(folder: Path, names: list[str], *, quick: bool) -> list[dict[str, Any]]:
    """Measure the groups *names* and return their rows."""
    bench = benches.Bench(folder, quick=quick)
    for name in names:
        bench.group = name
        start = time.monotonic()
        bench.say(f"{name} ...")
        try:
            MEASURES[name](bench)
        except benches.Failed as error:
            bench.failed(error)
        bench.say(f"{name}: {time.monotonic() - start:.0f} s")
    return bench.rows


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", metavar="ROW", action="append", choices=list(MEASURES),
        help=f"only these rows, any of: {', '.join(MEASURES)}",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="smaller and shorter runs")
    parser.add_argument("--json", metavar="FILE", help="write all to FILE as well; - is stdout")
    options = parser.parse_args()
    start = time.monotonic()
    said = machine.describe()
    with tempfile.TemporaryDirectory() as folder:
        rows = measured(Path(folder), options.only or list(MEASURES), quick=options.quick)
    said["load_after"], took = machine.load(), time.monotonic() - start
    if options.json:
        everything = {"machine": said, "quick": options.quick, "seconds": took, "rows": rows}
        text = json.dumps(everything, indent=1) + "\n"
        if options.json == "-":
            sys.stdout.write(text)
        else:
            Path(options.json).write_text(text, encoding="utf-8")
    if options.json != "-":
        _print(said, rows, took, quick=options.quick)
    return int(any("failed" in row for row in rows))


def _print(said: dict[str, Any], rows: list[dict[str, Any]], took: float, *, quick: bool) -> None:
    print(
        f"machine: {said['cpu']}, {said['cores']} cores, {said['memory_mb']:,} MB,"
        f" {said['python']}, {said['kernel']},"
        f" load {said['load']} before, {said['load_after']} after"
    )
    print(table(rows))
    judged = [row for row in rows if row.get("met") is not None]
    missed = sum(not row["met"] for row in judged)
    short = "; --quick: not the sizes of the budgets" if quick else ""
    print(f"{len(judged) - missed} of {len(judged)} met, {missed} missed, in {took:.0f} s{short}")


if __name__ == "__main__":
    sys.exit(main())
