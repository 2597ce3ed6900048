"""Keeps what boot has loaded out of the collector's sight.

Collecting and taking apart our modules would cost a short script more than its own start.  The end
of a run must be python's all the same, finalizers and their order included:

- The module `__main__` is older than we are, and what is frozen is never collected: the script
  gets a new one, like the old one in everything.
- A frozen module's names are cleared at the end only while the module is known, so all are kept.
- A program that has imported something may have left objects of its own with us (a tool, a
  callback): for it everything is collected as ever.
"""

from __future__ import annotations

import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

_kept: list[ModuleType] = []


def settle() -> None:
    """Freeze what there is: the last act of boot."""
    modules = sys.modules
    old = modules["__main__"]
    # our own `sitecustomize` will be gone when the script begins
    _kept.extend(module for name, module in modules.items() if name != "sitecustomize")
    gc.freeze()
    new = modules["__main__"] = type(sys)("__main__")
    vars(new).update(vars(old))


def unsettle() -> None:
    """Let the collector see everything again, where that can make a difference."""
    if len(sys.modules) != len(_kept):
        _kept.clear()
        gc.unfreeze()
