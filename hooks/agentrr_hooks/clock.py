"""The clock.

Captures      every clock of `time`, `datetime.now` and `utcnow`, and `time.sleep`
Records       each reading as a number; each sleep as a crossing with its seconds
Serves        the recorded readings, in order; a sleep costs nothing
Reaches       `date.today`, `datetime.today`, `logging`, `email`, `http.cookies`, every library in
              Python or C that calls `time` or `datetime` by name, aliases, class attributes
Out of reach  clocks that C or Rust code reads itself (pydantic's PastDatetime); `loop.time()` and
              the waits of threads, queues and selectors, which keep the real clock; time stamps of
              files
"""

from __future__ import annotations

import time

from agentrr_hooks import clock_internals
from agentrr_hooks.callers import in_turn, reader
from agentrr_hooks.standin import partial, stand_in
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

READINGS = ("time", "monotonic", "perf_counter")
CPU_READINGS = ("process_time", "thread_time")
BY_CLOCK = ("clock_gettime", "clock_gettime_ns")
NOW_IF_LEFT_OUT = {"localtime": 0, "gmtime": 0, "ctime": 0, "asctime": 0, "strftime": 1}
"""Functions that read the clock when the argument at this position is left out (or None)."""
CLOCKS = frozenset(value for name, value in vars(time).items() if name.startswith("CLOCK_"))


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the clock through *boundary*; the interpreter's own waits keep the real one."""
    clock_internals.install(patch)  # first: it takes the genuine functions
    install_rest(patch, boundary)
    now = _Now(boundary)
    for name, place in NOW_IF_LEFT_OUT.items():
        patch.replace("time", name, partial(now.left_out, place))
    _readings(READINGS, patch, boundary)

    def imported(module: Any) -> None:
        from agentrr_hooks import clock_datetime

        clock_datetime.install(module, patch, boundary)

    patch.on_import("datetime", imported)


def install_rest(patch: Patcher, boundary: Boundary) -> None:
    """Route what the portable backend does not know."""
    _readings(CPU_READINGS, patch, boundary)
    for name in BY_CLOCK:
        patch.replace("time", name, lambda real: _by_clock(real, boundary))
    patch.replace("time", "sleep", lambda real: _sleep(real, boundary))


def _readings(names: tuple[str, ...], patch: Patcher, boundary: Boundary) -> None:
    for name in names:
        for unit in ("", "_ns"):
            patch.replace("time", name + unit, lambda real: _reading(real, boundary))


def _reading(real: Any, boundary: Boundary) -> Any:
    return reader(real, in_turn(f"time.{real.__name__}", real, boundary))


def _by_clock(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def reading(clk_id: int, /) -> Any:
        lane = current()
        if lane is None or clk_id not in CLOCKS:
            return real(clk_id)
        return lane.read(f"time.{real.__name__}({clk_id})", lambda: real(clk_id))

    return stand_in(real, reading)


class _Now:
    """Makes the functions that read the clock when their time argument is left out."""

    def __init__(self, boundary: Boundary) -> None:
        self._current = boundary.lane
        self._clock, self._broken_down = genuine.time, time.localtime

    def left_out(self, place: int, real: Any) -> Any:
        """Return the stand-in for *real*, whose time argument is at *place*."""
        current, clock, broken_down = self._current, self._clock, self._broken_down
        call = f"time.{real.__name__}"
        takes_seconds = real.__name__ not in ("asctime", "strftime")

        def now(*args: Any) -> Any:
            lane = current()
            if lane is None or not place <= len(args) <= place + 1:
                return real(*args)
            if len(args) > place and (args[place] is not None or not takes_seconds):
                return real(*args)
            seconds = lane.read(call, clock)
            return real(*args[:place], seconds if takes_seconds else broken_down(seconds))

        return stand_in(real, now)


def _sleep(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def sleep(seconds: Any, /) -> Any:
        lane = current()
        if lane is None:
            return real(seconds)
        if isinstance(seconds, float):
            asked = float(seconds)
        elif hasattr(seconds, "__index__"):
            asked = seconds.__index__()
        else:
            return real(seconds)  # its own error
        lane.cross("time.sleep", lambda: real(seconds), request=asked)
        return real(0)  # other threads run, also when it is served

    return stand_in(real, sleep)
