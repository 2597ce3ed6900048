"""A thread that goes round one loop is told from one that gets on."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentrr_sandbox.schedule.rounds import PLACES, goes_round, stack_of


def found(work: Callable[[threading.Event], None]) -> list[bool]:
    """Return what is told of a thread that does *work* until it is to end, at each look."""
    over = threading.Event()
    thread = threading.Thread(target=work, args=(over,))
    thread.start()
    stacks: list[Any] = []
    told: list[bool] = []
    while thread.is_alive() and len(stacks) < 3 * PLACES:
        time.sleep(0.002)
        stacks.append(stack_of(thread.ident or 0))
        told.append(goes_round(stacks))
    over.set()
    thread.join()
    assert len(stacks) >= PLACES
    return told[PLACES - 1 :]


def test_polling_a_flag() -> None:
    def poll(over: threading.Event) -> None:
        while not over._flag:  # type: ignore[attr-defined]
            pass

    assert all(found(poll))


def test_polling_through_functions() -> None:
    def asked(over: threading.Event) -> bool:
        return over.is_set()

    def poll(over: threading.Event) -> None:
        while not asked(over):
            pass

    assert any(found(poll))


def test_importing_many_modules_gets_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "made_up_many"
    package.mkdir()
    source = "import dataclasses\n" + "".join(
        f"@dataclasses.dataclass\nclass C{n}:\n    a: int = 1\n    b: str = ''\n" for n in range(8)
    )
    names = [f"m{n}" for n in range(400)]
    for name in names:
        (package / f"{name}.py").write_text(source)
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))

    def load(over: threading.Event) -> None:
        for name in names:
            if over.is_set():
                return
            __import__(f"made_up_many.{name}")

    assert not any(found(load))
    for name in [name for name in sys.modules if name.startswith("made_up_many")]:
        del sys.modules[name]
