"""Threads from elsewhere, and forks beside threads: they work, or are named; none hangs."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import Place

from agentrr_sandbox import Report, record, replay

pytestmark = pytest.mark.once
FORK = """
import os, threading, time
go = threading.Event()
thread = threading.Thread(target=go.wait)
thread.start()
child = os.fork()
if not child:
    os._exit(7)
print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
go.set()
thread.join()
"""
CALLED_BACK = """
import ctypes, os, time
libc = ctypes.CDLL(None)
said = []
@ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
def back(argument):
    for _ in range(3):
        time.sleep(0.002)
        said.append((argument, os.urandom(2).hex()))
threads = [ctypes.c_ulong() for _ in range(3)]
for number, thread in enumerate(threads, 1):
    libc.pthread_create(ctypes.byref(thread), None, back, number)
for thread in threads:
    libc.pthread_join(thread, None)
print(said)
"""


def test_a_fork_beside_a_thread_runs_and_is_named_in_a_replay(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(FORK)
    place = Place(tmp_path)
    recorded = place.record("agent.py")
    assert (recorded.code, recorded.out) == (0, b"child 7\n"), recorded
    replayed = place.replay()
    assert replayed.code == 77, replayed
    assert b"agentrr: replay stopped os.fork\n  at agent.py:6, lane main" in replayed.err


def test_threads_of_c_that_call_back_at_once_are_never_silently_wrong(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(CALLED_BACK)
    place = Place(tmp_path)
    recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    replayed = place.replay()
    if not replayed.same(recorded):
        assert replayed.code in (76, 125), replayed
        assert replayed.err.startswith(b"agentrr: replay "), replayed


@pytest.fixture(name="orders")
def thread_from_before() -> Iterator[queue.Queue[Any]]:
    """A thread from before anything was recorded: puts an answer into what it is given."""
    orders: queue.Queue[Any] = queue.Queue()

    def serve() -> None:
        while (box := orders.get()) is not None:
            time.sleep(0.02)
            box.put(1)

    thread = threading.Thread(target=serve)
    thread.start()
    yield orders
    if thread.is_alive():
        orders.put(None)
        thread.join()


def asks(orders: queue.Queue[Any]) -> tuple[int, str]:
    box: queue.Queue[int] = queue.Queue()
    orders.put(box)
    return box.get(), os.urandom(4).hex()


def test_a_thread_from_before_the_recording_answers(
    tmp_path: Path, orders: queue.Queue[Any]
) -> None:
    made = record(asks, orders, to=str(tmp_path / "run.jsonl"))
    report = replay(made.path, asks, orders)
    assert isinstance(report, Report)
    assert report.faithful, report.divergences
    assert report.value == made.value


def test_a_thread_from_before_that_is_gone_is_said(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "host.py").write_text(
        "import os, queue, sys, threading\n"
        "from agentrr_sandbox import record, replay\n"
        "orders = queue.Queue()\n"
        "def serve():\n"
        "    while (box := orders.get()) is not None: box.put(1)\n"
        "def asks():\n"
        "    box = queue.Queue()\n"
        "    orders.put(box)\n"
        "    return box.get(), os.urandom(4).hex()\n"
        "thread = threading.Thread(target=serve)\n"
        "thread.start()\n"
        "made = record(asks, to='run.jsonl')\n"
        "orders.put(None)\n"
        "thread.join()\n"
        "report = replay(made.path, asks)\n"
        "print(report.faithful, report.divergences[0]['message'])\n"
    )
    root = Path(__file__).resolve().parents[2]
    place.env = {"PYTHONPATH": os.pathsep.join([str(root), str(root / "hooks")])}
    ran = place.bare("host.py")
    assert ran.out.startswith(b"False main waits for a lock"), ran
