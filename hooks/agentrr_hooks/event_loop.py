"""The event loop: its clock, and what wakes it.

Captures      timers, calls of other threads, signals, and the loop's clock, of asyncio loops
Records       for each, the turn of the loop at which it was handed over (`wake`); `loop.time()`
Serves        the same at the same turns; no timer is waited for
Reaches       `sleep`, timeouts, `call_later`, `run_in_executor`, `to_thread`, `wrap_future`,
              `run_coroutine_threadsafe`, `add_signal_handler`; subclasses of the loop
Out of reach  loops that are not the standard library's (trio's); what the agent reads through
              transports and streams of its own
"""

from __future__ import annotations

import sys

from agentrr_hooks.standin import like
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_BASE = "asyncio.base_events"


def install(patch: Patcher, boundary: Boundary) -> None:
    """Let recordings say when each loop is woken."""
    patch.replace(
        "asyncio.selector_events",
        "BaseSelectorEventLoop.__init__",
        lambda real: _made(real, boundary),
    )
    patch.replace(_BASE, "BaseEventLoop.time", lambda real: _time(real, boundary))
    patch.replace(_BASE, "BaseEventLoop.call_at", lambda real: _call_at(real, boundary))
    patch.replace(
        _BASE,
        "BaseEventLoop.call_soon_threadsafe",
        lambda real: _call_soon_threadsafe(real, boundary),
    )
    patch.replace("asyncio.futures", "_chain_future", lambda real: _chain(real, boundary))
    patch.replace(
        "asyncio.unix_events",
        "_UnixSelectorEventLoop._handle_signal",
        lambda real: _handle_signal(real, boundary),
    )


def _made(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def __init__(self: Any, selector: Any = None) -> None:  # noqa: N807
        real(self, selector)
        lane = current()
        if lane is not None:
            lane.loop_made(self)

    return like(__init__, real)


def _time(real: Any, boundary: Boundary) -> Any:
    current, monotonic, frame = boundary.lane, genuine.monotonic, genuine.getframe
    own = sys.modules[_BASE].BaseEventLoop._run_once.__code__

    def time(self: Any) -> Any:
        waited = getattr(getattr(self._selector, "select", None), "__self__", None)
        if getattr(waited, "asks_time", False):  # also where the loop itself is in no recording
            waited.asks_time = False  # type: ignore[union-attr] # it has it
            return monotonic()
        lane = current()
        if lane is None:
            return real(self)
        if frame(1).f_code is own:
            return real(self)  # the loop's own clock is not the program's
        now = lane.read("loop.time", monotonic)
        turns = lane.turns(self)
        if turns is not None:
            turns.now = now
        return now

    return like(time, real)


def _call_at(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane
    timer: list[Any] = []

    def call_at(self: Any, when: Any, callback: Any, *args: Any, context: Any = None) -> Any:
        lane = current()
        turns = None if lane is None else lane.turns(self)
        if turns is None or when is None:
            return real(self, when, callback, *args, context=context)
        self._check_closed()
        if self._debug:
            self._check_thread()
            self._check_callback(callback, "call_at")
        if not timer:
            timer.append(_timer_class())
        handle = timer[0](when, callback, args, self, context)
        turns.timer(lane, self, handle, real)
        return handle

    return like(call_at, real)


def _timer_class() -> Any:
    handle: Any = sys.modules["asyncio.events"].TimerHandle

    class TimerHandle(handle):  # type: ignore[misc] # any class
        """A timer of the program's; *live* is what the loop really has of it."""

        __slots__ = ("live",)

        def cancel(self) -> None:
            self.live.cancel()
            super().cancel()

    TimerHandle.__module__, TimerHandle.__qualname__ = handle.__module__, handle.__qualname__
    TimerHandle.__doc__ = handle.__doc__
    return TimerHandle


def _call_soon_threadsafe(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane
    running = sys.modules["asyncio.events"]._get_running_loop

    def call_soon_threadsafe(self: Any, callback: Any, *args: Any, context: Any = None) -> Any:
        lane = current()
        turns = None if lane is None else lane.turns(self)
        if turns is None or self._thread_id is None or running() is self:
            return real(self, callback, *args, context=context)
        self._check_closed()
        if self._debug:
            self._check_callback(callback, "call_soon_threadsafe")
        handle = sys.modules["asyncio.events"].Handle(callback, args, self, context)
        turns.call(lane, self, handle)()
        return handle

    return like(call_soon_threadsafe, real)


def _chain(real: Any, boundary: Boundary) -> Any:
    """A future of another thread's is done at a turn, also when it was done before it was asked."""
    current = boundary.lane

    def _chain_future(source: Any, destination: Any) -> Any:
        futures: Any = sys.modules["asyncio.futures"]
        lane = current()
        if lane is None or futures.isfuture(source) or not futures.isfuture(destination):
            return real(source, destination)
        loop = destination.get_loop()
        turns = lane.turns(loop)
        if turns is None:
            return real(source, destination)

        def cancel(destination: Any) -> None:
            if destination.cancelled():
                source.cancel()

        def copy() -> None:
            if not destination.cancelled():
                futures._copy_future_state(source, destination)

        handle = sys.modules["asyncio.events"].Handle(copy, (), loop)
        ready = turns.call(lane, loop, handle)

        def done(source: Any) -> None:
            del source
            if not loop.is_closed():
                ready()

        destination.add_done_callback(cancel)
        source.add_done_callback(done)
        return None

    return like(_chain_future, real)


def _handle_signal(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def _handle_signal(self: Any, sig: int) -> None:
        lane = current()
        turns = None if lane is None else lane.turns(self)
        handle = self._signal_handlers.get(sig)
        if turns is None or handle is None or handle.cancelled():
            real(self, sig)
        else:
            turns.signal(lane, self, sig, handle)

    return like(_handle_signal, real)
