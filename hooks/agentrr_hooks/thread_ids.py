"""The numbers of threads.

Captures      `get_ident` and `get_native_id`, `Thread.ident` and `native_id`
Records       one fact a thread, named by its lane
Serves        the recorded numbers, which are printed and logged; `threading` itself uses the real
Reaches       `threading`, `logging` (`%(thread)d`), `pthread_kill`, `sys._current_frames`
Out of reach  `_thread.get_ident`, which the import system needs; numbers in the reprs of threads
              and locks; C code that takes one (`PyThreadState_SetAsyncExc`)
"""

from __future__ import annotations

import _thread

from agentrr_hooks.callers import reader
from agentrr_hooks.standin import partial, stand_in
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_getframe = genuine.getframe
_BUILTIN: Any = type(len)


class Numbers:
    """One kind of number: what each thread's is called in this run."""

    def __init__(self, real: Any, boundary: Boundary) -> None:
        self._real = real
        self._current = boundary.lane
        self._own = _thread._local()
        self._call = f"thread.{real.__name__}"
        self.served: dict[int, int] = {}
        """By the real number."""

    def own(self) -> int:
        """Return the number of this thread: the same one as long as it runs."""
        try:
            number: int = self._own.number
        except AttributeError:
            lane = self._current()
            real = self._real()
            if lane is None:
                return int(real)
            number = lane.fact(f"{self._call}:{lane.name}", lambda: real)
            self._own.number = self.served[real] = number
        return number

    def asked(self, caller: dict[str, Any]) -> int:
        """Answer whoever *caller* (its globals) is."""
        if caller.get("__name__") == "threading":
            return int(self._real())
        return self.own()

    def of(self, real: Any, thread: Any) -> int | None:
        """Return the number of *thread*; *real* is the genuine property."""
        number: int | None = real.fget(thread)
        if _getframe(1).f_globals.get("__name__") == "threading":
            return number
        if number is not None and number == self._real():
            return self.own()
        return self.served.get(number, number) if number is not None else None

    def real(self, number: Any) -> Any:
        """Return the real number of the thread whose number is *number*."""
        for real, served in self.served.items():
            if served == number:
                return real
        return number

    def started(self, real: Any) -> Any:
        """Stand in for the method by which a thread that begins takes its number."""

        def begin(thread: Any) -> None:
            real(thread)
            self.own()

        begin.__name__, begin.__qualname__ = real.__name__, real.__qualname__
        return begin


def install(patch: Patcher, boundary: Boundary) -> None:
    """Answer for the numbers of threads."""
    ident = Numbers(genuine.get_ident, boundary)
    native = Numbers(genuine.get_native_id, boundary)
    for numbers, name in ((ident, "ident"), (native, "native_id")):
        patch.replace("threading", f"get_{name}", partial(_getter, numbers))
        patch.replace("threading", f"Thread._set_{name}", numbers.started)
        patch.replace("threading", f"Thread.{name}", partial(_property, numbers))
    patch.replace("sys", "_current_frames", lambda real: _frames(real, ident))
    patch.replace("signal", "pthread_kill", lambda real: _kill(real, ident))


def _getter(numbers: Numbers, real: Any) -> Any:
    return reader(real, numbers.asked, "_thread") if isinstance(real, _BUILTIN) else real


def _property(numbers: Numbers, real: Any) -> Any:
    return property(partial(numbers.of, real), None, None, real.__doc__)


def _frames(real: Any, numbers: Numbers) -> Any:
    def frames() -> dict[int, Any]:
        found: dict[Any, Any] = {
            numbers.served.get(number, number): frame for number, frame in real().items()
        }
        own = numbers.own()
        found[own] = _getframe(1)
        return found

    return stand_in(real, frames, "sys")


def _kill(real: Any, numbers: Numbers) -> Any:
    def pthread_kill(thread_id: Any, signalnum: Any, /) -> None:
        real(numbers.real(thread_id), signalnum)

    return stand_in(real, pthread_kill, "_signal")
