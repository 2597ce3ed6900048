"""Calls that may wait in C for what another thread is to do.

Captures      waiting for a database's lock in sqlite, for another thread's import
Records       nothing of its own: that the baton was taken from who waits (`baton`)
Serves        who waited then waits for its place in the order, and calls when it need not wait
Reaches       statements and transactions of `sqlite3`; `import`
Out of reach  waits of other C code: the baton is taken from it after a while, and what it does next
              is not ordered; a database that another process holds
"""

from __future__ import annotations

from agentrr_hooks.in_place import members_of, set_member
from agentrr_hooks.standin import like, partial
from agentrr_sandbox.frames import let_interrupt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

SQLITE = {
    "Connection": (
        "execute", "executemany", "executescript", "commit", "rollback", "backup", "__exit__",
    ),
    "Cursor": ("execute", "executemany", "executescript"),
}  # fmt: skip
"""Methods that may wait for the lock of a database."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Say what may wait, so that another thread can run."""
    patch.on_import("sqlite3", lambda loaded: _sqlite(loaded, patch, boundary))
    patch.replace("_frozen_importlib", "_ModuleLock.acquire", lambda real: _acquire(real, boundary))


def aside(real: Any, boundary: Boundary) -> Any:
    """Return a function that calls *real*, which may wait, so that another thread can run."""
    current = boundary.lane

    def call(*args: Any, **named: Any) -> Any:
        lane = current()
        baton = None if lane is None else lane.baton
        if baton is None:
            return real(*args, **named)
        return baton.aside(lane, partial(real, *args, **named))

    let_interrupt(call.__code__)
    return call


def _acquire(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def acquire(self: Any) -> Any:
        lane = current()
        baton = None if lane is None else lane.baton
        if baton is None or self.owner is None:
            return real(self)
        return baton.aside(lane, partial(real, self))

    return like(acquire, real)


def _sqlite(sqlite3: Any, patch: Patcher, boundary: Boundary) -> None:
    for name, methods in SQLITE.items():
        kind = getattr(sqlite3, name)
        try:
            members = members_of(kind)
        except LookupError:
            return
        for method in methods:
            real = members[method]
            set_member(kind, method, like(aside(real, boundary), real))
            patch.undo_with(partial(set_member, kind, method, real))
