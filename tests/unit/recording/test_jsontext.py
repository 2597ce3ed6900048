"""JSON text without the json package: exact, and closed to what a stranger may send."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrr_sandbox.recording.jsontext import MAX_DEPTH, JSONError, depth, dumps, loads

SMALL = st.integers(-(2**64) + 1, 2**64 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | SMALL | FLOATS | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_and_is_json(value: Any) -> None:
    text = dumps(value)
    assert text.isascii()
    assert loads(text) == loads(text.encode()) == json.loads(text) == value


@given(st.text(alphabet='[]{}",:0123456789.eE+-\\nulrtaefsNI \u00e9\ud800', max_size=40))
def test_only_json_is_read_and_only_one_error_comes(text: str) -> None:
    try:
        found = loads(text)
    except JSONError:
        return
    assert json.loads(text) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"),
        ("[1,", "not JSON"),
        ("nul", "not JSON"),
        ('{"a":1,"a":2}', "a key comes twice"),
        ('{"b":{"a":1,"a":1}}', "a key comes twice"),
        ("NaN", "NaN is not JSON"),
        ("-Infinity", "-Infinity is not JSON"),
        ("1e999", "a number out of range"),
        ("9" * 21, "a long integer"),
        ("-" + "9" * 21, "a long integer"),
        ("9" * 100_000, "a long integer"),
        ("[" * 201 + "]" * 201, "nested deeper than 200"),
        ('{"a":' * 201 + "1" + "}" * 201, "nested deeper than 200"),
        ("[" * 100_000, "nested deeper than 200"),
        ("1 2", "more follows the value"),
        ("\u00e9", "not JSON"),
    ],
)
def test_what_is_refused_and_why(text: str, why: str) -> None:
    with pytest.raises(JSONError) as caught:
        loads(text)
    assert str(caught.value) == why


def test_what_is_just_within_the_limits_is_read() -> None:
    assert loads("-" + "9" * 20) == -(10**20) + 1
    assert depth(loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)) == MAX_DEPTH
    many: list[list[int]] = [[] for _ in range(1000)]
    assert loads(dumps(many)) == many


def test_bytes_are_ascii() -> None:
    with pytest.raises(JSONError, match="not ASCII"):
        loads(b'"\xff"')


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_number_that_is_none_is_written(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        dumps([value])


def test_what_is_not_json_is_not_written() -> None:
    with pytest.raises(TypeError, match="bytes is not JSON"):
        dumps({"a": b"x"})
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ValueError, match="nested too deep"):
        dumps(endless)


@pytest.mark.parametrize(
    ("value", "deep"), [(1, 0), ([], 1), ({}, 1), ([1, [2]], 2), ({"a": [{}]}, 3), (([],), 2)]
)
def test_depth(value: Any, deep: int) -> None:
    assert depth(value) == deep


def test_the_json_package_is_not_imported() -> None:
    code = (
        "import sys; from agentrr_sandbox.recording import writer, ring; "
        "from agentrr_sandbox.recording.jsontext import dumps, loads; loads(dumps([1.5, 'x']));"
        "bad = {'json', 're', 'hashlib', 'typing', 'threading', 'struct', 'ctypes', 'collections'};"
        "print(sorted(bad & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout == "[]\n"
