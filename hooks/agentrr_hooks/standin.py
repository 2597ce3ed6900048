"""Stands in for a builtin function: what a hook puts where `time.time` was.

A plain function would bind when a class takes it as an attribute (`logging.Formatter.converter =
time.localtime`).  A method does not bind again, costs no more than a function to call, has a
sensible repr, and pickles by its name as the builtin does.
"""

from __future__ import annotations

import sys

from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from functools import partial
    from typing import Any
else:
    from _functools import partial  # the same, without the imports of functools at boot

__all__ = ["outside", "partial", "stand_in"]


class _Module:
    """The `__self__` of a stand-in: it is shown and pickled as the module that it stands in."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return repr(sys.modules.get(self.name, self.name))

    def __reduce__(self) -> tuple[Any, ...]:
        return (__import__, (self.name,))

    def __deepcopy__(self, memo: object) -> _Module:
        return self

    def call(self) -> None:
        """Only its type is wanted."""


_getframe = genuine.getframe
_method: Any = type(_Module("").call)


def stand_in(real: Any, function: Callable[..., Any], module: str | None = None) -> Any:
    """Return *function*, whose first parameter is ignored, as a stand-in for the builtin *real*.

    *module* is where it is found by its name; by default where *real* says.
    """
    for name in ("__name__", "__qualname__", "__doc__"):
        setattr(function, name, getattr(real, name, None))
    module = module or real.__module__ or ""
    function.__module__ = module
    return _method(function, _Module(module))


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
