"""What the process has used and may use, and what the collector of garbage has done.

Captures: `os.times`, `resource.getrusage`, limits and priorities of processes, `gc.get_count`,
    `gc.get_stats`, what `gc.collect` finds, `tracemalloc`'s totals, `sys.getallocatedblocks`
Records: each reading; a change of a limit or a priority as a call
Serves: the recorded readings; nothing is changed on replay, but garbage is collected
Reaches: by attribute, any library; `psutil` is `machine`'s
Out of reach: when garbage is collected by itself, which `gc.callbacks` tell (noted when one is
    added); `gc.get_objects`, `tracemalloc.take_snapshot`, which hold agentrr's own objects too
"""

from __future__ import annotations

import sys

from agentrr_hooks.standin import partial, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

READINGS = (
    ("os", "times", "times_result"),
    ("gc", "get_count", ""),
    ("gc", "get_stats", ""),
    ("sys", "getallocatedblocks", ""),
    ("tracemalloc", "get_traced_memory", ""),
    ("tracemalloc", "get_tracemalloc_memory", ""),
)
"""Functions without arguments: module, name, and the type of a named tuple that they return."""

CALLS = {
    "os": ("getpriority", "setpriority", "nice", "sched_setaffinity"),
    "resource": ("getrlimit", "setrlimit", "prlimit"),
}
"""Functions that a recording calls, and a replay does not: some change what they ask for."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the readings and the calls through *boundary*."""
    for module, name, kind in READINGS:
        patch.replace(module, name, partial(_reading, module, kind, boundary))
    for module, names in CALLS.items():
        for name in names:
            patch.replace(module, name, partial(call, f"{module}.{name}", boundary))
    patch.replace("resource", "getrusage", lambda real: _usage(real, boundary))
    patch.replace("gc", "collect", lambda real: _collect(real, boundary))
    patch.replace("gc", "callbacks", lambda real: _Callbacks(real, boundary))


def _reading(module: str, kind: str, boundary: Boundary, real: Callable[[], Any]) -> Any:
    current = boundary.lane
    label = f"{module}.{real.__name__}"

    def reading() -> Any:
        lane = current()
        if lane is None:
            return real()
        if not kind:
            return lane.read(label, real)
        return getattr(sys.modules[module], kind)(lane.read(label, lambda: tuple(real())))

    return stand_in(real, reading, module)


def call(label: str, boundary: Boundary, real: Callable[..., Any]) -> Any:
    """Return a stand-in for *real*, which is asked once for each call; its errors are answers."""
    current = boundary.lane

    def asked(*args: Any, **kwargs: Any) -> Any:
        lane = current()
        if lane is None or lane.inside:
            return real(*args, **kwargs)
        request = {"args": list(args), **({"kwargs": kwargs} if kwargs else {})}
        return lane.cross(label, lambda: real(*args, **kwargs), request=request)

    return stand_in(real, asked, label.rpartition(".")[0])


def _usage(real: Callable[[int], Any], boundary: Boundary) -> Any:
    current = boundary.lane

    def getrusage(who: int, /) -> Any:
        lane, found = current(), real(who)  # asked in a replay too: for a wrong argument's error
        if lane is None:
            return found
        label = f"resource.getrusage({who})"
        return sys.modules["resource"].struct_rusage(lane.read(label, lambda: tuple(found)))

    return stand_in(real, getrusage, "resource")


def _collect(real: Callable[..., int], boundary: Boundary) -> Any:
    current = boundary.lane

    def collect(*args: Any, **kwargs: Any) -> int:
        found = real(*args, **kwargs)  # in a replay too: the program's finalizers run
        lane = current()
        return found if lane is None else lane.read("gc.collect", lambda: found)

    return stand_in(real, collect, "gc")


class _Callbacks(list):  # type: ignore[type-arg] # of functions of any type
    """Stands in for `gc.callbacks`: the genuine list follows it, and a recording is told."""

    def __init__(self, real: list[Any], boundary: Boundary) -> None:
        super().__init__(real)
        self.real, self.boundary = real, boundary


def _changer(name: str) -> Any:
    change = getattr(list, name)

    def changed(self: _Callbacks, *args: Any, **kwargs: Any) -> Any:
        answer = change(self, *args, **kwargs)
        self.real[:] = self
        lane = self.boundary.lane()
        if lane is not None and self:
            lane.note("gc", _SAID)
        return answer

    return changed


_SAID = "gc.callbacks: garbage is collected at other moments in a replay"
for _name in (
    "append", "extend", "insert", "remove", "pop", "clear", "reverse", "sort",
    "__setitem__", "__delitem__", "__iadd__", "__imul__",
):  # fmt: skip
    setattr(_Callbacks, _name, _changer(_name))
