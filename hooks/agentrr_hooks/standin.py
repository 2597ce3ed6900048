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

__all__ = ["Looks", "known_of", "outside", "partial", "stand_in"]

_KNOWN = ("__name__", "__qualname__", "__doc__", "__self__", "__text_signature__")
_getframe = genuine.getframe


class Looks:
    """Looks like the builtin function that `known_of` describes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<built-in function {self.__dict__['__name__']}>"

    def __reduce__(self) -> Any:
        place = self.__dict__.get("__place__")
        if place is None:
            return self.__dict__["__name__"]
        from pkgutil import resolve_name

        return resolve_name, (place,)

    def __init_subclass__(cls) -> None:
        cls.__name__ = cls.__qualname__ = "builtin_function_or_method"
        cls.__module__ = "builtins"


class _StandIn(Looks):
    __slots__ = ("__call__", "__dict__", "__weakref__")

    def __init__(self, function: Callable[..., Any], known: dict[str, Any]) -> None:
        self.__call__ = function  # a slot holds it: a call goes there without a frame of ours
        self.__dict__.update(known)


def known_of(real: Any, module: str | None = None) -> dict[str, Any]:
    """Return the attributes by which a stand-in for *real* looks like it; see `stand_in`."""
    known = {name: getattr(real, name, None) for name in _KNOWN}
    known["__module__"] = module or real.__module__
    known["__wrapped__"] = real
    return known


def stand_in(
    real: Any, function: Callable[..., Any], module: str | None = None, place: str | None = None
) -> Any:
    """Return a stand-in for the builtin *real* which calls *function*.

    *module* is where it is found by its name; by default where *real* says.  One that stands only
    elsewhere is pickled as that *place* (`module:name`).  Its signature, or that it has none, is
    the genuine one's, through `__wrapped__`.
    """
    known = known_of(real, module)
    if place is not None:
        known["__place__"] = place
    return _StandIn(function, known)


def outside(module: dict[str, Any]) -> dict[str, Any]:
    """Return the globals of the nearest code below the hook's own function that is not *module*'s.

    To be called by the hook's function itself.  Costs an audit event.
    """
    frame: Any = _getframe(2)
    found: dict[str, Any] = frame.f_globals
    while found is module and frame.f_back is not None:
        frame = frame.f_back
        found = frame.f_globals
    return found


def like(ours: Any, real: Any) -> Any:
    """Let *ours* look like the Python function that it replaces."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        if hasattr(real, name):  # a method of a C type has no module
            setattr(ours, name, getattr(real, name))
    ours.__wrapped__ = real  # so that its signature is the real one's
    return ours
