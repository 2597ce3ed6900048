"""Random scenarios: what was recorded is replayed; what was edited is found, or changes nothing."""

from __future__ import annotations

import asyncio
import inspect
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from peers import World, library_clock, library_draw, record

from agentrr_sandbox.errors import ReplayStopped

Step = tuple[Any, ...]

PIECES = {"a": 1, "b": 3, "long " * 300: 0}  # how many pieces the answer to a request has
TEXT = st.sampled_from(sorted(PIECES))
STEP: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("ask"), TEXT, st.booleans()),
    st.tuples(st.just("clock"), st.integers(1, 3)),
    st.tuples(st.just("draw"), st.integers(1, 3)),
    st.tuples(st.just("library"), st.integers(1, 3)),
    st.tuples(st.just("stream"), TEXT, st.integers(0, 4)),
    st.tuples(st.just("print"), TEXT),
    st.tuples(st.just("mark"), st.integers(0, 1)),
    st.tuples(st.just("fact"), TEXT),
    st.tuples(st.just("intent"), TEXT),
    st.tuples(st.just("tool"), TEXT),
    st.tuples(st.just("below"), TEXT),
)
STEPS = st.lists(STEP, max_size=8)


async def ask(world: World, text: str, outward: bool) -> None:
    await world.ask_async("test.ask", text, outward=outward)


def read(door: Callable[[World], Any]) -> Callable[[World, int], None]:
    def reads(world: World, count: int) -> None:
        world.log += [door(world) for _ in range(count)]

    return reads


def clock(world: World, count: int) -> None:
    world.log += [world.clock() for _ in range(count)]


async def stream(world: World, request: str, read: int) -> None:
    answer = await world.stream_async(PIECES[request], request)
    if read:
        async for piece in answer:
            read -= 1
            world.got(piece)
            if not read:
                break
    await answer.aclose()


async def tool(world: World, text: str) -> None:
    def body() -> Any:
        return world.lane.cross_async("test.below", world.new_async, request=text)

    await world.tool_async("t", body)


def below(world: World, text: str) -> None:
    with world.within(world.lane.child("task", "t")):
        world.ask("test.ask", text)


TAKE: dict[str, Callable[..., Any]] = {
    "ask": ask,
    "clock": clock,
    "draw": read(library_draw),
    "library": read(library_clock),
    "stream": stream,
    "print": lambda _, text: print(text),
    "mark": lambda world, value: world.lane.mark("test.mark", value),
    "fact": lambda world, name: world.got(world.fact(f"test.{name}")),
    "intent": lambda world, text: world.lane.intent("test.intent", text),
    "tool": tool,
    "below": below,
}


def running(steps: list[Step]) -> Callable[[World], Any]:
    async def scenario(world: World) -> str:
        for step in steps:
            taken = TAKE[step[0]](world, *step[1:])
            if inspect.iscoroutine(taken):
                await taken
        await asyncio.sleep(0)
        return "done"

    return scenario


def meaning(steps: list[Step]) -> Any:
    """What of *steps* a replay must tell apart: all but reads by libraries, and which lane a
    crossing stands beside.
    """
    facts: set[Any] = set()
    lanes: list[Any] = []
    main: list[Any] = []
    out: list[Any] = []
    for kind, *what in steps:
        if kind == "library":
            continue
        if kind == "fact":
            facts.add(what[0])
        elif kind == "print":
            out.append(what[0])
        elif kind == "below":
            lanes.append(what[0])
        elif kind in ("clock", "draw"):
            main += [kind] * what[0]
        elif kind == "stream":
            request, read = what
            main.append((kind, request, min(read, PIECES[request] + 1)))
        elif kind == "ask":
            main.append((kind, what[0]))
        else:
            main.append((kind, *what))
    return main, lanes, out, facts


@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_what_was_recorded_is_replayed(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        record(Path(folder), running(steps)).replay(running(steps)).check()


@given(STEPS, st.integers(0, 7), STEP, st.sampled_from(["add", "remove", "change"]))
@settings(max_examples=120, deadline=None)
def test_one_edit_is_found_or_changes_nothing(
    steps: list[Step], at: int, step: Step, how: str
) -> None:
    at = min(at, len(steps))
    edited = [*steps[:at], *([] if how == "remove" else [step]), *steps[at + (how != "add") :]]
    with tempfile.TemporaryDirectory() as folder:
        made = record(Path(folder), running(steps))
        run = made.replay(running(edited))
    answers = [value for value in made.log if isinstance(value, str)]
    assert all(value in answers for value in run.log if isinstance(value, str))
    before, after = meaning(steps), meaning(edited)
    if run.faithful:
        event("faithful")
        # a fact that is asked for no more is nothing that the recording could tell; the body of a
        # tool is served, not run
        assert without_bodies(before) == without_bodies(after)
        assert after[3] <= before[3]
    else:
        event("diverged")
        assert before != after
        assert len(run.of("divergence")) == 1, run.reports


def without_bodies(means: Any) -> Any:
    main, lanes, out, _ = means
    return [each[:1] if each[0] == "tool" else each for each in main], lanes, out


@pytest.mark.once
@given(STEPS, st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_cut_anywhere_it_serves_what_there_is(steps: list[Step], count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = record(Path(folder), running(steps))
        count = 1 + count % (len(made.events) - 1)
        run = made.cut(count, end=True).replay(running(steps))
    assert run.slugs == [], run.reports
    if isinstance(run.halted, ReplayStopped):
        assert run.halted.exit_code == 0
        served = [value for value in run.log if isinstance(value, str)]
        held = [value for value in made.log if isinstance(value, str)]
        assert served == held[: len(served)]
    else:
        event("ran to its end")
