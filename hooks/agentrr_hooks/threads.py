"""Strands: threads, and work handed to a pool of threads.

Captures      nothing of its own; says which lane a thread or a piece of pool work runs in
Records       lanes, named by who started them and by their target (`main/thread:worker#2`)
Serves        the same names
Reaches       `threading.Thread`, `Timer`, `_thread`, `ThreadPoolExecutor`, `loop.run_in_executor`,
              `asyncio.to_thread`; a timer's thread really waits, in a replay too
Out of reach  `multiprocessing.pool.ThreadPool`, whose workers take what comes; threads made in C;
              the order in which threads run
"""

from __future__ import annotations

from _contextvars import Context

from agentrr_hooks.standin import partial, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane, Patcher

_BUILTIN: Any = type(len)
STARTERS = ("start_new_thread", "start_new", "start_joinable_thread")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Let threads and pool work run in lanes of their own."""
    for name in STARTERS:
        patch.replace("_thread", name, lambda real: _starter(real, boundary))
        patch.replace("threading", f"_{name}", lambda real: _starter(real, boundary))
    patch.replace(
        "concurrent.futures.thread", "_WorkItem.__init__", lambda real: _handed(real, boundary)
    )
    patch.replace("concurrent.futures.thread", "_WorkItem.run", lambda real: _run(real, boundary))


def name_of(target: Any, args: tuple[Any, ...] = ()) -> str:
    """Return the qualified name of what a strand runs, which is called with *args*."""
    while True:
        if isinstance(target, partial):
            target, args = target.func, (*target.args, *args)
        elif _context_of(target) is not None and args:
            target, args = args[0], args[1:]
        else:
            break
    name = getattr(target, "__qualname__", None) or getattr(target, "__name__", None)
    return name if isinstance(name, str) else type(target).__qualname__


def _context_of(target: Any) -> Context | None:
    """Return the context that *target* runs in, as in `to_thread` or `submit(context.run, f)`.

    A copy of another strand's context holds that strand's lane.
    """
    while isinstance(target, partial):
        target = target.func
    owner = getattr(target, "__self__", None)
    run = isinstance(owner, Context) and getattr(target, "__name__", "") == "run"
    return owner if run else None


def _within(context: Context | None, do: Any, argument: Any) -> Any:
    """Call *do* in *context*, if there is one that nobody is in: then the program fails itself."""
    try:
        return None if context is None else context.run(do, argument)
    except RuntimeError:
        return None


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
        strand = Context()  # a thread starts in an empty context: this one holds its lane alone
        strand.run(boundary.enter, child)
        _within(_context_of(target), boundary.enter, child)
        return real(partial(strand.run, function), *args, **named)

    return stand_in(real, start, "_thread")


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
        context = _context_of(self.fn)
        outer, inner = boundary.enter(strand), _within(context, boundary.enter, strand)
        try:
            real(self)
        finally:
            if inner is not None:
                _within(context, boundary.leave, inner)
            boundary.leave(outer)

    return run
