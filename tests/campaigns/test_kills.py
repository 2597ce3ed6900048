"""Kill -9 at a random moment: what was acknowledged is in the file, and the file opens.

A few times in every test run, a thousand times with `AGENTRR_NIGHTLY=1`; `AGENTRR_SEED` repeats.
"""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from campaigns.victim import size_of

from agentrr_sandbox.recording.reader import Recording
from agentrr_sandbox.recording.reads import unpack

NIGHTLY = bool(os.environ.get("AGENTRR_NIGHTLY"))
SHARDS, KILLS = (20, 17) if NIGHTLY else (1, 8)  # 3 * 20 * 17 = 1,020
FIRST = int(os.environ.get("AGENTRR_SEED", "0")) or random.SystemRandom().randrange(10**6)
VICTIM = Path(__file__).with_name("victim.py")


def killed(path: Path, whom: str, seed: int) -> bytes:
    """Start a run, kill *whom* at a moment that *seed* chooses; return what was acknowledged."""
    chance = random.Random(seed)
    readable, writable = os.pipe()
    program = f"import sys; sys.path[:0] = {sys.path!r}\nexec(open({str(VICTIM)!r}).read())"
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", program, str(path), str(writable), str(seed)],
        pass_fds=[writable],
        start_new_session=True,
    )
    os.close(writable)
    said = b""
    while b"P " not in said or not said.endswith(b"\n"):
        more = os.read(readable, 1 << 16)
        assert more, "the run did not start"
        said += more
    run = int(said[said.index(b"P ") + 2 :].split(b"\n")[0])
    stop = time.monotonic() + chance.random() ** 2 * 0.05
    while time.monotonic() < stop:
        if select.select([readable], [], [], max(stop - time.monotonic(), 0))[0]:
            said += os.read(readable, 1 << 16)
    if whom == "group":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        os.kill(run if whom == "run" else process.pid, signal.SIGKILL)
    while more := os.read(readable, 1 << 16):
        said += more
    os.close(readable)
    process.wait()
    return said


def check(path: Path, whom: str, seed: int, said: bytes) -> None:
    """Raise AssertionError when anything acknowledged is missing, or is not what it was."""
    recording = Recording.open(str(path))
    states = {"run": {"complete"}, "supervisor": {"exited"}, "group": {"cut", "torn"}}
    assert recording.state in states[whom]
    lines = [line.split() for line in said.split(b"\n")[:-1]]
    events = [int(line[1]) for line in lines if line[0] == b"E"]
    for number in events:
        event = recording.event(number)
        assert event["what"] == "x" * size_of(seed, number)
    found = [
        value
        for event in recording
        if event["t"] == "reads"
        for run in event["runs"]
        for value in unpack(run[2], run[4])
    ]
    assert found == list(range(len(found))), "in order, none twice"
    acknowledged = [int(line[1]) for line in lines if line[0] == b"R"]
    if whom != "group" and acknowledged:
        assert found[-1] >= acknowledged[-1], "the supervisor, or the run itself, keeps them"
    if whom == "run":
        assert recording.end is not None
        assert recording.end["signal"] == signal.SIGKILL
    recording.close()


@pytest.mark.nightly
@pytest.mark.parametrize("shard", range(SHARDS))
@pytest.mark.parametrize("whom", ["run", "supervisor", "group"])
def test_nothing_acknowledged_is_lost(tmp_path: Path, whom: str, shard: int) -> None:
    for turn in range(KILLS):
        seed = FIRST + shard * KILLS + turn
        path = tmp_path / f"{seed}.jsonl"
        said = killed(path, whom, seed)
        try:
            check(path, whom, seed, said)
        except BaseException as error:
            error.add_note(f"AGENTRR_SEED={seed}, {path}")
            raise
        path.unlink()
