# ruff: noqa: E501 - tables of cases
from __future__ import annotations

import itertools
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentrr_sandbox.recording import codec
from agentrr_sandbox.recording.cleaning import Cleaner, OutputPieces
from agentrr_sandbox.recording.output import LONGEST
from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.roots import Roots

KEY = "sk-proj-AbCdEf0123456789AbCdEf0123456789AbCdEf01"
ENV = {"OPENAI_API_KEY": KEY}
ROOTS = Roots({"code": "/home/ann/proj", "home": "/home/ann"})
BODY = "\n".join("MIIB" + "abcdABCD0123+/xyz" * 3 for _ in range(5))
PEM = f"-----BEGIN EC PRIVATE KEY-----\n{BODY}\n-----END EC PRIVATE KEY-----\n"


def cleaner() -> Cleaner:
    return Cleaner(Redactor(ENV, b"salt"), ROOTS)


class Forgetful(Cleaner):
    """Looks at every text anew."""

    def _remembered(self) -> set[str]:
        self._nothing, self._mapped = set[str](), dict[str, str]()
        return self._nothing


TEXTS = st.sampled_from((
    "--password", "--api-key", "password", "hunter2x", "Zk3vQ9xLw7Rt2BnY", "x" * 200, KEY,
    "/home/ann/proj/a.py", "token: Zk3vQ9xLw7Rt2BnY", "[redacted:token:3]", "[root:code]", "plain",
    "https://a.example/?key=Zk3vQ9xLw7Rt2BnY", "/home/ann/" + "y" * 200, "=", "", "-p",
))  # fmt: skip
TREES = st.recursive(
    TEXTS | st.integers(0, 3),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.tuples(TREES, TEXTS), min_size=1, max_size=12))
def test_what_is_remembered_changes_nothing(given: list[tuple[Any, str]]) -> None:
    one, other = cleaner(), Forgetful(Redactor(ENV, b"salt"), ROOTS)
    for tree, text in given:
        assert (one.tree(tree), one.text(text)) == (other.tree(tree), other.text(text))


def test_a_text_that_was_harmless_is_looked_at_again_when_a_secret_is_known() -> None:
    ours = cleaner()
    later, place = "it was Zk3vQ9xLw7Rt2BnY then", "/home/ann/Zk3vQ9xLw7Rt2BnY"
    assert ours.tree([later]) == [later]
    assert ours.text(place) == "[root:home]/Zk3vQ9xLw7Rt2BnY"
    assert ours.tree({"api_key": "Zk3vQ9xLw7Rt2BnY"}) == {"api_key": "[redacted:api_key:1]"}
    assert ours.tree([later]) == ["it was [redacted:api_key:1] then"]
    assert ours.text(place) == "[root:home]/[redacted:api_key:1]"


def test_nothing_to_clean_is_the_same_object() -> None:
    tree = {"a": ["x", {"b": 1}, "y" * 500], "c": None, "d": {"$": "np", "v": "sk-"}}
    assert cleaner().tree(tree) is tree


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        (f"{KEY}!", "[redacted:OPENAI_API_KEY:1]!"),
        ({f"/home/ann/{KEY}": 1}, {"[root:home]/[redacted:OPENAI_API_KEY:1]": 1}),
        (KEY.encode(), b"[redacted:OPENAI_API_KEY:1]"),
        (b"\xff" + KEY.encode(), b"\xff[redacted:OPENAI_API_KEY:1]"),
        (f"\ud800{KEY}", "\ud800[redacted:OPENAI_API_KEY:1]"),
        (("/home/ann", {KEY}), ("[root:home]", {"[redacted:OPENAI_API_KEY:1]"})),
        ({1: {"api_key": "x1y2"}}, {1: {"api_key": "[redacted:api_key:1]"}}),
        ([(b"Authorization", b"Bearer " + KEY.encode())],
         [(b"Authorization", b"Bearer [redacted:OPENAI_API_KEY:1]")]),
        ({"password": b"hunter2"}, {"password": b"[redacted:password:1]"}),
        ({"cookie": ("a=12345678", "b=1")}, {"cookie": ("a=[redacted:a:1]", "b=1")}),
        ({"api_key": ["k1", "k2", "k1"]},
         {"api_key": ["[redacted:api_key:1]", "[redacted:api_key:2]", "[redacted:api_key:1]"]}),
        ({"secret": {"x": "/home/ann"}}, {"secret": {"x": "[root:home]"}}),
        ({"password": 12, "secret": True}, {"password": 12, "secret": True}),
        (["authorization", "plain"], ["authorization", "[redacted:authorization:1]"]),
        (["secret", "garden"], ["secret", "garden"]),
        ("x" * 200 + "/home/ann/proj", "x" * 200 + "/home/ann/proj"),
        ("x " * 200 + "/home/ann/proj", "x " * 200 + "[root:code]"),
        (["y" * 200, KEY, "y" * 200], ["y" * 200, "[redacted:OPENAI_API_KEY:1]", "y" * 200]),
    ],
    ids=[str(n) for n in range(18)],
)  # fmt: skip
def test_tree(value: object, cleaned: object) -> None:
    clean = cleaner()
    tree = clean.tree(codec.encode(value))
    assert codec.decode(tree) == cleaned
    assert "[root:" in str(tree) or clean.tree(tree) == tree


def test_class_names_are_not_touched() -> None:
    tree = {"$": "ob", "c": "sk-:x", "v": {"a": KEY}}
    assert cleaner().tree(tree) == {
        "$": "ob",
        "c": "sk-:x",
        "v": {"a": "[redacted:OPENAI_API_KEY:1]"},
    }


def test_bytes() -> None:
    assert cleaner().bytes(b"at /home/ann") == b"at [root:home]"
    assert cleaner().bytes(b"\xff/home/ann/x") == b"\xff/home/ann/x"
    assert cleaner().bytes(b"\xfe /home/ann/x") == b"\xfe [root:home]/x"


def test_environment() -> None:
    clean = cleaner()
    assert clean.environment("LANG", "C") == "C"
    assert clean.environment("DATA", "/home/ann/d") == "[root:home]/d"
    stored = clean.environment("OPENAI_API_KEY", KEY)
    assert stored["$"] == "stand-in"
    away = Cleaner(Redactor({}, b"salt"), Roots({"home": "/root"}))
    served = away.localize({"env": [stored]})["env"][0]
    assert served.startswith("sk-proj-")
    assert away.text(served) == "[redacted:OPENAI_API_KEY:1]"


def test_a_secret_learned_later_is_found_in_a_text_that_was_clean() -> None:
    clean = cleaner()
    text = "the word of the day is a1b2c3d4e5f6g7, " * 10
    assert clean.tree([text])[0] is text
    clean.tree({"access_token": "a1b2c3d4e5f6g7"})
    assert "a1b2" not in clean.tree([text])[0]


def test_localize_reaches_coded_texts() -> None:
    away = Cleaner(Redactor({}, b"salt"), Roots({"home": "/root"}))
    value = [
        b"\xff [root:home]/x",
        "\ud800[root:home]",
        ("[root:home]",),
        {"[root:home]": b"[root:home]"},
    ]
    assert codec.decode(away.localize(codec.encode(value))) == [
        b"\xff /root/x", "\ud800/root", ("/root",), {"/root": b"/root"}
    ]  # fmt: skip
    untouched = codec.encode([b"\xff", "\ud800"])
    assert away.localize(untouched) == untouched
    assert away.localize({"$": "i", "v": "0x1"}) == {"$": "i", "v": "0x1"}


def test_a_large_request_is_cheap() -> None:
    clean = cleaner()
    messages = [
        {"role": "user", "content": f"{n} " + "so it goes, as ever. " * 40} for n in range(100)
    ]
    request = {"model": "m", "messages": messages}
    clean.tree(request)
    began = time.perf_counter()
    for _ in range(10):
        clean.tree(request)
    assert (time.perf_counter() - began) / 10 < 0.02


# -- output ------------------------------------------------------------------------------------


def pieces(parts: list[bytes]) -> tuple[list[Any], str]:
    stream = OutputPieces(cleaner())
    found = [piece for part in parts for piece in stream.feed(part)]
    return found + stream.rest(), stream.digest()


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


fragments = st.sampled_from(
    [b"line\n", b"\r\n", b"\r", b"\n", b"a", KEY.encode(), b" ", "\xe9\u20ac".encode(), b"\xff", PEM.encode(),
     b"-----BEGIN PRIVATE KEY-----\n", b"-----END PRIVATE KEY-----\n", b"/home/ann/proj", b"abcd1234\n",
     b"progress 10%\r", b"[redacted:x:1]"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(fragments, max_size=12).map(b"".join), st.lists(st.integers(0, 5000), max_size=8))
def test_pieces_do_not_depend_on_writes(data: bytes, places: list[int]) -> None:
    whole = pieces([data])
    assert pieces(cut(data, places)) == whole
    assert pieces([data[i : i + 1] for i in range(len(data))]) == whole
    assert KEY not in str(whole)
    assert "MIIB" not in str(whole)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(LONGEST - 60, LONGEST + 20),
    st.sampled_from([b"x", "\u20ac".encode(), b"ab ", b"\xff"]),
    st.lists(st.integers(0, 200_000), max_size=6),
)
def test_long_lines(before: int, filler: bytes, places: list[int]) -> None:
    line = (
        (filler * (before // len(filler) + 1))[:before]
        if filler != "\u20ac".encode()
        else (filler * (before // 3))
    )
    data = line + b" " + KEY.encode() + b" " + filler * (100_000 // len(filler)) + b"\nend\n"
    whole = pieces([data])
    assert pieces(cut(data, places)) == whole
    assert "sk-proj" not in str(whole)
    if filler != b"\xff":
        text = "".join(whole[0])
        assert text.replace("[redacted:OPENAI_API_KEY:1]", KEY).encode() == data


def test_lines() -> None:
    found, _ = pieces([b"a\nb\r\nc\rd", b"\n", b"e\r", b"\n", b"rest"])
    assert found == ["a\n", "b\r\n", "c\r", "d\n", "e\r\n", "rest"]


def test_a_private_key_is_one_piece() -> None:
    found, _ = pieces([b"before\n" + PEM.encode() + b"after\n"])
    assert found == ["before\n", "[redacted:private-key:1]\n", "after\n"]
    found, _ = pieces([PEM.replace("\n", "\r\n").encode()[:200]])
    assert found == ["[redacted:private-key:1]"]
    found, _ = pieces([b"-----BEGIN PRIVATE KEY-----\nnot a key, but words\nmore\n"])
    assert "more\n" in found
    found, _ = pieces([b"-----BEGIN PRIVATE KEY-----\n" + b"QUJD\n" * 10_000 + b"x y\n"])
    assert len(found) > 2


def test_bytes_that_are_no_text() -> None:
    found, _ = pieces([b"\xff\xfe " + KEY.encode() + b"\n"])
    assert codec.decode(found) == [b"\xff\xfe [redacted:OPENAI_API_KEY:1]\n"]


def test_digest_is_of_the_cleaned_stream() -> None:
    import hashlib

    _, digest = pieces([b"a\n" + KEY.encode() + b"\n\xff"])
    wanted = b"a\n[redacted:OPENAI_API_KEY:1]\n\xff"
    assert digest == hashlib.sha256(wanted).hexdigest()


def test_many_small_writes_of_one_long_line_are_linear() -> None:
    stream = OutputPieces(cleaner())
    data = bytes(random.Random(1).randbytes(16).hex(), "ascii")
    began = time.perf_counter()
    for _ in range(20_000):
        stream.feed(data)
    assert time.perf_counter() - began < 2
