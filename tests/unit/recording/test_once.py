from __future__ import annotations

import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentrr_sandbox.errors import Undecodable
from agentrr_sandbox.recording import codec, once
from agentrr_sandbox.recording.jsontext import dumps, loads
from agentrr_sandbox.recording.once import LONG_ITEM, LONG_TEXT, Folder, Unfolder, unfold

ENVELOPE = 100  # "seq", "h" and their like


class File:
    """The events of a recording, in memory, as text."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.folder = Folder(self.append)

    def append(self, kind: str, fields: dict[str, Any]) -> int:
        self.lines.append(dumps({"t": kind, **fields}))
        return len(self.lines) - 1

    def event(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = loads(self.lines[number])
        return found

    def store(self, tree: object) -> Any:
        folded = self.folder.fold(tree)
        number = self.append("call", {"ok": folded})
        stored = self.event(number)["ok"]
        assert unfold(stored, self.event) == tree
        return stored

    @property
    def size(self) -> int:
        return sum(len(line) + ENVELOPE for line in self.lines)


def words(count: int, seed: int) -> str:
    return "".join(random.Random(seed).choices("abcdefghij klmnop", k=count))


def conversation(turns: int, size: int) -> tuple[int, int]:
    """Return the size of the recording and of what was said: each turn asks and is answered."""
    file = File()
    system = words(2000, -1)
    messages: list[object] = [{"role": "system", "content": system}]
    tools = [
        {"name": f"tool{n}", "schema": {"type": "object", "about": words(300, n)}} for n in range(5)
    ]
    said = len(system) + len(dumps(tools))
    for turn in range(turns):
        question, answer = words(size, turn), words(size, turn + 1000)
        messages = [*messages, {"role": "user", "content": question}]
        body = {"model": "m", "messages": messages, "tools": tools}
        file.store({"method": "POST", "url": "http://h/", "body": {"json": body}})
        message = {"role": "assistant", "content": answer}
        file.store({"json": {"choices": [{"index": 0, "message": message}]}})
        messages = [*messages, message]
        said += 2 * size
    return file.size, said


def test_a_conversation_costs_what_was_said() -> None:
    for size in (60, 500, 2000, 6000):
        fifty, hundred = conversation(50, size), conversation(100, size)
        assert hundred[0] <= 2.1 * fifty[0]
        if size >= 2000:
            assert hundred[0] <= 1.3 * hundred[1]


def test_a_window_that_slides_stores_no_message_three_times() -> None:
    file = File()
    messages = [{"role": "user", "content": [{"text": words(700, n)}], "n": n} for n in range(200)]
    sent = 0
    for start in range(180):
        window = messages[start : start + 20]
        sent += len(dumps(window))
        file.store({"messages": window})
    assert file.size < sent / 4


def test_edited_history_and_branches() -> None:
    file = File()
    messages = [{"role": "user", "content": words(300, n)} for n in range(10)]
    for variant in (
        messages, messages, messages[:5], [*messages[:5], {"role": "tool"}], messages,
        [messages[0], *messages], [], list(reversed(messages)),
    ):  # fmt: skip
        file.store(variant)
    first = file.store(messages)
    assert first == file.store(messages)
    assert first["$"] == "@"


def test_long_texts_are_stored_at_once_and_short_ones_never() -> None:
    file = File()
    text = words(LONG_TEXT, 1)
    assert file.store({"a": text}) == {"a": {"$": "@", "seq": 0}}
    assert file.store([text, {"b": [text]}])[0] == {"$": "@", "seq": 0}
    assert file.store("x" * (LONG_TEXT - 1)) == "x" * (LONG_TEXT - 1)
    surrogates = codec.encode("\ud800" * LONG_TEXT)
    assert codec.decode(unfold(file.folder.fold(surrogates), file.event)) == "\ud800" * LONG_TEXT


def test_nothing_is_written_any_more() -> None:
    folder = Folder(lambda kind, fields: -1)
    item = {"x": words(LONG_ITEM, 2), "y": 1}
    for tree in (
        [words(2000, 1)],
        [item],
        [item, 2],
        [{"z": 1}, item],
        [{"q": 2}, item, {"r": [item]}],
    ):
        for _ in range(3):
            assert folder.fold(tree) == tree


items = st.sampled_from(
    [{"role": "user", "content": words(n, n)} for n in (5, 150, 300, 420, 1000, 1500)]
    + [
        words(1200, 9),
        words(50, 8),
        1,
        None,
        [],
        {"$": "t", "v": [words(1100, 7)]},
        [words(500, 6)] * 3,
    ]
)
trees = st.lists(st.lists(items, max_size=7).map(lambda each: {"body": each}), max_size=8)


@settings(max_examples=200, deadline=None)
@given(trees)
def test_unfold_undoes_fold(given_trees: list[object]) -> None:
    file = File()
    reader = Unfolder(file.event)
    for tree in given_trees:
        assert reader.unfold(file.store(tree)) == tree


def test_folding_a_long_history_takes_time_for_digests_only() -> None:
    file = File()
    messages = [{"role": "user", "content": words(2000, n)} for n in range(100)]
    for turn in range(2, 100):
        file.folder.fold({"messages": messages[:turn]})
    began = time.perf_counter()
    file.folder.fold({"messages": messages})
    assert time.perf_counter() - began < 0.05


def test_payloads_of_their_own_file() -> None:
    ref = {"$": "file", "sha256": "0", "size": 3, "as": "bytes"}
    assert unfold([ref], File().event, lambda found: b"\xffab") == [codec.encode(b"\xffab")]
    assert unfold([ref], File().event, lambda found: "text") == ["text"]
    assert unfold([ref], File().event) == [ref]


@pytest.mark.parametrize(
    "events",
    [
        [{"t": "value", "v": {"$": "@", "seq": 0}}],
        [{"t": "value", "v": {"$": "@", "seq": 1}}, {"t": "value", "v": 1}],
        [{"t": "call", "ok": 1}],
        [{"t": "list", "base": 0, "keep": 0, "add": []}],
        [{"t": "list", "base": None, "keep": 1, "add": []}],
        [{"t": "list", "base": None, "keep": "1", "add": []}],
        [{"t": "list", "base": "x", "keep": 0, "add": []}],
        [{"t": "list", "base": None, "keep": 0}],
        [{"t": "list", "base": None, "keep": 0, "add": 3}],
        [{"t": "value"}],
    ],
    ids=[str(n) for n in range(10)],
)
def test_broken_references(events: list[dict[str, Any]]) -> None:
    with pytest.raises(Undecodable):
        unfold({"$": "@", "seq": 0}, events.__getitem__)


def test_a_base_that_is_no_list() -> None:
    events = [{"t": "value", "v": 1}, {"t": "list", "base": 0, "keep": 0, "add": []}]
    with pytest.raises(Undecodable, match="not a stored list"):
        unfold({"$": "@", "seq": 1}, events.__getitem__)


@pytest.mark.parametrize("seq", [-1, 1.5, "0", None, True, 1 << 70])
def test_bad_numbers(seq: object) -> None:
    with pytest.raises(Undecodable):
        unfold({"$": "@", "seq": seq}, lambda number: {"t": "list"})


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "_MAX_WEIGHT", 100_000)
    events: list[dict[str, Any]] = [{"t": "value", "v": ["x"] * 50}]
    events += ({"t": "value", "v": [{"$": "@", "seq": number}] * 4} for number in range(40))
    with pytest.raises(Undecodable, match="too large"):
        unfold({"$": "@", "seq": 40}, events.__getitem__)
    text = [{"t": "value", "v": "x" * (1 << 20)}]
    with pytest.raises(Undecodable, match="too large"):
        unfold([{"$": "@", "seq": 0}] * 1000, text.__getitem__)


def test_very_long_chains() -> None:
    events: list[dict[str, Any]] = [{"t": "list", "base": None, "keep": 0, "add": [0]}]
    events += ({"t": "list", "base": n, "keep": n + 1, "add": [n]} for n in range(5000))
    assert len(unfold({"$": "@", "seq": 5000}, events.__getitem__)) == 5001
    deep: list[dict[str, Any]] = [{"t": "value", "v": 1}]
    deep += ({"t": "value", "v": [{"$": "@", "seq": number}]} for number in range(5000))
    with pytest.raises(Undecodable, match="deep"):
        unfold({"$": "@", "seq": 5000}, deep.__getitem__)


def test_what_is_kept_in_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "_MOST_KEPT", 4000)
    events = [{"t": "value", "v": ["x"] * 1000} for _ in range(8)]
    reader = Unfolder(events.__getitem__)
    for number in range(8):
        reader.unfold({"$": "@", "seq": number})
    assert len(reader._stored) < 8
