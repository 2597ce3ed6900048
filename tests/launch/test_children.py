"""Children at a terminal, and such as outlive the run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from harness import ROOT, Place
from launch.test_signals import at_a_terminal

TERMINAL = """\
import os, subprocess
print("a")
ask = "test -t 1 && echo tty; echo e >&2; test -t 2 && echo err; stty size <&1"
subprocess.run(ask, shell=True)
os.system("printf 'x\\\\ny'")
print("b")
"""
LASTING = """\
import subprocess
waits = "while kill -0 $PPID; do sleep 0.05; done 2>/dev/null; echo late"
subprocess.Popen(waits, shell=True)
print("ended")
"""


@pytest.mark.once
def test_a_child_sees_a_terminal_as_bare(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(TERMINAL)
    place = Place(tmp_path)
    command = [sys.executable, "-P", str(ROOT / "tests" / "command.py")]
    bare = at_a_terminal(place, [sys.executable, "agent.py"], [])
    assert b"tty\r\ne\r\nerr\r\n" in bare[0]
    recorded = at_a_terminal(place, [*command, "run", "-q", "-o", "run.jsonl", "agent.py"], [])
    assert recorded == bare
    assert at_a_terminal(place, [*command, "replay", "-q", "run.jsonl"], []) == bare


@pytest.mark.once
def test_a_child_that_outlives_the_run_writes_on(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(LASTING)
    place = Place(tmp_path)
    recorded = place.record("agent.py")  # reads until nobody has its end of the pipe
    assert recorded.out == b"ended\nlate\n", recorded
    replayed = place.replay()
    assert (replayed.code, replayed.out) == (0, b"ended\n"), replayed
