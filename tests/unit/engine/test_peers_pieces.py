"""Pieces of bytes: a secret that is cut over them is not stored; all else comes back exactly."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peers import KILLED, World, record

SECRET = "tomato-Zx81hJQq04mTfLw9aBcD"
ENVIRON = {"SOME_API_KEY": SECRET}


def pieces_of(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    return [data[a:b] for a, b in itertools.pairwise(places)]


def streaming(pieces: list[Any], *, read: int | None = None, close: bool = True) -> Any:
    def scenario(world: World) -> list[Any]:
        def live() -> tuple[None, Iterator[Any]]:
            return None, iter(pieces)

        stream = world.lane.stream("test.stream", live)
        out = []
        for number, piece in enumerate(stream, 1):
            out.append(piece)
            if number == read:
                break
        if close:
            stream.close()
        world.ask("test.after")
        return out

    return scenario


CUTS = st.lists(st.integers(0, 120), max_size=8)


@given(st.text("tomato-Zx81 .", max_size=60), CUTS, st.integers(1, 9), st.booleans())
@settings(max_examples=80, deadline=None)
def test_what_only_begins_like_a_secret_is_exact(
    text: str, cuts: list[int], read: int, close: bool
) -> None:
    pieces = pieces_of(text.encode(), cuts)
    scenario = streaming(pieces, read=read, close=close)
    with tempfile.TemporaryDirectory() as folder:
        made = record(Path(folder), scenario, environ=ENVIRON)
        run = made.replay(streaming([], read=read, close=close))
    assert run.faithful, run.reports
    assert run.value == made.value


@given(st.text("tomato- .", max_size=20), st.text("cD x", max_size=20), CUTS)
@settings(max_examples=80, deadline=None)
def test_a_secret_cut_anywhere_is_not_stored(before: str, after: str, cuts: list[int]) -> None:
    text = f"{before} {SECRET} {after}"
    pieces = pieces_of(text.encode(), cuts)
    with tempfile.TemporaryDirectory() as folder:
        made = record(Path(folder), streaming(pieces), environ=ENVIRON)
        stored = Path(made.path).read_text()
        run = made.replay(streaming([]))
    assert run.faithful, run.reports
    assert SECRET not in stored
    assert len(run.value) == len(pieces)
    served = b"".join(run.value).decode()
    assert SECRET not in served
    assert served.startswith(before)
    assert served.endswith(after)


@pytest.mark.parametrize("last", ["text", None, b"tomato-Zx"])
def test_what_is_no_bytes_ends_what_was_held(tmp_path: Path, last: Any) -> None:
    pieces = [b"tomato-Zx", last, b"8", b"tomato"]
    made = record(tmp_path, streaming(pieces), environ=ENVIRON)
    run = made.replay(streaming([]))
    assert run.faithful
    assert run.value == pieces


def halves(count: int) -> list[bytes]:
    return [f"{number} tomato-Zx81".encode() for number in range(count)]


def test_cut_short_no_piece_is_served_but_whole(tmp_path: Path) -> None:
    scenario: Callable[[World], Any] = streaming(halves(3))
    count = len(record(tmp_path, scenario, environ=ENVIRON).events)
    for left in range(2, count - 1):
        made = record(tmp_path, scenario, environ=ENVIRON, end=KILLED).cut(left, end=True)
        served: list[bytes] = []

        def again(world: World, served: list[bytes] = served) -> None:
            stream = world.lane.stream("test.stream", lambda: (None, iter(())))
            for piece in stream:
                served += [piece]
            stream.close()
            world.ask("test.after")

        run = made.replay(again)
        assert run.slugs == [], run.reports
        assert served == halves(3)[: len(served)], "what the run was given, or nothing"
