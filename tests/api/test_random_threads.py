"""Random programs of threads: what was recorded is replayed, whatever they do to each other.

`AGENTRR_EXAMPLES` says how many (1000); a program that fails is kept by hypothesis.
"""

from __future__ import annotations

import os
import queue
import random
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import agentrr_sandbox

EXAMPLES = int(os.environ.get("AGENTRR_EXAMPLES", "1000"))
Step = tuple[Any, ...]
WHICH = st.integers(0, 1)
LEAF: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("sleep")),
    st.tuples(st.just("draw")),
    st.tuples(st.just("update")),
    st.tuples(st.just("put"), WHICH),
    st.tuples(st.just("get"), WHICH),
    st.tuples(st.just("set"), WHICH),
    st.tuples(st.just("wait"), WHICH),
)
STEP: st.SearchStrategy[Step] = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.tuples(st.just("locked"), WHICH, st.lists(inner, max_size=2)),
        st.tuples(st.just("spawn"), st.lists(inner, max_size=3)),
    ),
    max_leaves=8,
)
PROGRAM = st.lists(st.lists(STEP, max_size=4), min_size=1, max_size=4)


class Run:
    """One run of a program: what its threads share, and what they saw."""

    def __init__(self) -> None:
        self.log: list[Any] = []
        self.total = 0
        # taken again by whoever has it: programs that lock themselves out are another test's
        self.locks = [threading.RLock(), threading.RLock()]
        self.queues: list[queue.Queue[int]] = [queue.Queue(), queue.Queue()]
        self.events = [threading.Event(), threading.Event()]
        self.threads: list[threading.Thread] = []

    def go(self, steps: list[Step]) -> None:
        for kind, *what in steps:
            getattr(self, kind)(*what)

    def sleep(self) -> None:
        time.sleep(random.random() / 2000)

    def draw(self) -> None:
        self.log.append(random.random())

    def update(self) -> None:
        seen = self.total
        time.sleep(0)
        self.total = seen + 1
        self.log.append(seen)

    def put(self, which: int) -> None:
        self.queues[which].put(len(self.log))

    def get(self, which: int) -> None:
        try:
            self.log.append(self.queues[which].get(timeout=0.001))
        except queue.Empty:
            self.log.append("empty")

    def set(self, which: int) -> None:
        self.events[which].set()

    def wait(self, which: int) -> None:
        self.log.append(self.events[which].wait(0.001))

    def locked(self, which: int, steps: list[Step]) -> None:
        if self.locks[which].acquire(timeout=0.01):
            try:
                self.go(steps)
            finally:
                self.locks[which].release()
        else:
            self.log.append("not locked")

    def spawn(self, steps: list[Step]) -> None:
        thread = threading.Thread(target=self.go, args=(steps,))
        self.threads.append(thread)
        thread.start()


def running(program: list[list[Step]]) -> Callable[[], list[Any]]:
    def scenario() -> list[Any]:
        run = Run()
        for steps in program:
            run.spawn(steps)
        for thread in run.threads:  # grows meanwhile
            thread.join()
        return [*run.log, run.total]

    return scenario


@pytest.mark.timeout(1200)
@given(PROGRAM)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_threads_did_is_done_again(program: list[list[Step]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "run.jsonl")
        scenario = running(program)
        recorded = agentrr_sandbox.record(scenario, to=path, durable="process").value
        for _ in range(2):
            report = agentrr_sandbox.replay(path, scenario)
            assert report.faithful, (report.divergences, report.stopped, report.error)
            assert report.value == recorded
