"""Event loops that wait for what does not come: said, in strict mode ended, in observe gone on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from peers import World, record
from threaded import timer

from agentrr_sandbox.errors import DivergenceError

TURNS = "agentrr_sandbox.replayer.turns"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other thread is in this process: nothing that could wake the loop yet."""
    monkeypatch.setattr(f"{TURNS}.look", dict)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for threads that are at rest."""
    monkeypatch.setattr(f"{TURNS}.PATIENCE", 0.1)


def waiting(what: str) -> Callable[[World], Awaitable[str]]:
    """A program that waits for a timer, for a thread's call, for an answer, or for nothing."""

    async def scenario(world: World) -> str:
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()
        lane: Any = world.lane
        lane.loop_made(loop)
        if what == "timer":
            timer(world, 0.001, woken.set)
        elif what == "call":
            lane.turns(loop).call(lane, loop, asyncio.Handle(woken.set, (), loop))()
        elif what == "answer":
            await world.ask_async()
            woken.set()
        await woken.wait()
        return "woken"

    return scenario


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("recorded", "present", "woken", "waits"),
    [
        ("timer", "call", "timer 0 of main", "waiting for call 0 of main"),
        ("call", "nothing", "call 0 of main", "waiting for nothing"),
        ("answer", "nothing", "test.ask", "waiting for nothing"),
    ],
)
def test_a_loop_that_did_not_ask_for_what_woke_it(
    tmp_path: Path, recorded: str, present: str, woken: str, waits: str
) -> None:
    made = record(tmp_path, waiting(recorded))
    assert made.value == "woken"
    made.replay(waiting(recorded)).check()
    run = made.replay(waiting(present), alone=True)
    assert run.slugs == ["stall"]
    assert run.divergence["message"].endswith(f"did not ask for what woke it here: {woken}")
    assert run.divergence["observed"] == waits
    assert isinstance(run.error, DivergenceError)
    assert run.value is None


@pytest.mark.usefixtures("alone")
def test_observing_goes_on_without_what_did_not_come(tmp_path: Path) -> None:
    async def scenario(world: World) -> list[Any]:
        return [await waiting("call")(world), await world.ask_async(), await world.ask_async()]

    async def without(world: World) -> list[Any]:
        return [await world.ask_async(), await world.ask_async()]

    made = record(tmp_path, scenario)
    run = made.replay(without, observe=True)
    assert run.slugs == ["stall"]
    assert run.value == made.value[1:], "each answer is that of its own event"


@pytest.mark.usefixtures("alone")
def test_observing_wakes_what_nothing_recorded_wakes(tmp_path: Path) -> None:
    made = record(tmp_path, _done)
    run = made.replay(waiting("call"), observe=True)
    assert run.slugs == ["stall"]
    assert run.divergence["event"] is None
    assert run.divergence["observed"] == "waiting for call 0 of main"
    assert run.value == "woken", "handed over, for want of an order"


async def _done(world: World) -> str:
    lane: Any = world.lane
    lane.loop_made(asyncio.get_running_loop())
    return "done"


@pytest.mark.usefixtures("alone")
def test_observing_ends_where_nothing_can_be_woken(tmp_path: Path) -> None:
    made = record(tmp_path, _done)
    run = made.replay(waiting("nothing"), observe=True)
    assert run.slugs == ["stall"]
    assert run.stopped["exit_code"] == 125
    assert "wakes this loop again" in run.stopped["message"]


@pytest.mark.usefixtures("impatient")
def test_a_call_that_comes_while_the_loop_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last thing that a thread does is to call; the look then finds no thread."""
    pending: list[Callable[[], None]] = []

    def look() -> dict[str, bytes]:
        while pending:
            pending.pop()()
        return {}

    async def scenario(world: World) -> str:
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()
        lane: Any = world.lane
        handle = asyncio.Handle(woken.set, (), loop)
        pending.append(lane.turns(loop).call(lane, loop, handle))
        if not replaying:
            look()
        await woken.wait()
        return "woken"

    replaying = False
    made = record(tmp_path, scenario)
    replaying = True
    monkeypatch.setattr(f"{TURNS}.look", look)
    made.replay(scenario).check()


def test_what_else_runs_on_the_loop_goes_on(tmp_path: Path) -> None:
    """Timers that are no recording's are waited for, as always."""

    async def scenario(world: World) -> Any:
        lane: Any = world.lane
        lane.loop_made(asyncio.get_running_loop())
        await asyncio.sleep(0.03)
        return await world.ask_async()

    made = record(tmp_path, scenario)
    made.replay(scenario).check()
