"""Ids that Rust makes out of sight: recorded and served, one by one, in the library's own type."""

from __future__ import annotations

import importlib.util
import random
import sys
import types
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from unit.hooks.fakes import Diverged, Tape

from agentrr_hooks import uuids_rust

_hidden = random.Random(7)
"""Stands for a generator that no hook sees."""


def _drawn() -> uuid.UUID:
    return uuid.UUID(int=_hidden.getrandbits(128))


@pytest.fixture(autouse=True)
def libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put something of the libraries' shape where they would be."""
    for library in uuids_rust.LIBRARIES:
        module: Any = types.ModuleType(library)
        module.UUID = uuid.UUID
        monkeypatch.setitem(sys.modules, library, module)

        def bulk(n: int) -> list[uuid.UUID]:
            return [_drawn() for _ in range(n)]

        def strings(n: int) -> list[str]:
            return [_drawn().hex for _ in range(n)]

        def made(node: int | None = None) -> uuid.UUID:
            return _drawn() if node is None else uuid.UUID(int=int(node))

        def number() -> int:
            return _drawn().int

        for name, function in (
            *(("uuid4", made), ("uuid7", made), ("uuid1", made), ("getnode", number)),
            *(("_uuid4_int", number), ("uuid4_bulk", bulk), ("uuid7_as_strings_bulk", strings)),
        ):
            own: Any = types.FunctionType(
                function.__code__, function.__globals__, name, function.__defaults__
            )
            own.__module__ = library
            setattr(module, name, own)


def _of(library: int, name: str) -> Callable[..., Any]:
    return getattr(sys.modules[uuids_rust.LIBRARIES[library]], name)  # type: ignore[no-any-return]


CALLS = {
    "uuid_utils.uuid4": (0, "uuid4"),
    "uuid_utils._uuid4_int": (0, "_uuid4_int"),
    "fastuuid.uuid7": (1, "uuid7"),
    "fastuuid.uuid1": (1, "uuid1"),
}


@pytest.mark.parametrize(("call", "place"), CALLS.items(), ids=list(CALLS))
def test_an_id_is_recorded_and_served(call: str, place: tuple[int, str]) -> None:
    tape = Tape()
    with tape.recording(uuids_rust):
        first = _of(*place)()
    (event,) = tape.events
    assert event["call"] == call
    assert not event.get("elastic")
    with tape.replaying(uuids_rust):
        served = _of(*place)()
        assert (served, type(served)) == (first, type(first))
        with pytest.raises(Diverged):
            _of(*place)()
    assert _of(*place)() != first


def test_a_list_is_as_long_as_the_program_asks() -> None:
    tape = Tape()
    with tape.recording(uuids_rust):
        first = _of(1, "uuid7_as_strings_bulk")(3)
        node = _of(0, "getnode")()
    assert len(tape.events) == len(first) == 3
    with tape.replaying(uuids_rust):
        assert _of(0, "getnode")() == node
        assert _of(1, "uuid7_as_strings_bulk")(2) == first[:2]
        with pytest.raises(Diverged):
            _of(1, "uuid7_as_strings_bulk")(2)


def test_what_the_library_refuses_is_no_id() -> None:
    tape = Tape()
    with tape.recording(uuids_rust), pytest.raises(ValueError, match="invalid"):
        _of(0, "uuid1")(node="x")
    assert not tape.events
    with tape.replaying(uuids_rust), pytest.raises(ValueError, match="invalid"):
        _of(0, "uuid1")(node="x")


@pytest.mark.parametrize("library", ["uuid_utils", "fastuuid"])
def test_the_names_are_those_of_the_library(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    whole = next(name for name in uuids_rust.LIBRARIES if name.startswith(library))
    monkeypatch.delitem(sys.modules, whole)
    real = importlib.import_module(whole)
    before = real.uuid7
    tape = Tape()
    with tape.recording(uuids_rust):
        first = real.uuid4(), real.uuid7(), real.uuid1(node=7)
        lists = real.uuid4_bulk(2) if library == "fastuuid" else real._uuid7_int()
    with tape.replaying(uuids_rust):
        assert (real.uuid4(), real.uuid7(), real.uuid1(node=7)) == first
        assert lists == (real.uuid4_bulk(2) if library == "fastuuid" else real._uuid7_int())
    assert real.uuid7 is before
