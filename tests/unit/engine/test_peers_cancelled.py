"""Strands that are cancelled: before their answer, at its very turn, while they close a stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextvars import copy_context
from pathlib import Path
from typing import Any

from peers import World, record


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
