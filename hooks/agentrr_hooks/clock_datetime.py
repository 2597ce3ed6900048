"""`datetime.now` and `utcnow`, changed in the type's own dict (see `clock`).

The type stays the same object, so `type(x) is datetime`, pickles, subclasses and earlier imports
stay exact.  The type is immutable to `setattr`; its dict is reached through the garbage
collector, and the interpreter's method cache is told through the one setter of `type` that tells
it without asking whether the type may change.  Where a self-check fails, the portable backend
takes over.
"""

from __future__ import annotations

import gc
import sys
from _warnings import warn

from agentrr_hooks.standin import partial
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_told: Any = vars(type)["__abstractmethods__"]
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
    members = _members(kind)
    now, utcnow = members["now"], members["utcnow"]
    ours = {"now": _now(now, boundary), "utcnow": _utcnow(utcnow, boundary, module.timezone.utc)}
    for name, real in (("now", now), ("utcnow", utcnow)):
        for attribute in ("__name__", "__qualname__", "__doc__"):
            setattr(ours[name], attribute, getattr(real, attribute))
        ours[name].__module__ = "datetime"
        _set(kind, name, classmethod(ours[name]))
        patch.undo_with(partial(_set, kind, name, real))


def works(kind: Any) -> bool:
    """Whether a member of *kind* can be changed in place here, seen by callers, and put back."""
    try:
        real = _members(kind)["now"]
        subclass: Any = type("subclass", (kind,), {})
        _set(kind, "now", classmethod(lambda cls: (cls, "changed")))
        try:
            changed = (kind.now(), subclass.now())
        finally:
            _set(kind, "now", real)
        return changed == ((kind, "changed"), (subclass, "changed")) and type(kind.now()) is kind
    except (LookupError, TypeError, AttributeError):
        return False


def _members(kind: Any) -> dict[str, Any]:
    for found in gc.get_referents(vars(kind)):
        if type(found) is dict:
            return found
    raise LookupError(kind)


def _set(kind: Any, name: str, member: object) -> None:
    _members(kind)[name] = member
    _told.__set__(kind, ())
    _told.__delete__(kind)


def _microseconds() -> int:
    return genuine.time_ns() // 1000


def _now(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def now(cls: Any, tz: Any = None) -> Any:
        lane = current()
        if lane is None:
            return real.__get__(None, cls)(tz)
        # a double holds microseconds exactly until the year 2255
        return cls.fromtimestamp(lane.read("datetime.now", _microseconds) / 1e6, tz)

    return now


def _utcnow(real: Any, boundary: Boundary, utc: Any) -> Any:
    current = boundary.lane
    deprecated = sys.version_info >= (3, 12)

    def utcnow(cls: Any) -> Any:
        lane = current()
        if lane is None:
            return real.__get__(None, cls)()
        if deprecated:
            warn(_DEPRECATED, DeprecationWarning, 2)
        seconds = lane.read("datetime.utcnow", _microseconds) / 1e6
        return cls.fromtimestamp(seconds, utc).replace(tzinfo=None)

    return utcnow
