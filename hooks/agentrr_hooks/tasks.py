"""Strands: asyncio tasks.

Captures      the order in which asyncio goes through sets of tasks and futures
Records       lanes, named by who made the task and by its coroutine (`main/task:fetch#2`)
Serves        the same names; sets in the order of their arguments
Reaches       `create_task`, `gather`, `TaskGroup`, `as_completed`, `wait`, `all_tasks`, the
              cancelling at the end of `asyncio.run`; `concurrent.futures.wait`, `as_completed`
Out of reach  sets of tasks that the agent makes itself; `type(done) is set`; a task with an
              explicit context, which runs in that context's lane; other loops (trio)
"""

from __future__ import annotations

from binascii import crc32

from agentrr_hooks.ordered import Ordered
from agentrr_hooks.standin import like
from agentrr_hooks.threads import name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

WITH_SETS = ("asyncio.tasks", "asyncio.taskgroups", "concurrent.futures._base")
"""Modules that go through sets of objects whose hash is their address."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Let tasks run in lanes of their own, and sets of them keep an order."""
    numbers = _Numbers()
    patch.replace(
        "asyncio.base_events",
        "BaseEventLoop.create_task",
        lambda real: _create_task(real, boundary, numbers),
    )
    patch.on_import("asyncio.tasks", lambda loaded: _hashed(loaded, patch, boundary))
    for module in WITH_SETS:
        patch.on_import(module, lambda loaded: _order(loaded, patch))
    patch.replace("asyncio.tasks", "all_tasks", lambda real: _all_tasks(real, numbers))
    patch.replace("concurrent.futures._base", "wait", _wait)


class _Numbers:
    """The order in which tasks were made."""

    def __init__(self) -> None:
        self._known: Any = None
        self._next = 0

    def add(self, task: Any) -> None:
        if self._known is None:
            from weakref import WeakKeyDictionary

            self._known = WeakKeyDictionary()
        self._next += 1
        self._known[task] = self._next

    def __call__(self, task: Any) -> int:
        return 0 if self._known is None else self._known.get(task, 0)


def _create_task(real: Any, boundary: Boundary, numbers: _Numbers) -> Any:
    current = boundary.lane

    def create_task(self: Any, coro: Any, **named: Any) -> Any:
        lane = current()
        if lane is None or named.get("context") is not None:
            task = real(self, coro, **named)
        else:
            token = boundary.enter(lane.child("task", name_of(coro)))  # the task copies it
            try:
                task = real(self, coro, **named)
            finally:
                boundary.leave(token)
        numbers.add(task)
        return task

    return like(create_task, real)


def _order(module: Any, patch: Patcher) -> None:
    module.set = Ordered  # the module's own name comes before the builtin
    patch.undo_with(lambda: vars(module).pop("set", None))


def _hashed(module: Any, patch: Patcher, boundary: Boundary) -> None:
    """Give tasks a hash that every run repeats: a set of them then has the recorded order."""
    real: Any = module.Task
    current = boundary.lane

    class Task(real):  # type: ignore[misc] # any class
        __slots__ = ("_place",)

        def __init__(self, *args: Any, **named: Any) -> None:
            lane = current()
            # tasks of live calls, which a replay does not make, are never in a set of the program's
            self._place = (
                id(self) >> 4 if lane is None or not lane.counted else crc32(lane.name.encode())
            )
            super().__init__(*args, **named)

        def __hash__(self) -> int:
            return self._place

    Task.__module__, Task.__qualname__, Task.__doc__ = real.__module__, "Task", real.__doc__
    make_eager = getattr(module, "create_eager_task_factory", None)
    eager = None if make_eager is None else make_eager(Task)
    for place in ("asyncio.tasks", "asyncio"):  # the package copies the name when it is imported
        patch.replace(place, "Task", lambda _: Task)
        if eager is not None:  # Python 3.12
            patch.replace(place, "eager_task_factory", lambda _: eager)


def _all_tasks(real: Any, numbers: _Numbers) -> Any:
    def all_tasks(loop: Any = None) -> Any:
        return Ordered(sorted(real(loop), key=numbers))

    return like(all_tasks, real)


def _wait(real: Any) -> Any:
    def wait(fs: Any, *args: Any, **named: Any) -> Any:
        asked = list(fs)
        sets = real(asked, *args, **named)
        return type(sets)(*(Ordered(one for one in asked if one in part) for part in sets))

    return like(wait, real)
