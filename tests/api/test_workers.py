"""Worker processes of a callable that is recorded and replayed in one's own process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import multiprocessing as mp, multiprocessing.pool, multiprocessing.managers, sys
from concurrent.futures import ProcessPoolExecutor

from agentrr_sandbox import record, replay

def double(x):
    return x * 2

def agent():
    with mp.Pool(2) as pool:
        first = pool.map(double, [1, 2, 3])
    with ProcessPoolExecutor(2) as pool:
        second = list(pool.map(double, [4, 5]))
    queue = mp.Queue()
    worker = mp.Process(target=queue.put, args=(7,))
    worker.start()
    third = queue.get()
    worker.join()
    return first, second, third, worker.exitcode

if __name__ == "__main__":
    if sys.argv[1] == "record":
        print(record(agent, to="run.jsonl").value)
    else:
        import os
        os.register_at_fork(before=lambda: print("a process was started"))
        report = replay("run.jsonl", agent)
        print(report.value, report.faithful, report.divergences)
"""


def test_modules_that_were_imported_before_are_captured(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(PROGRAM)
    said = []
    for what in ("record", "replay"):
        done = subprocess.run(
            [sys.executable, "agent.py", what],
            cwd=tmp_path, env={"PYTHONPATH": ":".join(sys.path)}, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done
        said.append(done.stdout)
    assert said[0] == "([2, 4, 6], [8, 10], 7, 0)\n"
    assert said[1] == "([2, 4, 6], [8, 10], 7, 0) True []\n"
