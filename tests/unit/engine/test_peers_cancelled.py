"""Strands that are cancelled: before their answer, at its very turn, while they close a stream."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from peers import World, record
from threaded import timer


def test_cancelled_at_the_turn_of_the_answer(tmp_path: Path) -> None:
    """The answer is handed over, and before its strand goes on another one cancels it."""

    async def scenario(world: World) -> list[str]:
        seen: list[str] = []
        tasks: list[asyncio.Task[None]] = []

        async def first() -> None:
            await world.ask_async()
            tasks[1].cancel()

        async def second() -> None:
            try:
                await world.ask_async()
            except asyncio.CancelledError:
                seen.append("cancelled")

        for strand in (first(), second()):
            with world.within(world.lane.child("task", "ask")):
                tasks.append(asyncio.create_task(strand))
        await asyncio.gather(*tasks)
        return seen

    made = record(tmp_path, scenario)
    assert made.value == ["cancelled"]
    one, two = made.of("call")
    assert one["turn"] == two["turn"], "else this is another case"
    assert "ok" in two
    made.replay(scenario).check()


def test_cancelled_while_it_closes_a_stream(tmp_path: Path) -> None:
    async def scenario(world: World) -> list[str]:
        seen: list[str] = []

        class Pieces:
            """What takes long to close."""

            def __aiter__(self) -> AsyncIterator[str]:
                return self

            async def __anext__(self) -> str:
                return world.new()

            async def aclose(self) -> None:
                await asyncio.sleep(0.2)

        closing: list[bool] = []

        async def live() -> tuple[None, Any]:
            return None, Pieces()

        async def read() -> None:
            stream = await world.lane.stream_async("test.stream", live)
            await anext(aiter(stream))
            closing.append(True)
            try:
                await stream.aclose()
            except asyncio.CancelledError:
                seen.append("cancelled")

        with world.within(world.lane.child("task", "read")):
            task = asyncio.create_task(read())
        while not closing:
            await world.ask_async()
        task.cancel()
        await task
        return seen

    made = record(tmp_path, scenario)
    assert made.value == ["cancelled"]
    assert [event["cancelled"] for event in made.of("wake")] == [True]
    made.replay(scenario).check()


def test_a_live_call_that_fails_as_it_is_cancelled(tmp_path: Path) -> None:
    """Its error is the answer, not the cancellation."""

    async def scenario(world: World) -> list[str]:
        seen: list[str] = []

        async def live() -> str:
            try:
                await asyncio.sleep(0.2)
            except asyncio.CancelledError:
                raise ValueError("broken off") from None
            return "never"

        async def strand() -> None:
            try:
                await world.lane.cross_async("test.ask", live)
            except ValueError as error:
                seen.append(str(error))

        with world.within(world.lane.child("task", "ask")):
            task = asyncio.create_task(strand())
        await world.ask_async()
        task.cancel()
        await task
        return seen

    made = record(tmp_path, scenario)
    assert made.value == ["broken off"]
    made.replay(scenario).check()


def test_a_strand_that_was_thrown_away_while_it_waited(tmp_path: Path) -> None:
    """Its coroutine was closed: there is no answer, and the present one waits for the same."""

    async def scenario(world: World) -> list[Any]:
        async def live() -> None:
            await asyncio.get_running_loop().create_future()

        lane = world.lane.child("task", "thrown")
        waits, context = lane.cross_async("test.ask", live), copy_context()
        context.run(waits.send, None)
        answered = await world.ask_async()
        context.run(waits.close)
        return [answered, await world.ask_async()]

    made = record(tmp_path, scenario)
    [thrown] = [event for event in made.of("call") if "raised" in event]
    assert "turn" not in thrown
    made.replay(scenario).check()


def ended(*, fails: bool, says: bool) -> Any:
    """What is live for a while, and the function that says that it is over."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def live() -> str:
        await future
        if says:
            print("ended")
        if fails:
            raise ValueError("failed")
        return "answer"

    def over(task: asyncio.Task[Any]) -> None:
        """End it, and cancel who waits before the answer is handed on."""
        if not future.done():
            future.set_result(None)
        asyncio.get_running_loop().call_soon(task.cancel)

    return live, over


def cancelled_in_between(door: str, *, fails: bool = False) -> Any:
    """The live call has ended; its strand is cancelled before it has the answer."""

    async def scenario(world: World) -> list[str]:
        seen: list[str] = []
        live, over = ended(fails=fails, says=door == "tool")

        class Pieces:
            def __aiter__(self) -> AsyncIterator[str]:
                return self

            async def __anext__(self) -> str:
                return world.new()

            aclose = staticmethod(live)

        async def pieces() -> tuple[None, Any]:
            return None, Pieces()

        async def strand() -> None:
            try:
                if door == "ask":
                    await world.lane.cross_async("test.ask", live)
                elif door == "tool":
                    await world.tool_async("t", live)
                else:
                    stream = await world.lane.stream_async("test.stream", pieces)
                    await anext(aiter(stream))
                    await stream.aclose()
            except (asyncio.CancelledError, ValueError) as error:
                seen.append(type(error).__name__)

        with world.within(world.lane.child("task", "strand")):
            task = asyncio.create_task(strand())
        for _ in range(6):
            await world.ask_async()
        over(task)
        await task
        return [*seen, await world.ask_async()]

    return scenario


@pytest.mark.parametrize("tools", ["serve", "rerun"])
@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("door", ["ask", "tool", "closing"])
def test_cancelled_between_the_end_of_the_call_and_its_turn(
    tmp_path: Path, door: str, tools: str, *, fails: bool
) -> None:
    scenario = cancelled_in_between(door, fails=fails)
    made = record(tmp_path, scenario)
    run = made.replay(scenario, tools=tools)
    assert run.slugs == []
    assert run.value == made.value
    assert run.out == made.out == (b"ended\n" if door == "tool" else b"")
    if door != "closing" or not fails:
        assert made.value[0] == "CancelledError"


def test_a_timer_that_is_cancelled_as_it_comes(tmp_path: Path) -> None:
    """Its time has come, but a handle of the same turn cancels it."""

    async def scenario(world: World) -> list[str]:
        seen: list[str] = []
        loop = asyncio.get_running_loop()
        handle = timer(world, 0.001, seen.append, "never")
        if not replaying:
            loop.call_later(0.002, handle.cancel)
            time.sleep(0.01)  # noqa: ASYNC251 - both are due in one turn then
            await asyncio.sleep(0)
        else:
            handle.cancel()
        return [*seen, await world.ask_async()]

    replaying = False
    made = record(tmp_path, scenario)
    assert made.of("wake") == []
    replaying = True
    made.replay(scenario).check()
