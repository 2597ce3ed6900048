"""Semaphores of `multiprocessing`: they live in shared memory, where a replay may not make any.

A replay has no other process to share them with, so that those of `threading` do.
"""

from __future__ import annotations

from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary

_MUTEX = 0  # RECURSIVE_MUTEX of `multiprocessing.synchronize`


def semaphores(real: Any, boundary: Boundary) -> Any:
    """Return a type that stands in for `_multiprocessing.SemLock`."""
    current = boundary.lane

    class SemLock(real):  # type: ignore[misc] # a C type, known when it is loaded
        """The genuine one, unless this process may not make it."""

        def __new__(cls, kind: int, value: int, maxvalue: int, name: str, unlink: bool) -> Any:
            lane = current()
            if lane is None:
                return real(kind, value, maxvalue, name, unlink)
            live: list[Any] = []

            def go() -> None:
                live.append(real(kind, value, maxvalue, name, unlink))

            lane.cross("multiprocessing.SemLock", go, request=[kind, value, maxvalue])
            return live[0] if live else Alone(kind, value, maxvalue)

    SemLock.__qualname__ = real.__qualname__
    SemLock.__module__ = real.__module__
    return SemLock


class Alone:
    """A semaphore, or a lock that its owner may take again, of the threads of this process."""

    handle = 0
    name: str | None = None

    def __init__(self, kind: int, value: int, maxvalue: int) -> None:
        import threading

        self.kind, self.maxvalue = kind, maxvalue
        self._value, self._owner, self._taken = value, 0, 0
        self._changed = threading.Condition(threading.Lock())

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Take it; wait where it may be waited for."""
        if self.kind == _MUTEX and self._is_mine():
            self._taken += 1
            return True
        with self._changed:
            wait = None if block and timeout is None else max(timeout or 0.0, 0.0) * block
            if not self._changed.wait_for(lambda: self._value > 0, wait):
                return False
            self._value -= 1
            self._owner, self._taken = genuine.get_ident(), self._taken + 1
        return True

    def release(self) -> None:
        """Give it back."""
        if self.kind == _MUTEX and not self._is_mine():
            raise AssertionError("attempt to release recursive lock not owned by thread")
        with self._changed:
            if self.kind == _MUTEX and self._taken > 1:
                self._taken -= 1
                return
            if self._value >= self.maxvalue:
                raise ValueError("semaphore or lock released too many times")
            self._value, self._taken = self._value + 1, self._taken - 1
            self._changed.notify()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()

    def _count(self) -> int:
        return self._taken

    def _is_mine(self) -> bool:
        return self._taken > 0 and self._owner == genuine.get_ident()

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0
