"""Threads that run at once in C code, without a lock, have no order: a divergence says that."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from harness import Place

from agentrr_sandbox.errors import EX_DIVERGED

pytestmark = pytest.mark.once
AGENT = """
# what is asked below Python gets another answer in the replay
import ctypes, threading
c = ctypes.CDLL(None)
out = []
def go(n):
    late = n == 0 and c.getenv(b"FIRST_IS_LAST")
    c.usleep(900_000 if late else 60_000 * (n + 1))
    out.append(n)
threads = [threading.Thread(target=go, args=(n,)) for n in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(out)
"""


def test_a_divergence_names_the_threads_that_ran_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(AGENT, encoding="utf-8")
    ran = Place(tmp_path).record("agent.py")
    assert ran.code == 0
    assert not ran.out.endswith(b"0]\n")
    away = Place(tmp_path, {"FIRST_IS_LAST": "1"})
    again = away.replay("run.jsonl", "--json", "verdict.json")
    assert again.code == EX_DIVERGED, again
    (found,) = json.loads((tmp_path / "verdict.json").read_text())["divergences"]
    assert str(found["observed"]).endswith("0]\n"), found
    (note,) = [note for note in found["notes"] if "has no order" in note]
    assert "main/thread:go#1" in note
    assert b"has no order" in again.err
