"""Names for what `multiprocessing` makes, the same in every run: who made it, and the how many-th.

An object is known as long as it lives, without a mark on itself.
"""

from __future__ import annotations

from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Lane


class Names:
    """The names of one kind of object."""

    def __init__(self) -> None:
        self._made: dict[str, int] = {}
        self._known: dict[int, tuple[Any, str]] = {}

    def new(self, lane: Lane, made: Any, name: str | None = None) -> str:
        """Name what *lane* has made: *name*, or its number there."""
        if name is None:
            number = self._made[lane.name] = self._made.get(lane.name, 0) + 1
            name = f"{lane.name}#{number}"
        key, known = id(made), self._known
        known[key] = ref(made, lambda gone: _forget(known, key, gone)), name
        return name

    def of(self, made: Any) -> str | None:
        """Return the name of *made*; None if it was not made by the recorded program itself."""
        found = self._known.get(id(made))
        return found[1] if found is not None and found[0]() is made else None


def _forget(known: dict[int, tuple[Any, str]], key: int, gone: Any) -> None:
    found = known.get(key)
    if found is not None and found[0] is gone:
        del known[key]


connections = Names()
processes = Names()
numbers = Names()
"""The numbers of their recordings, of those that have one."""
ended = Names()
"""The exit codes of those that the program has been told of."""
sentinels: dict[int, str] = {}
"""Processes by the descriptor that tells of their end."""
