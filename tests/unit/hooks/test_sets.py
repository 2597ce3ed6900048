"""Sets of functions: gone through by name, not by address."""

from __future__ import annotations

import functools
import itertools
import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

from agentrr_hooks import sets
from agentrr_sandbox.patching import Patching

BUS = "crewai.events.event_bus"


def made(name: str, line: int) -> Callable[[], str]:
    space: dict[str, Any] = {"__name__": "made"}
    exec("\n" * line + f"def {name}(): return {name!r}", space)
    function: Callable[[], str] = space[name]
    return function


FUNCTIONS = [made("second", 1), made("first", 9), made("first", 3), made("third", 0)]
NAMES = [("first", 4), ("first", 10), ("second", 2), ("third", 1)]


def names(functions: Any) -> list[tuple[str, int]]:
    return [(each.__name__, each.__code__.co_firstlineno) for each in functions]


@pytest.mark.parametrize("order", [*itertools.permutations(range(4))])
def test_however_they_came(order: tuple[int, ...]) -> None:
    ours = sets.ByName(FUNCTIONS[place] for place in order)
    assert names(ours) == NAMES
    assert ours == frozenset(FUNCTIONS)
    assert isinstance(ours, frozenset)


def test_what_has_no_name_has_a_place_too() -> None:
    alone = functools.partial(print)
    assert [*sets.ByName([*FUNCTIONS, alone])] == [alone, *sets.ByName(FUNCTIONS)]


class Boundary:
    """Knows one lane, or none."""

    known: object = None

    def lane(self) -> object:
        return self.known


def test_the_bus_calls_its_handlers_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    class CrewAIEventsBus:
        def _call_handlers(self, source: str, event: str, handlers: Any, state: object) -> Any:
            return source, event, names(handlers), state

        async def _acall_handlers(self, source: str, event: str, handlers: Any, state: int) -> Any:
            return names(handlers)

    module: Any = types.ModuleType(BUS)
    module.CrewAIEventsBus = CrewAIEventsBus
    monkeypatch.setitem(sys.modules, BUS, module)
    patcher, boundary = Patching(), Boundary()
    before = CrewAIEventsBus._call_handlers
    sets.install(patcher, boundary)  # type: ignore[arg-type] # it is asked for the lane alone
    bus, handlers = CrewAIEventsBus(), frozenset(FUNCTIONS)
    assert bus._call_handlers("s", "e", handlers, None)[2] == names(handlers)  # outside: as it is
    boundary.known = object()
    assert bus._call_handlers("s", "e", handlers, 7) == ("s", "e", NAMES, 7)
    assert bus._call_handlers("s", "e", handlers, state=7)[2:] == (NAMES, 7)
    with pytest.raises(StopIteration) as answer:
        bus._acall_handlers("s", "e", handlers, 7).send(None)
    assert answer.value.value == NAMES
    patcher.undo()
    assert CrewAIEventsBus._call_handlers is before
