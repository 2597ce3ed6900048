"""A replay of a run that started processes stops where it did, with one message."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Place

SEALED = 77
SOURCE = """
import multiprocessing, sys
from concurrent.futures import ProcessPoolExecutor
def double(x):
    return x * 2
if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[2])
    if sys.argv[1] == "pool":
        with context.Pool(2) as pool: print(pool.map(double, [1, 2]))
    elif sys.argv[1] == "process":
        process = context.Process(target=double, args=(1,))
        process.start()
        process.join()
    else:
        with ProcessPoolExecutor(2, mp_context=context) as pool: print(list(pool.map(double, [1])))
"""
KINDS = [
    ("pool", "fork", "os.fork", 9),
    ("pool", "spawn", "multiprocessing.spawn", 9),
    ("process", "fork", "os.fork", 12),
    ("process", "forkserver", "multiprocessing.spawn", 12),
    ("executor", "fork", "os.fork", 15),
]


@pytest.mark.parametrize(("kind", "method", "call", "line"), KINDS)
def test_multiprocessing_is_refused_by_name_and_line(
    tmp_path: Path, kind: str, method: str, call: str, line: int
) -> None:
    (tmp_path / "agent.py").write_text(SOURCE)
    place = Place(tmp_path)
    assert place.record("agent.py", kind, method).code == 0
    replayed = place.replay()
    assert (replayed.code, replayed.out) == (SEALED, b""), replayed
    first, second, *_ = replayed.err.decode().splitlines()
    assert first.startswith(f"agentrr: replay stopped {call}")
    assert second.strip().startswith(f"at agent.py:{line},")


def test_an_uncaught_error_that_was_not_recorded_is_printed_whole(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "agent.py").write_text("print('x')\n")
    assert place.record("agent.py").code == 0
    (tmp_path / "agent.py").write_text("print('x')\nraise ValueError('new')\n")
    replayed = place.replay()
    assert b"ValueError: new\nagentrr: replay diverged" in replayed.err
    assert b"object address" not in replayed.err
