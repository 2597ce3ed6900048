"""The patcher: now or on import, and everything put back."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agentrr_sandbox.patching import Patching


@pytest.fixture
def patching() -> Iterator[Patching]:
    made = Patching()
    yield made
    made.undo()


def wrapper(real: Any) -> Any:
    return lambda: ("patched", real())


def module(name: str, **members: object) -> types.ModuleType:
    made = types.ModuleType(name)
    made.__dict__.update(members)
    return made


def test_a_loaded_module_is_patched_now_and_put_back(
    patching: Patching, monkeypatch: pytest.MonkeyPatch
) -> None:
    def real() -> str:
        return "real"

    target = module("loaded_target", f=real)
    monkeypatch.setitem(sys.modules, "loaded_target", target)
    patching.replace("loaded_target", "f", wrapper)
    assert target.f() == ("patched", "real")
    patching.undo()
    assert target.f is real


def test_a_class_member_that_was_inherited_is_taken_away_again(
    patching: Patching, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Base:
        def f(self) -> str:
            return "base"

    class Derived(Base):
        pass

    monkeypatch.setitem(sys.modules, "class_target", module("class_target", Derived=Derived))
    patching.replace("class_target", "Derived.f", lambda real: lambda self: "not " + real(self))
    assert Derived().f() == "not base"
    assert Base().f() == "base"
    patching.undo()
    assert "f" not in Derived.__dict__


def test_patches_of_one_attribute_are_undone_last_in_first_out(
    patching: Patching, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = module("twice", f=lambda: 1)
    real = target.f
    monkeypatch.setitem(sys.modules, "twice", target)
    patching.replace("twice", "f", wrapper)
    patching.replace("twice", "f", wrapper)
    assert target.f() == ("patched", ("patched", 1))
    patching.undo()
    assert target.f is real


def test_a_module_imported_later_is_patched_on_import_and_keeps_its_loader(
    patching: Patching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "arrives_later.py").write_text("def f():\n    return 'real'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    patching.replace("arrives_later", "f", wrapper)
    assert "arrives_later" not in sys.modules
    import arrives_later  # type: ignore[import-not-found]

    try:
        assert arrives_later.f() == ("patched", "real")
        assert type(arrives_later.__loader__).__name__ == "SourceFileLoader"
        assert getattr(arrives_later.__spec__, "loader", None) is arrives_later.__loader__
        patching.undo()
        assert arrives_later.f() == "real"
    finally:
        del sys.modules["arrives_later"]


def test_a_reload_is_patched_again(
    patching: Patching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib

    (tmp_path / "reloaded.py").write_text("def f():\n    return 'real'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    patching.replace("reloaded", "f", wrapper)
    import reloaded  # type: ignore[import-not-found]

    try:
        importlib.reload(reloaded)
        assert reloaded.f() == ("patched", "real")
    finally:
        del sys.modules["reloaded"]


def test_a_missing_attribute_or_module_is_no_error(patching: Patching) -> None:
    patching.replace("sys", "no_such_thing", wrapper)
    patching.replace("sys", "no_such.thing", wrapper)
    patching.replace("no_such_module_anywhere", "f", wrapper)
    with pytest.raises(ModuleNotFoundError):
        __import__("no_such_module_anywhere")


def test_an_import_that_fails_calls_nobody(
    patching: Patching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "breaks_off.py").write_text("raise ValueError('no')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    called: list[object] = []
    patching.on_import("breaks_off", called.append)
    with pytest.raises(ValueError, match="no"):
        __import__("breaks_off")
    assert not called


def test_undo_takes_the_finder_away() -> None:
    before = list(sys.meta_path)
    made = Patching()
    assert sys.meta_path != before
    made.undo_with(lambda: None)
    made.undo()
    assert sys.meta_path == before


def test_a_hook_that_loads_at_the_import_patches_that_import(
    patching: Patching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hooked_late.py").write_text("def f():\n    return 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    patching.on_import("hooked_late", lambda module: patching.replace("hooked_late", "f", wrapper))
    module = __import__("hooked_late")
    try:
        assert module.f() == ("patched", 1)
    finally:
        del sys.modules["hooked_late"]


def test_pickle_finds_what_stands_for_a_function(
    patching: Patching, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pickle

    def real() -> str:
        return "real"

    real.__module__, real.__qualname__ = "_in_c", "real"
    monkeypatch.setitem(sys.modules, "_in_c", module("_in_c", real=real))
    shown = module("shown", real=real, alias=real)
    monkeypatch.setitem(sys.modules, "shown", shown)
    for name in ("real", "alias"):
        patching.replace("shown", name, wrapper)
    assert pickle.loads(pickle.dumps(shown.real)) is shown.real
    assert shown.real() == ("patched", "real")
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(shown.alias)
