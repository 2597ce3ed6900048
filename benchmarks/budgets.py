"""Print the budgets of the design beside what this machine measures, as ratios in one run.

    python benchmarks/budgets.py [--quick] [--json FILE]

Every figure is the median of several interleaved runs of whole processes; "bare" is python
itself on the same script in the same minute.  Nothing here fails a build: it prints.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "benchmarks" / "scripts"
sys.path[:0] = [str(ROOT / "tests"), str(ROOT), str(ROOT / "hooks")]

from harness import Place  # noqa: E402 - the path comes first
from model_server import ModelServer  # noqa: E402


class Budgets:
    """Runs the measurements in one folder and keeps what they found."""

    def __init__(self, folder: Path, *, quick: bool) -> None:
        self.folder = folder
        self.quick = quick
        self.rows: list[dict[str, Any]] = []
        self.place = Place(folder, {"AGENTRR_DIR": str(folder / "runs")})

    def row(
        self, what: str, measured: float, budget: float, unit: str, *, least: bool = False
    ) -> None:
        """Print one row: *measured* against *budget*, which is a ceiling or (*least*) a floor."""
        met = measured >= budget if least else measured <= budget
        sign = ">=" if least else "<="
        self.rows.append(
            {"what": what, "measured": measured, "budget": budget, "unit": unit, "met": met}
        )
        print(
            f"{'ok  ' if met else 'MISS'} {what:58} {measured:10.3f} {sign} {budget:g} {unit}",
            flush=True,
        )

    def wall(self, argv: list[str]) -> float:
        """Return how long a process takes, in seconds."""
        start = time.perf_counter()
        subprocess.run(
            argv,
            cwd=self.folder,
            env=self.place.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return time.perf_counter() - start

    def command(self, *argv: str) -> list[str]:
        """Return the installed command's argv, or the checkout's."""
        installed = Path(sys.executable).with_name("agentrr")
        start = (
            [str(installed)]
            if installed.exists()
            else [sys.executable, str(ROOT / "tests" / "command.py")]
        )
        return [*start, *argv]

    def fresh(self, name: str) -> str:
        """Return a recording's path that nothing has taken."""
        path = self.folder / f"{name}-{time.monotonic_ns()}.jsonl"
        return str(path)

    def start_up(self) -> None:
        script = str(SCRIPTS / "empty.py")
        ratios = []
        for _ in range(7 if self.quick else 25):
            bare = self.wall([sys.executable, script])
            run = self.wall(self.command("run", "-q", "-o", self.fresh("empty"), script))
            ratios.append(run / bare)
        self.row(
            "start-up of `agentrr run` on an empty script / bare",
            statistics.median(ratios),
            2.5,
            "x",
        )

    def reads(self) -> None:
        count = 100_000 if self.quick else 1_000_000
        for name in ("reads", "draws"):
            script, out, run = (
                str(SCRIPTS / f"{name}.py"),
                str(self.folder / "out"),
                self.fresh(name),
            )
            self.wall([sys.executable, script, str(count), out])
            bare, rss = map(float, Path(out).read_text().split())
            begin = time.perf_counter()
            self.wall(self.command("run", "-q", "-o", run, script, str(count), out))
            recorded_wall = time.perf_counter() - begin
            recorded, rss_recorded = map(float, Path(out).read_text().split())
            begin = time.perf_counter()
            self.replay(run)
            replayed_wall = time.perf_counter() - begin
            self.row(f"{name}: recording, above bare", (recorded - bare) / 1000, 0.5, "us each")
            self.row(
                f"{name}: log of {count:,}, per million", os.path.getsize(run) / count, 8.0, "MB"
            )
            self.row(f"{name}: recorded at", count / recorded_wall, 100_000, "/s", least=True)
            self.row(f"{name}: replayed at", count / replayed_wall, 100_000, "/s", least=True)
            self.row(f"{name}: memory above bare, recording", (rss_recorded - rss) / 1024, 64, "MB")

    def replay(self, run: str) -> float:
        start = time.perf_counter()
        done = subprocess.run(
            self.command("replay", "-q", run),
            cwd=self.folder,
            env=self.place.environment(),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"a benchmark's replay was not faithful: {done.stderr.decode()}")
        return time.perf_counter() - start

    def model_call(self) -> None:
        script, out = str(SCRIPTS / "calls.py"), str(self.folder / "out")
        count = 40 if self.quick else 200
        with ModelServer() as server:
            self.place.env.update(server.environment())
            self.wall([sys.executable, script, str(count), "apart", "400", out])
            bare = float(Path(out).read_text().split()[0])
            run = self.fresh("calls")
            self.wall(
                self.command(
                    "run",
                    "-q",
                    "--durable=process",
                    "-o",
                    run,
                    script,
                    str(count),
                    "apart",
                    "400",
                    out,
                )
            )
            recorded = float(Path(out).read_text().split()[0])
        self.row(
            "a model call, recording, CPU above bare, beside the sync", recorded - bare, 100, "us"
        )
        self.replay(run)

    def slow_agent(self) -> None:
        latency, count = (0.1, 20) if self.quick else (0.4, 50)
        script, out, run = str(SCRIPTS / "calls.py"), str(self.folder / "out"), self.fresh("slow")
        with ModelServer(latency=latency) as server:
            self.place.env.update(server.environment())
            self.wall([sys.executable, script, str(count), "apart", "400", out])
            bare = float(Path(out).read_text().split()[1])
            self.wall(self.command("run", "-q", "-o", run, script, str(count), "apart", "400", out))
            recorded = float(Path(out).read_text().split()[1])
        self.row(f"{count} calls of {latency} s: recorded / bare", recorded / bare, 1.02, "x")
        self.wall(self.command("replay", "-q", run))
        begin = time.perf_counter()
        self.replay(run)
        whole = time.perf_counter() - begin
        importing = self.wall([sys.executable, "-c", "import openai; openai.OpenAI(api_key='x')"])
        self.row(
            f"{count} calls: replay beside the SDK's import, times faster",
            recorded / max(whole - importing, 0.001),
            50,
            "x",
            least=True,
        )

    def conversation(self) -> None:
        script, out = str(SCRIPTS / "calls.py"), str(self.folder / "out")
        sizes: dict[int, int] = {}
        with ModelServer() as server:
            self.place.env.update(server.environment())
            for turns in (50, 100):
                run = self.fresh(f"grow{turns}")
                self.wall(
                    self.command(
                        "run",
                        "-q",
                        "--durable=process",
                        "-o",
                        run,
                        script,
                        str(turns),
                        "grow",
                        "2048",
                        out,
                    )
                )
                sizes[turns] = os.path.getsize(run)
        self.row(
            "a conversation of 100 turns / 50 turns, log size", sizes[100] / sizes[50], 2.1, "x"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--json", metavar="FILE", help="also write the rows to FILE")
    options = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        budgets = Budgets(Path(folder), quick=options.quick)
        for measure in (
            budgets.start_up,
            budgets.reads,
            budgets.model_call,
            budgets.slow_agent,
            budgets.conversation,
        ):
            measure()
    if options.json:
        Path(options.json).write_text(json.dumps(budgets.rows, indent=1))


if __name__ == "__main__":
    main()
