"""What is sent to another process, as the key that a replay compares.

Bytes of a pickle differ where the values do not (which of two equal texts are one object), so that
the object is described, not its pickle: numbers, texts and containers by value, the program's own
objects by type and members, functions and classes by name, everything else by its type.
"""

from __future__ import annotations

from agentrr_hooks.standin import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PLAIN = (type(None), bool, int, float)
_ORDERED = (*_PLAIN, str, bytes)
"""Types of which a set has the same order in every run."""
_NODES = 5000
_DEPTH = 20
_LONG = 1 << 16
_OPAQUE = {"multiprocessing", "threading", "queue", "_thread", "ctypes", "socket", "weakref"}
"""Packages whose objects hold numbers of the system: descriptors, addresses, process numbers."""


def shown(value: Any) -> Any:
    """Return what *value* is, as a value of the codec."""
    return _Looking().at(value, 0)


def named(value: Any) -> str:
    """Return the module and the qualified name of a function or class."""
    module = getattr(value, "__module__", None)
    return f"{module}.{getattr(value, '__qualname__', type(value).__qualname__)}"


class _Looking:
    """One object being described: what it may still cost, and what it is in the middle of."""

    def __init__(self) -> None:
        self._left = _NODES
        self._within: set[int] = set()

    def at(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is str or kind is bytes:
            return value if len(value) <= _LONG else _digest(value)
        self._left -= 1
        if self._left < 0 or depth > _DEPTH or id(value) in self._within:
            return "..."
        self._within.add(id(value))
        try:
            return self._made(value, kind, depth + 1)
        finally:
            self._within.discard(id(value))

    def _made(self, value: Any, kind: type, depth: int) -> Any:
        found: Any
        if kind is tuple or kind is list:
            found = [self.at(item, depth) for item in value]
        elif kind is dict:
            found = {"dict": [[self.at(k, depth), self.at(v, depth)] for k, v in value.items()]}
        elif kind is set or kind is frozenset:
            plain = all(type(item) in _ORDERED for item in value)
            found = {"set": [self.at(item, depth) for item in value] if plain else len(value)}
        elif issubclass(kind, BaseException):
            found = {"type": named(kind), "args": self.at(value.args, depth)}
        elif issubclass(kind, type) or kind.__module__ == "builtins":
            found = {"name": named(value)}
        elif issubclass(kind, partial):
            parts = value.func, value.args, value.keywords
            found = {"partial": [self.at(part, depth) for part in parts]}
        else:
            found = self._object(value, kind, depth)
        return found

    def _object(self, value: Any, kind: type, depth: int) -> Any:
        opaque = kind.__module__.partition(".")[0] in _OPAQUE
        try:
            members = None if opaque else object.__getattribute__(value, "__dict__")
        except AttributeError:
            members = None
        if type(members) is not dict:
            return {"type": named(kind)}
        return {
            "type": named(kind),
            "members": [[str(k), self.at(v, depth)] for k, v in members.items()],
        }


def _digest(value: Any) -> Any:
    from hashlib import sha256

    data = value if type(value) is bytes else value.encode("utf-8", "surrogatepass")
    return {"size": len(value), "sha256": sha256(data).hexdigest()}
