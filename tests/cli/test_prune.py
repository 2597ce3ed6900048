"""`prune` removes what is old or too much, and nothing else."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import pytest
from cli import made

pytestmark = pytest.mark.once
DAY = 86400
LOCKED = 1 << 62
"""The byte that whoever writes on a recording has locked."""


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Return a folder of four recordings, 1 to 4 days old, and a file that is none."""
    folder = tmp_path / "runs"
    for days in range(1, 5):
        aged(made.write(folder / f"{days}.jsonl", made.EXIT, made.END), days)
    beside = folder / "4.jsonl.d"
    beside.mkdir()
    (beside / ("0" * 64)).write_bytes(b"x" * 100_000)
    made.write(beside / "process-2.jsonl", made.EXIT, made.END)
    aged(folder / "4.jsonl", 4)
    (folder / "notes.jsonl").write_text('{"a": 1}\n')
    aged(folder / "notes.jsonl", 99)
    return folder


def aged(path: Path, days: int) -> None:
    then = time.time() - days * DAY - 60
    os.utime(path, (then, then))


def left(runs: Path) -> list[str]:
    return sorted(path.name for path in runs.iterdir())


def test_what_is_older_goes_with_what_lies_beside_it(runs: Path) -> None:
    before = left(runs)
    words = ["prune", str(runs), "--older", "3d"]
    planned = made.agentrr(*words, "--dry-run", cwd=runs.parent)
    assert (planned.returncode, left(runs)) == (0, before)
    ran = made.agentrr(*words, cwd=runs.parent)
    assert ran.returncode == 0
    assert left(runs) == ["1.jsonl", "2.jsonl", "notes.jsonl"]
    assert planned.stderr.replace("would remove", "removed").replace("would be left", "left") == (
        ran.stderr
    )
    (first, second, last) = ran.stderr.splitlines()
    assert first.startswith(f"agentrr: removed {runs / '4.jsonl'} (10")
    assert second.startswith(f"agentrr: removed {runs / '3.jsonl'} (")
    assert last.startswith("agentrr: removed 2 recordings, ")


def test_the_oldest_go_until_there_is_room_but_not_what_is_being_written(runs: Path) -> None:
    room = (runs / "1.jsonl").stat().st_size * 2 + 1
    with (runs / "3.jsonl").open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, LOCKED)
        ran = made.agentrr("prune", str(runs), "--over", f"{room}B", cwd=runs.parent)
    assert ran.returncode == 0
    assert left(runs) == ["1.jsonl", "3.jsonl", "notes.jsonl"]
    assert f"agentrr: {runs / '3.jsonl'} is being written: it stays\n" in ran.stderr


def test_a_worker_that_is_being_written_keeps_its_run(runs: Path) -> None:
    worker = runs / "4.jsonl.d" / "process-2.jsonl"
    with worker.open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, LOCKED)
        made.agentrr("prune", str(runs), "--older", "36h", cwd=runs.parent)
    assert left(runs) == ["1.jsonl", "4.jsonl", "4.jsonl.d", "notes.jsonl"]
    assert worker.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "prune needs a limit"),
        (["--older", "14"], "--older takes an age"),
        (["--older", "14D"], "--older takes an age"),
        (["--over", "lots"], "--over takes a size"),
        (["nowhere", "--over", "1GB"], "nowhere is not a folder"),
    ],
)
def test_a_limit_that_is_none_removes_nothing(runs: Path, words: list[str], said: str) -> None:
    before = left(runs)
    ran = made.agentrr("prune", *words, cwd=runs)
    assert (ran.returncode, left(runs)) == (2, before)
    assert ran.stderr.startswith(f"agentrr: error: {said}")
