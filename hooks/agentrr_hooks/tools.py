"""Tools: the user's functions that a model request names.

Captures      calls of a function whose name the request's tool schema declares
Records       name, arguments, the answer or exception, what the body printed, and which reachable
              state it changed
Serves        the answer, without running the body; one that changed state runs again, sealed, its
              own crossings served
Reaches       functions, methods, closures and coroutines of the user's, through any reference
Out of reach  generators, tools written in C; names that fit several functions (the run says
              which: name one in `[tool.agentrr] tools`)
"""

from __future__ import annotations

from types import FunctionType, MethodType, ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

TOOL, BOUNDARY = "tool.call", "boundary.call"


def install(patch: Patcher, boundary: Boundary) -> None:
    """Remember how to undo; functions are found when a request declares them."""
    patch.undo_with(lambda: _undo(boundary))


def configure(tools: list[str], boundaries: list[str], patch: Patcher, boundary: Boundary) -> None:
    """Take the functions that the configuration names, each `pkg.mod:qualified.name`."""
    for call, names in ((TOOL, tools), (BOUNDARY, boundaries)):
        for name in names:
            module, _, path = name.partition(":")
            patch.on_import(module, _taking(path, call, boundary))


def _taking(path: str, call: str, boundary: Boundary) -> Callable[[Any], None]:
    return lambda module: _take(_at(module, path), call, boundary)


_taken: dict[int, dict[str, list[Any]]] = {}
"""Undos by name, for each boundary of this process."""


def _undo(boundary: Boundary) -> None:
    for undos in _taken.pop(id(boundary), {}).values():
        for undo in undos:
            undo()


def declare(names: list[str], boundary: Boundary) -> None:
    """A request declares tools called *names*: take those that are functions of the user's."""
    lane: Any = boundary.lane()
    if lane is None:
        return
    done = _taken.setdefault(id(boundary), {})
    for name in names:
        if name in done:
            continue
        found = _find(name, lane.owns)
        if len(found) > 1:
            done[name] = []
            where = ", ".join(sorted(f"{f.__module__}:{f.__qualname__}" for f in found))
            lane.note(
                "tool-ambiguous",
                f"{name} fits {len(found)} functions ({where}), so none is taken as a tool;"
                " name one in [tool.agentrr] tools",
            )
        elif found:
            _take(found[0], TOOL, boundary, name)


def _take(function: Any, call: str, boundary: Boundary, name: str | None = None) -> None:
    from agentrr_hooks import tool_bodies

    function = _underlying(function)
    if not tool_bodies.can_swap(function):
        return
    door = _door(function, call, name or function.__name__, boundary)
    undos = _taken.setdefault(id(boundary), {}).setdefault(name or function.__qualname__, [])
    undos.append(tool_bodies.swap(function, door))


def _door(function: FunctionType, call: str, name: str, boundary: Boundary) -> Any:
    from agentrr_hooks import tool_bodies, tool_state

    bound = function.__code__.co_varnames[:1] in (("self",), ("cls",))

    def prepared(
        lane: Any, twin: FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        names = twin.__code__.co_varnames[: twin.__code__.co_argcount]
        given = dict(zip(names, args, strict=False))
        if bound:
            given.pop(names[0], None)
        request = {"name": name, "arguments": {**given, **kwargs}}
        if len(args) > len(names):
            request["more"] = list(args[len(names) :])
        return {
            "request": request,
            "detail": {
                "gen_ai.operation.name": "execute_tool",
                "gen_ai.tool.name": name,
                "code.function.name": f"{twin.__module__}:{twin.__qualname__}",
            },
            "state": lambda: tool_state.take(twin, args, kwargs, lane.owns),
        }

    def door(twin: FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        lane: Any = boundary.lane()
        if lane is None:
            return twin(*args, **kwargs)
        return lane.tool(call, lambda: twin(*args, **kwargs), **prepared(lane, twin, args, kwargs))

    async def door_async(twin: FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        lane: Any = boundary.lane()
        if lane is None:
            return await twin(*args, **kwargs)
        return await lane.tool_async(
            call, lambda: twin(*args, **kwargs), **prepared(lane, twin, args, kwargs)
        )

    return door_async if tool_bodies.is_async(function) else door


# -- finding -------------------------------------------------------------------------------


def _underlying(value: Any) -> Any:
    """Return the function below methods, descriptors and partials."""
    for _ in range(8):
        if isinstance(value, MethodType | staticmethod | classmethod):
            value = value.__func__
        elif type(value).__name__ == "partial" and hasattr(value, "func"):
            value = value.func
        else:
            break
    return value


def _at(module: Any, path: str) -> Any:
    value = module
    for part in path.split("."):
        value = vars(value).get(part) if isinstance(value, type) else getattr(value, part, None)
    return value


def _find(name: str, owns: Any) -> list[FunctionType]:
    """Return the user's functions that may be the tool *name*; a dictionary's key decides."""
    from agentrr_hooks.tool_state import user_modules

    named: dict[int, FunctionType] = {}
    keyed: dict[int, FunctionType] = {}
    for module in user_modules(owns):
        for by_key, value in _members(name, module):
            function = _underlying(value)
            if isinstance(function, FunctionType) and owns(function.__code__.co_filename):
                (keyed if by_key else named)[id(function)] = function
    if len(keyed) == 1:
        return list(keyed.values())
    found = {**keyed, **named}
    return list(found.values()) or _hidden(name, owns)


def _members(name: str, module: ModuleType) -> Iterator[tuple[bool, Any]]:
    """Yield what *module* holds under *name*, and whether as the key of a dictionary."""
    for key, value in list(vars(module).items()):
        if type(value) is dict:
            if name in value:
                yield True, value[name]
        elif isinstance(value, type):
            if value.__module__ == module.__name__ and name in vars(value):
                yield False, vars(value)[name]
        elif key == name:
            yield False, value
        else:
            own = getattr(value, "__dict__", None)
            if type(own) is dict and not isinstance(value, FunctionType | ModuleType):
                for member in list(own.values()):
                    if type(member) is dict and name in member:
                        yield True, member[name]


def _hidden(name: str, owns: Any) -> list[FunctionType]:
    """Return functions of that name that no module of the user's holds: closures, wrapped ones."""
    import gc

    found = [
        each
        for each in gc.get_objects()
        if type(each) is FunctionType
        and each.__name__ == name
        and "__agentrr_twin__" not in each.__dict__
        and owns(each.__code__.co_filename)
    ]
    inner = {id(getattr(each, "__wrapped__", None)) for each in found}
    return [each for each in found if id(each) not in inner]
