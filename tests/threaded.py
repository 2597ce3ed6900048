"""Threads, locks and timers of a scenario of `peers`, as the hooks have them."""

from __future__ import annotations

import asyncio
from asyncio.events import TimerHandle
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import Context
from threading import Lock, Thread
from typing import Any

from peers import World


class Strand:
    """A thread that was started in a lane of its own; `value` is what it returned."""

    def __init__(self, world: World, do: Callable[[], Any], name: str = "work") -> None:
        lane = world.lane
        child = lane.child("thread", name)
        self.world = world
        self.value: Any = None
        self.error: BaseException | None = None
        self.baton = lane.threaded()
        self.strand = self.baton.started(child)

        def run() -> None:
            try:
                self.baton.begin(self.strand, child)
                world.gate.enter(child)
                try:
                    self.value = do()
                finally:
                    self.baton.end(self.strand)
            except BaseException as error:
                self.error = error

        self.thread = Thread(target=Context().run, args=(run,), daemon=True)
        self.thread.start()

    def join(self, timeout: float = -1) -> bool:
        """Wait for its end; False when *timeout* came first."""
        strand = self.strand
        if not strand.ended:
            ended = self.baton.wait(self.world.lane, lambda: strand.ended, strand.joining, timeout)
            if ended is False:
                return False
        self.thread.join()
        return True


class Guard:
    """A lock."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._real = Lock()
        self._waiting: deque[Any] = deque()

    def take(self, timeout: float = -1) -> bool:
        """Take it; False when *timeout* came first."""
        if self._real.acquire(blocking=False):
            return True
        lane = self.world.lane
        if lane.baton is None:
            return self._real.acquire(timeout=timeout)
        got = lane.baton.wait(lane, lambda: self._real.acquire(False), self._waiting, timeout)
        return self._real.acquire(timeout=timeout) if got is None else bool(got)

    def let_go(self) -> None:
        """Let it go, and one of those that wait for it go on."""
        self._real.release()
        if self._waiting:
            self._waiting[0].baton.wake(self._waiting)

    def __enter__(self) -> None:
        self.take()

    def __exit__(self, *error: object) -> None:
        self.let_go()


def all_of(world: World, *tasks: Callable[[], Any]) -> list[Any]:
    """Run *tasks* in a thread each, and return what they returned."""
    strands = [Strand(world, task) for task in tasks]
    for strand in strands:
        strand.join()
    for strand in strands:
        if strand.error is not None:
            raise strand.error
    return [strand.value for strand in strands]


class Timer(TimerHandle):
    """As the hook makes it: *live* is what the loop really has of it."""

    __slots__ = ("live",)
    live: Any

    def cancel(self) -> None:
        self.live.cancel()
        super().cancel()


def timer(world: World, seconds: float, call: Callable[..., object], *args: object) -> Timer:
    """Set a timer as the hook does."""
    loop = asyncio.get_running_loop()
    handle = Timer(seconds, call, args, loop)
    lane: Any = world.lane
    lane.turns(loop).timer(lane, loop, handle, lambda _loop, when, call, *args, context=None: (
        loop.call_later(when, call, *args, context=context)))  # fmt: skip
    return handle


def in_thread(world: World, do: Callable[[], Any]) -> Awaitable[Any]:
    """Run *do* in a thread, and wait for it as `loop.run_in_executor` has it."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()
    lane: Any = world.lane

    def run() -> None:
        value = do()
        inside: Any = world.lane
        turns = inside.turns(loop)
        handle = asyncio.Handle(future.set_result, (value,), loop)
        turns.call(inside, loop, handle)()

    lane.loop_made(loop)
    Strand(world, run)
    return future
