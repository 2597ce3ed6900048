"""What the handler of a signal raises, and signals that came where there is no place for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from peers import World, record


class Alarm(Exception):
    pass


def ring(world: World) -> None:
    """A signal comes whose handler raises."""

    def handle() -> None:
        print("rang")
        raise Alarm("now")

    world.lane.interrupted("SIGALRM", handle)


def handling(scenario: Callable[[World], Any]) -> Callable[[World], Any]:
    """A program that handles the signal so that a replay finds its handler."""

    def handle() -> None:
        print("rang")
        raise Alarm("now")

    def handled(world: World) -> Any:
        world.lane.interrupts(lambda _: handle)
        return scenario(world)

    return handled


def swallowed(world: World) -> str:
    try:
        ring(world)
    except Alarm:
        return world.new()
    return "did not ring"


def turned_into_another(world: World) -> str:
    try:
        ring(world)
    except Alarm:
        raise ValueError("the call has failed") from None
    return "did not ring"


@pytest.mark.parametrize("live", [swallowed, turned_into_another])
@pytest.mark.parametrize("outward", [False, True])
def test_the_call_answers_something_else_than_the_handler(
    tmp_path: Path, live: Callable[[World], str], outward: bool
) -> None:
    @handling
    def scenario(world: World) -> Any:
        try:
            return world.lane.cross("test.sleep", lambda: live(world), outward=outward)
        except ValueError as error:
            return f"failed: {error}"

    made = record(tmp_path, scenario)
    assert made.out == b"rang\n"
    made.replay(scenario).check()


def tool(world: World) -> Any:
    def body() -> None:
        print("body")
        ring(world)

    try:
        return world.tool("t", body)
    except Alarm as error:
        return f"alarm: {error}"


async def tool_async(world: World) -> Any:
    async def body() -> None:
        print("body")
        ring(world)

    try:
        return await world.tool_async("t", body)
    except Alarm as error:
        return f"alarm: {error}"


@pytest.mark.parametrize("scenario", [tool, tool_async])
def test_a_handler_that_raises_within_a_tool(
    tmp_path: Path, scenario: Callable[[World], Any]
) -> None:
    made = record(tmp_path, handling(scenario))
    assert made.value == "alarm: now"
    assert made.out == b"body\nrang\n"
    run = made.replay(handling(scenario))
    assert run.slugs == []
    assert (run.value, run.out) == (made.value, made.out)


def came(world: World) -> None:
    """A signal comes while the program's own code runs."""
    world.lane.interrupted("SIGUSR1", lambda: None)


def test_a_signal_before_the_first_crossing_of_a_lane(tmp_path: Path) -> None:
    def scenario(world: World) -> Any:
        came(world)
        return world.ask()

    made = record(tmp_path, scenario)
    run = made.replay(World.ask)
    assert run.stopped["exit_code"] == 125
    assert "SIGUSR1 came while the program's own code ran" in run.stopped["message"]
    assert run.log == []


def test_a_signal_after_the_last_crossing_of_a_lane(tmp_path: Path) -> None:
    def scenario(world: World) -> Any:
        with world.within(world.lane.child("task", "other")):
            came(world)
        return world.ask()

    made = record(tmp_path, scenario)
    run = made.replay(World.ask)
    assert run.log == made.log, "the other lane goes on"
    assert run.stopped["exit_code"] == 125
    assert "SIGUSR1" in run.stopped["message"]


def test_crossings_between_are_served_up_to_the_signal(tmp_path: Path) -> None:
    def scenario(world: World) -> Any:
        answers = [world.ask("test.one"), world.ask("test.two")]
        came(world)
        return [*answers, world.ask("test.three")]

    made = record(tmp_path, scenario)
    run = made.replay(lambda world: [world.ask(f"test.{n}") for n in ("one", "two", "three")])
    assert run.log == made.log[:1], "nothing of the answer that comes right before the signal"
    assert run.stopped["exit_code"] == 125
    observed = made.replay(lambda world: [world.ask("test.three")], observe=True)
    assert observed.slugs[0] == "call"
    assert observed.log == made.log[2:], "who observes may go past it"
    assert observed.of("stopped") == []


_LIBRARY: dict[str, Any] = {"__name__": "far", "__file__": "/usr/lib/site-packages/far.py"}
exec(
    compile(
        "def came(lane): lane.interrupted('SIGUSR1', int)\n"
        "def missed(lane): lane.uncaptured('far.call')\n",
        "/usr/lib/site-packages/far.py",
        "exec",
    ),
    _LIBRARY,
)


@pytest.mark.parametrize("what", ["came", "missed"])
def test_where_no_code_of_the_users_is_on_the_stack(tmp_path: Path, what: str) -> None:
    def scenario(world: World) -> None:
        world.ask()
        lane = world.lane.child("thread", "far")
        thread = Thread(target=_LIBRARY[what], args=(lane,))
        thread.start()
        thread.join()

    made = record(tmp_path, scenario)
    [note] = made.of("note")
    assert "site" not in note
    [said] = made.reports
    assert said["site"] == ""
    if what == "came":
        run = made.replay(World.ask)
        assert "while the program's own code ran, after event" in run.stopped["message"]
