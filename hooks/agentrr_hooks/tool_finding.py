"""Finds the user's function that a tool's name means.

By name among the globals of the user's modules, their classes' methods, and the locals of the
user's frames that are running; or as the value of a dictionary's key of that name, which decides.
What is held nowhere there (a closure that a library keeps) is looked for among all objects.
"""

from __future__ import annotations

from types import FunctionType, MethodType, ModuleType

from agentrr_hooks.standin import partial
from agentrr_hooks.tool_state import user_modules
from agentrr_sandbox import real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Owns = Callable[[str], bool]

_LAYERS = 8
_FRAMES = 200


def underlying(value: Any) -> Any:
    """Return the function below methods, descriptors and partials."""
    for _ in range(_LAYERS):
        if isinstance(value, MethodType | staticmethod | classmethod):
            value = value.__func__
        elif isinstance(value, partial):
            value = value.func
        else:
            break
    return value


def at(module: Any, path: str) -> Any:
    """Return what `qualified.name` means in *module*; None if nothing."""
    value = module
    for part in path.split("."):
        value = vars(value).get(part) if isinstance(value, type) else getattr(value, part, None)
    return value


def find(name: str, owns: Owns, *, everywhere: bool) -> list[FunctionType]:
    """Return the user's functions that may be the tool *name*: of one, all with the same code.

    *everywhere* asks, when there is none else, among all objects, which takes 20 ms.
    """
    named: dict[int, FunctionType] = {}
    keyed: dict[int, FunctionType] = {}
    for space, module in _spaces(owns):
        for by_key, value in _members(name, space, module):
            function = _users(value, owns)
            if function is not None:
                (keyed if by_key else named)[id(function)] = function
    if len({id(each.__code__) for each in keyed.values()}) == 1:
        return list(keyed.values())
    found = list({**keyed, **named}.values())
    return found or (_hidden(name, owns) if everywhere else [])


def _users(value: Any, owns: Owns) -> FunctionType | None:
    """Return the user's function that *value* is, or wraps."""
    for _ in range(_LAYERS):
        function = underlying(value)
        if not isinstance(function, FunctionType):
            return None
        if owns(function.__code__.co_filename):
            return function
        value = function.__dict__.get("__wrapped__")  # a library's decorator
    return None


def _spaces(owns: Owns) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Yield the names that the user's code can see, and whose module they are."""
    for module in user_modules(owns):
        yield vars(module), module.__name__
    frame: Any = real.getframe(1)
    for _ in range(_FRAMES):
        if frame is None:
            return
        if frame.f_code.co_name != "<module>" and owns(frame.f_code.co_filename):
            yield dict(frame.f_locals), None
        frame = frame.f_back


def _members(name: str, space: dict[str, Any], module: str | None) -> Iterator[tuple[bool, Any]]:
    """Yield what *space* holds under *name*, and whether as the key of a dictionary."""
    for key, value in list(space.items()):
        if type(value) is dict:
            if name in value:
                yield True, value[name]
        elif isinstance(value, type):
            members = type.__getattribute__(value, "__dict__")
            if name in members and (module is None or value.__module__ == module):
                yield False, members[name]
        elif key == name:
            yield False, value
        elif not isinstance(value, FunctionType | ModuleType):
            for member in _own_dictionaries(value):
                if name in member:
                    yield True, member[name]


def _own_dictionaries(value: Any) -> list[dict[Any, Any]]:
    try:
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return []
    if type(own) is not dict:
        return []
    return [member for member in list(own.values()) if type(member) is dict]


def _hidden(name: str, owns: Owns) -> list[FunctionType]:
    """Return functions of that name that nothing of the user's holds: closures, wrapped ones."""
    import gc

    found = [
        each
        for each in gc.get_objects()
        if type(each) is FunctionType
        and each.__name__ == name
        and "__agentrr_twin__" not in each.__dict__
        and owns(each.__code__.co_filename)
    ]
    inner = {id(each.__dict__.get("__wrapped__")) for each in found}
    return [each for each in found if id(each) not in inner]
