"""Large recordings: a great many crossings, and the head of a gigabyte."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from forge import END, EXIT, HEADER, sealed
from reads import whole

from agentrr_sandbox.recording.jsontext import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from budgets import Budgets

SCRIPTS = Path(__file__).resolve().parent / "scripts"
LONG = 100_000
"""Characters of each output in the gigabyte."""


def measure(budgets: Budgets) -> None:
    """Print both parts."""
    crossings(budgets)
    head(budgets)


def crossings(budgets: Budgets) -> None:
    """Crossings of the general kind, each an event of its own: speed and memory."""
    count = 20_000 if budgets.quick else 200_000
    run = budgets.fresh("crossings")
    script = [str(SCRIPTS / "crossings.py"), str(count)]
    _, bare = whole(budgets, [sys.executable, *script])
    found = {
        "recorded": whole(budgets, budgets.command("run", "-q", "-o", run, *script)),
        "replayed": whole(budgets, budgets.command("replay", "-q", run)),
    }
    for how, (wall, peak) in found.items():
        budgets.row(f"{count:,} crossings: {how}, peak memory above bare", peak - bare, 64, "MB")
        print(f"     {count:,} crossings: {how} at {count / wall:,.0f} /s")


def head(budgets: Budgets) -> None:
    """How long `show` takes to print the first lines of a recording of a gigabyte."""
    run = Path(budgets.fresh("gigabyte"))
    size = 50_000_000 if budgets.quick else 1_000_000_000
    chain, number, written = "0" * 64, 0, 0
    with run.open("w") as file:
        while written < size:
            event = HEADER if not number else _output(number - 1)
            line, chain = sealed(dumps({"seq": number, **event}), chain)
            written += file.write(line)
            number += 1
        for event in (EXIT, END):
            line, chain = sealed(dumps({"seq": number, **event}), chain)
            file.write(line)
            number += 1
    start = time.perf_counter()
    with subprocess.Popen(
        budgets.command("show", str(run)),
        cwd=budgets.folder,
        env=budgets.place.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as shown:
        assert shown.stdout is not None
        lines = [shown.stdout.readline() for _ in range(20)]
        spent = time.perf_counter() - start
        shown.stdout.close()
        shown.wait()
    if not all(lines):
        raise SystemExit(f"show printed only {lines}")
    run.unlink()
    budgets.row(f"show: the head of {size / 1e9:g} GB", spent, 1, "s")


def _output(number: int) -> dict[str, object]:
    return {"t": "output", "fd": 1, "n": number, "text": f"{number:08d}" * (LONG // 8)}
