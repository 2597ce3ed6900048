"""Tools: the user's functions that a model request names.

Captures      calls of a function whose name the request's tool schema declares
Records       name, arguments, the answer or exception, what the body printed, and which reachable
              state it changed
Serves        the answer, without running the body; one that changed state runs again, sealed, its
              own crossings served
Reaches       functions, methods, closures and coroutines of the user's, through any reference
Out of reach  generators, callable objects, tools written in C; names that fit several functions
              (the run says which: name one in `[tool.agentrr] tools`); in a body,
              `sys._getframe(1)` and `frame.f_back` meet frames of ours
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FunctionType
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

TOOL, BOUNDARY = "tool.call", "boundary.call"
_SEARCHES = 3


class Taken:
    """What one boundary has taken: undos, by name the code that was meant, names in waiting."""

    def __init__(self) -> None:
        self.undos: list[Callable[[], None]] = []
        self.codes: dict[str, CodeType | None] = {}
        self.searches: dict[str, int] = {}
        self.waiting: list[tuple[str, str, str]] = []


_taken: dict[int, Taken] = {}
"""By the identity of a boundary, of which a process has one."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Remember how to undo; functions are found when a request declares them."""
    _taken[id(boundary)] = Taken()
    patch.undo_with(lambda: _undo(boundary))


def _undo(boundary: Boundary) -> None:
    for undo in reversed(_taken.pop(id(boundary), Taken()).undos):
        undo()


def configure(tools: list[str], boundaries: list[str], patch: Patcher, boundary: Boundary) -> None:
    """Take the functions that the configuration names, each `pkg.mod:qualified.name`.

    Those of a module that is imported are taken right after its import; those of the script
    itself (`__main__:name`, or its file's name without `.py`) before the first crossing that
    finds them defined.
    """
    taken = _taken.setdefault(id(boundary), Taken())
    for call, names in ((TOOL, tools), (BOUNDARY, boundaries)):
        for name in names:
            module, _, path = name.partition(":")
            taken.waiting.append((module, path, call))
            if module != "__main__":
                patch.on_import(module, _taking((module, path, call), boundary))
    lane = boundary.lane()
    if taken.waiting and lane is not None:
        lane.before_outward(lambda _: _take_waiting(boundary))


def _taking(waiting: tuple[str, str, str], boundary: Boundary) -> Callable[[Any], None]:
    from agentrr_hooks.tool_finding import at

    module, path, call = waiting

    def then(loaded: Any) -> None:
        held = _taken[id(boundary)].waiting
        if waiting in held:
            held.remove(waiting)
        lane = boundary.lane()
        if not _take(at(loaded, path), call, boundary) and lane is not None:
            lane.note(
                "tool-missing", f"the configuration names {module}:{path}, which is no function"
            )

    return then


def _take_waiting(boundary: Boundary) -> None:
    from agentrr_hooks.tool_finding import at

    taken = _taken.get(id(boundary))
    if taken is None or not taken.waiting:
        return
    main = sys.modules.get("__main__")
    filename = getattr(main, "__file__", None) or ""
    stem = filename.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    for module, path, call in list(taken.waiting):
        if module in ("__main__", stem) and _take(at(main, path), call, boundary):
            taken.waiting.remove((module, path, call))


def declare(names: list[str], boundary: Boundary) -> None:
    """A request declares tools called *names*: take those that are functions of the user's."""
    lane: Any = boundary.lane()
    if lane is None:
        return
    _take_waiting(boundary)
    taken = _taken.setdefault(id(boundary), Taken())
    for name in names:
        if name not in taken.codes or (taken.codes[name] and _is_made_anew(taken.codes[name])):
            _look_for(name, taken, lane, boundary)


def _is_made_anew(code: Any) -> bool:
    """Whether there may be more functions of this code by now: it is a closure's."""
    return "<locals>" in code.co_qualname


def _look_for(name: str, taken: Taken, lane: Any, boundary: Boundary) -> None:
    from agentrr_hooks.tool_finding import find

    known = taken.codes.get(name)
    count = taken.searches[name] = taken.searches.get(name, 0) + 1
    found = find(name, lane.owns, everywhere=known is None and count <= _SEARCHES)
    if known is not None:
        found = [each for each in found if each.__code__ is known]
    elif len({id(each.__code__) for each in found}) > 1:
        taken.codes[name] = None
        where = ", ".join(sorted(f"{f.__module__}:{f.__qualname__}" for f in found))
        lane.note(
            "tool-ambiguous",
            f"{name} fits {len(found)} functions ({where}), so none is taken as a tool;"
            " name one in [tool.agentrr] tools",
        )
        return
    for function in found:
        code = function.__code__
        if _take(function, TOOL, boundary, name):
            taken.codes[name] = code


def _take(function: Any, call: str, boundary: Boundary, name: str | None = None) -> bool:
    """Put the door into *function*; False when it is none of which the body can be held."""
    from agentrr_hooks import tool_bodies
    from agentrr_hooks.tool_finding import underlying

    function = underlying(function)
    if not tool_bodies.can_swap(function):
        return False
    taken = _taken.setdefault(id(boundary), Taken())
    name = name or str(function.__name__)
    taken.codes.setdefault(name, function.__code__)
    taken.undos.append(tool_bodies.swap(function, _door(function, call, name, boundary)))
    return True


def _door(function: FunctionType, call: str, name: str, boundary: Boundary) -> Any:
    from agentrr_hooks import tool_bodies
    from agentrr_hooks.tool_calls import described

    def door(twin: FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        lane: Any = boundary.lane()
        if lane is None:
            return twin(*args, **kwargs)
        told = described(lane, call, name, twin, args, kwargs)
        return lane.tool(call, lambda: twin(*args, **kwargs), **told)

    async def door_async(twin: FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        lane: Any = boundary.lane()
        if lane is None:
            return await twin(*args, **kwargs)
        told = described(lane, call, name, twin, args, kwargs)
        return await lane.tool_async(call, lambda: twin(*args, **kwargs), **told)

    return door_async if tool_bodies.is_async(function) else door
