from __future__ import annotations

import collections
import datetime as dt
import os
import pickle
from pathlib import Path
from typing import Any

import cloudpickle  # type: ignore[import-untyped] # it has no annotations

from agentrr_sandbox.recording.pickled_names import names


def test_the_names_are_told_and_nothing_is_run(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(tmp_path / "ran"),)

    assert names(pickle.dumps([Bomb(), dt.date(2020, 1, 1)])) == [
        f"{os.mkdir.__module__}.mkdir",
        "datetime.date",
    ]
    assert not (tmp_path / "ran").exists()


def test_a_class_made_by_a_call_and_its_instances() -> None:
    class Local(collections.OrderedDict[str, int]):
        """Holds items, and an attribute."""

    value = Local(a=1)
    value.rest = {value.__class__}  # type: ignore[attr-defined] # that is the point
    found = names(cloudpickle.dumps([value, collections.deque([1]), {2}]))
    assert "collections.OrderedDict" in found
    assert "collections.deque" in found
    assert not [name for name in found if "cannot be told" in name]


def test_what_it_cannot_follow_is_said() -> None:
    assert names(b"cos\nmkdir\n.")[-1] == "os.mkdir"
    assert "cannot be told" in names(b"cos\nmkdir\n)R\x8c\x01a\x93.")[-1]
    assert "\x1b" not in names(b"c\x1b[2Jos\nmkdir\n.")[0]


def test_what_lies_outside_of_the_pickle() -> None:
    """`persistent_load` and `append`: protocol 0 says them as plain text."""
    assert names(b"Pid-7\n.") == []
    assert names(b"ccollections\ndeque\n)R(I1\nI2\ne.") == ["collections.deque"]
    assert names(b"ccollections\ndeque\n)RI1\na.") == ["collections.deque"]
    assert names(b"cbuiltins\ndict\n)RI1\nI2\ns.") == ["builtins.dict"]
