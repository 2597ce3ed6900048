"""Locks and queues: who waits lets another thread run, and gets the lock at a recorded place.

Captures      waiting for locks, conditions, events, semaphores, barriers, queues
Records       the clock that tells how long a wait has still to go, once there are two threads; the
              order of hand-overs is the recording's (`baton`)
Serves        the same order; no time limit is waited for
Reaches       `threading.Lock`, `RLock` and what is made of them, `queue`
Out of reach  `_thread.allocate_lock`, the locks of imports, and locks made before; locks of C code
"""

from __future__ import annotations

import sys
from collections import deque

from agentrr_hooks.standin import stand_in
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_allocate = genuine.allocate_lock
_ident = genuine.get_ident


def install(patch: Patcher, boundary: Boundary) -> None:
    """Let who waits for a lock hand over."""
    lock = _named(_Lock, type(_allocate()), boundary)
    rlock = _named(_RLock, sys.modules["_thread"].RLock, boundary)
    for name in ("Lock", "_allocate_lock"):
        patch.replace("threading", name, lambda real: _maker(real, lock))
    patch.replace("_thread", "lock", lambda _: lock)  # where `pickle` looks for it since 3.13
    patch.replace("threading", "_CRLock", lambda _: rlock)
    patch.replace("queue", "SimpleQueue", _simple_queue)
    clock = _clock(boundary)
    patch.replace("threading", "_time", lambda _: clock)
    patch.replace("queue", "time", lambda _: clock)
    patch.replace("concurrent.futures._base", "time", lambda real: _with(real, clock))


def _maker(real: Any, lock: Any) -> Any:
    """Before Python 3.13 `threading.Lock` is a function."""
    return lock if isinstance(real, type) else stand_in(real, lock, "_thread", "threading:Lock")


class _Waited:
    """What the two kinds of lock share."""

    __slots__ = ("__weakref__", "_free", "_take", "_waiting")
    _current: Any
    """Returns the lane of the calling strand."""

    def __init__(self) -> None:
        real: Any = _allocate()
        self._take, self._free = real.acquire, real.release
        self._waiting: deque[Any] = deque()

    def _wait(self, timeout: float) -> bool:
        lane = self._current()
        baton = None if lane is None else lane.baton
        if baton is None and lane is not None and timeout < 0:
            return bool(lane.wait_alone(self._take))
        got = baton and baton.wait(lane, self._now, self._waiting, timeout)
        return bool(self._take(True, timeout) if got is None else got)

    def _now(self) -> bool:
        return bool(self._take(False))

    def _let_go(self) -> None:
        self._free()
        if self._waiting:
            try:
                self._waiting[0].baton.wake(self._waiting)
            except IndexError:
                pass  # it has just gone

    def _at_fork_reinit(self) -> None:
        self.__init__()  # type: ignore[misc] # nobody else has it there

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"cannot pickle '_thread.{type(self).__name__}' object")


class _Lock(_Waited):
    __slots__ = ("_held",)

    def __init__(self) -> None:
        super().__init__()
        self._held = self._take.__self__.locked

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if not blocking or -1 != timeout < 0:
            return bool(self._take(blocking, timeout))  # which also knows what is wrong
        return bool(self._take(False)) or self._wait(timeout)

    def release(self) -> None:
        self._let_go()

    def locked(self) -> bool:
        return bool(self._held())

    def __enter__(self) -> bool:
        return True if self._take(False) else self._wait(-1)

    def __exit__(self, *error: object) -> None:
        self._free()
        if self._waiting:
            self._waiting[0].baton.wake(self._waiting)

    acquire_lock, release_lock, locked_lock = acquire, release, locked

    def __repr__(self) -> str:
        state = "locked" if self._held() else "unlocked"
        return f"<{state} _thread.lock object at {hex(id(self))}>"


class _RLock(_Waited):
    __slots__ = ("_count", "_owner")

    def __init__(self) -> None:
        super().__init__()
        self._owner = self._count = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        me = _ident()
        if self._owner == me:
            self._count += 1
            return True
        if not blocking or -1 != timeout < 0:
            got = bool(self._take(blocking, timeout))
        else:
            got = bool(self._take(False)) or self._wait(timeout)
        if got:
            self._owner, self._count = me, 1
        return got

    __enter__ = acquire

    def release(self) -> None:
        if self._owner != _ident():
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if not self._count:
            self._owner = 0
            self._let_go()

    def __exit__(self, *error: object) -> None:
        self.release()

    def _is_owned(self) -> bool:
        return self._owner == _ident()

    def _release_save(self) -> tuple[int, int]:
        if not self._count:
            raise RuntimeError("cannot release un-acquired lock")
        state = self._count, self._owner
        self._count = self._owner = 0
        self._let_go()
        return state

    def _acquire_restore(self, state: tuple[int, int]) -> None:
        if not self._take(False):
            self._wait(-1)
        self._count, self._owner = state

    def _recursion_count(self) -> int:
        return self._count if self._owner == _ident() else 0

    def __repr__(self) -> str:
        state = "locked" if self._count else "unlocked"
        where = f"owner={self._owner} count={self._count} at {hex(id(self))}"
        return f"<{state} _thread.RLock object {where}>"


def _named(kind: type[_Waited], real: Any, boundary: Boundary) -> Any:
    """Return *kind* for this boundary, by the name of the genuine type."""
    looks = {
        "__module__": "_thread",
        "__doc__": real.__doc__,
        "__slots__": (),
        "_current": staticmethod(boundary.lane),
    }
    return type(real.__name__, (kind,), looks)


def _clock(boundary: Boundary) -> Any:
    """How long a wait with a time limit has still to go is told by the recording."""
    current, monotonic = boundary.lane, genuine.monotonic

    def now() -> float:
        lane = current()
        if lane is None or lane.baton is None:
            return monotonic()
        return lane.read("threading.time", monotonic)

    return now


def _with(time: Any, clock: Any) -> Any:
    """Return a module like *time* whose `monotonic` is *clock*."""
    module: Any = type(time)("time", time.__doc__)
    vars(module).update(vars(time), monotonic=clock)
    return module


def _simple_queue(real: Any) -> Any:
    """The one in Python waits where another thread may run; the one in C does not."""

    class SimpleQueue(sys.modules["queue"]._PySimpleQueue):  # type: ignore[misc] # any class
        """Simple, unbounded FIFO queue."""

    SimpleQueue.__module__, SimpleQueue.__qualname__ = real.__module__, real.__qualname__
    SimpleQueue.__doc__ = real.__doc__
    return SimpleQueue
