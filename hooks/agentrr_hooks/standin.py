"""Stands in for a builtin function: what a hook puts where `time.time` was.

A plain function would bind when a class takes it as an attribute (`logging.Formatter.converter =
time.localtime`).  A method does not bind again, costs no more than a function to call, has a
sensible repr, and pickles by its name as the builtin does.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


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
