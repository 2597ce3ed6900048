"""Strands: threads, and work handed to a pool of threads.

Captures      which thread runs: from the second one on, the one that has the recording's baton
Records       lanes, named by who started them and by their target (`main/thread:worker#2`); the
              order in which threads ran (`baton`)
Serves        the same names, the same order
Reaches       `threading.Thread`, `Timer`, `_thread`, `ThreadPoolExecutor`, `loop.run_in_executor`,
              `asyncio.to_thread`, `multiprocessing.pool.ThreadPool`
Out of reach  threads made in C; what a thread does, without a lock, while it keeps others waiting
"""

from __future__ import annotations

import sys
from _contextvars import Context
from _weakref import ref

from agentrr_hooks.standin import like, partial, stand_in
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane, Patcher

_BUILTIN: Any = type(len)
_run_in: Any = Context.run  # the genuine one: `contexts` puts its own in that place
strands: dict[int, tuple[Any, Any]] = {}
"""What is known of each `Thread`, by its id."""
STARTERS = ("start_new_thread", "start_new", "start_joinable_thread")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Let threads and pool work run in lanes of their own."""
    for name in STARTERS:
        patch.replace("_thread", name, lambda real: _starter(real, boundary))
        patch.replace("threading", f"_{name}", lambda real: _starter(real, boundary))
    patch.replace("threading", "Thread.join", lambda real: _join(real, boundary))
    patch.replace("threading", "Thread.is_alive", _is_alive)
    patch.on_import("threading", lambda loaded: _shut_down(loaded, boundary))
    patch.replace(
        "concurrent.futures.thread", "_WorkItem.__init__", lambda real: _handed(real, boundary)
    )
    patch.replace("concurrent.futures.thread", "_WorkItem.run", lambda real: _run(real, boundary))


def name_of(target: Any, args: tuple[Any, ...] = ()) -> str:
    """Return the qualified name of what a strand runs, which is called with *args*."""
    while True:
        if isinstance(target, partial):
            target, args = target.func, (*target.args, *args)
        elif _is_context_run(target) and args:
            target, args = args[0], args[1:]
        else:
            break
    name = getattr(target, "__qualname__", None) or getattr(target, "__name__", None)
    return name if isinstance(name, str) else type(target).__qualname__


def _is_context_run(target: Any) -> bool:
    """Whether *target* runs what it is given in a context, as in `submit(context.run, f)`."""
    owner = getattr(target, "__self__", None)
    return isinstance(owner, Context) and getattr(target, "__name__", "") == "run"


def _thread_target(function: Any, args: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    thread = getattr(function, "__self__", None)
    if getattr(function, "__name__", "") != "_bootstrap" or thread is None:
        return function, args
    target = getattr(thread, "_target", None)
    return (thread.run, ()) if target is None else (target, getattr(thread, "_args", ()))


def _starter(real: Any, boundary: Boundary) -> Any:
    if not isinstance(real, _BUILTIN):
        return real  # taken from a `_thread` that is patched already
    current = boundary.lane

    def start(function: Any, /, *args: Any, **named: Any) -> Any:
        lane = current()
        if lane is None or not callable(function):
            return real(function, *args, **named)
        target, given = _thread_target(function, args[0] if args else ())
        child = lane.child("thread", name_of(target, given))
        context = Context()  # a thread starts in an empty context: this one holds its lane alone
        _run_in(context, boundary.enter, child)
        baton = lane.threaded()
        if baton is None:
            return real(partial(_run_in, context, function), *args, **named)
        strand = baton.started(child)
        thread = getattr(function, "__self__", None)
        if thread is not None:
            strands[id(thread)] = ref(thread), strand
        try:
            begun = partial(_run_in, context, _begun, baton, strand, child, function)
            return real(begun, *args, **named)
        except BaseException:
            baton.failed(strand)
            raise

    return stand_in(real, start, "_thread")


def _begun(baton: Any, strand: Any, lane: Any, function: Any, *args: Any, **named: Any) -> Any:
    """What a thread runs first, and last."""
    baton.begin(strand, lane)
    try:
        return function(*args, **named)
    finally:
        baton.end(strand)


def _join(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def join(self: Any, timeout: Any = None) -> None:
        lane, strand = current(), _strand_of(self)
        baton = None if lane is None else lane.baton
        if baton is None or strand is None or strand.baton is not baton or strand is baton.me(lane):
            real(self, timeout)
            return
        wait = -1 if timeout is None else max(timeout, 0)
        if not strand.ended:
            ended = baton.wait(lane, lambda: strand.ended, strand.joining, wait)
            if ended is None:
                real(self, timeout)
            if not ended:
                return
        real(self)  # its last instructions are in C

    return like(join, real)


def _is_alive(real: Any) -> Any:
    def is_alive(self: Any) -> Any:
        strand = _strand_of(self)
        if strand is not None and strand.ended and strand.ident != genuine.get_ident():
            sys.modules["threading"].Thread.join.__wrapped__(self)
        return real(self)

    return like(is_alive, real)


def _strand_of(thread: Any) -> Any:
    known = strands.get(id(thread))
    return known[1] if known is not None and known[0]() is thread else None


def _shut_down(threading: Any, boundary: Boundary) -> None:
    """The interpreter waits for threads in C: wait for them before, where another may run."""

    def wait() -> None:
        lane = boundary.lane()
        if lane is None or lane.baton is None:
            return
        while others := [each for each in threading.enumerate() if _is_waited_for(each)]:
            for each in others:
                each.join()

    threading._threading_atexits.insert(0, wait)  # the last one to be called


def _is_waited_for(thread: Any) -> bool:
    return not thread.daemon and _strand_of(thread) is not None


def _handed(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def __init__(self: Any, future: Any, fn: Any, args: Any, kwargs: Any) -> None:  # noqa: N807
        real(self, future, fn, args, kwargs)
        lane = current()
        self.strand = None if lane is None else lane.child("work", name_of(fn, args))

    return __init__


def _run(real: Any, boundary: Boundary) -> Any:
    def run(self: Any) -> None:
        strand: Lane | None = self.strand
        if strand is None:
            real(self)
            return
        outer = boundary.enter(strand)
        try:
            real(self)
        finally:
            boundary.leave(outer)

    return run
