"""Threads, through the doors: one at a time runs, in the recorded order, whatever they race for."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from peers import KILLED, World, record
from threaded import Guard, Strand, all_of

from agentrr_sandbox.errors import DivergenceError


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch runs in a thread that the measuring of coverage knows of."""

    def start(target: Callable[..., object], args: tuple[Any, ...]) -> None:
        threading.Thread(target=target, args=args, daemon=True).start()

    monkeypatch.setattr("agentrr_sandbox.real.start_new_thread", start)


def slowly(world: World) -> str:
    """Answer after a while that differs from run to run."""
    time.sleep(random.random() / 200)
    return world.new()


def racing(count: int, times: int = 3) -> Callable[[World], list[Any]]:
    """Threads that ask, and write down in which order they were answered."""

    def scenario(world: World) -> list[Any]:
        order: list[Any] = []

        def strand(number: int) -> None:
            for _ in range(times):
                answer = world.lane.cross("test.ask", lambda: slowly(world), request=number)
                order.append((number, answer))

        all_of(world, *(lambda n=number: strand(n) for number in range(count)))
        return [*order, world.lane.cross("test.after", world.new)]

    return scenario


def test_a_race_comes_out_as_it_did(tmp_path: Path) -> None:
    made = record(tmp_path, racing(5))
    assert len(made.value) == 16
    assert made.of("note") == []
    for _ in range(3):
        made.replay(racing(5)).check()


def test_a_lock_goes_to_whom_it_went(tmp_path: Path) -> None:
    def scenario(world: World) -> list[Any]:
        guard, order = Guard(world), []

        def strand(number: int) -> None:
            for _ in range(3):
                with guard:
                    order.append((number, world.lane.cross("test.ask", lambda: slowly(world))))

        all_of(world, *(lambda n=number: strand(n) for number in range(4)))
        return order

    made = record(tmp_path, scenario)
    for _ in range(3):
        made.replay(scenario).check()


def test_a_time_limit_is_over_when_it_was(tmp_path: Path) -> None:
    def scenario(world: World) -> list[Any]:
        guard = Guard(world)
        seen: list[Any] = []

        def holds() -> None:
            with guard:
                seen.append(("had it", world.lane.cross("test.ask", lambda: time.sleep(0.05))))

        def wants() -> None:
            seen.append(("first", guard.take(0.01)))
            seen.append(("then", guard.take(5)))
            guard.let_go()

        one, two = Strand(world, holds), Strand(world, wants)
        seen.append(("joined", two.join(0.001)))
        one.join()
        two.join()
        return seen

    made = record(tmp_path, scenario)
    assert ("first", False) in made.value
    assert ("then", True) in made.value
    assert ("joined", False) in made.value
    for _ in range(3):
        made.replay(scenario).check()


def test_a_thread_that_keeps_others_waiting_loses_the_baton(tmp_path: Path) -> None:
    def scenario(world: World) -> list[str]:
        seen: list[str] = []
        done = threading.Event()

        def computes() -> None:
            until = time.monotonic() + 30
            while time.monotonic() < until and not done.is_set():
                pass
            seen.append("computed")
            world.lane.cross("test.ask", world.new)

        def waits_in_c() -> None:
            done.wait()  # of no lock that the baton knows

        def ends_both() -> None:
            seen.append("ended both")
            done.set()

        all_of(world, waits_in_c, computes, ends_both)
        return seen

    made = record(tmp_path, scenario)
    assert made.value == ["ended both", "computed"]
    assert any(len(hand) == 3 and hand[2] == 2 for event in made.of("baton")
               for hand in event["order"]), "taken"  # fmt: skip
    made.replay(scenario).check()


def test_a_thread_that_could_not_be_started(tmp_path: Path) -> None:
    def scenario(world: World) -> Any:
        lane = world.lane
        baton = lane.threaded()
        assert baton is lane.threaded() is lane.baton
        baton.failed(baton.started(lane.child("thread", "never")))
        return all_of(world, lambda: world.ask("test.ask"))

    made = record(tmp_path, scenario)
    made.replay(scenario).check()


def test_who_raises_in_a_wait_goes_on_as_it_did(tmp_path: Path) -> None:
    def scenario(world: World) -> Any:
        def fails() -> None:
            world.lane.cross("test.ask", world.new)
            raise ValueError("in a thread")

        try:
            return all_of(world, fails)
        except ValueError as error:
            return str(error)

    made = record(tmp_path, scenario)
    made.replay(scenario).check()


# -- edited programs -----------------------------------------------------------------------


def test_a_thread_less_and_a_thread_more(tmp_path: Path) -> None:
    made = record(tmp_path, racing(3))
    less, more = made.replay(racing(2)), made.replay(racing(4))
    assert less.slugs[0] == "missing"
    assert more.slugs[0] == "extra"
    assert isinstance(more.halted, DivergenceError)


def test_another_order_of_the_same_is_counted(tmp_path: Path) -> None:
    """What each thread asks is the same: the order in which they run is no divergence by itself."""

    def scenario(first: str) -> Callable[[World], list[Any]]:
        def run(world: World) -> list[Any]:
            guard = Guard(world)

            def strand(name: str) -> Any:
                with guard:
                    return world.lane.cross("test.ask", world.new, request=name)

            one = Strand(world, lambda: strand("one"), "one")
            if first == "one":
                one.join()
            two = Strand(world, lambda: strand("two"), "two")
            two.join()
            one.join()
            return [one.value, two.value]

        return run

    made = record(tmp_path, scenario("one"))
    run = made.replay(scenario("two"))
    assert run.value == made.value
    assert run.slugs == []


def deadlock(world: World) -> None:
    """Two threads, each with what the other one wants."""
    one, two = Guard(world), Guard(world)

    def strand(mine: Guard, other: Guard) -> None:
        with mine:
            world.lane.cross("test.ask", world.new)
            with other:
                pass

    all_of(world, lambda: strand(one, two), lambda: strand(two, one))


def at_once(world: World) -> None:
    all_of(world, *[lambda: world.lane.cross("test.ask", world.new)] * 2)


def test_a_deadlock_is_said(tmp_path: Path) -> None:
    made = record(tmp_path, at_once)
    made.replay(at_once).check()
    run = made.replay(deadlock)
    assert run.slugs == ["stall"]
    message = run.divergence["message"]
    assert message.startswith("every thread waits for another one")
    lanes = {place["lane"]: place for place in run.divergence["lanes"]}
    assert "test_peers_threads.py:" in lanes.pop("main")["at"]
    assert [place["at"].partition(" in ")[2] for place in lanes.values()] == [
        "deadlock.<locals>.strand()",
        "deadlock.<locals>.strand()",
    ]


def test_a_deadlock_where_the_recording_was_cut(tmp_path: Path) -> None:
    made = record(tmp_path, at_once, end=KILLED)
    run = made.replay(deadlock)
    assert run.slugs == []
    assert run.stopped["message"].startswith("the recording ends here: every thread waits")


def test_threads_of_a_served_tool_are_not_waited_for(tmp_path: Path) -> None:
    def scenario(world: World) -> list[Any]:
        def body() -> int:
            return len(all_of(world, *[lambda: world.lane.cross("test.in", world.new)] * 2))

        def strand(number: int) -> Any:
            return world.lane.cross("test.ask", lambda: slowly(world), request=number)

        before = all_of(world, lambda: strand(0), lambda: strand(1))
        return [before, world.tool("t", body), *all_of(world, lambda: strand(2))]

    made = record(tmp_path, scenario)
    for tools in ("auto", "rerun"):
        run = made.replay(scenario, tools=tools)
        assert run.value == made.value
        assert run.faithful, run.reports


def test_a_thread_that_outlives_the_recording(tmp_path: Path) -> None:
    released = threading.Event()
    left: list[Strand] = []

    def scenario(world: World) -> Any:
        left.append(Strand(world, lambda: released.wait(5)))
        return world.ask("test.ask")

    made = record(tmp_path, scenario)
    run = made.replay(scenario)
    released.set()
    for strand in left:
        strand.thread.join(5)
        assert not strand.thread.is_alive()
    run.check()


def test_a_halt_reaches_the_threads_that_wait(tmp_path: Path) -> None:
    def scenario(last: str) -> Callable[[World], Any]:
        def run(world: World) -> Any:
            guard = Guard(world)
            guard.take()
            waiting = Strand(world, guard.take)
            world.ask("test.first")
            try:
                return world.ask(last)
            finally:
                guard.let_go()
                waiting.join()
                ended.append(type(waiting.error))

        return run

    ended: list[Any] = []
    made = record(tmp_path, scenario("test.last"))
    run = made.replay(scenario("test.other"))
    assert run.slugs == ["call"]
    assert ended[0] is type(None)
    assert isinstance(run.error, DivergenceError)


def test_who_waits_after_a_halt_meets_it(tmp_path: Path) -> None:
    """Also for a lock that nobody will ever let go."""

    def scenario(last: str) -> Callable[[World], Any]:
        def run(world: World) -> Any:
            guard = Guard(world)
            all_of(world, guard.take)
            try:
                return world.ask(last)
            except DivergenceError:
                guard.take()
                return "has it"

        return run

    made = record(tmp_path, scenario("test.last"))
    made.replay(scenario("test.last")).check()
    run = made.replay(scenario("test.other"))
    assert run.slugs == ["call"]
    assert run.value is None
    assert isinstance(run.error, DivergenceError)


def test_a_time_limit_ends_what_would_be_a_deadlock(tmp_path: Path) -> None:
    """The edited program waits, for a while, where nothing comes: the while is over at once."""

    def scenario(limit: float) -> Callable[[World], Any]:
        def run(world: World) -> Any:
            guard = Guard(world)
            answers = all_of(world, lambda: world.lane.cross("test.ask", world.new))
            guard.take()
            got = limit and guard.take(limit)
            return [*answers, got, world.ask("test.after")]

        return run

    made = record(tmp_path, scenario(0))
    run = made.replay(scenario(3600))
    assert run.value == [made.value[0], False, made.value[2]]
    assert run.slugs == []
    assert run.end["drifted"] > 0


def test_a_wait_in_c_that_nothing_ends_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agentrr_sandbox.replayer.baton._STILL", 0.05)
    events: list[threading.Event] = []

    def scenario(*, wakes: bool) -> Callable[[World], Any]:
        def run(world: World) -> Any:
            done = threading.Event()
            events.append(done)

            def waits() -> Any:
                done.wait(10)  # of no lock that the baton knows
                return world.ask("test.woken")

            def other() -> Any:
                answer = world.ask("test.ask")
                if wakes:
                    done.set()
                return answer

            return all_of(world, waits, other)

        return run

    made = record(tmp_path, scenario(wakes=True))
    made.replay(scenario(wakes=True)).check()
    run = made.replay(scenario(wakes=False))
    for event in events:
        event.set()
    assert run.slugs == ["stall"]
    places = {place["lane"]: place["at"] for place in run.divergence["lanes"]}
    assert "test_peers_threads.py:" in places["main"]
