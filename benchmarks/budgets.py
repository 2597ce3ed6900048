"""Print the budgets of the design beside what this machine measures, as ratios in one run.

    python benchmarks/budgets.py [--quick] [--only PART] [--json FILE]

Figures come from whole processes, run in turn in the same minute; only that of a model call is
taken by the script itself, once it is warm.  "bare" is python itself on the same script.  CPU is
user and system time of the process and its children, as the kernel accounts it.  Nothing here
fails a build: it prints.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "benchmarks" / "scripts"
sys.path[:0] = [str(ROOT / "tests"), str(ROOT), str(ROOT / "hooks")]

import reads  # noqa: E402 - the path comes first
import strands  # noqa: E402
import whole  # noqa: E402
from harness import Place  # noqa: E402
from model_server import ModelServer  # noqa: E402


class Spent:
    """What one process took: seconds of wall clock and of CPU, and its peak memory in MB."""

    def __init__(self, wall: float, cpu: float, memory: float) -> None:
        self.wall, self.cpu, self.memory = wall, cpu, memory


class Budgets:
    """Runs the measurements in one folder and keeps what they found."""

    def __init__(self, folder: Path, *, quick: bool) -> None:
        self.folder = folder
        self.quick = quick
        self.rows: list[dict[str, object]] = []
        self.place = Place(folder, {"AGENTRR_DIR": str(folder / "runs")})

    def row(
        self, what: str, measured: float, budget: float, unit: str, *, least: bool = False
    ) -> None:
        """Print *measured* against *budget*, which is a ceiling or (*least*) a floor."""
        met = measured >= budget if least else measured <= budget
        self.rows.append(
            {"what": what, "measured": measured, "budget": budget, "unit": unit, "met": met}
        )
        mark, sign = "ok  " if met else "MISS", ">=" if least else "<="
        print(f"{mark} {what:62} {measured:12.3f} {sign} {budget:g} {unit}", flush=True)

    def spend(self, argv: list[str], *, faithful: bool = True) -> Spent:
        """Run a process to its end; one that fails ends the benchmark."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        done = subprocess.run(
            argv,
            cwd=self.folder,
            env=self.place.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        wall = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if faithful and done.returncode:
            sys.exit(f"{argv} failed: {done.stderr.decode(errors='replace')}")
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Spent(wall, cpu, after.ru_maxrss / 1024)

    def bare(self, name: str, *args: str) -> Spent:
        """Run a script under python itself."""
        return self.spend([sys.executable, str(SCRIPTS / f"{name}.py"), *args])

    def record(self, run: str, name: str, *args: str, durable: str = "power") -> Spent:
        """Record a script into *run*."""
        script = str(SCRIPTS / f"{name}.py")
        words = ["run", "-q", f"--durable={durable}", "-o", run, script, *args]
        return self.spend(self.command(*words))

    def replay(self, run: str) -> Spent:
        """Replay *run*, which must be faithful."""
        return self.spend(self.command("replay", "-q", run))

    def command(self, *argv: str) -> list[str]:
        """Return the argv of the installed command, or of the checkout's."""
        installed = Path(sys.executable).with_name("agentrr")
        if installed.exists():
            return [str(installed), *argv]
        return [sys.executable, "-P", str(ROOT / "tests" / "command.py"), *argv]

    def fresh(self, name: str) -> str:
        """Return a recording's path that nothing has taken."""
        return str(self.folder / f"{name}-{time.monotonic_ns()}.jsonl")

    # -- the measurements ------------------------------------------------------------------

    def start_up(self) -> None:
        """An empty script, recorded and bare, in turn."""
        walls, cpus = [], []
        self.record(self.fresh("warm"), "empty")
        for _ in range(7 if self.quick else 25):
            bare, run = self.bare("empty"), self.record(self.fresh("empty"), "empty")
            walls.append(run.wall / bare.wall)
            cpus.append(run.cpu / bare.cpu)
        self.row("start-up of `agentrr run` / bare, wall", statistics.median(walls), 2.5, "x")
        run = self.fresh("empty")
        self.record(run, "empty")
        self.replay(run)
        again = [self.replay(run).wall / self.bare("empty").wall for _ in walls]
        cpu, replayed = statistics.median(cpus), statistics.median(again)
        print(
            f"     start-up: {cpu:.2f} x bare's CPU; `agentrr replay` {replayed:.2f} x bare, wall"
        )

    def model_call(self) -> None:
        """What one call costs beside the network and the sync, in a warm process.

        The script tells the median over blocks of its calls; bare and recorded run in turn, and
        the figure is the median of their differences.
        """
        count, rounds = ("100", 3) if self.quick else ("300", 5)
        bare, recorded = [], []
        with ModelServer(latency=0) as server:
            self.place.env.update(server.environment())
            for _ in range(rounds):
                run = self.fresh("warm")
                script = str(SCRIPTS / "warm.py")
                bare.append(self.told([sys.executable, script, count]))
                words = ["run", "-q", "--durable=process", "-o", run, script, count]
                recorded.append(self.told(self.command(*words)))
        # its own last line differs, which nothing comes after
        replayed = self.told(self.command("replay", "-q", "--observe", run), code=76)
        above = statistics.median(b - a for a, b in zip(bare, recorded, strict=True))
        self.row("a model call: recording, CPU above bare", above, 100, "us")
        print(
            f"     a model call: bare {statistics.median(bare):.0f} us (its network included),"
            f" replayed {replayed:.0f} us of CPU"
        )

    def told(self, argv: list[str], *, code: int = 0) -> float:
        """Run a process that ends with *code*; return the number in the last line it prints."""
        done = subprocess.run(
            argv, cwd=self.folder, env=self.place.environment(), stdin=subprocess.DEVNULL,
            capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode != code:
            sys.exit(f"{argv} failed: {done.stderr.decode(errors='replace')}")
        return float(done.stdout.split()[-1])

    def slow_agent(self) -> None:
        """An agent that waits for its model, recorded, and replayed."""
        latency, count = ("0.1", 20) if self.quick else ("0.4", 50)
        run = self.fresh("slow")
        with ModelServer(latency=float(latency)) as server:
            self.place.env.update(server.environment())
            bare = self.bare("calls", str(count), "apart", "400")
            recorded = self.record(run, "calls", str(count), "apart", "400")
        replayed = self.replay(run)
        importing = self.spend([sys.executable, "-c", "import openai; openai.OpenAI(api_key='x')"])
        what = f"{count} calls, up to {latency} s each"
        self.row(f"{what}: recorded / bare", recorded.wall / bare.wall, 1.02, "x")
        self.row(f"{what}: recorded / replayed", recorded.wall / replayed.wall, 50, "x", least=True)
        beside = max(replayed.wall - importing.wall, 0.001)
        print(f"     beside the SDK's own import: {recorded.wall / beside:.0f} x")

    def conversation(self) -> None:
        """The log of a conversation that is sent whole each turn."""
        sizes = {}
        with ModelServer() as server:
            self.place.env.update(server.environment())
            for turns in (50, 100):
                run = self.fresh(f"grow{turns}")
                self.record(run, "calls", str(turns), "grow", "2048", durable="process")
                sizes[turns] = os.path.getsize(run)
        self.row("a conversation: log of 100 turns / 50 turns", sizes[100] / sizes[50], 2.1, "x")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument(
        "--only",
        metavar="PART",
        help="start-up, reads, model-call, slow-agent, conversation, whole or strands",
    )
    parser.add_argument("--json", metavar="FILE", help="also write the rows to FILE")
    options = parser.parse_args()
    machine = f"{processor()}, {os.cpu_count()} processors, {platform.platform()}"
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{machine}, Python {platform.python_version()}; load {load}", flush=True)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        budgets = Budgets(Path(folder), quick=options.quick)
        parts = {
            "start-up": budgets.start_up,
            "reads": lambda: reads.measure(budgets),
            "model-call": budgets.model_call,
            "slow-agent": budgets.slow_agent,
            "conversation": budgets.conversation,
            "whole": lambda: whole.measure(budgets),
            "strands": lambda: strands.measure(budgets),
        }
        for name, part in parts.items():
            if options.only in (None, name):
                part()
    missed = [row["what"] for row in budgets.rows if not row["met"]]
    spent = time.perf_counter() - start
    print(f"{len(budgets.rows) - len(missed)} met, {len(missed)} missed, in {spent:.0f} s")
    if options.json:
        Path(options.json).write_text(
            json.dumps({"machine": machine, "load": load, "rows": budgets.rows}, indent=1)
        )


def processor() -> str:
    """Return what the processor is called."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
