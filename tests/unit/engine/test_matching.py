"""Signatures and structural differences."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrr_sandbox.matching import MAX_DIFFERENCES, differences, divergence, signature, words
from agentrr_sandbox.recording import codec

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


@given(JSON)
def test_what_is_equal_has_no_differences_and_one_signature(value: Any) -> None:
    assert not list(differences(value, value))
    assert signature("call", value) == signature("call", value)


@given(JSON, JSON)
def test_what_differs_has_differences_and_another_signature(a: Any, b: Any) -> None:
    same = not list(differences(a, b))
    assert same == (signature("call", a) == signature("call", b)) or a == b


def test_another_call_has_another_signature() -> None:
    assert signature("a", None) != signature("b", None)


def test_a_changed_prompt_shows_the_changed_words() -> None:
    a = {"messages": [{"role": "user", "content": "Name the tides of the North Sea in one line."}]}
    b = {"messages": [{"role": "user", "content": "Name the tides of the Baltic in one line."}]}
    (found,) = differences(a, b)
    assert found["path"] == "$.messages[0].content"
    assert ["-", "North Sea"] in found["words"] or ["-", "North"] in found["words"]
    assert ["+", "Baltic"] in found["words"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_words_rebuild_both_texts(a: str, b: str) -> None:
    found = words(a, b)
    assert "".join(text for sign, text in found if sign != "+") == a
    assert "".join(text for sign, text in found if sign != "-") == b


def test_one_message_more_is_one_difference() -> None:
    a = [{"content": str(n)} for n in range(20)]
    found = list(differences(a, [*a[:10], {"content": "new"}, *a[10:]]))
    assert found == [{"path": "$[10]", "expected": "(absent)", "observed": {"content": "new"}}]
    found = list(differences(a, a[:10] + a[11:]))
    assert found == [{"path": "$[10]", "expected": {"content": "10"}, "observed": "(absent)"}]


def test_a_member_more_and_a_member_less() -> None:
    found = list(differences({"a": 1, "b": 2}, {"b": 2, "c": 3}))
    assert [f["path"] for f in found] == ["$.a", "$.c"]


def test_true_is_not_one() -> None:
    assert list(differences([True], [1]))


def test_a_report_is_bounded() -> None:
    report = divergence(
        "request",
        "m",
        event=1,
        lane="main",
        call="c",
        expected=list(range(500)),
        observed=[n + 1 for n in range(500)],
        hint="",
    )
    found: Any = report["differences"]
    assert len(found) == MAX_DIFFERENCES
    assert len(str(report["expected_preview"])) <= 400
    assert "hint" not in report


@pytest.mark.parametrize("end", [b"", b"\xff"])
def test_bytes_that_differ_are_shown_round_the_first_one(end: bytes) -> None:
    recorded, present = b"a" * 40 + b"old" + end, b"a" * 40 + b"new" + end
    (found,) = differences({"data": codec.encode(recorded)}, {"data": codec.encode(present)})
    assert found["path"] == "$.data[40]"
    assert found["expected"] == repr(recorded[24:])
    assert found["observed"] == repr(present[24:])


def test_bytes_that_end_early_differ_where_they_end() -> None:
    (found,) = differences(codec.encode(b"whole"), codec.encode(b"who"))
    assert found == {"path": "$[3]", "expected": "b'whole'", "observed": "b'who'"}
