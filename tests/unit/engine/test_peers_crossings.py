"""Crossings: recorded, then served; each edit of the code halts at the crossing it changes."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from peers import KILLED, World, record

from agentrr_sandbox.errors import DivergenceError, RecordingStopped, ReplayStopped

Ask = Callable[..., Any]
HERE = "[root:code]/test_peers_crossings.py"


def three(world: World, words: Any = ("a", "b", "c"), **more: Any) -> list[Any]:
    return [world.ask("test.ask", {"word": word}, **more) for word in words]


async def three_async(world: World, words: Any = ("a", "b", "c"), **more: Any) -> list[Any]:
    return [await world.ask_async("test.ask", {"word": word}, **more) for word in words]


BOTH = pytest.mark.parametrize("door", [three, three_async])
DIRECTION = pytest.mark.parametrize("outward", [False, True])


def edited(door: Ask, words: Any, **more: Any) -> Callable[[World], Any]:
    return lambda world: door(world, words, **more)


@BOTH
@DIRECTION
def test_served_as_recorded(tmp_path: Path, door: Ask, outward: bool) -> None:
    scenario = edited(door, "abc", outward=outward)
    made = record(tmp_path, scenario)
    assert made.asked == 3
    kinds = ["intent", "answer"] * 3 if outward else ["call"] * 3
    assert [event["t"] for event in made.events[1:-2]] == kinds
    made.replay(scenario).check()


@BOTH
@DIRECTION
def test_a_changed_request_halts_there(tmp_path: Path, door: Ask, outward: bool) -> None:
    made = record(tmp_path, edited(door, "abc", outward=outward))
    second = made.of("call", "intent")[1]
    found = made.halts(edited(door, "axc", outward=outward), "request", second["seq"])
    assert found["differences"] == [{"path": "$.word", "expected": "b", "observed": "x"}]
    assert (found["lane"], found["call"]) == ("main", "test.ask")
    assert "record again" in found["hint"]
    for site in (found["recorded_site"], found["present_site"]):
        assert site.startswith(HERE)
        assert f" in {door.__name__}" in site


@BOTH
def test_a_removed_crossing_is_named(tmp_path: Path, door: Ask) -> None:
    made = record(tmp_path, edited(door, "abc"))
    found = made.halts(edited(door, "ac"), "request", 2)
    assert found["hint"] == "event 3 is what the run asks for: a crossing was removed"


@BOTH
def test_removed_from_the_end(tmp_path: Path, door: Ask) -> None:
    made = record(tmp_path, edited(door, "abc"))
    run = made.replay(edited(door, "a"))
    assert run.slugs == ["missing"]
    assert run.divergence["event"] == 2
    assert "holds 2 more" in run.divergence["message"]
    assert run.divergence["expected"] == {"call": "test.ask", "request": {"word": "b"}}
    assert run.end["events"] == 1


@BOTH
def test_an_added_crossing(tmp_path: Path, door: Ask) -> None:
    made = record(tmp_path, edited(door, "abc"))
    found = made.halts(edited(door, "abcd"), "extra")
    assert found["observed"] == {"word": "d"}
    assert "added" in found["hint"]
    made.halts(edited(door, "abxc"), "request", 3)


def test_another_call(tmp_path: Path) -> None:
    def first(world: World) -> None:
        world.ask("test.one", "a")
        world.ask("test.two", "b")

    def other(world: World) -> None:
        world.ask("test.three", "a")

    def skipping(world: World) -> None:
        world.ask("test.two", "b")

    made = record(tmp_path, first)
    found = made.halts(other, "call", 1)
    assert found["expected"] == {"call": "test.one", "request": "a"}
    assert found["observed"] == {"call": "test.three", "request": "a"}
    assert "hint" not in found
    assert "event 2" in made.halts(skipping, "call", 1)["hint"]


@pytest.mark.parametrize("swallow", [BaseException, DivergenceError])
def test_strict_is_sticky(tmp_path: Path, swallow: type[BaseException]) -> None:
    made = record(tmp_path, three)

    def stubborn(world: World) -> list[str]:
        caught = []
        doors: list[Callable[[], object]] = [
            lambda: world.ask("test.ask", {"word": "x"}),
            lambda: world.ask("test.ask", {"word": "a"}),
            world.clock,
            world.stream,
            lambda: world.lane.mark("test.mark", 1),
            lambda: world.lane.intent("test.intent", 1),
            lambda: world.fact("test.fact"),
            lambda: world.lane.tool(
                "test.tool", world.new, request={"name": "x", "arguments": {}}, detail={}
            ),
        ]
        for door in doors:
            try:
                door()
            except swallow as error:
                caught.append(type(error).__name__)
        print("never compared")
        return caught

    run = made.replay(stubborn)
    assert run.value == ["DivergenceError"] * 8
    assert run.slugs == ["request"]
    assert run.asked == 0
    assert run.out == b"never compared\n"


@BOTH
def test_observe_lists_each_and_goes_on_by_position(tmp_path: Path, door: Ask) -> None:
    made = record(tmp_path, edited(door, "abcd"))
    run = made.replay(edited(door, "axcy"), observe=True)
    assert [(f["slug"], f["event"]) for f in run.of("divergence")] == [
        ("request", 2), ("request", 4),
    ]  # fmt: skip
    assert run.value == made.value
    assert run.halted is None
    assert not run.faithful


def test_observe_finds_the_next_call_of_that_name(tmp_path: Path) -> None:
    def first(world: World) -> Any:
        world.ask("test.one", "a")
        return world.ask("test.two", "b")

    made = record(tmp_path, first)
    run = made.replay(lambda world: world.ask("test.two", "x"), observe=True)
    assert run.slugs == ["call"]
    assert run.value == made.value
    run = made.replay(lambda world: world.ask("test.three"), observe=True)
    assert isinstance(run.error, DivergenceError), "there is nothing to serve"
    assert run.slugs == ["call", "missing"]
    assert made.replay(lambda world: (first(world), world.ask()), observe=True).slugs == ["extra"]


class Refused(Exception):
    pass


def refuse() -> None:
    raise Refused("no") from KeyError("why")


async def refuse_async() -> None:
    refuse()


@DIRECTION
def test_an_exception_is_an_answer_with_its_traceback(tmp_path: Path, outward: bool) -> None:
    def fails(world: World) -> str:
        try:
            world.lane.cross("test.ask", refuse, outward=outward)
        except Refused:
            return traceback.format_exc()
        return ""

    async def fails_async(world: World) -> str:
        try:
            await world.lane.cross_async("test.ask", refuse_async, outward=outward)
        except Refused:
            return traceback.format_exc()
        return ""

    for scenario in (fails, fails_async):
        made = record(tmp_path, scenario)
        run = made.replay(scenario)
        assert run.faithful, run.reports
        for text in (made.value, run.value):
            assert "KeyError: 'why'" in text
            assert "in refuse\n    raise Refused" in text
        assert "raised" in made.of("call", "answer")[0]


def test_a_halt_is_no_answer(tmp_path: Path) -> None:
    def stop() -> None:
        raise RecordingStopped("full")

    async def stop_async() -> None:
        stop()

    made = record(tmp_path, lambda world: world.lane.cross("test.ask", stop))
    assert isinstance(made.error, RecordingStopped)
    assert made.of("call") == []
    made = record(tmp_path, lambda world: world.lane.cross_async("test.ask", stop_async))
    assert made.of("call") == []


def test_a_cancelled_wait_is_cancelled_again(tmp_path: Path) -> None:
    async def impatient(world: World) -> str:
        async def forever() -> None:
            await asyncio.get_running_loop().create_future()

        async def wait() -> None:
            await world.lane.cross_async("test.wait", forever, outward=True)

        task = asyncio.ensure_future(wait())
        await asyncio.sleep(0)
        task.cancel("enough")
        try:
            await task
        except asyncio.CancelledError as error:
            return f"cancelled {error.args}"
        return "not cancelled"

    made = record(tmp_path, impatient)
    assert made.value == "cancelled ('enough',)"
    made.replay(impatient).check()


def test_detail_is_kept_and_never_matched(tmp_path: Path) -> None:
    def scenario(extra: str, *, outward: bool) -> Callable[[World], Any]:
        return lambda world: world.ask(
            "test.ask", "q", detail={"why": extra}, outward=outward,
            describe=lambda answer: {"said": answer},
        )  # fmt: skip

    made = record(tmp_path, scenario("first", outward=False))
    assert made.of("call")[0]["detail"] == {"why": "first", "said": made.value}
    made.replay(scenario("second", outward=False)).check()
    made = record(tmp_path, scenario("first", outward=True))
    assert made.of("intent")[0]["detail"] == {"why": "first"}
    assert made.of("answer")[0]["detail"] == {"said": made.value}
    made.replay(scenario("second", outward=True)).check()


def test_no_request_and_no_user_code_above(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:  # a stack without a frame of this file
        made = pool.submit(record, tmp_path, World.ask).result()
    assert "request" not in made.of("call")[0]
    assert "site" not in made.of("call")[0]
    made.replay(World.ask).check()
    found = made.halts(lambda world: world.ask("test.ask", "now with one"), "request", 1)
    assert "recorded_site" not in found


def test_a_body_is_read_as_what_it_says(tmp_path: Path) -> None:
    def post(body: bytes) -> Callable[[World], Any]:
        return lambda world: world.ask("http.request", {"url": "http://x/", "body": body})

    made = record(tmp_path, post(b'{"model":"m","messages":[{"role":"user","content":"hi"}]}'))
    found = made.halts(
        post(b'{"model":"m","messages":[{"role":"user","content":"ho"}]}'), "request", 1
    )
    [difference] = found["differences"]
    assert difference["path"].endswith("messages[0].content")


def test_what_is_below_a_live_call_is_not_an_answer(tmp_path: Path) -> None:
    def live(world: World) -> Callable[[], Any]:
        def inner() -> list[Any]:
            world.lane.mark("test.mark", world.new())
            world.lane.intent("test.intent", world.new())
            world.lane.uncaptured("test.uncaptured")
            world.lane.note("test", "a word from below")
            world.lane.step("below", "begin")
            world.lane.before_outward(lambda _: None)
            assert world.lane.turns(object()) is None
            assert world.lane.child("thread", "t") is world.lane
            assert world.lane.files is None
            print("output is the run's")
            return [world.ask("test.inner"), world.clock(), world.fact("test.inner"),
                    list(world.stream(2)), world.tool("t", world.new)]  # fmt: skip

        return inner

    def scenario(world: World) -> Any:
        return world.lane.cross("test.outer", live(world))

    made = record(tmp_path, scenario)
    assert [event["call"] for event in made.of("call", "intent", "mark")] == ["test.outer"]
    assert {event["call"] for event in made.of("child")} == {
        "test.inner", "test.stream", "test.tool",
    }  # fmt: skip
    assert made.of("facts", "reads") == []
    run = made.replay(scenario)
    assert run.value == made.value
    assert run.asked == 0


def test_below_a_live_async_call(tmp_path: Path) -> None:
    async def scenario(world: World) -> Any:
        async def inner() -> list[Any]:
            stream = await world.stream_async(2)
            taken = [piece async for piece in stream]
            await stream.aclose()
            plain = world.stream(2)
            plain.close()
            return [await world.ask_async("test.inner"), taken,
                    await world.tool_async("t", world.new_async)]  # fmt: skip

        return await world.lane.cross_async("test.outer", inner)

    made = record(tmp_path, scenario)
    assert [event["call"] for event in made.of("call", "intent")] == ["test.outer"]
    run = made.replay(scenario)
    assert run.value == made.value


def test_before_outward_is_asked_once_before_each_crossing_and_at_the_end(tmp_path: Path) -> None:
    asked: list[str] = []

    def check(lane: Any) -> None:
        asked.append(lane.name)

    def scenario(world: World) -> None:
        world.lane.before_outward(check)
        world.lane.before_outward(check)
        world.ask()
        with world.within(world.lane.child("task", "t")):
            world.ask()

    made = record(tmp_path, scenario)
    assert asked == ["main", "main/task:t#1", "main"]
    asked.clear()
    made.replay(scenario).check()
    assert asked == ["main", "main/task:t#1", "main"]


def test_lanes_are_matched_each_by_itself(tmp_path: Path) -> None:
    def two(names: str) -> Callable[[World], Any]:
        def scenario(world: World) -> dict[str, Any]:
            lanes = {name: world.lane.child("thread", name) for name in "ab"}
            got = {}
            for name in names:
                with world.within(lanes[name]):
                    got[name] = world.lane.cross("test.ask", world.new, request=name)
            return dict(sorted(got.items()))

        return scenario

    made = record(tmp_path, two("ab"))
    assert [event["lane"] for event in made.of("call")] == ["main/thread:a#1", "main/thread:b#1"]
    run = made.replay(two("ba"))
    assert run.faithful
    assert run.value == made.value
    assert made.replay(two("a")).divergence["lane"] == "main/thread:b#1"


def test_a_lane_that_nobody_opened_is_left_over(tmp_path: Path) -> None:
    def scenario(world: World) -> None:
        with world.within(world.lane.child("task", "t")):
            world.ask("test.ask", "q")

    made = record(tmp_path, scenario)
    run = made.replay(lambda _: None)
    assert run.slugs == ["missing"]
    assert run.divergence["lane"] == "main/task:t#1"


def test_an_intent_leaves_no_answer(tmp_path: Path) -> None:
    def scenario(text: str) -> Callable[[World], Any]:
        return lambda world: world.lane.intent("process.signal", {"to": text})

    made = record(tmp_path, scenario("a"))
    [event] = made.of("intent")
    assert event["detail"] == {"agentrr.answer": "none"}
    made.replay(scenario("a")).check()
    made.halts(scenario("b"), "request", 1)


def test_sent_and_outcome_unknown(tmp_path: Path) -> None:
    made = record(tmp_path, edited(three, "ab", outward=True)).cut(4, end=True)
    run = made.replay(edited(three, "ab", outward=True))
    assert "event 3 (test.ask) was sent, its outcome is unknown" in run.stopped["message"]
    assert run.stopped["exit_code"] == 0
    assert isinstance(run.error, ReplayStopped)
    assert run.slugs == []


def test_killed_after_its_last_answer(tmp_path: Path) -> None:
    made = record(tmp_path, three, end=KILLED)
    assert made.events[-1]["how"] == "signal"
    run = made.replay(edited(three, "abcd"))
    assert run.log == made.log
    assert "ends here, before test.ask in lane main" in run.stopped["message"]
    assert run.end["events"] == 3
    assert made.replay(edited(three, "ab")).slugs == ["missing"], "it did ask for the third"
    assert made.replay(three).faithful


def test_two_crossings_at_once_stop_the_replay_there(tmp_path: Path) -> None:
    def both(world: World) -> None:
        world.ask("test.before")
        other = world.lane.child("thread", "t")

        def live() -> None:
            with world.within(other):
                world.lane.cross("test.there", world.new, outward=True)
                world.lane.cross("test.again", world.new)

        world.lane.cross("test.here", live)
        world.ask("test.after")

    made = record(tmp_path, both)
    [note] = made.of("note")
    assert note["what"] == "concurrent"
    assert note["lanes"] == ["main", "main/thread:t#1"]
    assert [r["kind"] for r in made.reports] == ["concurrent"], "said once"
    assert note["from"] == made.of("intent")[0]["seq"]
    run = made.replay(both)
    assert run.stopped["exit_code"] == 125
    assert f"from event {note['from']} on" in run.stopped["message"]
    assert run.log == made.log[:1]


def test_two_crossings_of_one_lane_are_not_concurrent(tmp_path: Path) -> None:
    def scenario(world: World) -> Any:
        lane = world.lane

        def live() -> Any:
            with world.within(lane):
                return world.ask("test.inside")

        return world.lane.cross("test.outside", live), world.ask("test.after")

    made = record(tmp_path, scenario)
    assert made.of("note") == []


def test_the_crossing_after_reads_says_what_was_asked_before(tmp_path: Path) -> None:
    def scenario(world: World) -> None:
        world.clock()
        world.ask()

    found = record(tmp_path, scenario).halts(World.ask, "read", 1)
    assert found["expected"] == {"call": "test.clock", "reads left": 1}
