"""Starts the processes that are measured, and keeps the rows.

Figures come from whole processes, or are taken by a script in a process that is warm; bare,
recorded and replayed ones run in turn.  None inherits the environment of the session: no key, no
setting of Python's.  In particular PYTHONDONTWRITEBYTECODE, under which no start-up bundle would
be written and each run would compile its modules again, is not passed on.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "benchmarks" / "scripts"
sys.path[:0] = [str(ROOT / "tests"), str(ROOT), str(ROOT / "hooks")]

from harness import Place  # noqa: E402 - the path comes first

LAUNCHER = """
import os, sys, time
null = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
start = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=null)
_, status, used = os.wait4(pid, 0)
print(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""A process begins with the peak memory of the one that starts it: this one is small."""


class Failed(Exception):
    """A process did not end as it must: the rows that need it have no figure."""


class Spent:
    """What a process and its children took: seconds of wall clock and of CPU, and peak memory.

    *memory* is that of the largest single process, in MB.
    """

    def __init__(self, wall: float, cpu: float, memory: float) -> None:
        self.wall, self.cpu, self.memory = wall, cpu, memory


class Bench:
    """Runs measurements in one folder and keeps what they found in `rows`."""

    def __init__(self, folder: Path, *, quick: bool) -> None:
        self.folder = folder
        self.quick = quick
        self.rows: list[dict[str, Any]] = []
        self.group = ""
        self.place = Place(folder, {"AGENTRR_DIR": str(folder / "runs")})

    def row(
        self,
        what: str,
        measured: float,
        unit: str,
        budget: float | None,
        how: str,
        *,
        least: bool = False,
    ) -> None:
        """Keep *measured* beside *budget*: a ceiling, a floor (*least*), or None for none."""
        met = None if budget is None else (measured >= budget if least else measured <= budget)
        self.rows.append(
            {
                "group": self.group,
                "row": what,
                "measured": measured,
                "unit": unit,
                "budget": budget,
                "bound": "at least" if least else "at most",
                "met": met,
                "how": how,
            }
        )
        self.say(f"  {what}: {measured:.3f} {unit}")

    def failed(self, error: Failed) -> None:
        """Keep that the rest of a measurement could not be made."""
        self.rows.append({"group": self.group, "row": "not measured", "failed": str(error)})
        self.say(f"  FAILED: {error}")

    def say(self, text: str) -> None:
        """Tell how far it is."""
        print(text, file=sys.stderr, flush=True)

    # -- processes -------------------------------------------------------------------------

    def spend(self, argv: list[str]) -> Spent:
        """Run a process to its end.  Raises `Failed` where it fails."""
        done = self.run([sys.executable, "-I", "-S", "-c", LAUNCHER, *argv])
        wall, cpu, peak = done.stdout.split()[-3:]
        return Spent(float(wall), float(cpu), float(peak) / 1024)

    def run(self, argv: list[str], *, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run a process that ends with *code*.  Raises `Failed` where it ends otherwise."""
        done = subprocess.run(
            argv,
            cwd=self.folder,
            env=self.place.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != code:
            raise Failed(
                f"exit {done.returncode} of {' '.join(argv)}: {done.stderr[-800:].strip()}"
            )
        return done

    def told(self, argv: list[str], *, code: int = 0) -> float:
        """Run a process that ends with *code*; return the number in the last line it prints."""
        return float(self.run(argv, code=code).stdout.split()[-1])

    def bare(self, name: str, *args: str) -> list[str]:
        """Return the argv of a script under python itself."""
        return [sys.executable, str(SCRIPTS / f"{name}.py"), *args]

    def record(self, run: str, name: str, *args: str, durable: str = "power") -> list[str]:
        """Return the argv that records a script into *run*."""
        script = str(SCRIPTS / f"{name}.py")
        return self.command("run", "-q", f"--durable={durable}", "-o", run, script, *args)

    def replay(self, run: str, *options: str) -> list[str]:
        """Return the argv that replays *run*."""
        return self.command("replay", "-q", *options, run)

    def command(self, *argv: str) -> list[str]:
        """Return the argv of the checkout's command."""
        return [sys.executable, "-P", str(ROOT / "tests" / "command.py"), *argv]

    def fresh(self, name: str) -> str:
        """Return a recording's path that nothing has taken."""
        return str(self.folder / f"{name}-{time.monotonic_ns()}.jsonl")


def ratios(above: list[float], below: list[float]) -> float:
    """Return the median of the ratios of two series that were made in turn."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))
