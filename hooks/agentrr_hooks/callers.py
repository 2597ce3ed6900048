"""Stand-ins that are told whose code calls them, for readings that cost less than a microsecond.

`sys._getframe` raises an audit event, which costs as much as the rest of a reading.  `globals`,
called from C, gives the globals of the nearest Python code; so a stand-in here is made of C's own
parts alone, up to the hook's function, and none of ours lies between `globals` and the caller.
"""

from __future__ import annotations

import sys
from itertools import repeat, starmap

from agentrr_hooks.standin import Looks, known_of, partial
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane

_getframe = genuine.getframe
_Method: Any = type(Looks.__repr__.__get__(""))


class _Reader(Looks, partial):  # type: ignore[type-arg]
    """`next` of an iterator: takes no arguments."""

    if sys.version_info >= (3, 13):  # there, a `partial` that binds warns

        def __get__(self, instance: object, owner: object = None) -> Any:
            return self


class _Told(Looks, map):  # type: ignore[type-arg]
    """What the iterator gives next is what is called, with any arguments."""

    __slots__ = ("__dict__", "__weakref__")

    __call__ = property(next)
    __iter__ = None  # type: ignore[assignment] # a function is no iterator


class _Bound(dict):  # type: ignore[type-arg]
    """By the name of a module: *function* as a method of what is known of that module.

    That is its name and file and not its globals, which must not live longer for our sake.
    """

    __slots__ = ("_function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __missing__(self, name: object) -> Any:
        frame = _getframe(1)
        known = {"__file__": frame.f_globals.get("__file__") or frame.f_code.co_filename}
        if name is None:  # an `exec` with globals of its own
            return _Method(self._function, known)
        known["__name__"] = name
        bound = self[name] = _Method(self._function, known)
        return bound


def _callers() -> Any:
    """Return an iterator without end: whose code asks for the next item, by its globals."""
    return starmap(globals, repeat(()))


def reader(real: Any, read: Callable[[Any], Any], module: str | None = None) -> Any:
    """Return a stand-in for *real*, which takes no arguments; *read* gets the caller's globals."""
    # `next` takes a default, which is never asked for: with it, an argument is one too many
    made: Any = _Reader(next, map(read, _callers()), None)
    made.__dict__.update(known_of(real, module))
    return made


def told(real: Any, function: Callable[..., Any], module: str | None = None) -> Any:
    """Return a stand-in for *real*; *function* gets the caller before the arguments.

    That is a dictionary with its globals' `__name__` and `__file__`.
    """
    names = map(dict.get, _callers(), repeat("__name__"))
    made: Any = _Told(_Bound(function).__getitem__, names)
    made.__dict__.update(known_of(real, module))
    return made


def in_turn(
    call: str, real: Callable[[], Any], boundary: Boundary, elastic: bool = True, size: int = 0
) -> Callable[[dict[str, Any]], Any]:
    """Return a function that takes the caller's globals and reads *real* in the current lane."""
    current = boundary.lane
    last: tuple[Lane | None, Callable[[dict[str, Any]], Any]] = None, lambda _: real()

    def turned(lane: Lane | None, caller: dict[str, Any]) -> Any:
        nonlocal last
        if lane is None:
            return real()
        of_lane = lane.reader(call, real, elastic, size)
        last = lane, of_lane
        return of_lane(caller)

    def read(caller: dict[str, Any]) -> Any:
        known, of_lane = last  # one cell: another thread may change it any moment
        lane = current()
        return of_lane(caller) if lane is known else turned(lane, caller)

    return read
