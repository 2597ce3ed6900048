from __future__ import annotations

import functools
from typing import Any

import pytest

from agentrr_hooks.mp_shown import shown
from agentrr_sandbox.recording import codec


class Point:
    def __init__(self, x: object) -> None:
        self.x = x


class Sly:
    @property
    def __class__(self) -> Any:
        raise AssertionError("asked")

    @__class__.setter
    def __class__(self, kind: Any) -> None:
        raise AssertionError("set")


def test_values_are_shown_by_value_and_objects_by_members() -> None:
    assert shown((1, "a", b"b", None, 1.5, True)) == [1, "a", b"b", None, 1.5, True]
    assert shown({1: [2]}) == {"dict": [[1, [2]]]}
    assert shown(Point(3)) == {"type": f"{__name__}.Point", "members": [["x", 3]]}
    assert shown(ValueError("no", 1)) == {"type": "builtins.ValueError", "args": ["no", 1]}
    assert shown(functools.partial(len, "x")) == {
        "partial": [{"name": "builtins.len"}, ["x"], {"dict": []}]
    }
    assert shown(Point) == {"name": f"{__name__}.Point"}
    assert shown(Sly()) == {"type": f"{__name__}.Sly", "members": []}


def test_texts_that_are_equal_are_shown_alike_whether_or_not_they_are_one_object() -> None:
    parts = ["a", "b"]
    one = "".join(parts)
    assert shown([one, one]) == shown([one, "".join(parts)])


@pytest.mark.parametrize("value", [{"b", "a"}, {Point(1)}, object(), [[1]] * 3, lambda: 1])
def test_whatever_is_shown_can_be_stored(value: object) -> None:
    codec.encode(shown(value))


def test_what_is_endless_or_long_is_cut() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert shown(endless) == ["..."]
    assert shown("x" * 70_000)["size"] == 70_000
    assert shown("x" * 70_000) != shown("x" * 69_999 + "y")
    assert shown([[n] for n in range(10_000)])[-1] == "..."
