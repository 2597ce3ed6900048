"""Event loops: what wakes one is handed over at a recorded turn; a replay waits for no timer."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from unit.hooks.fakes import Tape

import agentrr_sandbox as agentrr
from agentrr_hooks import event_loop
from agentrr_sandbox.embedding import Report

Program = Callable[[], Awaitable[Any]]


def recorded(program: Program, path: Path) -> Any:
    """Run *program* in a loop of its own, recording."""
    return asyncio.run(agentrr.record(program, to=str(path))).value


def replayed(program: Program, path: Path) -> Report:
    """Replay it."""
    report: Report = asyncio.run(agentrr.replay(str(path), program))
    return report


async def naps() -> list[str]:
    order: list[str] = []

    async def nap(name: str) -> None:
        await asyncio.sleep(random.random() / 50)
        order.append(name)

    await asyncio.gather(*map(nap, "abcdef"))
    return order


async def cancelled() -> list[object]:
    seen: list[object] = []
    loop = asyncio.get_running_loop()
    timer = loop.call_later(60, seen.append, "never")
    loop.call_at(loop.time() + 0.01, seen.append, "at")
    timer.cancel()
    try:
        await asyncio.wait_for(asyncio.sleep(600), 0.02)
    except TimeoutError:
        seen.append("timed out")
    return [*seen, timer.cancelled()]


async def pool() -> list[object]:
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    threading.Thread(target=lambda: loop.call_soon_threadsafe(event.set)).start()
    await event.wait()
    answers = await asyncio.gather(*(asyncio.to_thread(sum, range(n)) for n in range(6)))
    return [*answers, await loop.run_in_executor(None, max, 3, 4)]


async def of_another_loop() -> list[int]:
    """Work of a loop in another thread; the calls go both ways."""
    other = asyncio.new_event_loop()
    thread = threading.Thread(target=other.run_forever)
    thread.start()

    async def double(n: int) -> int:
        await asyncio.sleep(0.001)
        return 2 * n

    try:
        asked = [asyncio.run_coroutine_threadsafe(double(n), other) for n in range(5)]
        return [await asyncio.wrap_future(future) for future in asked]
    finally:
        other.call_soon_threadsafe(other.stop)
        thread.join()
        other.close()


async def sets() -> list[str]:
    async def name(n: int) -> str:
        await asyncio.sleep(random.random() / 100)
        return f"task {n}"

    tasks = {asyncio.create_task(name(n)) for n in range(20)}
    order = [task.get_name() for task in tasks]
    base = min(int(name.rpartition("-")[2]) for name in order)
    done, _ = await asyncio.wait(tasks)
    return [str(int(n.rpartition("-")[2]) - base) for n in order] + [t.result() for t in done]


@pytest.mark.parametrize("program", [naps, cancelled, pool, of_another_loop, sets])
def test_a_program_replays(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    value = recorded(program, path)
    for _ in range(5):
        report = replayed(program, path)
        assert (report.divergences, report.error, report.stopped) == ([], None, None)
        assert report.value == value


def test_a_replay_waits_for_no_timer(tmp_path: Path) -> None:
    async def slow() -> str:
        await asyncio.sleep(0.5)
        return "slept"

    recorded(slow, tmp_path / "run.jsonl")
    before = time.perf_counter()
    assert replayed(slow, tmp_path / "run.jsonl").value == "slept"
    assert time.perf_counter() - before < 0.4


def test_another_delay_is_a_divergence(tmp_path: Path) -> None:
    seconds = 0.01

    async def nap() -> None:
        await asyncio.sleep(seconds)

    recorded(nap, tmp_path / "run.jsonl")
    seconds = 0.02
    found = replayed(nap, tmp_path / "run.jsonl").divergences
    assert found[0]["slug"] == "timer"
    assert found[0]["message"] == "a timer is set for 0.01 s later than the recorded one"


def test_outside_every_recording_loops_are_left_alone() -> None:
    with Tape().replaying(event_loop) as lane:
        token = lane.gate.enter(None)
        try:
            before = time.perf_counter()
            asyncio.run(asyncio.sleep(0.05))
        finally:
            lane.gate.leave(token)
    assert time.perf_counter() - before >= 0.05


def test_a_loop_with_a_clock_of_its_own_keeps_it() -> None:
    class Loop(asyncio.SelectorEventLoop):
        def time(self) -> float:
            return 5.0

    with Tape().replaying(event_loop):
        loop = Loop()
        assert loop.time() == 5.0
        loop.close()


def test_everything_is_put_back() -> None:
    names = ("time", "call_at", "call_soon_threadsafe")
    before = [vars(asyncio.BaseEventLoop)[name] for name in names]
    with Tape().recording(event_loop):
        assert all(vars(asyncio.BaseEventLoop)[name] not in before for name in names)
    assert [vars(asyncio.BaseEventLoop)[name] for name in names] == before
