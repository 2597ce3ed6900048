"""What recordings and replays in the caller's own process share: the hooks, and where code is."""

from __future__ import annotations

import _thread
import os
import sys
from collections.abc import Callable
from typing import Any

from agentrr_sandbox import real
from agentrr_sandbox.lanes import Gate, close_gate, open_gate, process_gate
from agentrr_sandbox.patching import Patching

OWN_PROCESS_ONLY = frozenset({"streams", "files", "tracebacks", "signals"})
"""Hooks that change the whole process in a way that a caller of `record` does not want."""


class Hooks:
    """The patches of this process, there while a recording or a replay is open."""

    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()
        self._users = 0
        self._patching: Patching | None = None
        self._gate: Gate | None = None
        self._watched = False

    def acquire(self) -> Gate:
        """Install the hooks for the first user; return their gate."""
        with self._lock:
            self._users += 1
            if self._gate is None:
                booted = process_gate()
                self._gate = booted or Gate()
                if booted is None:
                    self._install(self._gate)
            return self._gate

    def release(self) -> None:
        """Take the hooks away after the last user."""
        with self._lock:
            self._users -= 1
            if self._users == 0:
                if self._patching is not None and self._gate is not None:
                    self._patching.undo()
                    close_gate(self._gate)
                self._patching = self._gate = None

    def _install(self, gate: Gate) -> None:
        import agentrr_hooks

        self._patching = Patching()
        open_gate(gate)
        agentrr_hooks.install(self._patching, gate, without=OWN_PROCESS_ONLY)
        if not self._watched:
            from agentrr_sandbox.seal import audit

            audit.install(_lane, audit.LEAVING)
            self._watched = True


def _lane() -> Any:
    """Return the lane of this strand in whichever scope is open now, if one is."""
    gate = process_gate()
    return None if gate is None else gate.lane()


hooks = Hooks()


def roots_of(fn: Callable[..., Any]) -> dict[str, str]:
    """Return the roots of a recording of *fn*: its code's folder, and the usual ones."""
    filename = getattr(getattr(fn, "__code__", None), "co_filename", "") or ""
    code = os.path.dirname(os.path.abspath(filename)) if filename else real.getcwd()
    return {
        "code": code,
        "cwd": real.getcwd(),
        "prefix": sys.prefix,
        "stdlib": os.path.dirname(os.__file__),
        "home": os.path.expanduser("~"),
        "tmp": real.environ.get("TMPDIR", "/tmp"),  # noqa: S108 - a name to map, not to write to
    }


def name_of(fn: Callable[..., Any]) -> str:
    """Return what a recording of *fn* is called: its module and its qualified name."""
    return f"{getattr(fn, '__module__', '?')}:{getattr(fn, '__qualname__', type(fn).__name__)}"
