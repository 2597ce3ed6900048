"""Stands in for a builtin function: what a hook puts where `time.time` was.

A plain function would bind when a class takes it as an attribute (`logging.Formatter.converter =
time.localtime`).  A stand-in does not bind, has the builtin's repr, and is pickled and copied by
its name, as the builtin is.
"""

from __future__ import annotations

from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from functools import partial
    from typing import Any
else:
    from _functools import partial  # the same, without the imports of functools at boot

__all__ = ["outside", "partial", "reader", "stand_in"]

_getframe = genuine.getframe


class _StandIn:
    """Looks like the builtin function that it stands in for."""

    __slots__ = ("__call__", "__dict__", "__weakref__")

    def __init__(self, function: Callable[..., Any], known: dict[str, Any]) -> None:
        self.__call__ = function  # a slot holds it: a call goes there without a frame of ours
        self.__dict__.update(known)

    def __repr__(self) -> str:
        return f"<built-in function {self.__dict__['__name__']}>"

    def __reduce__(self) -> str:
        name: str = self.__dict__["__name__"]
        return name


_StandIn.__name__ = _StandIn.__qualname__ = "builtin_function_or_method"
_StandIn.__module__ = "builtins"


def stand_in(real: Any, function: Callable[..., Any], module: str | None = None) -> Any:
    """Return a stand-in for the builtin *real* which calls *function*.

    *module* is where it is found by its name; by default where *real* says.  Its signature, or
    that it has none, is the genuine one's, through `__wrapped__`.
    """
    known = {name: getattr(real, name, None) for name in ("__name__", "__qualname__", "__doc__")}
    known["__module__"] = module or real.__module__
    known["__wrapped__"] = real
    return _StandIn(function, known)


def reader(real: Any, read: Callable[[Any], Any], module: str | None = None) -> Any:
    """Return a stand-in for *real*, which takes no arguments; *read* gets the caller's globals.

    Whose code asks is looked up at each reading of a clock.  `sys._getframe` raises an audit
    event, which costs as much as the rest of the reading; `globals`, called from C, gives the
    globals of the nearest Python code, and none of ours lies between it and the caller.
    """
    return stand_in(real, map(read, iter(globals, None)).__next__, module)


def outside(module: dict[str, Any]) -> int:
    """Return the depth, for `Lane.read`, of the first frame outside *module* (its globals).

    To be called by the hook's function itself.
    """
    depth = 2
    frame: Any = _getframe(2)
    while frame is not None and frame.f_globals is module:
        frame = frame.f_back
        depth += 1
    return depth
