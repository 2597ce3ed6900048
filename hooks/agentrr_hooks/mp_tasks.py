"""What comes from another process may name what to call: work for a pool.

A recording holds the name of a function or class, and a replay looks it up in what the program has
loaded.  A recording that somebody else made could name anything, and what it names is called: so a
replay takes the program's own functions and classes, and those of a short list that do no harm.
"""

from __future__ import annotations

import sys
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

from agentrr_hooks.standin import Looks, partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Lane

_CALL, _PARTIAL, _METHOD, _ITEM, _DICT = "$call", "$partial", "$method", "$item", "$dict"
_DEPTH = 20
_EXECUTOR = "concurrent.futures.process"
_HARMLESS = {
    "multiprocessing.pool": {"mapstar", "starmapstar"},
    _EXECUTOR: {"_process_chunk"},
    "os": {"getpid", "getppid", "_exit"},
    "time": {"sleep", "time", "monotonic", "perf_counter"},
    "builtins": {
        "abs", "all", "any", "ascii", "bin", "bool", "bytes", "chr", "complex", "dict", "divmod",
        "float", "format", "frozenset", "hash", "hex", "int", "len", "list", "max", "min", "oct",
        "ord", "pow", "print", "repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple",
        "zip",
    },
}  # fmt: skip
_WHOLLY_HARMLESS = ("math", "cmath", "operator")
_ALIASES = {"posix": "os", "_operator": "operator", "_io": "io"}


def taken(lane: Lane, ask: Callable[[Callable[[], Any]], Any], live: Callable[[], Any]) -> Any:
    """Return what another process has sent; *ask* crosses the boundary with what asks for it."""
    whole: list[Any] = []

    def go() -> Any:
        whole.append(live())
        return _plain(whole[0], 0)

    answer = ask(go)
    return whole[0] if whole else _restored(answer, lane)


def _plain(value: Any, depth: int) -> Any:
    """Return *value* with names in place of what may be called; itself if there is no such."""
    kind, depth = type(value), depth + 1
    if depth > _DEPTH or kind in (int, str, float, bytes, bool):
        return value
    if kind is tuple or kind is list:
        items = [_plain(item, depth) for item in value]
        if all(map(_is, items, value)):
            return value
        return items if kind is list else tuple(items)
    return _plain_dict(value, depth) if kind is dict else _plain_object(value, kind, depth)


def _plain_object(value: Any, kind: type, depth: int) -> Any:
    if isinstance(value, partial):
        return {_PARTIAL: _plain([value.func, value.args, value.keywords], depth)}
    if kind is MethodType:
        return {_METHOD: [_plain(value.__self__, depth), value.__name__]}
    if (kind.__module__, kind.__name__) == (_EXECUTOR, "_CallItem"):
        return {_ITEM: _plain([value.work_id, value.fn, value.args, value.kwargs], depth)}
    names = kind in (FunctionType, BuiltinFunctionType) or isinstance(value, (type, Looks))
    owner = getattr(value, "__self__", None)
    if names and (owner is None or isinstance(owner, ModuleType)):
        return {_CALL: f"{value.__module__}:{value.__qualname__}"}
    return value


def _plain_dict(value: dict[Any, Any], depth: int) -> Any:
    plain = {key: _plain(item, depth) for key, item in value.items()}
    if any(isinstance(key, str) and key[:1] == "$" for key in value):
        return {_DICT: [[key, item] for key, item in plain.items()]}
    return value if all(map(_is, plain.values(), value.values())) else plain


def _is(one: object, other: object) -> bool:
    return one is other


def _restored(value: Any, lane: Lane) -> Any:
    """Return what `_plain` has made *value* of."""
    kind = type(value)
    if kind is list or kind is tuple:
        for place, item in enumerate(value):
            made = _restored(item, lane)
            if made is not item:
                rest = [_restored(each, lane) for each in value[place + 1 :]]
                items = [*value[:place], made, *rest]
                return items if kind is list else tuple(items)
        return value
    if kind is not dict:
        return value
    if len(value) == 1:
        ((mark, parts),) = value.items()
        maker = _MAKERS.get(mark) if isinstance(mark, str) else None
        if maker is not None:
            return maker(parts, lane)
    made = {key: _restored(item, lane) for key, item in value.items()}
    return value if all(map(_is, made.values(), value.values())) else made


def _partial(parts: Any, lane: Lane) -> Any:
    function, args, named = _restored(parts, lane)
    return partial(function, *args, **named)


def _method(parts: Any, lane: Lane) -> Any:
    owner, name = _restored(parts[0], lane), parts[1]
    kind = owner if isinstance(owner, type) else type(owner)
    for each in kind.__mro__:
        found: Any = vars(each).get(name)
        function = getattr(found, "__func__", found)
        if isinstance(function, FunctionType) and lane.owns(function.__code__.co_filename):
            return found.__get__(None if owner is kind else owner, kind)
    return _refused(f"{kind.__module__}:{kind.__qualname__}.{name}", lane)


def _item(parts: Any, lane: Lane) -> Any:
    number, function, args, named = _restored(parts, lane)
    return sys.modules[_EXECUTOR]._CallItem(number, function, args, named)


def _dict(parts: Any, lane: Lane) -> Any:
    return {key: _restored(item, lane) for key, item in parts}


def _named(path: Any, lane: Lane) -> Any:
    """Return the function or class that *path* names, if it may be called."""
    module, _, qualname = str(path).partition(":")
    module = _ALIASES.get(module, module)
    known = qualname in _HARMLESS.get(module, ()) or module in _WHOLLY_HARMLESS
    found: Any = sys.modules.get(module)
    if found is None:
        found = _imported(module, lane)
    for part in qualname.split("."):
        try:
            found = vars(found).get(part)
        except TypeError:
            found = None
    if isinstance(found, FunctionType):
        known = known or lane.owns(found.__code__.co_filename)
    elif isinstance(found, type):
        home = sys.modules.get(found.__module__)
        known = known or lane.owns(getattr(home, "__file__", None) or "")
    return found if known and callable(found) else _refused(path, lane)


def _imported(module: str, lane: Lane) -> Any:
    """Import *module*, as the recorded worker did for the name in it, if it is the program's."""
    from importlib import import_module
    from importlib.util import find_spec

    try:
        spec = find_spec(module)
        own = spec is not None and lane.owns(spec.origin or "")
        return import_module(module) if own else None
    except (ImportError, ValueError):
        return None


def _refused(path: object, lane: Lane) -> None:
    lane.uncaptured("multiprocessing.loads", {"calls": str(path)})


_MAKERS: dict[str, Callable[[Any, Lane], Any]] = {
    _CALL: _named, _PARTIAL: _partial, _METHOD: _method, _ITEM: _item, _DICT: _dict,
}  # fmt: skip
