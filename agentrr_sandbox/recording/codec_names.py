"""What a stored `module:qualname` names, found without running the program's code."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MODULE = type(sys)
_type: Any = type.__dict__  # a metaclass may shadow these names; type's own do not run its code
dict_of = _type["__dict__"].__get__


def look_up(path: object) -> Any:
    """Return what *path* (`module:qualname`) names, by way of `__dict__` only; None if nothing.

    Of a module that imports its parts when they are first named (PEP 562) it asks that one.
    """
    if type(path) is not str or path.count(":") != 1:
        return None
    module, _, qualname = path.partition(":")
    found: Any = sys.modules.get(module)
    for part in qualname.split("."):
        if isinstance(found, _MODULE):
            found = _of_module(found, part)
        elif isinstance(found, type):
            found = dict_of(found).get(part)
        else:
            return None
    return found


def _of_module(module: Any, name: str) -> Any:
    names = module.__dict__
    if name in names or "__getattr__" not in names or not name.isidentifier():
        return names.get(name)
    try:
        return names["__getattr__"](name)
    except Exception:  # a library's own: whatever it raises, it has no such name
        return None
