"""What crosses the boundary where entropy is drawn."""

# ruff: noqa: PLW0108 - called by name, for the name is replaced

from __future__ import annotations

import os
import random
import secrets
import ssl
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from unit.hooks.fakes import Diverged, Tape

from agentrr_hooks import entropy, uuids

DRAWS: dict[str, Callable[[], Any]] = {
    "os.urandom(8)": lambda: os.urandom(8),
    "os.urandom(0)": lambda: os.urandom(0),
    "os.getrandom(6)": lambda: os.getrandom(6),
    "os.getrandom(7)": lambda: os.getrandom(size=7, flags=os.GRND_NONBLOCK),
    "ssl.RAND_bytes(12)": lambda: ssl.RAND_bytes(12),
    "os.urandom(16)": uuid.uuid4,
    "os.urandom": lambda: os.urandom(2000),
}


@pytest.mark.parametrize(("call", "draw"), DRAWS.items(), ids=list(DRAWS))
def test_a_draw_is_recorded_and_served(call: str, draw: Callable[[], Any]) -> None:
    tape = Tape()
    with tape.recording(entropy):
        first = draw()
    (event,) = tape.events
    assert event["call"] == call
    assert not event.get("elastic")
    with tape.replaying(entropy):
        assert draw() == first
        with pytest.raises(Diverged):
            draw()
    assert call == "os.urandom(0)" or draw() != first


@pytest.mark.parametrize("other", [9, 2001])
def test_another_size_diverges(other: int) -> None:
    tape = Tape()
    with tape.recording(entropy):
        os.urandom(2000 if other > 64 else 8)
    with tape.replaying(entropy), pytest.raises(Diverged):
        os.urandom(other)


def test_numbers_of_other_types_are_sizes_too() -> None:
    class Size:
        def __index__(self) -> int:
            return 5

    tape = Tape()
    with tape.recording(entropy):
        os.urandom(Size())  # type: ignore[arg-type]
    assert [event["call"] for event in tape.events] == ["os.urandom(5)"]


WRONG: list[Callable[[], Any]] = [
    lambda: os.urandom(-1),
    lambda: os.urandom("x"),  # type: ignore[arg-type]
    lambda: os.urandom(),  # type: ignore[call-arg]
]


@pytest.mark.parametrize("wrong", WRONG, ids=range(3))
def test_a_wrong_call_raises_as_bare(wrong: Callable[[], Any]) -> None:
    with pytest.raises((ValueError, TypeError)) as bare:
        wrong()
    tape = Tape()
    with tape.recording(entropy), pytest.raises(type(bare.value)):
        wrong()
    assert tape.events == []


def test_modules_imported_later_take_the_recorded_one() -> None:
    """`random` and `secrets` were imported by the tests before us, so their alias is replaced."""
    tape = Tape()
    with tape.recording(entropy):
        real, random._urandom = random._urandom, os.urandom  # type: ignore[attr-defined]
        try:
            drawn = secrets.token_hex(4), random.SystemRandom().random(), secrets.randbelow(9)
        finally:
            random._urandom = real  # type: ignore[attr-defined]
    calls = [event["call"] for event in tape.events]
    assert calls[:2] == ["os.urandom(4)", "os.urandom(7)"]
    assert len(drawn) == 3


def test_ids_of_the_c_library() -> None:
    tape = Tape()
    with tape.recording(entropy, uuids):
        first = uuid.uuid1(), uuid.uuid1(), uuid.getnode()
    assert {event["call"] for event in tape.events} == {"uuid.generate_time_safe"}
    with tape.replaying(entropy, uuids):
        assert (uuid.uuid1(), uuid.uuid1(), uuid.getnode()) == first
    assert tape.left() == 0


def test_everything_is_put_back() -> None:
    before = os.urandom, os.getrandom, ssl.RAND_bytes, uuid.getnode
    with Tape().recording(entropy, uuids):
        assert os.urandom is not before[0]
    assert (os.urandom, os.getrandom, ssl.RAND_bytes, uuid.getnode) == before
