"""Random programs of tasks: whatever they wait for, call and cancel, the replay does it again.

`AGENTRR_EXAMPLES` says how many (1000); a program that fails is kept by hypothesis.
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_server import ModelServer

import agentrr_sandbox

EXAMPLES = int(os.environ.get("AGENTRR_EXAMPLES", "1000"))
Step = tuple[Any, ...]
WHICH = st.integers(0, 1)
TASK = st.integers(0, 5)
LEAF: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("sleep")),
    st.tuples(st.just("turn")),
    st.tuples(st.just("draw")),
    st.tuples(st.just("update")),
    st.tuples(st.just("put"), WHICH),
    st.tuples(st.just("get"), WHICH),
    st.tuples(st.just("set"), WHICH),
    st.tuples(st.just("wait"), WHICH),
    st.tuples(st.just("later")),
    st.tuples(st.just("in_thread")),
    st.tuples(st.just("call")),
    st.tuples(st.just("stream"), st.booleans()),
    st.tuples(st.just("cancel"), TASK),
    st.tuples(st.just("join"), TASK),
    st.tuples(st.just("first"), st.booleans()),
    st.tuples(st.just("fail")),
)
STEP: st.SearchStrategy[Step] = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.tuples(st.just("locked"), WHICH, st.lists(inner, max_size=2)),
        st.tuples(st.just("spawn"), st.lists(inner, max_size=3)),
        st.tuples(st.just("group"), st.lists(st.lists(inner, max_size=2), max_size=2)),
        st.tuples(st.just("gather"), st.lists(st.lists(inner, max_size=2), max_size=2)),
        st.tuples(st.just("shield"), st.lists(inner, max_size=2)),
        st.tuples(st.just("timeout"), st.lists(inner, max_size=2)),
        st.tuples(st.just("thread"), st.lists(inner, max_size=2)),
    ),
    max_leaves=8,
)
PROGRAM = st.lists(st.lists(STEP, max_size=4), min_size=1, max_size=4)


class Planned(Exception):
    """What the step `fail` raises."""


class Run:
    """One run of a program: what its tasks share, and what they saw.  Made in its loop."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.log: list[Any] = []
        self.total = 0
        self.locks = [asyncio.Lock(), asyncio.Lock()]
        self.queues: list[asyncio.Queue[int]] = [asyncio.Queue(), asyncio.Queue(1)]
        self.events = [asyncio.Event(), asyncio.Event()]
        self.tasks: list[asyncio.Task[None]] = []
        self.threads: list[threading.Thread] = []

    async def go(self, steps: list[Step]) -> None:
        for kind, *what in steps:
            await getattr(self, kind)(*what)

    async def sleep(self) -> None:
        await asyncio.sleep(random.random() / 1000)

    async def turn(self) -> None:
        await asyncio.sleep(0)

    async def draw(self) -> None:
        self.log.append(random.random())

    async def update(self) -> None:
        seen = self.total
        await self.turn()
        self.total = seen + 1
        self.log.append(seen)

    async def _soon(self, waited: Awaitable[Any]) -> None:
        """Log what comes within a millisecond, or that nothing did."""
        try:
            self.log.append(await asyncio.wait_for(waited, 0.001))
        except TimeoutError:
            self.log.append("late")

    async def put(self, which: int) -> None:
        await self._soon(self.queues[which].put(len(self.log)))

    async def get(self, which: int) -> None:
        await self._soon(self.queues[which].get())

    async def set(self, which: int) -> None:
        self.events[which].set()

    async def wait(self, which: int) -> None:
        await self._soon(self.events[which].wait())

    async def later(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(random.random() / 1000, self.log.append, "later")
        loop.call_soon(self.log.append, "soon")

    async def in_thread(self) -> None:
        def body() -> float:
            time.sleep(random.random() / 2000)
            return random.random()

        self.log.append(await asyncio.to_thread(body))

    async def call(self) -> None:
        answer = await self.client.get("/echo", params={"n": len(self.log)})
        self.log.append(answer.text)

    async def stream(self, leave: bool) -> None:
        async with self.client.stream("GET", "/stream/4") as answer:
            async for piece in answer.aiter_bytes():
                self.log.append(len(piece))
                if leave:
                    break

    async def cancel(self, number: int) -> None:
        if number < len(self.tasks):
            self.log.append(self.tasks[number].cancel())

    async def join(self, number: int) -> None:
        if number < len(self.tasks) and self.tasks[number] is not asyncio.current_task():
            await asyncio.wait([self.tasks[number]], timeout=0.002)
            self.log.append(self.tasks[number].done())

    async def first(self, all_of_them: bool) -> None:
        when = asyncio.ALL_COMPLETED if all_of_them else asyncio.FIRST_COMPLETED
        me = asyncio.current_task()
        if others := [task for task in self.tasks if task is not me]:
            done, pending = await asyncio.wait(others, timeout=0.002, return_when=when)
            self.log.append([self.tasks.index(task) for task in done])
            self.log.append([self.tasks.index(task) for task in pending])

    async def fail(self) -> None:
        raise Planned

    async def locked(self, which: int, steps: list[Step]) -> None:
        if self.locks[which].locked():  # programs that lock themselves out are another test's
            self.log.append("not locked")
            return
        async with self.locks[which]:
            await self.go(steps)

    async def spawn(self, steps: list[Step]) -> None:
        self.tasks.append(asyncio.create_task(self.guarded(steps)))

    async def group(self, parts: list[list[Step]]) -> None:
        async with asyncio.TaskGroup() as group:
            for steps in parts:
                group.create_task(self.go(steps))

    async def gather(self, parts: list[list[Step]]) -> None:
        found = await asyncio.gather(*map(self.go, parts), return_exceptions=True)
        self.log.append([type(one).__name__ for one in found])

    async def shield(self, steps: list[Step]) -> None:
        self.tasks.append(inner := asyncio.create_task(self.guarded(steps)))
        await asyncio.shield(inner)

    async def timeout(self, steps: list[Step]) -> None:
        try:
            async with asyncio.timeout(0.001):
                await self.go(steps)
        except TimeoutError:
            self.log.append("over")

    async def thread(self, steps: list[Step]) -> None:
        """Run the steps in this loop, asked from another thread, and do not wait for them."""
        loop = asyncio.get_running_loop()

        def ask() -> None:
            loop.call_soon_threadsafe(
                lambda: self.tasks.append(loop.create_task(self.guarded(steps)))
            )

        self.threads.append(thread := threading.Thread(target=ask))
        thread.start()

    async def guarded(self, steps: list[Step]) -> None:
        """Run the steps; log how they ended."""
        try:
            await self.go(steps)
        except asyncio.CancelledError:
            self.log.append("cancelled")
            raise
        except (Planned, ExceptionGroup) as error:
            self.log.append(type(error).__name__)

    async def whole(self, program: list[list[Step]]) -> list[Any]:
        for steps in program:
            await self.spawn(steps)
        for thread in self.threads:
            await asyncio.to_thread(thread.join)
        seen = 0
        while seen < len(self.tasks):  # grows meanwhile
            seen = len(self.tasks)
            await asyncio.gather(*self.tasks, return_exceptions=True)
        for thread in self.threads:
            await asyncio.to_thread(thread.join)
        return [*self.log, self.total]


def running(program: list[list[Step]], url: str) -> Callable[[], list[Any]]:
    async def main() -> list[Any]:
        async with httpx.AsyncClient(base_url=url, verify=False) as client:
            return await Run(client).whole(program)

    def scenario() -> list[Any]:
        made: Coroutine[Any, Any, list[Any]] = main()
        return asyncio.run(made)

    return scenario


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer(latency=0.001) as started:
        yield started


@pytest.mark.timeout(1200)
@given(program=PROGRAM)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_tasks_did_is_done_again(program: list[list[Step]], server: ModelServer) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "run.jsonl")
        scenario = running(program, server.url)
        recorded = agentrr_sandbox.record(scenario, to=path, durable="process").value
        for _ in range(2):
            report = agentrr_sandbox.replay(path, scenario)
            assert report.faithful, (report.divergences, report.stopped, report.error)
            assert report.value == recorded
