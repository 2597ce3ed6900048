"""Semaphores of `multiprocessing`: other processes may hold them, so that taking one is an answer.

A replay, which has no shared memory and no other process, makes none: it is told what it got.
"""

from __future__ import annotations

from agentrr_hooks.mp_memory import ask
from agentrr_hooks.mp_names import Names
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane

_MUTEX = 0  # RECURSIVE_MUTEX of `multiprocessing.synchronize`
_names = Names()


def semaphores(real: Any, boundary: Boundary) -> Any:
    """Return a type that stands in for `_multiprocessing.SemLock`."""
    current = boundary.lane

    class SemLock(real):  # type: ignore[misc] # a C type, known when it is loaded
        """The genuine one, unless this process is recorded or replayed."""

        def __new__(cls, kind: int, value: int, maxvalue: int, name: str, unlink: bool) -> Any:
            lane = current()
            if lane is None or lane.inside:
                return real(kind, value, maxvalue, name, unlink)
            live: list[Any] = []

            def go() -> None:
                live.append(real(kind, value, maxvalue, name, unlink))

            lane.cross("multiprocessing.SemLock", go, request=[kind, value, maxvalue])
            shared = Shared(boundary, live[0] if live else None, kind, maxvalue)
            shared.name = None if unlink else name
            shared.known = _names.new(lane, shared)
            return shared

        @classmethod
        def _rebuild(cls, handle: int, kind: int, maxvalue: int, name: str) -> Any:
            """Open one that another process has made."""
            lane = current()
            if lane is None or lane.inside:
                return real._rebuild(handle, kind, maxvalue, name)
            live: list[Any] = []

            def go() -> None:
                live.append(real._rebuild(handle, kind, maxvalue, name))

            lane.cross("multiprocessing.SemLock", go, request=[kind, maxvalue])
            shared = Shared(boundary, live[0] if live else None, kind, maxvalue)
            shared.name = name
            shared.known = _names.new(lane, shared)
            return shared

    SemLock.__qualname__ = real.__qualname__
    SemLock.__module__ = real.__module__
    return SemLock


class Shared:
    """A semaphore, or a lock that its owner may take again; in a replay without a *live* one.

    `known` is what it is called in every run.
    """

    name: str | None
    known: str

    def __init__(self, boundary: Boundary, live: Any, kind: int, maxvalue: int) -> None:
        self.kind, self.maxvalue = kind, maxvalue
        self.handle = 0 if live is None else live.handle
        self._boundary, self._live = boundary, live
        self._owner = self._taken = 0

    def _lane(self) -> Lane | None:
        lane = self._boundary.lane()
        return None if lane is None or lane.inside else lane

    def _ask(self, method: str, *args: Any, ended: Any = None) -> Any:
        """Return what *method* of the live one answers; *ended* where a replay is over."""
        lane = self._lane()
        if lane is not None:
            call, request = f"multiprocessing.{method.strip('_')}", {"semaphore": self.known}
            return ask(lane, call, lambda: getattr(self._live, method)(*args), request)
        return ended if self._live is None else getattr(self._live, method)(*args)

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Take it; wait where it may be waited for."""
        got = self._ask("acquire", block, timeout, ended=True)
        if got:
            self._owner, self._taken = genuine.get_ident(), self._taken + 1
        return bool(got)

    def release(self) -> None:
        """Give it back."""
        self._ask("release")
        self._taken -= 1

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()

    def _count(self) -> int:
        if self._live is None or self._lane() is not None:
            return self._taken
        return int(self._live._count())

    def _is_mine(self) -> bool:
        if self._live is not None:
            return bool(self._live._is_mine())
        return self._taken > 0 and self._owner == genuine.get_ident()

    def _get_value(self) -> int:
        return int(self._ask("_get_value", ended=1))

    def _is_zero(self) -> bool:
        return bool(self._ask("_is_zero", ended=False))

    def _after_fork(self) -> None:
        if self._live is not None:
            self._live._after_fork()
