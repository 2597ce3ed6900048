"""What a pickle names: the globals that loading it would import and call.

The pickle is gone through with stand-ins for all that it names, so nothing of it is imported or
run.  A pickle can hide a name only behind what a real call would have returned; it is said then.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

_REST = "what cannot be told without running it"


class _StandIn(type):
    """Takes whatever a pickle does to an object, or to a class: one may be made by a call."""

    def __call__(cls, *_: object, **__: object) -> Any:
        """Be its own answer."""
        return cls

    def __setstate__(cls, state: object) -> None:
        """Nothing to restore."""

    def __setitem__(cls, key: object, value: object) -> None:
        """Nothing to keep."""

    def append(cls, item: object) -> None:
        """Nothing to keep."""

    def extend(cls, items: object) -> None:
        """Nothing to keep."""

    def add(cls, item: object) -> None:
        """Nothing to keep."""


class _Anything(metaclass=_StandIn):
    """What every name of a pickle stands for here."""

    def __new__(cls, *_: object, **__: object) -> Any:
        return cls


class _Looking(pickle.Unpickler):
    """Loads a pickle without what it names, and keeps the names."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))
        self.found: dict[str, None] = {}

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """Return a stand-in for a global."""
        self.found[ascii(f"{module_name}.{global_name}")[1:-1]] = None
        return _Anything

    def persistent_load(self, pid: object, /) -> Any:
        """Return a stand-in for what lies outside of the pickle."""
        del pid
        return _Anything


def names(data: bytes) -> list[str]:
    """Return what the pickle *data* names, in its order, as `module.name`; runs none of it."""
    looking = _Looking(data)
    try:
        looking.load()
    except Exception:
        looking.found[_REST] = None
    return list(looking.found)
