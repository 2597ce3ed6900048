"""Answers in pieces: read to the end, left half read, broken off, cancelled; sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from peers import KILLED, World, record

from agentrr_sandbox.errors import RecordingStopped, ReplayStopped

Reader = Callable[..., Any]


def reading(count: int | None, request: Any = "q", *, close: bool = True, of: int = 4) -> Any:
    """Read *count* pieces, or all, and close."""

    def scenario(world: World) -> Any:
        stream = world.stream(of, request)
        world.got(stream.head)
        if count != 0:
            for number, piece in enumerate(stream, 1):
                world.got(piece)
                if number == count:
                    break
        if close:
            stream.close()
        world.ask("test.after")
        return stream.head

    return scenario


def reading_async(count: int | None, request: Any = "q", *, close: bool = True, of: int = 4) -> Any:
    async def scenario(world: World) -> Any:
        stream = await world.stream_async(of, request)
        world.got(stream.head)
        if count != 0:
            number = 0
            async for piece in stream:
                world.got(piece)
                number += 1
                if number == count:
                    break
        if close:
            await stream.aclose()
        await world.ask_async("test.after")
        return stream.head

    return scenario


BOTH = pytest.mark.parametrize("reader", [reading, reading_async])


@BOTH
@pytest.mark.parametrize("close", [True, False])
@pytest.mark.parametrize("count", [0, 1, 3, 4, None])
def test_comes_back_as_far_as_it_was_read(
    tmp_path: Path, reader: Reader, count: int | None, close: bool
) -> None:
    made = record(tmp_path, reader(count, close=close))
    pieces = made.of("piece")
    assert len(pieces) == (4 if count is None else count)
    hows = [event["how"] for event in made.of("end")]
    assert hows == (["end"] if count is None else ["closed"] if close else [])
    made.replay(reader(count, close=close)).check()


@BOTH
def test_reading_on_diverges(tmp_path: Path, reader: Reader) -> None:
    made = record(tmp_path, reader(2))
    found = made.halts(reader(3), "extra", made.of("intent")[0]["seq"])
    assert found["expected"] == {"pieces read": 2}
    made.halts(reader(None), "extra", made.of("intent")[0]["seq"])


@BOTH
def test_reading_on_in_a_stream_that_nobody_closed(tmp_path: Path, reader: Reader) -> None:
    made = record(tmp_path, reader(2, close=False))
    assert made.of("end") == []
    made.halts(reader(3), "extra", made.of("intent")[0]["seq"])


@BOTH
def test_leaving_early_diverges(tmp_path: Path, reader: Reader) -> None:
    made = record(tmp_path, reader(3))
    found = made.halts(reader(1), "missing", made.of("piece")[1]["seq"])
    assert found["expected"] == {"pieces left": 2}
    made.halts(reader(0), "missing", made.of("piece")[0]["seq"])


@BOTH
def test_observe_goes_on(tmp_path: Path, reader: Reader) -> None:
    made = record(tmp_path, reader(2))
    more = made.replay(reader(None), observe=True)
    assert more.slugs == ["extra"]
    assert more.log == made.log
    less = made.replay(reader(1), observe=True)
    assert less.slugs == ["missing"]
    assert less.log[-1] == made.log[-1]


@BOTH
def test_a_changed_request(tmp_path: Path, reader: Reader) -> None:
    made = record(tmp_path, reader(None))
    made.halts(reader(None, "other"), "request", 1)


@BOTH
def test_cut_within_a_stream(tmp_path: Path, reader: Reader) -> None:
    made = record(tmp_path, reader(None))
    third = made.of("piece")[2]["seq"]
    run = made.cut(third, end=True).replay(reader(None))
    assert run.log == made.log[:3]
    said = {reading: "within the stream of event 1", reading_async: "wakes this loop again"}
    assert run.stopped["message"].startswith("the recording ends here")
    assert said[reader] in run.stopped["message"]
    assert run.slugs == []


@BOTH
def test_a_killed_run_that_had_read_it_all(tmp_path: Path, reader: Reader) -> None:
    made = record(tmp_path, reader(None), end=KILLED)
    assert made.replay(reader(None)).faithful


class Broken(Exception):
    pass


def breaking(error: BaseException, *, after: int, swallow: Any = Broken) -> Any:
    def scenario(world: World) -> Any:
        def pieces() -> Iterator[str]:
            for _ in range(after):
                yield world.new()
            raise error

        stream = world.lane.stream("test.stream", lambda: ("head", pieces()))
        try:
            for piece in stream:
                world.got(piece)
        except swallow as broken:
            return f"broke: {broken}"
        finally:
            stream.close()
        return "ended"

    return scenario


def breaking_async(error: BaseException, *, after: int, swallow: Any = Broken) -> Any:
    async def scenario(world: World) -> Any:
        async def pieces() -> AsyncIterator[str]:
            for _ in range(after):
                yield world.new()
            raise error

        async def live() -> tuple[str, AsyncIterator[str]]:
            return "head", pieces()

        stream = await world.lane.stream_async("test.stream", live)
        try:
            async for piece in stream:
                world.got(piece)
        except swallow as broken:
            return f"broke: {broken}"
        finally:
            await stream.aclose()
        return "ended"

    return scenario


@pytest.mark.parametrize("breaks", [breaking, breaking_async])
@pytest.mark.parametrize("after", [0, 2])
def test_a_stream_that_breaks_off_breaks_off_again(tmp_path: Path, breaks: Any, after: int) -> None:
    scenario = breaks(Broken("reset by peer"), after=after)
    made = record(tmp_path, scenario)
    assert made.value == "broke: reset by peer"
    assert [event["how"] for event in made.of("end")] == ["raised"]
    made.replay(scenario).check()


def test_the_first_answer_may_be_an_exception(tmp_path: Path) -> None:
    def refuse() -> Any:
        raise Broken("refused")

    async def refuse_async() -> Any:
        refuse()

    def scenario(world: World) -> str:
        try:
            world.lane.stream("test.stream", refuse)
        except Broken as error:
            return str(error)
        return ""

    async def scenario_async(world: World) -> str:
        try:
            await world.lane.stream_async("test.stream", refuse_async)
        except Broken as error:
            return str(error)
        return ""

    for each in (scenario, scenario_async):
        made = record(tmp_path, each)
        assert made.value == "refused"
        assert "raised" in made.of("head")[0]
        made.replay(each).check()


def test_a_halt_is_no_answer(tmp_path: Path) -> None:
    def stop() -> Any:
        raise RecordingStopped("full")

    async def stop_async() -> Any:
        stop()

    made = record(tmp_path, lambda world: world.lane.stream("test.stream", stop))
    assert made.of("head") == []
    made = record(tmp_path, lambda world: world.lane.stream_async("test.stream", stop_async))
    assert made.of("head") == []
    run = made.replay(lambda world: world.lane.stream_async("test.stream", stop_async))
    assert run.faithful is False


def cancelling(where: str) -> Any:
    """Cancel a task that waits for the *head*, or for a later *piece*, of a stream."""

    async def scenario(world: World) -> str:
        async def never() -> None:
            await asyncio.get_running_loop().create_future()

        async def pieces() -> AsyncIterator[str]:
            yield world.new()
            await never()

        async def live() -> tuple[str, AsyncIterator[str]]:
            if where == "head":
                await never()
            return "head", pieces()

        async def consume() -> None:
            stream = await world.lane.stream_async("test.stream", live)
            async for piece in stream:
                world.got(piece)

        task = asyncio.ensure_future(consume())
        for _ in range(5):
            await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return "cancelled"
        return "not"

    return scenario


@pytest.mark.parametrize("where", ["head", "piece"])
def test_a_wait_that_was_cancelled_waits_to_be_cancelled(tmp_path: Path, where: str) -> None:
    made = record(tmp_path, cancelling(where))
    assert made.value == "cancelled"
    made.replay(cancelling(where)).check()


def test_describe_sees_head_and_pieces(tmp_path: Path) -> None:
    def scenario(world: World) -> None:
        stream = world.stream(2, describe=lambda head, pieces: {"pieces": len(pieces), **head})
        assert len(list(stream)) == 2

    made = record(tmp_path, scenario)
    [end] = made.of("end")
    assert end["detail"]["pieces"] == 2
    assert end["detail"]["status"].startswith("answer")
    run = made.replay(scenario)
    assert run.faithful


def test_pieces_that_have_no_close(tmp_path: Path) -> None:
    class Plain:
        """An iterator that cannot be closed."""

        def __iter__(self) -> Iterator[int]:
            return self

        def __next__(self) -> int:
            return 1

        def __aiter__(self) -> Any:
            return self

        async def __anext__(self) -> int:
            return 1

    async def scenario(world: World) -> int:
        stream = world.lane.stream("test.stream", lambda: (None, Plain()))
        first = next(iter(stream))
        stream.close()

        async def live() -> tuple[None, Any]:
            return None, Plain()

        later = await world.lane.stream_async("test.stream", live)
        second = await anext(aiter(later))
        await later.aclose()
        inner = world.lane.cross("test.outer", lambda: closed(world))
        return int(first) + int(second) + int(inner)

    def closed(world: World) -> int:
        world.lane.stream("test.inner", lambda: (None, Plain())).close()
        return 1

    made = record(tmp_path, scenario)
    assert made.value == 3
    made.replay(scenario).check()


def test_what_a_live_stream_crosses_is_its_own(tmp_path: Path) -> None:
    def scenario(world: World) -> list[Any]:
        def pieces() -> Iterator[Any]:
            try:
                yield world.ask("test.inner")
            finally:
                world.ask("test.closing")

        stream = world.lane.stream("test.stream", lambda: (None, pieces()))
        found = [next(iter(stream))]
        stream.close()
        return found

    made = record(tmp_path, scenario)
    assert made.of("call") == []
    assert {event["call"] for event in made.of("child")} == {"test.inner", "test.closing"}
    assert made.replay(scenario).value == made.value


def test_closing_after_a_divergence_says_nothing_more(tmp_path: Path) -> None:
    made = record(tmp_path, reading(4))

    def late(world: World) -> None:
        stream = world.stream(4, "q")
        try:
            world.ask("test.other")
        finally:
            stream.close()
            list(stream)

    run = made.replay(late)
    assert run.slugs == ["call"]
    made = record(tmp_path, reading(4)).cut(3, end=True)
    assert isinstance(made.replay(reading(4)).error, ReplayStopped)


@BOTH
@pytest.mark.parametrize("count", [2, None])
def test_who_asks_again_gets_nothing_again(tmp_path: Path, reader: Reader, count: Any) -> None:
    def again(world: World) -> list[Any]:
        stream = world.stream(3)
        taken = [next(iter(stream))] if count else list(stream)
        if count:
            stream.close()
        return [*taken, "then", *stream]

    async def again_async(world: World) -> list[Any]:
        stream = await world.stream_async(3)
        taken = [await anext(aiter(stream))] if count else [piece async for piece in stream]
        if count:
            await stream.aclose()
        return [*taken, "then", *[piece async for piece in stream]]

    scenario = again if reader is reading else again_async
    made = record(tmp_path, scenario)
    assert made.value[-1] == "then"
    made.replay(scenario).check()


def test_an_iterator_that_goes_on_after_its_close(tmp_path: Path) -> None:
    class Stubborn:
        """Has no `close`, and never ends."""

        def __iter__(self) -> Iterator[str]:
            return self

        def __next__(self) -> str:
            return next(answers)

    def scenario(world: World) -> list[str]:
        stream = world.lane.stream("test.stream", lambda: (None, Stubborn()))
        first = next(iter(stream))
        stream.close()
        return [first, next(iter(stream))]

    answers = iter("ab")
    made = record(tmp_path, scenario)
    assert made.value == ["a", "b"]
    made.replay(scenario).check()
