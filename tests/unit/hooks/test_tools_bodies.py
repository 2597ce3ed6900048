"""A function whose code is swapped is the same function: only its calls go through a door."""

from __future__ import annotations

import asyncio
import copy
import functools
import inspect
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentrr_hooks import tool_bodies
from agentrr_sandbox.frames import hide, strip

calls: list[str] = []


def door(twin: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    calls.append(twin.__name__)
    return twin(*args, **kwargs)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    calls.clear()


@pytest.fixture
def swap() -> Iterator[Callable[..., None]]:
    undos: list[Callable[[], None]] = []

    def swapped(*functions: Any) -> None:
        undos.extend(tool_bodies.swap(each, door) for each in functions)

    yield swapped
    for undo in undos:
        undo()


def plain(a: int, b: int = 2, *args: int, c: int, d: int = 4, **kw: int) -> Any:
    """Takes all kinds of arguments."""
    return a, b, args, c, d, kw


def positional(a: int, b: int = 2, /, c: int = 3) -> Any:
    return a, b, c


def keyworded(*, a: int = 1, b: int) -> Any:
    return a, b


async def awaited(x: int, *, t: float = 0) -> int:
    await asyncio.sleep(t)
    return x * 2


def factorial(n: int) -> int:
    return 1 if n == 0 else n * factorial(n - 1)


def failing(x: int) -> int:
    number = x + 1
    if number > 1:
        raise ValueError(f"no {number}")
    return number


total = 0


def counting() -> int:
    global total  # noqa: PLW0603 - what a tool does
    total += 1
    return total


def made(x: int) -> Callable[[int], Any]:
    held = [0]

    def closed(q: int) -> Any:
        held[0] += x
        return held[0] + q

    return closed


def two_cells() -> Any:
    b, a, z = 1, 2, 3

    def reading(q: int = 1) -> Any:
        return z, a, b, q

    return reading


def decorated(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


@decorated
def wrapped(a: int) -> int:
    return a + 1


class Shop:
    prefix = "shop"

    def method(self, x: int) -> Any:
        return type(self).__name__, x

    @classmethod
    def of_class(cls, x: int) -> Any:
        return cls.prefix, x

    @staticmethod
    def static(x: int) -> int:
        return x

    def above(self) -> str:
        return super().__repr__()[:3]

    @property
    def prop(self) -> int:
        return 42

    def __private(self, __x: int = 1) -> int:  # noqa: PYI063 - mangled on purpose  # pyright: ignore[reportUnusedFunction]
        return __x


closed, reading = made(5), two_cells()
FUNCTIONS: list[Any] = [
    plain, positional, keyworded, awaited, factorial, failing, counting, closed, reading, wrapped,
    Shop.method, Shop.__dict__["of_class"].__func__, Shop.static, Shop.above,
    Shop.__dict__["prop"].fget, Shop.__dict__["_Shop__private"],
]  # fmt: skip
TABLE: dict[str, Any] = {"plain": plain, "shop": Shop().method, "part": functools.partial(plain, 1)}


def everything() -> dict[str, Any]:
    global total  # noqa: PLW0603 - starts again
    total = 0
    shop: Any = Shop()
    found: dict[str, Any] = {
        "plain": plain(1, 2, 3, 4, c=5, z=9), "defaults": plain(1, c=3), "none": keyworded(b=1),
        "dict": TABLE["plain"](7, c=1), "partial": TABLE["part"](c=3), "bound": TABLE["shop"](3),
        "getattr": getattr(shop, "method")(4), "positional": positional(1, c=9),  # noqa: B009
        "async": asyncio.run(awaited(4)), "recursive": factorial(5),
        "global": [counting(), counting()], "cells": reading(), "wrapped": wrapped(1),
        "method": shop.method(1), "class": Shop.of_class(2), "static": Shop.static(3),
        "super": shop.above(), "property": shop.prop, "private": shop._Shop__private(),
    }  # fmt: skip
    wrong: list[tuple[Any, dict[str, int]]] = [(plain, {}), (positional, {"a": 1})]
    for function, given_wrong in wrong:
        with pytest.raises(TypeError) as raised:
            function(**given_wrong)
        found[function.__name__] = str(raised.value)
    return found


def about(function: Any) -> dict[str, Any]:
    return {
        "signature": str(inspect.signature(function)), "doc": function.__doc__,
        "name": (function.__name__, function.__qualname__, function.__module__),
        "source": inspect.getsource(function), "annotations": function.__annotations__,
        "async": inspect.iscoroutinefunction(function), "line": function.__code__.co_firstlineno,
        "names": function.__code__.co_varnames[: function.__code__.co_argcount],
    }  # fmt: skip


def test_every_kind_of_function_gives_the_same(swap: Callable[..., None]) -> None:
    before = everything()
    swap(*FUNCTIONS)
    assert everything() == before
    assert len(calls) == 25
    assert calls.count("factorial") == 6


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__qualname__)
def test_it_looks_the_same(function: Any, swap: Callable[..., None]) -> None:
    before = about(function)
    swap(function)
    assert about(function) == before
    assert tool_bodies.is_async(function) == before["async"]


def test_state_in_a_closure_is_shared_with_the_body(swap: Callable[..., None]) -> None:
    function = made(5)
    assert function(1) == 6
    swap(function)
    assert function(1) == 11


def test_after_the_undo_it_is_the_genuine_code() -> None:
    code = plain.__code__
    undo = tool_bodies.swap(plain, door)  # type: ignore[arg-type] # a function
    assert plain.__code__ is not code
    undo()
    assert plain.__code__ is code
    plain(1, c=1)
    assert calls == []


def test_the_traceback_is_the_same(swap: Callable[..., None]) -> None:
    def told() -> str:
        try:
            failing(1)
        except ValueError as error:
            strip(error)
            return "".join(traceback.format_exception(error))
        raise AssertionError

    before = told()
    hide(door.__code__)  # a hook's own door is known by its file
    swap(failing)
    assert told() == before
    assert calls


def test_it_is_pickled_and_copied_by_its_name(swap: Callable[..., None]) -> None:
    swap(plain)
    assert pickle.loads(pickle.dumps(plain)) is plain
    assert copy.deepcopy(plain) is plain


def generated() -> Iterator[int]:
    yield 1


async def generated_async() -> Any:
    yield 1


@pytest.mark.parametrize("value", [generated, generated_async, len, Shop, Shop().method, None, 7])
def test_what_has_no_body_that_answers_once_is_left_alone(value: Any) -> None:
    assert not tool_bodies.can_swap(value)


def test_a_function_is_swapped_once(swap: Callable[..., None]) -> None:
    assert tool_bodies.can_swap(plain)
    swap(plain)
    assert not tool_bodies.can_swap(plain)


PARAMETERS = st.lists(
    st.tuples(st.sampled_from(["/", "", "*"]), st.booleans()), min_size=0, max_size=6
)


@settings(max_examples=80, deadline=None)
@given(PARAMETERS, st.booleans(), st.booleans(), st.data())
def test_any_signature_passes_its_arguments_on(
    parameters: list[tuple[str, bool]], more: bool, named: bool, data: st.DataObject
) -> None:
    sorts = {kind: [d for k, d in parameters if k == kind] for kind in ("/", "", "*")}
    declared: list[str] = []
    defaults_began = False
    count = 0
    for kind in ("/", ""):
        for default in sorts[kind]:
            defaults_began = defaults_began or default
            declared.append(f"p{count}" + (f"={count}" if defaults_began else ""))
            count += 1
        if kind == "/" and sorts["/"]:
            declared.append("/")
    positional_count = count
    if more or sorts["*"]:
        declared.append("*more" if more else "*")
    for default in sorts["*"]:
        declared.append(f"p{count}" + (f"={count}" if default else ""))
        count += 1
    if named:
        declared.append("**named")
    space: dict[str, Any] = {}
    exec(f"def made({', '.join(declared)}): return dict(locals())", space)
    args = data.draw(st.lists(st.integers(), max_size=positional_count + 2))
    keywords = {f"p{n}": n for n in data.draw(st.sets(st.integers(0, 8)))}

    def told() -> Any:
        try:
            return space["made"](*args, **keywords)
        except TypeError as error:
            return str(error)

    before = told()
    undo = tool_bodies.swap(space["made"], door)
    assert told() == before
    undo()
