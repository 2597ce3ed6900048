from __future__ import annotations

import json
import urllib.parse
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrr_sandbox.errors import Undecodable
from agentrr_sandbox.recording import bodies
from agentrr_sandbox.recording.jsontext import dumps, loads


def there_and_back(body: bytes) -> Any:
    stored = loads(dumps(bodies.encode(body)))
    assert bodies.decode(stored) == body
    return stored


@pytest.mark.parametrize(
    ("body", "stored"),
    [
        (b"", {"text": ""}),
        (b'{"a":1,"b":[null,true,1.5]}', {"json": {"a": 1, "b": [None, True, 1.5]}}),
        (b'{"a": 1}', {"json": {"a": 1}, "style": "spaced"}),
        ('{"a":"ä"}'.encode(), {"json": {"a": "ä"}, "style": "compact-utf8"}),
        ('{"a": "ä", "b": 1}'.encode(), {"json": {"a": "ä", "b": 1}, "style": "spaced-utf8"}),
        (rb'{"a":"\u00e4"}', {"json": {"a": "ä"}}),
        (b'{"$":"t","v":[]}', {"json": {"$": "d", "v": [["$", "t"], ["v", []]]}}),
        (b'{"a":1 }', {"text": '{"a":1 }'}),
        (b'{"a":1,"a":2}', {"text": '{"a":1,"a":2}'}),
        (b"[1.50]", {"text": "[1.50]"}),
        (b"[NaN]", {"text": "[NaN]"}),
        (b"[1e400]", {"text": "[1e400]"}),
        (b"[9007199254740993]", {"json": [{"$": "i", "v": "0x20000000000001"}]}),
        (rb'{"\u0024":1}', {"text": r'{"\u0024":1}'}),
        (rb'["\ud800"]', {"json": [{"$": "s", "v": "7aCA"}]}),
        (b"{", {"text": "{"}),
        (b"1", {"text": "1"}),
        (b"a=1&b=x+y%26", {"form": [["a", "1"], ["b", "x y&"]]}),
        (b"a=%c3%a4", {"text": "a=%c3%a4"}),
        (b"a=%C3%A4", {"form": [["a", "ä"]]}),
        (b"a=%FF", {"text": "a=%FF"}),
        (b"a=%zz", {"text": "a=%zz"}),
        (b"a=1&b", {"text": "a=1&b"}),
        (b"a=1, b=2", {"text": "a=1, b=2"}),
        (b"\xff\x00", {"base64": "/wA="}),
        (b"[" * 500, {"text": "[" * 500}),
    ],
    ids=[str(n) for n in range(26)],
)
def test_forms(body: bytes, stored: object) -> None:
    assert there_and_back(body) == stored


trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("$"), inner),
    max_leaves=10,
)


@given(
    st.dictionaries(st.text(), trees),
    st.sampled_from([(",", ":"), (", ", ": "), (" ,", ":")]),
    st.booleans(),
)
def test_json_bodies(tree: object, separators: tuple[str, str], ascii_only: bool) -> None:
    text = json.dumps(tree, separators=separators, ensure_ascii=ascii_only, allow_nan=True)
    there_and_back(text.encode())


@given(st.binary() | st.text().map(str.encode) | st.text("a=&%+1C3 ").map(str.encode))
def test_any_body(body: bytes) -> None:
    there_and_back(body)


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), min_size=1))
def test_form_bodies(pairs: list[tuple[str, str]]) -> None:
    body = urllib.parse.urlencode(pairs).encode()
    if not body.startswith((b"{", b"[")):
        assert there_and_back(body) == {"form": [list(pair) for pair in pairs]}


@pytest.mark.parametrize(
    "stored", [{}, {"base64": "?"}, {"json": {}, "style": "odd"}, {"form": [1]}, {"text": 3}, 5,
               {"json": {"$": "t", "v": [{"$": "b", "v": "/w=="}]}}],
    ids=repr,
)  # fmt: skip
def test_damaged(stored: object) -> None:
    with pytest.raises(Undecodable):
        bodies.decode(stored)
