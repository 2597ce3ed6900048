"""Branch coverage of what every promise rests on, as a table; fails under the limit.

Run by `make coverage`.  Only what runs in this process counts: these tests use the peers and the
recording through their doors, without hooks and without a subprocess.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
TESTS = ["tests/unit/engine", "tests/unit/recording", "tests/unit/report"]
LIMIT = 95
MEASURED = {
    "recording": "agentrr_sandbox/recording/*",
    "recorder": "agentrr_sandbox/recorder/*",
    "replayer": "agentrr_sandbox/replayer/*",
    "matching": "agentrr_sandbox/matching.py",
}


def coverage(command: str, data: Path, *words: str) -> int:
    """Run one command of coverage over *data*; return its exit code."""
    words = (command, f"--data-file={data}", *words)
    return subprocess.run(
        [sys.executable, "-m", "coverage", *words], cwd=HERE, check=False
    ).returncode


def branches(data: Path, name: str, files: str) -> float:
    """Print the table of *files*; return the percentage of their branches that were taken."""
    coverage("report", data, f"--include={files}", "-m")
    told = data.with_name(f"{name}.json")
    coverage("json", data, f"--include={files}", "-q", f"-o{told}")
    totals = json.loads(told.read_text())["totals"]
    taken: float = 100 * totals["covered_branches"] / totals["num_branches"]
    print(f"{name}: {taken:.1f} % of branches\n")
    return taken


def main() -> int:
    """Measure, print a table for each part, and return an exit code."""
    with tempfile.TemporaryDirectory() as folder:
        run, data = Path(folder) / "run", Path(folder) / "all"
        failed = coverage("run", run, "--branch", "-m", "pytest", "-q", *(sys.argv[1:] or TESTS))
        if failed:
            return failed
        coverage("combine", data, "-q", *(str(each) for each in Path(folder).glob("run*")))
        short = [name for name, files in MEASURED.items() if branches(data, name, files) < LIMIT]
    for name in short:
        print(f"{name}: less than {LIMIT} % of its branches are covered", file=sys.stderr)
    return int(bool(short))


if __name__ == "__main__":
    sys.exit(main())
