"""Changes members of types that are immutable to `setattr`, in the type's own dict.

The dict is reached through the garbage collector, and the interpreter's method cache is told
through the one setter of `type` that tells it without asking whether the type may change.
"""

from __future__ import annotations

import gc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_told: Any = vars(type)["__abstractmethods__"]


def members_of(kind: Any) -> dict[str, Any]:
    """Return the dict of type *kind* itself.  Raises `LookupError` where it cannot be reached."""
    for found in gc.get_referents(vars(kind)):
        if type(found) is dict:
            return found
    raise LookupError(kind)


def set_member(kind: Any, name: str, member: object) -> None:
    """Set a member of *kind*, so that callers see it."""
    members_of(kind)[name] = member
    _told.__set__(kind, ())
    _told.__delete__(kind)
