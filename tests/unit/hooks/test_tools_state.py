"""What a call can reach, before and after: no user code runs, nothing changes unseen."""

from __future__ import annotations

import array
import collections
import functools
import io
import itertools
import os
import queue
import random
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentrr_hooks import tool_state

HERE = __file__


class Forbidden(BaseException):
    """User code ran."""


class Guarded:
    """Says no to everything but to be looked at from outside."""

    kept: list[int]

    def __init__(self) -> None:
        object.__setattr__(self, "kept", [])

    def _no(self, *_: object) -> Any:
        raise Forbidden

    __eq__ = __hash__ = __getstate__ = __reduce__ = __iter__ = __len__ = _no
    __getattribute__ = __repr__ = __str__ = __bool__ = __contains__ = _no


class Slotted:
    __slots__ = ("count", "unset")

    def __init__(self) -> None:
        self.count = 0


class Rows(list[int]):
    def __iter__(self) -> Iterator[int]:
        raise Forbidden

    def __len__(self) -> int:
        raise Forbidden


class Names(dict[str, int]):
    def items(self) -> Any:
        raise Forbidden


@pytest.fixture
def module() -> Iterator[ModuleType]:
    made = ModuleType("users_module")
    made.__file__ = "/users/module.py"
    sys.modules["users_module"] = made
    yield made
    del sys.modules["users_module"]


def owns(filename: str) -> bool:
    return filename in (HERE, "/users/module.py")


def tool(*args: Any, **kwargs: Any) -> None:
    """Stands for a tool."""


def state(*args: Any, function: Any = tool) -> tool_state.State:
    return tool_state.take(function, args, {}, owns)


def changed(value: Any, change: Callable[[Any], object]) -> list[str]:
    before = state(value)
    assert before.changed(state(value)) == []
    change(value)
    return before.changed(state(value))


def numbered() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


def counter() -> Callable[[], int]:
    count = 0

    def advance() -> int:
        nonlocal count
        count += 1
        return count

    return advance


def put(box: Any) -> None:
    object.__getattribute__(box, "kept").append(1)


def rows_append(rows: Any) -> None:
    list.append(rows, 1)


def insert(connection: sqlite3.Connection) -> None:
    connection.execute("create table if not exists t(x)")
    connection.execute("insert into t values (1)")


def gathered() -> Any:
    found: list[int] = []
    return found.append


def connected() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t(x)")
    return connection


CHANGES: dict[str, tuple[Callable[[], Any], Callable[[Any], object]]] = {
    "list": (lambda: [1, [2]], lambda x: x[1].append(3)),
    "same length": (lambda: [1, 2], lambda x: x.__setitem__(0, True)),
    "dict": (lambda: {"a": {1: 2}}, lambda x: x["a"].pop(1)),
    "order of a dict": (lambda: {"a": 1, "b": 2}, lambda x: x.__setitem__("a", x.pop("a"))),
    "set": (lambda: {1, 2}, lambda x: x.add(3)),
    "bytearray": (lambda: bytearray(b"a"), lambda x: x.extend(b"b")),
    "large list": (lambda: list(range(5000)), lambda x: x.__setitem__(4000, -1)),
    "minus one and two": (lambda: [-1] * 5000, lambda x: x.__setitem__(0, -2)),
    "large list of objects": (
        lambda: [Slotted() for _ in range(800)], lambda x: setattr(x[700], "count", 9)
    ),
    "deque": (lambda: collections.deque([1]), lambda x: x.append(2)),
    "defaultdict": (lambda: collections.defaultdict(list), lambda x: x["new"]),
    "Counter": (lambda: collections.Counter("aab"), lambda x: x.update("b")),
    "OrderedDict": (lambda: collections.OrderedDict(a=1, b=2), lambda x: x.move_to_end("a")),
    "ChainMap": (lambda: collections.ChainMap({}), lambda x: x.update(a=1)),
    "namespace": (lambda: SimpleNamespace(a=[]), lambda x: x.a.append(1)),
    "object": (Guarded, put),
    "slots": (Slotted, lambda x: setattr(x, "count", 1)),
    "a slot set": (Slotted, lambda x: setattr(x, "unset", 1)),
    "a list of the user's": (Rows, rows_append),
    "a dict of the user's": (Names, lambda x: dict.__setitem__(x, "a", 1)),
    "closure": (counter, lambda x: x()),
    "bound method": (lambda: SimpleNamespace(f=Rows().append), lambda x: x.f(1)),
    "method of a list": (gathered, lambda x: x(1)),
    "partial": (lambda: functools.partial(tool, []), lambda x: x.args[0].append(1)),
    "StringIO": (io.StringIO, lambda x: x.write("a")),
    "BytesIO": (io.BytesIO, lambda x: x.write(b"a")),
    "array": (lambda: array.array("d", [1.0]), lambda x: x.append(2.0)),
    "count": (itertools.count, next),
    "iterator": (lambda: iter([1, 2]), next),
    "generator": (lambda: started(numbered()), next),
    "random": (lambda: random.Random(7), lambda x: x.random()),
    "queue": (queue.Queue, lambda x: x.put(1)),
    "sqlite": (connected, insert),
    "cursor": (lambda: connected().cursor(), lambda x: insert(x.connection)),
    "an error": (lambda: ValueError([]), lambda x: x.args[0].append(1)),
    "a class": (lambda: type("Made", (), {"__module__": __name__, "a": 1}),
                lambda x: setattr(x, "a", 2)),
}  # fmt: skip


def started(generator: Iterator[int]) -> Iterator[int]:
    next(generator)
    return generator


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_seen(name: str) -> None:
    made, change = CHANGES[name]
    value = made()
    assert changed(value, change)
    assert not state(value).unknown
    if name in ("sqlite", "cursor"):
        (value.connection if name == "cursor" else value).close()


def itself() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def closed() -> io.StringIO:
    made = io.StringIO()
    made.close()
    return made


SAME: dict[str, Callable[[], Any]] = {
    "nan": lambda: [float("nan")],
    "lock": threading.Lock,
    "shared": lambda: [[]] * 2,
    "itself": itself,
    "the shared generator": lambda: random._inst,
    "closed": closed,
    "an empty cell": lambda: unfilled,
    "other functions": lambda: [len, os.path.join, str.join, functools.wraps(tool)(lambda: None)],
}


def unfilled() -> int:
    if not SAME:
        late = 1

    def inner() -> int:
        return late  # pyright: ignore[reportPossiblyUnboundVariable]

    return inner()


@pytest.mark.parametrize("name", SAME)
def test_what_has_not_changed_is_the_same(name: str) -> None:
    value = SAME[name]()
    random.random()
    assert changed(value, lambda _: random.random()) == []


def test_globals_of_all_modules_of_the_user_are_walked(module: ModuleType) -> None:
    module.cart = []  # type: ignore[attr-defined]
    before = state()
    module.cart.append("apple")
    assert "users_module.cart" in before.changed(state())
    module.new = 1  # type: ignore[attr-defined]
    assert "users_module.new" in before.changed(state())


def test_what_the_tool_itself_holds_is_walked() -> None:
    def with_default(item: int, seen: list[int] = [], *, at: list[int] = []) -> None:  # noqa: B006
        """Keeps what it has seen, as people do."""

    before = state(function=with_default)
    with_default.__defaults__[0].append(1)  # type: ignore[index]
    (first, *_) = before.changed(state(function=with_default))
    assert "__defaults__[0]" in first
    before = state(function=with_default)
    at: Any = with_default.__kwdefaults__
    at["at"].append(1)
    assert before.changed(state(function=with_default))
    before = state(function=with_default)
    with_default.calls = 1  # type: ignore[attr-defined]
    assert before.changed(state(function=with_default))


def test_the_environment_and_redirected_output_are_state(monkeypatch: pytest.MonkeyPatch) -> None:
    before = state()
    monkeypatch.setenv("AGENT_SET_BY_A_TOOL", "1")
    assert any("AGENT_SET_BY_A_TOOL" in path for path in before.changed(state()))
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    before = state()
    print("caught")
    assert before.changed(state()) == ["sys.stdout"]


def test_what_cannot_be_entered_is_named_if_the_call_names_it(module: ModuleType) -> None:
    opaque = memoryview(b"a")
    module.view = opaque  # type: ignore[attr-defined]
    assert state().unknown == set()
    assert state([opaque]).unknown == {"builtins.memoryview"}
    made: dict[str, Any] = {}
    code = "def look(): return helper()\ndef helper(): return view\n"
    exec(compile(code, "/users/module.py", "exec"), vars(module), made)
    vars(module).update(made)
    assert state(function=vars(module)["look"]).unknown == {"builtins.memoryview"}


def test_the_walk_is_cut_by_a_count(module: ModuleType) -> None:
    module.much = [[Slotted() for _ in range(400)] for _ in range(60)]  # type: ignore[attr-defined]
    found = state()
    assert found.cut
    assert len(found.facts) <= tool_state.LIMIT
    module.much = list(range(1_000_000))  # type: ignore[attr-defined]
    assert not state().cut


def test_an_answer_that_is_part_of_the_state_is_told() -> None:
    inner: dict[str, int] = {}
    held = state({"a": [inner]})
    assert held.shared(inner) == "argument 1['a'][0]"
    assert held.shared({"found": [inner]}) == "argument 1['a'][0]"
    assert held.shared({"a": [{}], "b": (1, "x")}) is None
    assert held.shared(7) is None
    assert held.shared(tool) is None


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
TREES = st.recursive(
    LEAVES, lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(), x, max_size=4)
)


@settings(max_examples=150, deadline=None)
@given(TREES, TREES)
def test_plain_data_compares_by_value_and_type(one: Any, other: Any) -> None:
    holder = [one]
    assert state(holder).changed(state(holder)) == []
    before = state(holder)
    holder[0] = other
    assert bool(before.changed(state(holder))) == (repr(one) != repr(other))


def test_a_function_is_a_function() -> None:
    assert isinstance(tool, FunctionType)
