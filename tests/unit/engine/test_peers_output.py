"""What the agent writes to stdout and stderr: compared line by line, however it was written."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peers import KILLED, World, record


def printing(*texts: str, to: str = "stdout", ask: bool = False) -> Callable[[World], Any]:
    def scenario(world: World) -> None:
        for text in texts:
            getattr(sys, to).write(text)
            if ask:
                world.ask()

    return scenario


BOTH = pytest.mark.parametrize("to", ["stdout", "stderr"])


@BOTH
@pytest.mark.parametrize("ask", [False, True])
def test_the_same_is_faithful_and_a_changed_line_halts(tmp_path: Path, to: str, ask: bool) -> None:
    made = record(tmp_path, printing("one\n", "two\n", "three", to=to, ask=ask))
    made.replay(printing("one\n", "two\n", "three", to=to, ask=ask)).check()
    second = made.of("output")[1]
    assert second["text"] == "two\n"
    changed = made.replay(printing("one\n", "2\n", "three", to=to, ask=ask))
    assert changed.slugs == ["output"]
    found = changed.divergence
    assert (found["event"], found["call"]) == (second["seq"], to)
    assert found["message"] == f"line 2 of {to} is not the recorded one"
    assert (found["expected"], found["observed"]) == ("two\n", "2\n")
    assert found["present_site"].startswith("[root:code]/test_peers_output.py:")


@BOTH
def test_more_and_less(tmp_path: Path, to: str) -> None:
    made = record(tmp_path, printing("one\n", "two\n", to=to))
    more = made.replay(printing("one\n", "two\n", "three\n", to=to)).divergence
    assert more["message"] == f"the run writes more to {to} than the recording holds"
    assert more["event"] is None
    unfinished = made.replay(printing("one\n", "two\n", "three", to=to)).divergence
    assert unfinished["observed"] == "three"
    less = made.replay(printing("one\n", to=to)).divergence
    assert less["message"] == f"the recorded run wrote more to {to}"
    assert less["event"] == made.of("output")[1]["seq"]
    unended = made.replay(printing("one\n", "two", to=to)).divergence
    assert unended["differences"][0]["observed"] == "two"


def test_the_two_streams_are_two(tmp_path: Path) -> None:
    made = record(tmp_path, lambda _: [printing("a\n")(_), printing("b\n", to="stderr")(_)])
    run = made.replay(lambda _: [printing("b\n", to="stderr")(_), printing("a\n")(_)])
    assert run.faithful, "their order is not matched"
    assert made.replay(printing("b\n", "a\n")).slugs == ["output"]


@given(
    text=st.text("ab\r\n\u00e9", max_size=30),
    first=st.lists(st.integers(0, 40), max_size=5),
    second=st.lists(st.integers(0, 40), max_size=5),
)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_how_it_was_cut_into_writes_does_not_matter(
    tmp_path: Path, text: str, first: list[int], second: list[int]
) -> None:
    def writes(cuts: list[int]) -> Callable[[World], Any]:
        def scenario(world: World) -> None:
            data, at = text.encode(), 0
            for cut in sorted(cuts):
                world.lane.output(1, data[at:cut])
                at = max(cut, at)
            world.lane.output(1, data[at:])

        return scenario

    made = record(tmp_path, writes(first))
    assert made.replay(writes(second)).faithful
    assert made.replay(writes([*second, 0])).faithful
    different = made.replay(lambda world: world.lane.output(1, text.encode() + b"."))
    assert different.slugs == ["output"]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    def scenario(data: bytes) -> Callable[[World], Any]:
        return lambda world: world.lane.output(1, data)

    made = record(tmp_path, scenario(b"\xff\xfe\n"))
    assert made.of("output")[0]["text"]["$"] == "b"
    made.replay(scenario(b"\xff\xfe\n")).check()
    assert made.replay(scenario(b"\xff\xfd\n")).slugs == ["output"]


def test_paths_under_a_root_are_the_same_elsewhere(tmp_path: Path) -> None:
    made = record(tmp_path, lambda _: print(f"{tmp_path}/data"))
    assert made.of("output")[0]["text"] == "[root:cwd]/data\n"
    made.roots = {**made.roots, "cwd": "/somewhere/else", "tmp": "/somewhere/tmp"}
    assert made.replay(lambda _: print("/somewhere/else/data")).faithful
    assert made.replay(lambda _: print("/another/data")).slugs == ["output"]


def test_much_output_is_written_on_the_way(tmp_path: Path) -> None:
    def scenario(world: World) -> None:
        for number in range(1200):
            print(number)
        world.got(len(Path(world.lane.recorder.writer.path).read_bytes().splitlines()) > 500)

    made = record(tmp_path, scenario)
    assert made.log == [True]


def test_output_of_lanes_goes_to_one_stream(tmp_path: Path) -> None:
    def scenario(text: str) -> Callable[[World], Any]:
        def run(world: World) -> None:
            with world.within(world.lane.child("thread", "t")):
                print(text)

        return run

    made = record(tmp_path, scenario("a"))
    made.replay(scenario("a")).check()
    assert made.replay(scenario("b")).divergence["lane"] == "main/thread:t#1"


def test_a_killed_run_wrote_at_least_this(tmp_path: Path) -> None:
    made = record(tmp_path, printing("one\n", "two\n", ask=True), end=KILLED)
    run = made.replay(printing("one\n", "two\n", "three\n", ask=True))
    assert run.slugs == []
    assert "ends here, before test.ask" in run.stopped["message"]
    assert made.replay(printing("one\n", "2\n", ask=True)).slugs == ["output"]

    def silent(world: World) -> None:
        world.ask()
        world.ask()

    assert made.replay(silent).slugs == ["output"]


def test_observe_lists_each_line(tmp_path: Path) -> None:
    made = record(tmp_path, printing("one\n", "two\n", "three\n"))
    run = made.replay(printing("1\n", "two\n", "3\n", "4"), observe=True)
    assert [found["observed"] for found in run.of("divergence")] == ["1\n", "3\n", "4"]
    assert run.out == b"1\ntwo\n3\n4"
