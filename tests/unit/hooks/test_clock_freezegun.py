"""The portable clock: one test that it records and serves, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

from harness import ROOT

SCRIPT = """
import datetime, sys, time
sys.path[:0] = sys.argv[1:]
from unit.hooks.fakes import Tape
from agentrr_hooks import clock_freezegun
import agentrr_sandbox.real as real

def look():
    time.sleep(0.001)
    return (time.time(), time.time_ns(), datetime.datetime.now(), datetime.date.today(),
            time.clock_gettime(0), time.process_time())

tape = Tape()
with tape.recording(clock_freezegun):
    first = look()
    assert abs(first[0] - real.time()) < 60, first
with tape.replaying(clock_freezegun):
    assert look() == first
assert tape.left() == 0
assert time.time is real.time and type(datetime.datetime.now()).__name__ == "datetime"
print("recorded and served", len(tape.events))
"""


def test_the_portable_clock_records_and_serves() -> None:
    paths = [str(ROOT), str(ROOT / "hooks"), str(ROOT / "tests")]
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, *paths], capture_output=True, text=True, check=False
    )
    assert ran.stdout.startswith("recorded and served"), ran.stderr
