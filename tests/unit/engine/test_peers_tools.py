"""Tools: the answer is served without the body; a body that changed state runs again, sealed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from peers import World, record

from agentrr_sandbox.errors import RecordingStopped
from agentrr_sandbox.recording.gate import Pickles


class State:
    """What `agentrr_hooks.tool_state` gives, of one list."""

    unknown: frozenset[str] = frozenset()
    cut = False

    def __init__(self, cart: list[Any]) -> None:
        self.cart = cart
        self.kept = list(cart)

    def changed(self, later: State) -> list[str]:
        return [] if self.kept == later.kept else ["cart"]

    def shared(self, value: object) -> str | None:
        return "cart" if value is self.cart else None


class Strange(State):
    unknown = frozenset({"queue.Queue"})
    cut = True


def shop(
    item: str = "tea", *, call: str = "test.ask", state: Any = State, keep: bool = True
) -> Callable[[World], Any]:
    """A tool that asks the world, prints, and (with *keep*) changes the cart."""

    def scenario(world: World) -> Any:
        cart: list[Any] = []

        def buy() -> str:
            price = world.lane.cross(call, world.new, request=item)
            print(f"bought {item}: {price}")
            sys.stderr.write("careful\n")
            sys.stderr.write("indeed\n")
            if keep:
                cart.append(item)
            return f"{item} for {price}"

        print("before")
        said = world.tool("buy", buy, state=lambda: state(cart))
        print("after", said)
        world.ask("test.after", len(cart))
        return said

    return scenario


def shop_async(
    item: str = "tea", *, call: str = "test.ask", state: Any = State, keep: bool = True
) -> Callable[[World], Any]:
    async def scenario(world: World) -> Any:
        cart: list[Any] = []

        async def buy() -> str:
            price = await world.lane.cross_async(call, world.new_async, request=item)
            print(f"bought {item}: {price}")
            sys.stderr.write("careful\n")
            sys.stderr.write("indeed\n")
            if keep:
                cart.append(item)
            return f"{item} for {price}"

        print("before")
        said = await world.tool_async("buy", buy, state=lambda: state(cart))
        print("after", said)
        await world.ask_async("test.after", len(cart))
        return said

    return scenario


BOTH = pytest.mark.parametrize("shopping", [shop, shop_async])


@BOTH
@pytest.mark.parametrize("tools", ["auto", "serve"])
def test_a_body_that_changed_nothing_is_not_run(tmp_path: Path, shopping: Any, tools: str) -> None:
    made = record(tmp_path, shopping(keep=False))
    assert [event["call"] for event in made.of("call")] == ["test.ask", "test.after"]
    assert made.of("call")[0]["lane"] == "main/tool:buy#1"
    detail = made.of("answer")[0]["detail"]
    assert detail == {"agentrr.body": "main/tool:buy#1"}
    run = made.replay(shopping(keep=False), tools=tools, sealed=True).check()
    assert run.of("note") == []
    other_body = made.replay(shopping("tea", call="test.other", keep=False))
    assert other_body.faithful, "the body did not run"


@BOTH
def test_a_body_that_changed_state_is_run_again_sealed(tmp_path: Path, shopping: Any) -> None:
    made = record(tmp_path, shopping())
    detail = made.of("answer")[0]["detail"]
    assert detail["agentrr.state"] == "changed"
    assert detail["agentrr.state.paths"] == ["cart"]
    run = made.replay(shopping(), sealed=True).check()
    [note] = run.of("note")
    assert (note["tool"], note["how"]) == ("buy", "run again")


@BOTH
def test_unsealed_the_answer_is_served_and_named(tmp_path: Path, shopping: Any) -> None:
    made = record(tmp_path, shopping())
    run = made.replay(shopping(), sealed=False)
    [note] = run.of("note")
    assert note["how"] == "served"
    assert f"changed state (event {made.of('intent')[0]['seq']})" in note["message"]
    assert run.slugs == ["request"], "the empty cart shows at the next crossing"
    assert run.divergence["call"] == "test.after"
    assert made.replay(shopping(), tools="serve", sealed=True).slugs == ["request"]


@BOTH
def test_rerun_runs_each(tmp_path: Path, shopping: Any) -> None:
    made = record(tmp_path, shopping(keep=False))
    run = made.replay(shopping(keep=False), tools="rerun").check()
    assert [note["how"] for note in run.of("note")] == ["run again"]


@BOTH
def test_a_body_that_is_run_again_is_held_to_its_crossings(tmp_path: Path, shopping: Any) -> None:
    made = record(tmp_path, shopping())
    run = made.replay(shopping("coffee"), sealed=True)
    assert run.slugs == ["request"]
    assert run.divergence["lane"] == "main/tool:buy#1"
    run = made.replay(shopping(call="test.other"), sealed=True)
    assert run.slugs == ["call"]


@BOTH
def test_what_libraries_and_limits_hide_is_named(tmp_path: Path, shopping: Any) -> None:
    made = record(tmp_path, shopping(state=Strange, keep=False))
    detail = made.of("answer")[0]["detail"]
    assert detail["agentrr.state.unknown"] == ["queue.Queue", "too much to walk"]
    [line] = made.reports
    assert (line["kind"], line["name"], line["again"]) == ("tool-unknown", "buy", True)
    assert detail["agentrr.state.paths"] == ["what queue.Queue holds is not compared"]
    run = made.replay(shopping(state=Strange, keep=False), sealed=True).check()
    assert [note["how"] for note in run.of("note")] == ["run again"]


def test_an_answer_that_is_in_the_state_runs_again(tmp_path: Path) -> None:
    def scenario(world: World) -> Any:
        cart = ["tea"]
        got = world.tool("cart", lambda: cart, state=lambda: State(cart))
        got.append("coffee")
        return cart

    made = record(tmp_path, scenario)
    assert made.of("answer")[0]["detail"]["agentrr.state.paths"] == ["cart is in the answer"]
    run = made.replay(scenario, sealed=True)
    assert run.faithful
    assert run.value == ["tea", "coffee"]


@pytest.mark.parametrize(
    ("call", "request_", "changes"),
    [
        ("file.open", {"path": "a", "mode": "r"}, False),
        ("file.open", {"path": "a", "mode": "w"}, True),
        ("file.open", {"path": "a", "mode": 7}, True),
        ("file.stat", {"path": "a"}, False),
        ("file.remove", {"path": "a"}, True),
        ("file.sync", {}, True),
        ("file.remove", None, False),
    ],
)
def test_files_that_a_body_changes_are_state(
    tmp_path: Path, call: str, request_: Any, changes: bool
) -> None:
    def scenario(world: World) -> Any:
        def body() -> None:
            world.ask(call, request_)
            with world.within(world.lane.child("thread", "t")):
                world.ask("test.below")

        world.tool("t", body, state=lambda: State([]))

    made = record(tmp_path, scenario)
    detail = made.of("answer")[0]["detail"]
    assert detail.get("agentrr.state.paths") == (
        [f"{call} {(request_ or {}).get('path', '')}".strip()] if changes else None
    )
    run = made.replay(scenario, sealed=True)
    assert run.faithful


# -- answers that differ -----------------------------------------------------------------------


def answering(value: Any, *, fail: Any = None) -> Callable[[World], Any]:
    def scenario(world: World) -> str:
        def body() -> Any:
            if fail is not None:
                raise fail
            return value() if callable(value) else value

        try:
            return repr(world.tool("t", body, state=lambda: State([])))
        except ValueError as error:
            return f"failed: {error}"

    return scenario


def answering_async(value: Any, *, fail: Any = None) -> Callable[[World], Any]:
    async def scenario(world: World) -> str:
        async def body() -> Any:
            if fail is not None:
                raise fail
            return value() if callable(value) else value

        try:
            return repr(await world.tool_async("t", body, state=lambda: State([])))
        except ValueError as error:
            return f"failed: {error}"

    return scenario


ANSWERS = pytest.mark.parametrize("answers", [answering, answering_async])


@ANSWERS
def test_a_body_that_answers_otherwise(tmp_path: Path, answers: Any) -> None:
    made = record(tmp_path, answers({"total": [1, 2]}))
    assert made.replay(answers({"total": [1, 2]}), tools="rerun").faithful
    run = made.replay(answers({"total": [1, 3]}), tools="rerun")
    assert run.slugs == ["tool"]
    assert run.divergence["event"] == 1
    assert run.divergence["differences"][0]["path"] == "$.total[1]"
    assert made.replay(answers(pieces), tools="rerun").slugs == ["tool"], "cannot be stored"
    assert made.replay(answers(0, fail=ValueError("x")), tools="rerun").slugs == ["tool"]
    assert made.replay(answers(None), tools="serve").value == made.value


@ANSWERS
def test_a_body_that_raises(tmp_path: Path, answers: Any) -> None:
    made = record(tmp_path, answers(0, fail=ValueError("no stock")))
    assert made.value == "failed: no stock"
    assert made.replay(answers(0, fail=ValueError("served"))).check().value == made.value
    again = made.replay(answers(0, fail=ValueError("no stock")), tools="rerun")
    assert again.value == made.value
    assert made.replay(answers(0, fail=ValueError("other")), tools="rerun").slugs == ["tool"]
    assert made.replay(answers(0), tools="rerun").slugs == ["tool"]


@ANSWERS
def test_an_answer_that_cannot_be_stored_is_made_again(tmp_path: Path, answers: Any) -> None:
    made = record(tmp_path, answers(pieces))
    [answer] = made.of("answer")
    assert "unencodable" in answer
    assert answer["detail"]["agentrr.state.paths"] == ["the answer, which cannot be stored"]
    assert made.replay(answers(pieces), sealed=True).faithful
    run = made.replay(answers(pieces), sealed=False)
    assert "event 2 cannot be served" in run.stopped["message"]
    assert run.stopped["exit_code"] == 125


@ANSWERS
def test_a_halt_in_a_body_is_no_answer(tmp_path: Path, answers: Any) -> None:
    made = record(tmp_path, answers(0, fail=RecordingStopped("full")))
    assert made.of("answer") == []
    assert isinstance(made.error, RecordingStopped)
    made = record(tmp_path, answers(0))
    run = made.replay(answers(0, fail=RecordingStopped("x")), tools="rerun")
    assert isinstance(run.error, RecordingStopped)
    assert run.slugs == []


def pieces() -> Any:
    """Return what neither the codec nor a pickle holds."""
    return (n for n in range(3))


class Thing:
    """Not a value of the codec, but a pickle."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __reduce__(self) -> Any:
        return Thing, (self.name,)

    def __repr__(self) -> str:
        return f"Thing({self.name})"


@ANSWERS
def test_pickled_answers_are_compared_by_there_being_one(tmp_path: Path, answers: Any) -> None:
    pickles = Pickles(b"k" * 32, b"salt")
    made = record(tmp_path, answers(lambda: [Thing("a")]), pickles=pickles)
    assert made.replay(answers(None), pickles=pickles).value == made.value
    again = made.replay(answers(lambda: [Thing("b")]), tools="rerun", pickles=pickles)
    assert again.faithful
    less = made.replay(answers(lambda: ["Thing(a)"]), tools="rerun", pickles=pickles)
    assert less.slugs == ["tool"]
    refused = made.replay(answers(None), pickles=Pickles(b"o" * 32, b"salt"))
    assert refused.stopped["exit_code"] == 125
    assert "--allow-pickle" in refused.stopped["message"]


def test_arguments_take_part_and_may_be_anything(tmp_path: Path) -> None:
    def scenario(*arguments: Any) -> Callable[[World], Any]:
        def run(world: World) -> Any:
            request = {
                "name": "t",
                "arguments": dict(enumerate_names(arguments)),
                "more": [pieces()],
            }
            return world.lane.tool("test.tool", world.new, request=request, detail={})

        return run

    def enumerate_names(arguments: tuple[Any, ...]) -> list[tuple[str, Any]]:
        return [(f"a{n}", each) for n, each in enumerate(arguments)]

    made = record(tmp_path, scenario(1, pieces()))
    assert made.of("intent")[0]["request"]["arguments"]["a1"] == {
        "not stored": "builtins.generator"
    }
    made.replay(scenario(1, pieces())).check()
    made.halts(scenario(2, pieces()), "request", 1)
    raw = record(tmp_path, lambda world: world.tool("t", world.new, arguments="unparsed"))
    assert raw.of("intent")[0]["request"]["arguments"] == "unparsed"


# -- what a body may do besides ----------------------------------------------------------------


def test_what_nothing_captures_below_a_body(tmp_path: Path) -> None:
    def scenario(keep: bool) -> Callable[[World], Any]:
        def run(world: World) -> Any:
            cart: list[int] = []

            def body() -> int:
                world.lane.uncaptured("socket.connect", ["host", 1])
                if keep:
                    cart.append(1)
                return 1

            return world.tool("t", body, state=lambda: State(cart))

        return run

    quiet = record(tmp_path, scenario(False))
    assert [event["call"] for event in quiet.of("child")] == ["socket.connect"]
    assert quiet.reports == []
    quiet.replay(scenario(False), sealed=True).check()
    loud = record(tmp_path, scenario(True))
    assert [event["what"] for event in loud.of("note")] == ["not-captured"]
    assert [r["kind"] for r in loud.reports] == ["not-captured"]
    run = loud.replay(scenario(True), sealed=True)
    assert [line["call"] for line in run.of("sealed")] == ["socket.connect"]


def test_tools_below_tools(tmp_path: Path) -> None:
    def scenario(world: World) -> Any:
        def outer() -> Any:
            print("outer")
            return world.tool("inner", inner), world.ask("test.ask", "o")

        def inner() -> Any:
            print("inner")
            return world.ask("test.ask", "i")

        return world.tool("outer", outer)

    made = record(tmp_path, scenario)
    assert {event["lane"] for event in made.of("call")} == {
        "main/tool:outer#1", "main/tool:outer#1/tool:inner#1",
    }  # fmt: skip
    run = made.replay(scenario)
    assert run.faithful, run.reports
    assert (run.value, run.out) == (made.value, made.out)
    again = made.replay(scenario, tools="rerun")
    assert again.faithful
    assert (again.value, again.out) == (made.value, made.out)


@pytest.mark.parametrize("inner", ["file.remove", "test.ask"])
def test_a_tool_that_a_tool_calls_changes_files_for_both(tmp_path: Path, inner: str) -> None:
    def scenario(world: World) -> Any:
        def remove() -> Any:
            return world.tool(
                "rm", lambda: world.ask(inner, {"path": "a"}), state=lambda: State([])
            )

        return world.tool("outer", remove, state=lambda: State([]))

    made = record(tmp_path, scenario)
    changed = [event["detail"].get("agentrr.state.paths") for event in made.of("answer")]
    assert changed == ([["file.remove a"]] * 2 if inner == "file.remove" else [None] * 2)
    run = made.replay(scenario, sealed=True)
    assert run.faithful
    assert run.value == made.value
    assert len(run.of("note")) == (2 if inner == "file.remove" else 0)


def test_tools_in_threads_at_once_mark_the_recording(tmp_path: Path) -> None:
    def scenario(first: str, second: str) -> Callable[[World], Any]:
        def run(world: World) -> Any:
            one, two = (world.lane.child(*each.split(":")) for each in (first, second))

            def body() -> Any:
                with world.within(two):
                    return world.tool("b", world.new)

            with world.within(one):
                return world.tool("a", body)

        return run

    made = record(tmp_path, scenario("thread:x", "thread:y"))
    [note] = made.of("note")
    assert note["lanes"] == ["main/thread:x#1", "main/thread:y#1"]
    run = made.replay(scenario("thread:x", "thread:y"), tools="rerun")
    assert run.stopped["exit_code"] == 125
    made = record(tmp_path, scenario("task:x", "task:y"))
    assert made.of("note") == []


def test_a_cancelled_tool_waits_to_be_cancelled(tmp_path: Path) -> None:
    async def scenario(world: World) -> str:
        async def body() -> None:
            await asyncio.get_running_loop().create_future()

        task = asyncio.ensure_future(world.tool_async("t", body))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            return "cancelled"
        return ""

    made = record(tmp_path, scenario)
    assert made.value == "cancelled"
    made.replay(scenario).check()


def test_a_tools_time_passes_on_the_loops_own_clock(tmp_path: Path) -> None:
    """As the hook for event loops has it: the loop's clock is an attribute, and jumps."""

    async def scenario(world: World) -> list[str]:
        loop = asyncio.get_running_loop()
        loop.__dict__["time"] = loop.time
        order: list[str] = []

        async def body(turns: int) -> None:
            for _ in range(turns):
                await asyncio.sleep(0.001)

        async def call(name: str, turns: int) -> None:
            await world.tool_async(name, lambda: body(turns))
            order.append(name)

        await asyncio.gather(call("slow", 12), call("fast", 1))
        return order

    made = record(tmp_path, scenario)
    assert made.value == ["fast", "slow"]
    run = made.replay(scenario)
    assert run.value == made.value
    assert run.faithful


def test_an_async_tool_that_something_else_drives(tmp_path: Path) -> None:
    def scenario(world: World) -> Any:
        """Another library's loop: asyncio has none."""
        called = world.tool_async("t", body(world))
        try:
            called.send(None)
        except StopIteration as stop:
            return stop.value
        return "not at once"

    def body(world: World) -> Any:
        async def answer() -> str:
            return world.new()

        return answer

    made = record(tmp_path, scenario)
    made.replay(scenario).check()


def test_streams_that_cannot_be_flushed(tmp_path: Path, monkeypatch: Any) -> None:
    class Closed:
        def flush(self) -> None:
            raise ValueError("I/O operation on closed file")

    def scenario(world: World) -> Any:
        kept = sys.stdout, sys.stderr
        closed: Any = Closed()
        sys.stdout, sys.stderr = None, closed
        try:
            return world.tool("t", world.new)
        finally:
            sys.stdout, sys.stderr = kept

    made = record(tmp_path, scenario)
    made.replay(scenario).check()


def test_what_a_body_wrote_past_the_streams(tmp_path: Path) -> None:
    """`os.write(1, …)`: served through the stream, or where that has none, as it was."""
    written: list[tuple[int, bytes]] = []

    def scenario(world: World) -> Any:
        return world.tool("t", lambda: world.lane.output(1, b"raw\n"))

    class Bare:
        """A stream without a buffer."""

        def flush(self) -> None:
            pass

    made = record(tmp_path, scenario)
    assert made.of("answer")[0]["output"]

    def bare(world: World) -> Any:
        kept = sys.stdout
        without: Any = Bare()
        sys.stdout = without
        try:
            return scenario(world)
        finally:
            sys.stdout = kept

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.write", lambda fd, data: written.append((fd, data)))
        run = made.replay(bare)
    assert written == [(1, b"raw\n")]
    assert run.slugs == ["output"], "no hook has seen it"
    served = made.replay(scenario)
    assert served.faithful
    assert served.out == b"raw\n"
