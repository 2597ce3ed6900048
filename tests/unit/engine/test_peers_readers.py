"""The door `reader`: many reads of one call, as exact as `read`, and as strict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from peers import World, record

from agentrr_sandbox.errors import DivergenceError

FAR = {"__name__": "far", "__file__": "/usr/lib/site-packages/far.py"}
WORDS = [b"a" * 16, b"b" * 16, b"short", "text", b"c" * 16, 7, 1 << 70, 0.5]
NUMBERS = [1.5, 2.5, 3, -4, 1 << 64, True, None, 2.25]


def reading(
    values: list[Any], *, size: int = 0, ask: int | None = None, caller: Any = None
) -> Callable[[World], list[Any]]:
    """Read each of *values*; cross before the one numbered *ask*."""

    def scenario(world: World) -> list[Any]:
        held: Iterator[Any] = iter(values)
        read = world.lane.reader("test.draw", lambda: next(held), elastic=False, size=size)
        assert read is world.lane.reader("test.draw", lambda: next(held), elastic=False, size=size)
        out = []
        for number in range(len(values)):
            if number == ask:
                world.ask()
            out.append(read(caller or globals()))
        return out

    return scenario


@pytest.mark.parametrize("caller", [None, FAR])
@pytest.mark.parametrize("ask", [None, 0, 3])
@pytest.mark.parametrize(("values", "size"), [(WORDS, 16), (WORDS, 0), (NUMBERS, 0)])
def test_each_type_comes_back_exactly(
    tmp_path: Path, values: list[Any], size: int, ask: int | None, caller: Any
) -> None:
    made = record(tmp_path, reading(values, size=size, ask=ask, caller=caller))
    assert made.value == values
    run = made.replay(reading([object()] * len(values), size=size, ask=ask, caller=caller))
    assert repr(run.value) == repr(values)
    assert run.faithful


@pytest.mark.parametrize(("value", "size"), [(b"x" * 16, 16), (0.5, 0)])
def test_more_than_a_ring_holds(tmp_path: Path, value: Any, size: int) -> None:
    values = [value] * 40_000
    made = record(tmp_path, reading(values, size=size))
    assert len(made.of("reads")) > 1
    run = made.replay(reading([object()] * len(values), size=size))
    assert run.value == values
    assert run.faithful


@pytest.mark.parametrize("caller", [None, FAR])
def test_one_more_and_one_less(tmp_path: Path, caller: Any) -> None:
    made = record(tmp_path, reading([1, 2, 3], caller=caller))
    made.halts(reading([1, 2, 3, 4], caller=caller), "read")
    made.halts(reading([1, 2], caller=caller), "read", 1)


def test_strict_is_sticky_here_too(tmp_path: Path) -> None:
    made = record(tmp_path, reading([1, 2, 3]))

    def hides(world: World) -> Any:
        read = world.lane.reader("test.draw", world.new, elastic=False)
        first, halted = read(globals()), None
        try:
            world.ask("test.other")
        except BaseException as error:
            halted = error
        with pytest.raises(DivergenceError) as info:
            read(globals())
        return first, info.value is halted

    run = made.replay(hides)
    assert run.value == (1, True)
    assert run.slugs == ["read"]


def test_below_a_live_call_it_goes_through(tmp_path: Path) -> None:
    def scenario(world: World) -> Any:
        return world.lane.cross(
            "test.outer", lambda: world.lane.reader("test.draw", world.new)(globals())
        )

    made = record(tmp_path, scenario)
    assert made.of("reads") == []
    made.replay(scenario).check()
