"""Recordings of several strands that were cut: each strand goes as far as there are answers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from peers import KILLED, Made, World, record
from threaded import Strand, all_of, in_thread

COUNT = 4


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads of other tests are at rest; nobody waits for them."""
    monkeypatch.setattr("agentrr_sandbox.replayer.turns.PATIENCE", 0.1)


def later(number: int) -> Callable[[], Awaitable[None]]:
    """What takes longer for the first than for the last."""

    async def wait() -> None:
        await asyncio.sleep((COUNT - number) * 0.02)

    return wait


async def ask(world: World, number: int) -> Any:
    async def live() -> str:
        await later(number)()
        return world.new()

    return await world.lane.cross_async("test.ask", live, request=number)


async def ask_outward(world: World, number: int) -> Any:
    async def live() -> str:
        await later(number)()
        return world.new()

    return await world.lane.cross_async("test.ask", live, request=number, outward=True)


async def read(world: World, number: int) -> Any:
    async def pieces() -> Any:
        for _ in range(2):
            await later(number)()
            yield world.new()

    async def live() -> Any:
        return None, pieces()

    stream = await world.lane.stream_async("test.stream", live, request=number)
    return [piece async for piece in stream]


async def tool(world: World, number: int) -> Any:
    async def body() -> Any:
        await world.ask_async("test.below")  # answered, though the tool may not be
        await later(number)()
        return world.new()

    return await world.tool_async(f"t{number}", body)


def tasks(each: Callable[[World, int], Awaitable[Any]]) -> Callable[[World], Any]:
    """The same in several tasks; `world.log` holds what came, in order."""

    async def scenario(world: World) -> None:
        async def strand(number: int) -> None:
            world.got((number, await each(world, number)))

        strands = []
        for number in range(COUNT):
            with world.within(world.lane.child("task", "strand")):
                strands.append(asyncio.create_task(strand(number)))
        await asyncio.gather(*strands)

    return scenario


def answered(made: Made, kind: str) -> list[int]:
    """The places of the events that end a crossing."""
    return [n for n, event in enumerate(made.events) if event["t"] == kind]


@pytest.mark.parametrize(
    ("each", "kind"),
    [(ask, "call"), (ask_outward, "answer"), (read, "end"), (tool, "answer")],
)
@pytest.mark.parametrize("left", [1, 2, 3])
def test_tasks_go_on_to_the_last_answer(
    tmp_path: Path, each: Callable[[World, int], Awaitable[Any]], kind: str, left: int
) -> None:
    made = record(tmp_path, tasks(each), end=KILLED)
    whole = [entry for entry in made.log if isinstance(entry, tuple)]
    assert len(whole) == COUNT
    made.cut(answered(made, kind)[left - 1] + 1, end=True)
    run = made.replay(tasks(each))
    assert [entry for entry in run.log if isinstance(entry, tuple)] == whole[:left]
    assert run.slugs == []
    assert "the recording ends here" in run.stopped["message"]
    assert run.stopped["exit_code"] == 0


def test_threads_go_on_to_the_last_answer(tmp_path: Path) -> None:
    def scenario(world: World) -> None:
        def strand(number: int) -> None:
            for _ in range(3):
                world.got((number, world.lane.cross("test.ask", world.new, request=number)))

        all_of(world, *(lambda n=number: strand(n) for number in range(COUNT)))

    made = record(tmp_path, scenario, end=KILLED)
    last = answered(made, "call")[7]
    made.cut(last + 1, end=True)
    run = made.replay(scenario)
    served = [(event["request"], event["ok"]) for event in made.events if event["t"] == "call"]
    assert sorted(run.log) == sorted(served)
    assert run.slugs == []
    assert run.stopped["exit_code"] == 0


@pytest.mark.parametrize("left", [2, 5, 9])
def test_threads_beside_a_loop_go_on_to_the_last_answer(tmp_path: Path, left: int) -> None:
    async def scenario(world: World) -> None:
        def asks(number: int) -> None:
            for _ in range(3):
                world.got((number, world.lane.cross("test.ask", world.new, request=number)))

        async def thread(number: int) -> None:
            await in_thread(world, lambda: asks(number))

        with world.within(world.lane.child("task", "strand")):
            alone = asyncio.create_task(ask(world, COUNT - 1))
        await asyncio.gather(*(thread(number) for number in range(3)), alone)

    made = record(tmp_path, scenario, end=KILLED)
    made.cut(answered(made, "call")[left - 1] + 1, end=True)
    run = made.replay(scenario)
    served = [(event["request"], event["ok"]) for event in made.of("call")]
    threads = [each for each in served if each[0] < COUNT - 1]
    assert sorted(run.log) == sorted(threads)
    assert run.slugs == []
    assert run.stopped["exit_code"] == 0


@pytest.mark.parametrize("killed", [False, True])
def test_what_a_tool_printed_that_did_not_end_is_no_divergence(
    tmp_path: Path, *, killed: bool
) -> None:
    """Its body does not run: which of the lines were its own is not known."""

    def scenario(world: World) -> Any:
        loop = asyncio.new_event_loop()

        async def body() -> None:
            print("of the tool")
            await asyncio.get_running_loop().create_future()

        with world.within(world.lane.child("task", "tool")):
            task = loop.create_task(world.tool_async("t", body))
        loop.run_until_complete(ask(world, COUNT - 1))
        print("of the program")
        task._log_destroy_pending = False  # type: ignore[attr-defined] # it is, on purpose
        loop.close()
        return world.ask("test.after")

    made = record(tmp_path, scenario)
    if killed:
        made.cut(len(made.events) - 2, end=True)
    assert made.of("answer") == []
    run = made.replay(scenario)
    assert run.slugs == []
    assert run.stopped["exit_code"] == (0 if killed else 125)
    assert "tool t" in run.stopped["message"]


def test_a_tool_of_a_thread_that_did_not_end(tmp_path: Path) -> None:
    """As a daemon's: it waits for ever, and the others are served to the end of the run."""
    released = threading.Event()

    def scenario(world: World) -> Any:
        strand = Strand(world, lambda: world.tool("t", lambda: released.wait(10)))
        answers = [world.ask("test.one"), world.ask("test.two")]
        strands.append(strand)
        return answers

    strands: list[Strand] = []
    made = record(tmp_path, scenario)
    assert made.of("answer") == []
    run = made.replay(scenario)
    released.set()
    for strand in strands:
        strand.thread.join(10)
    assert run.value == made.value
    assert run.faithful, run.reports
    assert run.of("stopped") == []
