"""Signals from outside: within a call they come again there; elsewhere the replay stops."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from peers import World, record

from agentrr_sandbox.errors import RecordingStopped

OUTWARD = pytest.mark.parametrize("outward", [False, True])


class Alarm(Exception):
    pass


def handler(world: World, raises: Any = None, ask: str = "test.handled") -> Callable[[], None]:
    def handle() -> None:
        print("rang")
        world.got(world.lane.cross(ask, world.new))
        if raises is not None:
            raise raises

    return handle


def ringing(
    *, outward: bool = False, raises: Any = None, then: Any = None, ask: str = "test.handled"
) -> Callable[[World], Any]:
    """A call within which the signal comes; *then* is what the handler raises this time."""

    def scenario(world: World) -> str:
        world.lane.interrupts(lambda name: handler(world, then, ask) if name == "SIGALRM" else None)

        def live() -> str:
            world.lane.interrupted("SIGALRM", handler(world, raises))
            return world.new()

        try:
            said = world.lane.cross("test.sleep", live, outward=outward)
        except Alarm as error:
            said = f"alarm: {error}"
        world.ask("test.after")
        return str(said)

    return scenario


@OUTWARD
def test_within_a_call_it_comes_again(tmp_path: Path, outward: bool) -> None:
    made = record(tmp_path, ringing(outward=outward))
    [held] = [event for event in made.events if "signals" in event]
    assert [told["signal"] for told in held["signals"]] == ["SIGALRM"]
    run = made.replay(ringing(outward=outward)).check()
    assert run.out == b"rang\n"


@OUTWARD
def test_what_its_handler_raises_is_the_answer(tmp_path: Path, outward: bool) -> None:
    scenario = ringing(outward=outward, raises=Alarm("now"), then=Alarm("now"))
    made = record(tmp_path, scenario)
    assert made.value == "alarm: now"
    made.replay(scenario).check()


def test_a_handler_that_does_something_else(tmp_path: Path) -> None:
    made = record(tmp_path, ringing())
    assert made.replay(ringing(ask="test.other")).slugs == ["call"]
    run = made.replay(ringing(then=Alarm("new")))
    assert run.slugs == ["signal"]
    assert "its handler raised Alarm('new')" in run.divergence["message"]
    raising = record(tmp_path, ringing(raises=Alarm("now")))
    run = raising.replay(ringing())
    assert run.slugs == ["signal"]
    assert "its handler returned" in run.divergence["observed"]["now"]


def test_a_handler_that_is_gone(tmp_path: Path) -> None:
    made = record(tmp_path, ringing())

    def without(world: World) -> Any:
        world.lane.interrupts(lambda _: None)
        world.lane.cross("test.sleep", world.new)
        return world.ask("test.after")

    run = made.replay(without)
    assert run.slugs == ["signal"]
    assert "nothing handles it" in run.divergence["message"]
    observed = made.replay(without, observe=True)
    assert observed.slugs == ["signal", "missing", "output"], "what its handler did"


def test_a_halt_in_a_handler_is_no_answer(tmp_path: Path) -> None:
    made = record(tmp_path, ringing(raises=RecordingStopped("full")))
    assert isinstance(made.error, RecordingStopped)
    assert made.of("call")[-1]["call"] == "test.handled"


@pytest.mark.parametrize("within", ["a fact", "the program"])
def test_where_there_is_no_such_place_the_replay_stops(tmp_path: Path, within: str) -> None:
    def scenario(world: World) -> None:
        def ring() -> str:
            world.lane.interrupted("SIGUSR1", lambda: print("rang"))
            return "x"

        world.ask("test.before")
        if within == "a fact":
            world.fact("test.fact", ring)
        else:
            ring()
        world.ask("test.after")

    made = record(tmp_path, scenario)
    assert [event["what"] for event in made.of("note")] == ["signal"]
    [said] = made.reports
    assert said["kind"] == "signal"
    run = made.replay(lambda world: [world.ask("test.before"), world.ask("test.after")])
    assert run.stopped["exit_code"] == 125
    assert run.log == made.log[: len(run.log)]
    assert "test.after" not in run.stopped["message"]
    assert run.slugs == []


@pytest.mark.parametrize(("signal", "stops"), [("SIGTERM", True), ("SIGWINCH", False)])
def test_a_signal_to_the_replay_itself(tmp_path: Path, signal: str, stops: bool) -> None:
    made = record(tmp_path, World.ask)

    def scenario(world: World) -> Any:
        world.lane.interrupted(signal, lambda: print("never seen"))
        return world.ask()

    run = made.replay(scenario)
    assert run.out == b""
    assert [line["exit_code"] for line in run.of("stopped")] == ([125] if stops else [])


def test_within_a_stream(tmp_path: Path) -> None:
    def scenario(world: World) -> Any:
        world.lane.interrupts(lambda _: handler(world))

        def pieces() -> Any:
            yield world.new()
            world.lane.interrupted("SIGALRM", handler(world))
            yield world.new()

        stream = world.lane.stream("test.stream", lambda: (None, pieces()))
        return list(stream)

    made = record(tmp_path, scenario)
    assert len(made.value) == 2
    made.replay(scenario).check()


@pytest.mark.parametrize("where", ["body", "call"])
def test_within_tools_that_call_tools(tmp_path: Path, where: str) -> None:
    def scenario(world: World) -> Any:
        world.lane.interrupts(lambda _: handler(world))

        def ring() -> str:
            world.lane.interrupted("SIGALRM", handler(world))
            return world.new()

        def inner() -> Any:
            print("inner")
            return ring() if where == "body" else world.lane.cross("test.sleep", ring)

        def outer() -> Any:
            print("outer")
            return world.lane.tool(
                "test.tool", inner, request={"name": "inner", "arguments": {}}, detail={}
            )

        said = world.lane.tool(
            "test.tool", outer, request={"name": "outer", "arguments": {}}, detail={}
        )
        return [said, world.ask("test.after")]

    made = record(tmp_path, scenario)
    assert made.out == b"outer\ninner\nrang\n"
    run = made.replay(scenario)
    if where == "call":
        run.check()
    else:
        assert not run.of("divergence"), run.reports
