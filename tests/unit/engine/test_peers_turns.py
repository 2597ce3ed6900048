"""What wakes an event loop, through the doors: answers, timers, calls, signals, and their turns."""

from __future__ import annotations

import asyncio
import random
import signal
from asyncio.events import Handle
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from peers import World, record
from threaded import timer


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other threads of the tests' own process are at rest; nobody waits for them."""
    monkeypatch.setattr("agentrr_sandbox.replayer.turns.PATIENCE", 0.1)


async def ask(world: World, lane: Any, delay: float | None = None) -> Any:
    """Cross in *lane*, live for a while that differs from run to run."""

    async def live() -> str:
        await asyncio.sleep(random.random() / 100 if delay is None else delay)
        return world.new()

    with world.within(lane):
        return await lane.cross_async("test.ask", live)


def tasks(world: World, count: int) -> list[asyncio.Task[Any]]:
    """Start *count* tasks that cross, each in a lane of its own."""
    lanes = [world.lane.child("task", "ask") for _ in range(count)]
    return [asyncio.create_task(ask(world, lane)) for lane in lanes]


def raced(count: int) -> Callable[[World], Awaitable[list[Any]]]:
    """A scenario whose answers come in an order that no two runs share."""

    async def scenario(world: World) -> list[Any]:
        order: list[Any] = []
        for task in tasks(world, count):
            task.add_done_callback(lambda done: order.append(done.result()))
        while len(order) < count:
            await asyncio.gather(*(t for t in asyncio.all_tasks() if t.get_name() != "Task-1"
                                   and t is not asyncio.current_task()))  # fmt: skip
        return order

    return scenario


def test_answers_come_in_their_order(tmp_path: Path) -> None:
    made = record(tmp_path, raced(6))
    assert {event["turn"][0] for event in made.of("call")} == {"main#1"}
    for _ in range(5):
        made.replay(raced(6)).check()


@pytest.mark.usefixtures("impatient")
def test_a_task_less_is_a_stall_and_one_more_has_nothing(tmp_path: Path) -> None:
    made = record(tmp_path, raced(4))
    less, more = made.replay(raced(3)), made.replay(raced(5))
    assert less.slugs[0] in ("stall", "missing")
    assert more.slugs[0] == "extra"
    assert made.replay(raced(3), observe=True).slugs[0] in ("stall", "missing")


@pytest.mark.usefixtures("impatient")
def test_a_crossing_more_in_a_task(tmp_path: Path) -> None:
    async def once(world: World) -> Any:
        return await ask(world, world.lane)

    async def again(world: World) -> Any:
        await ask(world, world.lane)
        waits = asyncio.create_task(ask(world, world.lane.child("task", "late")))
        await asyncio.wait([waits])

    made = record(tmp_path, once)
    assert made.replay(again).slugs == ["extra"]


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_cancelled_wait_is_cancelled_where_it_was(tmp_path: Path, after: int) -> None:
    async def scenario(world: World) -> list[str]:
        seen: list[str] = []
        task = asyncio.create_task(ask(world, world.lane.child("task", "ask"), 0.2))
        for _ in range(after):
            await ask(world, world.lane.child("task", "other"), 0.001)
        task.cancel("enough")
        try:
            await task
        except asyncio.CancelledError as error:
            seen.append(f"cancelled {error.args}")
        return seen

    made = record(tmp_path, scenario)
    made.replay(scenario).check()


def test_who_is_cancelled_at_every_turn_comes_to_an_end(tmp_path: Path) -> None:
    async def scenario(world: World) -> str:
        task = asyncio.create_task(ask(world, world.lane.child("task", "ask"), 0.2))
        loop = asyncio.get_running_loop()

        def again() -> None:
            if not task.done():
                task.cancel()
                loop.call_soon(again)

        await ask(world, world.lane.child("task", "other"), 0.001)
        again()
        try:
            return str(await task)
        except asyncio.CancelledError:
            return "cancelled"

    made = record(tmp_path, scenario)
    assert made.value == "cancelled"
    made.replay(scenario).check()


def test_timers_calls_and_signals(tmp_path: Path) -> None:
    async def scenario(world: World) -> list[object]:
        seen: list[object] = []
        loop, lane = asyncio.get_running_loop(), world.lane
        turns: Any = lane.turns(loop)
        done = asyncio.Event()
        delays = [random.random() / 50 for _ in range(3)]
        waits = [lane.read("test.delay", lambda d=d: d) for d in delays]
        for wait in waits:
            timer(world, wait, seen.append, wait)
        timer(world, 0.001, seen.append, "never").cancel()
        ready = turns.call(lane, loop, Handle(seen.append, ("called",), loop))
        await loop.run_in_executor(None, ready)
        loop.add_signal_handler(signal.SIGUSR1, seen.append, "signal")
        number = int(signal.SIGUSR1)
        turns.signal(lane, loop, number, Handle(seen.append, ("signal",), loop))
        timer(world, 0.03, done.set)
        await done.wait()
        loop.remove_signal_handler(signal.SIGUSR1)
        return [*seen]

    made = record(tmp_path, scenario)
    assert {"called", "signal"} < set(made.value)
    assert "never" not in made.value
    assert sorted(event["kind"] for event in made.of("wake")) == ["call", "signal", *["timer"] * 4]
    made.replay(scenario).check()


def rung(said: str, beside: Callable[[World], None] | None = None) -> Callable[[World], Any]:
    """A loop that waits, and a signal that comes meanwhile; its handler says *said*."""

    async def scenario(world: World) -> str:
        loop, heard = asyncio.get_running_loop(), asyncio.Event()
        world.lane.turns(loop)
        if beside is not None:
            beside(world)

        def handle() -> None:
            world.ask("test.handled", said)
            loop.call_soon_threadsafe(heard.set)

        world.lane.interrupts(lambda name: handle if name == "SIGALRM" else None)
        before = signal.signal(signal.SIGALRM, lambda *_: world.lane.interrupted("SIGALRM", handle))

        def arm() -> None:
            signal.setitimer(signal.ITIMER_REAL, 0.05)

        try:
            world.lane.cross("test.arm", arm)
            await heard.wait()
        finally:
            signal.signal(signal.SIGALRM, before)
        return str(world.ask("test.after"))

    return scenario


def test_a_signal_while_the_loop_waits_comes_again(tmp_path: Path) -> None:
    made = record(tmp_path, rung("yes"))
    [wake] = made.of("wake")
    assert (wake["kind"], wake["signal"]) == ("interrupt", "SIGALRM")
    run = made.replay(rung("yes")).check()
    assert run.end["drifted"] == 0
    found = made.replay(rung("no")).divergence
    assert (found["slug"], found["lane"]) == ("request", "main/signal:SIGALRM#1")


def test_a_timer_for_another_time_diverges(tmp_path: Path) -> None:
    def nap(seconds: float) -> Callable[[World], Awaitable[None]]:
        async def scenario(world: World) -> None:
            done = asyncio.Event()
            timer(world, seconds, done.set)
            await done.wait()

        return scenario

    made = record(tmp_path, nap(0.01))
    found = made.replay(nap(0.03)).divergence
    assert (found["slug"], found["message"][:34]) == ("timer", "a timer is set for 0.02 s later th")
    made.replay(nap(0.01)).check()


def test_streams_of_tasks_and_their_closing(tmp_path: Path) -> None:
    async def scenario(world: World) -> list[Any]:
        order: list[Any] = []

        async def read(name: str, lane: Any, most: int) -> None:
            with world.within(lane):
                stream = await world.stream_async(4)
                async for piece in stream:
                    order.append((name, piece))
                    if len([each for each in order if each[0] == name]) == most:
                        break
                await stream.aclose()

        lanes = [world.lane.child("task", "read") for _ in range(3)]
        await asyncio.gather(*(read(f"r{n}", lane, 2 + n) for n, lane in enumerate(lanes)))
        return order

    made = record(tmp_path, scenario)
    made.replay(scenario).check()


@pytest.mark.usefixtures("impatient")
def test_a_cut_recording_ends_where_it_was_cut(tmp_path: Path) -> None:
    made = record(tmp_path, raced(3))
    path = Path(made.path)
    lines = path.read_bytes().splitlines(keepends=True)
    last = max(n for n, line in enumerate(lines) if b'"t":"call"' in line)
    path.write_bytes(b"".join(lines[:last]))
    assert "recording ends here" in made.replay(raced(3)).stopped["message"]


def test_what_waits_in_a_loop_that_has_no_turns_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in uvloop, whose tasks have no lanes either: answers could be handed to another task."""
    monkeypatch.setattr("agentrr_sandbox.schedule.loops.of", lambda _: None)

    async def scenario(world: World) -> list[Any]:
        one = await ask(world, world.lane)
        return [one, *await asyncio.gather(ask(world, world.lane), ask(world, world.lane))]

    made = record(tmp_path, scenario)
    [note] = made.of("note")
    assert (note["what"], note["lanes"]) == ("concurrent", ["main"])
    assert made.replay(scenario).stopped["exit_code"] == 125

    async def one_by_one(world: World) -> list[Any]:
        return [await ask(world, world.lane), await ask(world, world.lane)]

    made = record(tmp_path, one_by_one)
    assert made.of("note") == []
    made.replay(one_by_one).check()


def test_a_call_that_does_not_wait_beside_one_that_does(tmp_path: Path) -> None:
    async def scenario(world: World) -> list[Any]:
        waiting = tasks(world, 2)
        await asyncio.sleep(0)
        with world.within(world.lane.child("task", "busy")):
            seen = [world.ask("file.read")]
        return [*seen, *await asyncio.gather(*waiting)]

    made = record(tmp_path, scenario)
    assert made.of("note") == []
    made.replay(scenario).check()


def test_what_is_never_answered_does_not_end_the_replay(tmp_path: Path) -> None:
    def scenario(world: World) -> list[Any]:
        loop = asyncio.new_event_loop()
        lane = world.lane.child("task", "ask")

        async def never() -> None:
            with world.within(lane):
                await lane.cross_async("test.ask", loop.create_future, outward=True)

        async def main() -> Any:
            return await ask(world, world.lane)

        task = loop.create_task(never())
        seen = [loop.run_until_complete(main())]
        task._log_destroy_pending = False  # type: ignore[attr-defined] # it is, on purpose
        loop.close()
        return [*seen, world.ask("test.after")]

    made = record(tmp_path, scenario)
    assert len(made.of("answer")) == 0
    made.replay(scenario).check()
