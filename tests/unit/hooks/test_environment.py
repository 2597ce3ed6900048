"""What crosses the boundary at `os.environ`: what is asked for, and nothing else."""

# ruff: noqa: PLW0108 - called by name, for the name is replaced

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.hooks.fakes import Tape

from agentrr_hooks import environment

HERE, ABSENT = "AGENT_MODE", "AGENT_NO_SUCH"


@pytest.fixture(autouse=True)
def _variables() -> Iterator[None]:
    kept = dict(os.environ)
    os.environ[HERE] = "fast"
    yield
    for name in set(os.environ) | set(kept):
        if os.environ.get(name) != kept.get(name):
            if name in kept:
                os.environ[name] = kept[name]
            else:
                del os.environ[name]


def facts(tape: Tape) -> dict[str, Any]:
    return {name: value for name, value in tape.facts.items() if name.startswith("env")}


READS: list[Callable[[], Any]] = [
    lambda: os.environ[HERE],
    lambda: os.environ.get(HERE),
    lambda: os.environ.get(HERE, "slow"),
    lambda: os.getenv(HERE),
    lambda: os.getenvb(HERE.encode()).decode(),  # type: ignore[union-attr] # it is there
    lambda: os.environb[HERE.encode()].decode(),
    lambda: os.environ.setdefault(HERE, "slow"),
]


@pytest.mark.parametrize("read", READS, ids=range(len(READS)))
def test_one_variable_is_read_and_no_other(read: Callable[[], Any]) -> None:
    tape = Tape()
    with tape.recording(environment):
        assert read() == "fast"
    assert facts(tape) == {f"env:{HERE}": "fast"}
    del os.environ[HERE]
    with tape.replaying(environment):
        assert read() == "fast"


@pytest.mark.parametrize(
    "read",
    [
        lambda: os.environ.get(ABSENT),
        lambda: ABSENT in os.environ or None,
        lambda: os.getenv(ABSENT),
        lambda: os.environ.pop(ABSENT, None),
    ],
    ids=range(4),
)
def test_absent_is_an_answer_too(read: Callable[[], Any]) -> None:
    tape = Tape()
    with tape.recording(environment):
        assert read() is None
    assert facts(tape) == {f"env:{ABSENT}": None}
    os.environ[ABSENT] = "here by now"
    try:
        with tape.replaying(environment):
            assert read() is None
            with pytest.raises(KeyError) as raised:
                os.environ[ABSENT]
            assert raised.value.args == (ABSENT,)
    finally:
        os.environ.pop(ABSENT, None)


def test_the_type_and_the_copies_are_what_they_were() -> None:
    with Tape().recording(environment):
        assert type(os.environ) is os._Environ
        assert type(os.environ.copy()) is dict
        assert dict(os.environ)[HERE] == "fast"
        assert {**os.environ, "X": "1"}[HERE] == "fast"
        assert (os.environ | {"X": "1"})["X"] == "1"
        assert f"'{HERE}': 'fast'" in repr(os.environ)
        assert pickle.loads(pickle.dumps(os.environ.copy()))[HERE] == "fast"
        assert len(os.environ) == len(list(os.environ)) == len(os.environb)
        assert os.environ


def test_the_names_are_a_fact_of_their_own() -> None:
    tape = Tape()
    with tape.recording(environment):
        names = list(os.environ)
    assert set(facts(tape)) == {environment.NAMES}
    os.environ["AGENT_NEW"] = "1"
    try:
        with tape.replaying(environment):
            assert list(os.environ) == names
            assert len(os.environ) == len(names)
    finally:
        os.environ.pop("AGENT_NEW", None)


def test_every_form_of_going_through_gives_the_same() -> None:
    tape = Tape()
    with tape.recording(environment):
        recorded = dict(os.environ.items())
    os.environ[HERE] = "changed"
    with tape.replaying(environment):
        assert dict(os.environ) == recorded
        assert dict(zip(os.environ.keys(), os.environ.values(), strict=True)) == recorded
        assert {os.fsdecode(k): os.fsdecode(v) for k, v in os.environb.items()} == recorded


def test_what_the_script_sets_is_its_own() -> None:
    tape = Tape()
    with tape.recording(environment):
        os.environ[ABSENT] = "mine"
        os.environ.update({HERE: "also mine"})
        assert (os.environ[ABSENT], os.getenv(HERE)) == ("mine", "also mine")
        assert ABSENT in list(os.environ)
        shown = subprocess.run(
            [sys.executable, "-c", f"import os; print(os.environ['{ABSENT}'])"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert shown.stdout == "mine\n"
        del os.environ[ABSENT]
        assert os.environ.get(ABSENT) is None
        assert ABSENT not in os.environ
        assert os.environ.setdefault(ABSENT, "again") == "again"
        assert os.environ.pop(ABSENT) == "again"
        with pytest.raises(KeyError):
            del os.environ[ABSENT]
    assert f"env:{HERE}" not in tape.facts


def test_taking_out_what_was_there() -> None:
    tape = Tape()
    with tape.recording(environment):
        assert os.environ.pop(HERE) == "fast"
        assert HERE not in os.environ
        assert HERE not in list(os.environ)
    assert HERE not in os.environ
    with tape.replaying(environment):
        assert os.environ.pop(HERE) == "fast"
        assert HERE not in list(os.environ)


def test_all_can_be_taken_out() -> None:
    tape = Tape()
    kept = dict(os.environ)
    try:
        with tape.recording(environment):
            os.environ.clear()
            assert not os.environ
            assert list(os.environ.items()) == []
    finally:
        os.environ.update(kept)


def test_a_child_gets_the_whole_environment() -> None:
    tape = Tape()
    with tape.recording(environment):
        shown = subprocess.run(
            [sys.executable, "-c", f"import os; print(os.environ['{HERE}'])"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    assert shown.stdout == "fast\n"
    assert f"env:{HERE}" not in tape.facts


def test_of_the_proxies_only_the_proxies_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://me:pass@proxy:8080")
    monkeypatch.setenv("NO_PROXY", "localhost")
    for name in ("HTTPS_PROXY", "no_proxy", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    tape = Tape()
    with tape.recording(environment):
        found = urllib.request.getproxies()
        assert found == urllib.request.getproxies_environment()
    assert found["https"] == "http://me:pass@proxy:8080"
    assert found["no"] == "localhost"
    assert all(name.startswith(("env*_proxy", "env:")) for name in tape.facts)
    assert "env:https_proxy (any)" in tape.facts
    assert environment.NAMES not in tape.facts
    monkeypatch.delenv("https_proxy")
    with tape.replaying(environment):
        assert urllib.request.getproxies() == found


def test_a_proxy_that_the_script_sets_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("https_proxy", raising=False)
    with Tape().recording(environment):
        os.environ["https_proxy"] = "http://mine:1"
        try:
            assert urllib.request.getproxies()["https"] == "http://mine:1"
        finally:
            del os.environ["https_proxy"]


def test_after_the_undo_it_is_a_plain_dictionary_again() -> None:
    data: Any = os.environ._data  # type: ignore[attr-defined] # where the values are
    with Tape().recording(environment):
        os.environ[ABSENT] = "kept"
    assert os.environ._data is data  # type: ignore[attr-defined]
    assert os.environb._data is data  # type: ignore[attr-defined]
    assert os.environ.pop(ABSENT) == "kept"


NAMES = st.sampled_from(["A_ONE", "A_TWO", "A_THREE"])
STEPS = st.lists(
    st.tuples(st.sampled_from(["get", "set", "pop", "in", "list", "setdefault"]), NAMES),
    max_size=12,
)


def act(steps: list[tuple[str, str]], mapping: Any) -> list[Any]:
    seen: list[Any] = []
    for number, (step, name) in enumerate(steps):
        if step == "get":
            seen.append(mapping.get(name))
        elif step == "set":
            mapping[name] = str(number)
        elif step == "pop":
            seen.append(mapping.pop(name, None))
        elif step == "in":
            seen.append(name in mapping)
        elif step == "setdefault":
            seen.append(mapping.setdefault(name, "by default"))
        else:
            seen.append(sorted(key for key in mapping if key.startswith("A_")))
    return seen


@settings(max_examples=60, deadline=None)
@given(STEPS, st.sets(NAMES), st.sets(NAMES))
def test_it_is_a_dictionary_and_a_replay_sees_the_recorded_one(
    steps: list[tuple[str, str]], before: set[str], elsewhere: set[str]
) -> None:
    def put(names: set[str]) -> None:
        for name in ("A_ONE", "A_TWO", "A_THREE"):
            os.environ.pop(name, None)
        os.environ.update(dict.fromkeys(names, "here"))

    tape = Tape()
    try:
        put(before)
        with tape.recording(environment):
            recorded = act(steps, os.environ)
        assert recorded == act(steps, dict.fromkeys(before, "here"))
        put(elsewhere)
        with tape.replaying(environment):
            assert act(steps, os.environ) == recorded
    finally:
        put(set())
