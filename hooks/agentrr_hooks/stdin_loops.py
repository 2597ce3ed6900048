"""Standard input that an event loop watches.

Captures      that the input can be read: `loop.add_reader(0, ...)`, `loop.connect_read_pipe`
Records       whether the loop may watch it, and the turn of the loop at which each call was made
Serves        the calls at the same turns; what they read is served as any other input is
Reaches       asyncio's own loops: chats over `asyncio.StreamReader`, prompt_toolkit's prompts
Out of reach  other loops than asyncio's own; a copy of the descriptor; `loop.add_writer`
"""

from __future__ import annotations

import sys
from _contextvars import copy_context
from weakref import WeakKeyDictionary

from agentrr_hooks.standin import like, partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane, Patcher

CALL = "stdin.watch"
_MODULE, _LOOP = "asyncio.selector_events", "BaseSelectorEventLoop"


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the watching of standard input through *boundary*."""
    watches: WeakKeyDictionary[Any, _Watch] = WeakKeyDictionary()
    sleeps: list[Any] = []

    def removing(real: Any) -> Any:
        sleeps.append(real)
        return _remove(real, watches)

    patch.replace(_MODULE, f"{_LOOP}._remove_reader", removing)
    patch.replace(
        _MODULE, f"{_LOOP}._add_reader", lambda real: _add(real, sleeps[0], watches, boundary)
    )


def _add(real: Any, remove: Any, watches: Any, boundary: Boundary) -> Any:
    def _add_reader(self: Any, fd: Any, callback: Any, *args: Any) -> Any:
        lane = boundary.lane() if _is_input(fd) else None
        if lane is None or lane.inside or lane.turns(self) is None:
            return real(self, fd, callback, *args)
        self._check_closed()
        former = watches.pop(self, None)
        if former is not None:
            former.stop()
        live = partial(real, self, 0), partial(remove, self, 0)
        watch = _Watch(lane, self, boundary, (callback, args), *live)
        lane.cross(CALL, watch.begin)
        watches[self] = watch
        return watch.arm()

    return like(_add_reader, real)


def _remove(real: Any, watches: Any) -> Any:
    def _remove_reader(self: Any, fd: Any) -> Any:
        watch = watches.pop(self, None) if _is_input(fd) else None
        return real(self, fd) if watch is None else watch.stop()

    return like(_remove_reader, real)


def _is_input(fd: Any) -> bool:
    try:
        return int(fd if isinstance(fd, int) else fd.fileno()) == 0
    except (AttributeError, OSError, TypeError, ValueError):
        return False  # the loop itself says what is wrong with it


class _Watch:
    """One callback of one loop: called at turns, as long as it is not stopped.

    While recording, the loop's genuine watch says when, and sleeps until the program was called.
    """

    def __init__(
        self,
        lane: Lane,
        loop: Any,
        boundary: Boundary,
        called: Any,
        watch: Callable[..., Any],
        sleep: Callable[..., Any],
    ) -> None:
        self._lane = lane
        self._loop = loop
        self._called = called
        self._live_watch, self._sleep = watch, sleep
        self._live = False
        self._handle: Any = None
        self._ready: Callable[[], None] | None = None
        self._outside = copy_context()
        self._outside.run(boundary.enter, None)

    def begin(self) -> None:
        """Watch the input.  Raises `OSError` for one that cannot be: a regular file."""
        self._watch()
        self._live = True

    def _watch(self) -> None:
        self._outside.run(self._live_watch, self._come)

    def _come(self) -> None:
        """There is something to read, or the end of it."""
        self._sleep()
        ready, self._ready = self._ready, None
        if ready is not None:
            ready()

    def arm(self) -> Any:
        """Let the program be called at the next turn at which there is input; return the handle."""
        turns: Any = self._lane.turns(self._loop)
        callback, args = self._called
        self._handle = _handle_of(callback, args, self._loop, self._again)
        ready = turns.call(self._lane, self._loop, self._handle)
        if self._live:
            self._ready = ready
        else:
            ready()
        return self._handle

    def _again(self) -> None:
        if not self._handle.cancelled():
            self.arm()
            if self._live:
                self._watch()

    def stop(self) -> bool:
        """Call no more."""
        self._handle.cancel()
        if self._live and self._ready is not None:
            self._sleep()
        return True


def _handle_of(callback: Any, args: Any, loop: Any, after: Callable[[], None]) -> Any:
    """Return a handle that calls *after* when it has run."""
    handle: Any = sys.modules["asyncio.events"].Handle

    class Handle(handle):  # type: ignore[misc] # any class
        __slots__ = ()

        def _run(self) -> None:
            super()._run()
            after()

    Handle.__module__, Handle.__qualname__ = handle.__module__, handle.__qualname__
    return Handle(callback, args, loop, None)
