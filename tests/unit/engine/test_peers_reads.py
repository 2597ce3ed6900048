"""Clock reads, draws, marks and facts: two owners, in bursts, and what re-synchronises them."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from peers import KILLED, World, library_clock, library_draw, library_fact, record

from agentrr_sandbox.errors import DivergenceError, RecordingStopped

VALUES = [0.5, -0.0, math.inf, 7, -1, True, None, 1 << 63, 1 << 200, "text", b"\x00", (1, [2.5])]


def read(world: World, call: str, value: Any) -> Any:
    """As a hook has it: the caller of this function is the owner."""
    return world.lane.read(call, lambda: value, elastic=False)


def served(world: World, values: list[Any], calls: int = 1) -> list[Any]:
    return [read(world, f"test.read{n % calls}", value) for n, value in enumerate(values)]


@pytest.mark.parametrize("calls", [1, 2, 20])
def test_each_type_comes_back_exactly(tmp_path: Path, calls: int) -> None:
    made = record(tmp_path, lambda world: served(world, VALUES, calls))
    run = made.replay(lambda world: served(world, [object()] * len(VALUES), calls))
    assert repr(run.value) == repr(VALUES)
    assert [type(value) for value in run.value] == [type(value) for value in VALUES]
    assert run.faithful


def test_nan_keeps_its_bits(tmp_path: Path) -> None:
    made = record(tmp_path, lambda world: served(world, [math.nan, 1.0]))
    first, second = made.replay(lambda world: served(world, [0.0, 0.0])).value
    assert math.isnan(first)
    assert second == 1.0


def test_a_full_ring_is_written_and_goes_on(tmp_path: Path) -> None:
    numbers = [n / 3 for n in range(40_000)]
    made = record(tmp_path, lambda world: served(world, numbers))
    assert len(made.of("reads")) > 1
    run = made.replay(lambda world: served(world, [0.0] * len(numbers)))
    assert run.value == numbers
    assert run.faithful


def test_large_values_fill_a_half_of_the_ring_each(tmp_path: Path) -> None:
    texts = [str(n) * 50_000 for n in range(10, 30)]
    made = record(tmp_path, lambda world: served(world, texts))
    run = made.replay(lambda world: served(world, [""] * len(texts)))
    assert run.value == texts


def test_a_value_that_no_ring_holds_stops_the_agent(tmp_path: Path) -> None:
    made = record(tmp_path, lambda world: served(world, ["x" * (1 << 22)]))
    assert isinstance(made.error, RecordingStopped)
    assert "too much for a read" in str(made.error)


def test_code_with_globals_of_its_own_is_judged_each_time(tmp_path: Path) -> None:
    def scenario(world: World) -> list[Any]:
        found = []
        for file in ("/usr/lib/far.py", __file__):
            space: dict[str, Any] = {"read": read, "world": world, "__file__": file}
            space["__builtins__"] = __builtins__
            found += [eval("read(world, 'test.read', world.new())", space) for _ in "ab"]
        return found

    made = record(tmp_path, scenario)
    assert [run[1] for event in made.of("reads") for run in event["runs"]] == ["lib", "user"]
    run = made.replay(scenario)
    assert run.value == made.value
    assert run.faithful


def test_the_globals_of_the_caller_may_be_given(tmp_path: Path) -> None:
    def scenario(world: World) -> list[Any]:
        return [
            world.lane.read("test.read", world.new, depth=1, caller=globals()) for _ in range(3)
        ]

    made = record(tmp_path, scenario)
    assert made.replay(scenario).value == made.value


# -- one by one between two crossings --------------------------------------------------------


def clocks(*counts: int, draws: bool = False) -> Callable[[World], list[Any]]:
    """Read so often, cross, read so often, …"""

    def scenario(world: World) -> list[Any]:
        out: list[Any] = []
        for number, count in enumerate(counts):
            if number:
                out.append(world.ask("test.ask", number))
            out += [world.draw() if draws else world.clock() for _ in range(count)]
        return out

    return scenario


@pytest.mark.parametrize("draws", [False, True])
def test_the_users_reads_are_counted(tmp_path: Path, draws: bool) -> None:
    made = record(tmp_path, clocks(2, 3, 0, draws=draws))
    first, _, second = made.events[1:4]
    assert (first["t"], second["t"]) == ("reads", "reads")
    made.replay(clocks(2, 3, 0, draws=draws)).check()
    fewer = made.halts(clocks(1, 3, 0, draws=draws), "read", first["seq"])
    assert fewer["expected"]["reads left"] == 1
    assert "before test.ask" in fewer["message"]
    more = made.halts(clocks(3, 3, 0, draws=draws), "read", 2)
    assert more["expected"] == {"call": "test.ask"}
    assert more["recorded_site"].startswith("[root:code]/test_peers_reads.py:")
    later = made.halts(clocks(2, 2, 0, draws=draws), "read", second["seq"])
    assert later["expected"]["reads left"] == 1
    made.halts(clocks(2, 3, 1, draws=draws), "read")
    assert "nothing more" in made.replay(clocks(2, 3, 1, draws=draws)).divergence["message"]


def test_reads_left_at_the_end(tmp_path: Path) -> None:
    made = record(tmp_path, clocks(3))
    found = made.halts(clocks(1), "read", 1)
    assert "before the end of the run" in found["message"]
    assert found["expected"]["reads left"] == 2


def test_another_read_than_was_recorded(tmp_path: Path) -> None:
    def scenario(first: str, second: str) -> Callable[[World], Any]:
        return lambda world: [read(world, first, world.new()), read(world, second, world.new())]

    made = record(tmp_path, scenario("test.a", "test.b"))
    found = made.halts(scenario("test.b", "test.a"), "read", 1)
    assert found["message"] == "the run reads test.b, the recording holds test.a"
    run = made.replay(scenario("test.b", "test.b"), observe=True)
    assert run.slugs == ["read", "read"]
    assert isinstance(run.error, DivergenceError)
    run = made.replay(lambda world: read(world, "test.b", 0), observe=True)
    assert run.slugs == ["read"]
    assert run.value == made.value[1], "observe goes on with the next one of that name"


def test_observe_forgets_the_reads_left_over(tmp_path: Path) -> None:
    made = record(tmp_path, clocks(3, 2))
    run = made.replay(clocks(1, 2), observe=True)
    assert run.slugs == ["read"]
    assert run.value[1:] == made.value[3:]


# -- what libraries read ---------------------------------------------------------------------


def library(*counts: int, door: Any = library_clock) -> Callable[[World], list[Any]]:
    def scenario(world: World) -> list[Any]:
        out: list[Any] = []
        for number, count in enumerate(counts):
            if number:
                out.append(world.ask("test.ask", number))
            out.append([door(world) for _ in range(count)])
        return out

    return scenario


def test_a_librarys_clock_is_elastic_and_never_runs_backwards(tmp_path: Path) -> None:
    made = record(tmp_path, library(2, 2))
    assert made.replay(library(2, 2)).check().end["elastic"] == 0
    more = made.replay(library(4, 2))
    assert more.faithful
    assert more.end["elastic"] == 2
    [[first, second, third, fourth], _, later] = more.value
    assert [first, second] == made.value[0]
    assert second == third == fourth < later[0]
    fewer = made.replay(library(1, 2))
    assert fewer.faithful
    assert fewer.end["elastic"] == 1
    assert fewer.value[2] == made.value[2]
    none = made.replay(library(0, 3))
    assert none.faithful
    assert none.end["elastic"] == 3
    assert none.value[2] == [*made.value[2], made.value[2][-1]]


def test_the_last_of_what_was_left_is_gone_on_from(tmp_path: Path) -> None:
    made = record(tmp_path, library(3, 0))
    run = made.replay(library(1, 1))
    assert run.faithful
    assert run.value[2] == [made.value[0][-1]]


def test_a_library_that_never_read_reads_live(tmp_path: Path) -> None:
    made = record(tmp_path, library(0, 0))
    run = made.replay(library(0, 1))
    assert run.faithful
    assert run.end["elastic"] == 1
    assert isinstance(run.value[2][0], float)


def test_a_librarys_draws_are_strict(tmp_path: Path) -> None:
    made = record(tmp_path, library(2, 2, door=library_draw))
    made.replay(library(2, 2, door=library_draw)).check()
    found = made.halts(library(1, 2, door=library_draw), "read", 1)
    assert found["message"] == "library code did not draw test.draw again before test.ask"
    found = made.halts(library(3, 2, door=library_draw), "read", 2)
    assert found["message"].startswith("library code draws test.draw, which")
    made.halts(library(2, 3, door=library_draw), "read")


def test_draws_of_a_lane_that_never_drew(tmp_path: Path) -> None:
    made = record(tmp_path, lambda _: None)
    made.halts(library(1, door=library_draw), "read")


def test_a_draw_too_many_is_a_symptom_of_the_crossing_after_it(tmp_path: Path) -> None:
    made = record(tmp_path, library(1, 0, door=library_draw))

    def scenario(world: World) -> None:
        for _ in range(3):
            library_draw(world)
        world.ask("test.other")

    assert made.replay(scenario).slugs == ["call"]
    assert made.replay(library(3, 0, door=library_draw), observe=True).slugs == ["read"]


def test_user_and_library_are_two_sequences(tmp_path: Path) -> None:
    def scenario(order: str) -> Callable[[World], Any]:
        def run(world: World) -> list[Any]:
            return sorted(
                (each, world.clock() if each == "u" else library_clock(world)) for each in order
            )

        return run

    made = record(tmp_path, scenario("ulul"))
    run = made.replay(scenario("uull"))
    assert run.faithful
    assert run.value == made.value


def test_reads_of_two_flushes_of_one_stretch(tmp_path: Path) -> None:
    def scenario(users: int, libraries: int) -> Callable[[World], Any]:
        def run(world: World) -> list[Any]:
            out = []
            for _ in range(2):
                out += [world.clock() for _ in range(users)]
                out += [library_draw(world) for _ in range(libraries)]
                world.lane.step("flush", "begin")
            return out

        return run

    made = record(tmp_path, scenario(2, 2))
    assert [event["t"] for event in made.events[1:5]] == ["reads", "step", "reads", "step"]
    made.replay(scenario(2, 2)).check()
    assert made.replay(scenario(1, 2)).divergence["event"] == 3
    assert made.replay(scenario(2, 1)).divergence["event"] == 3


@pytest.mark.parametrize("door", [World.clock, World.draw])
def test_a_killed_runs_reads_are_served_to_the_last(tmp_path: Path, door: Any) -> None:
    made = record(tmp_path, lambda world: user(world, 5, door), end=KILLED)
    assert made.events[-1]["drained"] == 5
    assert made.replay(lambda world: user(world, 5, door)).log == made.log
    run = made.replay(lambda world: user(world, 7, door))
    assert run.log == made.log
    assert "ends here, before test." in run.stopped["message"]
    assert made.replay(lambda world: user(world, 2, door)).slugs == ["read"], "five were read"


def user(world: World, count: int, door: Any) -> None:
    """Read, from this file."""
    for _ in range(count):
        world.got(door(world))


def test_a_killed_runs_library_draws_end_too(tmp_path: Path) -> None:
    made = record(tmp_path, library(2, door=library_draw), end=KILLED)
    run = made.replay(library(3, door=library_draw))
    assert "ends here, before test.draw" in run.stopped["message"]
    assert run.asked == 0


def test_the_stack_of_an_odd_module(tmp_path: Path) -> None:
    made = record(tmp_path, library(1, 1))
    run = made.replay(clocks(1, 1))
    assert run.slugs == ["read"], "what a library read is not the user's"


# -- marks -------------------------------------------------------------------------------------


def marking(*values: Any, call: str = "test.mark") -> Callable[[World], Any]:
    def scenario(world: World) -> None:
        for value in values:
            world.lane.mark(call, value)
        world.ask("test.ask", "q")

    return scenario


def test_marks_are_compared(tmp_path: Path) -> None:
    made = record(tmp_path, marking({"state": [1, 2]}, "two"))
    made.replay(marking({"state": [1, 2]}, "two")).check()
    found = made.halts(marking({"state": [1, 3]}, "two"), "mark", 1)
    assert found["differences"] == [{"path": "$.state[1]", "expected": 2, "observed": 3}]
    run = made.replay(marking({"state": 0}, "other"), observe=True)
    assert run.slugs == ["mark", "mark"]
    assert run.log == made.log


def test_a_mark_too_many_or_too_few(tmp_path: Path) -> None:
    made = record(tmp_path, marking(1))
    made.halts(marking(1, 2), "call", 2)
    made.halts(marking(), "call", 1)
    made.halts(marking(1, call="test.other"), "call", 1)
    only = record(tmp_path, lambda world: world.lane.mark("test.mark", 1))
    only.halts(lambda _: None, "missing", 1)
    only.halts(marking(1, 2), "extra")
    assert only.halts(World.ask, "call", 1)["expected"] == {"call": "test.mark", "request": 1}


def test_observe_goes_on_after_a_mark_that_was_not_recorded(tmp_path: Path) -> None:
    def both(world: World) -> Any:
        world.lane.mark("test.a", 1)
        world.lane.mark("test.b", 1)
        return world.ask("test.ask")

    made = record(tmp_path, both)

    def one(world: World) -> Any:
        world.lane.mark("test.b", 1)
        return world.ask("test.ask")

    run = made.replay(one, observe=True)
    assert run.slugs == ["call"]
    assert run.value == made.value


# -- facts -------------------------------------------------------------------------------------


def test_one_answer_for_the_whole_run(tmp_path: Path) -> None:
    def scenario(world: World) -> Any:
        with world.within(world.lane.child("thread", "t")):
            first = world.fact("test.fact")
        world.ask()
        return [first, world.fact("test.fact"), world.fact("test.other")]

    made = record(tmp_path, scenario)
    assert made.value[0] == made.value[1]
    assert made.asked == 3
    made.replay(scenario).check()

    def other_order(world: World) -> Any:
        world.fact("test.other")
        return scenario(world)

    assert made.replay(other_order).faithful


def test_the_users_fact_is_in_the_file_before_it_acts(tmp_path: Path) -> None:
    def scenario(world: World) -> Any:
        library_fact(world, "test.library")
        before = len(Path(path(world)).read_text().splitlines())
        world.fact("test.user")
        return len(Path(path(world)).read_text().splitlines()) - before

    def path(world: World) -> str:
        return str(world.lane.recorder.writer.path)

    made = record(tmp_path, scenario)
    assert made.value == 1
    assert list(made.of("facts")[0]["facts"]) == ["test.library", "test.user"]


def test_a_fact_that_was_not_asked_for(tmp_path: Path) -> None:
    made = record(tmp_path, World.ask)

    def asks(world: World) -> None:
        world.fact("test.fact")

    found = made.halts(asks, "fact", 1)
    assert found["observed"] == {"fact": "test.fact"}
    run = made.replay(lambda world: [library_fact(world, "test.fact"), world.ask()][1])
    assert run.faithful, "a library may ask"
    assert run.end["elastic"] == 1
    killed = record(tmp_path, World.ask, end=KILLED)
    run = killed.replay(asks)
    assert "ends here, before test.fact was asked for" in run.stopped["message"]


def test_a_fact_below_which_something_would_leave(tmp_path: Path) -> None:
    def live(world: World) -> Callable[[], Any]:
        def ask() -> str:
            world.ask("test.inner")
            world.lane.uncaptured("process.start", ["uname"])
            return world.new()

        return ask

    def library(world: World) -> Any:
        space = {"__file__": "/usr/lib/far.py", "world": world, "live": live(world)}
        return eval("world.fact('test.fact', live)", space)

    made = record(tmp_path, library)
    assert [event["call"] for event in made.of("child")] == ["test.inner"]
    run = made.replay(library)
    assert run.faithful
    assert run.value == made.value
    bare = record(tmp_path, lambda world: None)
    run = bare.replay(library)
    assert [line["call"] for line in run.of("sealed")] == ["process.start"]


def test_a_secret_variable_is_not_stored(tmp_path: Path) -> None:
    secret = "sk-proj-Zx81hJQq04mTfLw9aBcD"

    def scenario(world: World) -> Any:
        key = world.fact("env:SOME_API_KEY", lambda: secret)
        print(key)
        return [len(key), key[:8], world.fact("env:PLAIN", lambda: "plain")]

    made = record(tmp_path, scenario, environ={"SOME_API_KEY": secret})
    assert secret not in Path(made.path).read_text()
    made.environ = {}
    run = made.replay(scenario)
    assert run.faithful, run.reports
    assert run.value == made.value
    assert len(run.out) == len(made.out)
