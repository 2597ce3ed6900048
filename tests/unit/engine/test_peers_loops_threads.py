"""Event loops beside threads: a loop waits without the baton, and takes it when it goes on."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from peers import World, record
from threaded import in_thread


def slowly(world: World) -> str:
    time.sleep(random.random() / 100)
    return world.new()


def racing(count: int) -> Callable[[World], Awaitable[list[Any]]]:
    """Threads that answer a loop, beside tasks that ask."""

    async def scenario(world: World) -> list[Any]:
        order: list[Any] = []

        def ask(number: int) -> tuple[int, str]:
            return number, world.lane.cross("test.ask", lambda: slowly(world), request=number)

        async def thread(number: int) -> None:
            order.append(await in_thread(world, lambda: ask(number)))

        async def task(number: int) -> None:
            order.append((number, await world.ask_async("test.task", number)))

        strands = [thread(number) for number in range(count)]
        for number in range(count, 2 * count):
            with world.within(world.lane.child("task", "task")):
                strands.append(asyncio.ensure_future(task(number)))  # type: ignore[arg-type]
        await asyncio.gather(*strands)
        return order

    return scenario


def test_threads_and_tasks_race_as_they_did(tmp_path: Path) -> None:
    made = record(tmp_path, racing(3))
    assert len(made.value) == 6
    for _ in range(3):
        made.replay(racing(3)).check()


@pytest.mark.parametrize("alone", [False, True])
def test_a_thread_less_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, alone: bool
) -> None:
    monkeypatch.setattr("agentrr_sandbox.replayer.turns.PATIENCE", 0.1)
    made = record(tmp_path, racing(3))
    run = made.replay(racing(2), alone=alone)
    assert run.slugs[0] in ("call", "request", "stall")
    assert run.value is None


def polling(world: World) -> Awaitable[int]:
    """A loop that never waits until a thread has answered it."""

    async def scenario() -> int:
        done = asyncio.ensure_future(in_thread(world, lambda: world.ask("test.ask")))
        turns = 0
        while not done.done():
            await asyncio.sleep(0)
            turns += 1
        return turns

    return scenario()


def test_a_loop_that_polls_lets_others_go_first_at_the_recorded_turn(tmp_path: Path) -> None:
    made = record(tmp_path, polling)
    assert "pass" in {event["kind"] for event in made.of("wake")}
    run = made.replay(polling).check()
    assert (run.value, run.end["drifted"]) == (made.value, 0)
