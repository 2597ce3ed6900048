"""`datetime.now` and `utcnow`, changed in the type's own dict (see `clock`).

The type stays the same object, so `type(x) is datetime`, pickles, subclasses and earlier imports
stay exact.  The type is immutable to `setattr`; its dict is reached through the garbage
collector, and the interpreter's method cache is told through the one setter of `type` that tells
it without asking whether the type may change.  Where a self-check fails, the portable backend
takes over.
"""

from __future__ import annotations

import sys
from _operator import floordiv
from _warnings import warn
from itertools import repeat, starmap

from agentrr_hooks.callers import in_turn, told
from agentrr_hooks.in_place import members_of, set_member
from agentrr_hooks.standin import partial
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_DEPRECATED = (
    "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use "
    "timezone-aware objects to represent datetimes in UTC: datetime.datetime.now(datetime.UTC)."
)


def install(module: Any, patch: Patcher, boundary: Boundary) -> None:
    """Change `now` and `utcnow` of `datetime.datetime`, or start the portable backend."""
    kind = module.datetime
    if not works(kind):
        from agentrr_hooks import clock_freezegun

        clock_freezegun.start(patch, boundary)
        return
    members = members_of(kind)
    now, utcnow = members["now"], members["utcnow"]
    ours = {"now": _now(kind, now, boundary), "utcnow": _utcnow(module, utcnow, boundary)}
    for name, real in (("now", now), ("utcnow", utcnow)):
        set_member(kind, name, classmethod(told(real, ours[name], "datetime")))
        patch.undo_with(partial(set_member, kind, name, real))


def works(kind: Any) -> bool:
    """Whether a member of *kind* can be changed in place here, seen by callers, and put back."""
    try:
        real = members_of(kind)["now"]
        subclass: Any = type("subclass", (kind,), {})
        set_member(kind, "now", classmethod(lambda cls: (cls, "changed")))
        try:
            changed = (kind.now(), subclass.now())
        finally:
            set_member(kind, "now", real)
        return changed == ((kind, "changed"), (subclass, "changed")) and type(kind.now()) is kind
    except (LookupError, TypeError, AttributeError):
        return False


def _microseconds() -> Callable[[], int]:
    """Return a clock of whole microseconds, made of C's own parts."""
    return map(floordiv, starmap(genuine.time_ns, repeat(())), repeat(1000)).__next__


def _now(kind: Any, real: Any, boundary: Boundary) -> Any:
    current = boundary.lane
    read = in_turn("datetime.now", _microseconds(), boundary)
    of_kind = kind.fromtimestamp

    def now(caller: dict[str, Any], cls: Any, tz: Any = None) -> Any:
        if current() is None:
            return real.__get__(None, cls)(tz)
        # a double holds microseconds exactly until the year 2255
        seconds = read(caller) / 1e6
        return of_kind(seconds, tz) if cls is kind else cls.fromtimestamp(seconds, tz)

    return now


def _utcnow(module: Any, real: Any, boundary: Boundary) -> Any:
    current = boundary.lane
    deprecated = sys.version_info >= (3, 12)
    read = in_turn("datetime.utcnow", _microseconds(), boundary)
    kind, utc, duration = module.datetime, module.timezone.utc, module.timedelta
    epoch = kind(1970, 1, 1)

    def utcnow(caller: dict[str, Any], cls: Any) -> Any:
        if current() is None:
            return real.__get__(None, cls)()
        if deprecated:
            warn(_DEPRECATED, DeprecationWarning, 2)
        count = read(caller)
        if cls is kind:
            return epoch + duration(0, 0, count)
        return cls.fromtimestamp(count / 1e6, utc).replace(tzinfo=None)

    return utcnow
