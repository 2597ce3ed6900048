"""Signals that came while recording, replayed: at the same place, or not at all and said so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from harness import ROOT, Place

COMMAND = [sys.executable, "-P", str(ROOT / "tests" / "command.py"), "run", "-v", "-o", "run.jsonl"]
CANNOT_REPLAY = 125


def interrupted(place: Place, source: str) -> tuple[bytes, bytes, int]:
    """Record *source*, and interrupt it 0.2 s after it has said a line."""
    (place.folder / "agent.py").write_text(source)
    process = subprocess.Popen(
        [*COMMAND, "agent.py"],
        cwd=place.folder,
        env=place.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    return line + out, err, process.returncode


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_an_interrupt_of_a_sleep_comes_again(place: Place) -> None:
    out, err, code = interrupted(place, "import time\nprint('go', flush=True)\ntime.sleep(20)\n")
    replayed = place.replay()
    assert (replayed.out, replayed.code) == (out, code) == (b"go\n", -signal.SIGINT)
    assert err.startswith(replayed.err)
    assert b"KeyboardInterrupt" in replayed.err


def test_an_interrupt_of_a_loop_that_waits_comes_again(place: Place) -> None:
    source = "import asyncio\nasync def main():\n    print('go', flush=True)\n"
    source += "    await asyncio.sleep(20)\nasyncio.run(main())\n"
    out, err, code = interrupted(place, source)
    replayed = place.replay()
    assert (replayed.out, replayed.code) == (out, code) == (b"go\n", -signal.SIGINT)
    assert err.startswith(replayed.err)
    assert b"CancelledError" in replayed.err


BUSY = {
    "at the start": "print('go', flush=True)\nwhile True:\n    pass\n",
    "after a call": "import time\ntime.sleep(0)\nprint('go', flush=True)\nwhile True:\n    pass\n",
    "after reads": (
        "import time\ntime.sleep(0)\ntime.time()\nprint('go', flush=True)\nwhile True:\n    pass\n"
    ),
}


@pytest.mark.parametrize("name", BUSY)
def test_an_interrupt_between_two_calls_ends_the_replay_there(place: Place, name: str) -> None:
    _, err, code = interrupted(place, BUSY[name])
    assert code == -signal.SIGINT
    assert b"SIGINT came while the program's own code ran (agent.py:" in err
    replayed = place.replay()
    assert replayed.code == CANNOT_REPLAY
    assert b"SIGINT came while the program's own code ran" in replayed.err


STORM = """
import random, signal, sys, time
hits = set()
def handler(number, frame):
    hits.add(frame.f_code.co_filename)
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0003)
for n in range(400):
    print(random.random() < 2)
    time.sleep(0)
signal.setitimer(signal.ITIMER_REAL, 0)
print(sorted(name.rpartition("/")[2] for name in hits if "agentrr" in name), file=sys.stderr)
"""


def test_handlers_never_run_within_agentrr_and_tear_nothing(place: Place) -> None:
    (place.folder / "agent.py").write_text(STORM)
    recorded = place.record("agent.py")
    assert (recorded.code, recorded.err) == (0, b"[]\n")
    assert recorded.out == b"True\n" * 400
    verified = place.agentrr("verify", "run.jsonl")
    assert verified.code == 0, verified
    handled = [e for e in place.events() if e.get("signals") or e.get("what") == "signal"]
    assert handled


def test_a_signal_to_the_replay_itself_ends_it(place: Place) -> None:
    source = "import time\nprint('go', flush=True)\nfor n in range(10**9):\n    n += 1\n"
    (place.folder / "agent.py").write_text(source.replace("10**9", "3"))
    assert place.record("agent.py").code == 0
    (place.folder / "agent.py").write_text(source)
    command = [*COMMAND[:3], "replay", "-q", "run.jsonl"]
    process = subprocess.Popen(
        command, cwd=place.folder, env=place.environment(), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == CANNOT_REPLAY
    assert b"SIGINT came from outside of the replay" in err
