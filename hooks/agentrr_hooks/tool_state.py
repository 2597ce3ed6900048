"""What a call can reach, as a list of plain facts: has it changed?

A structural walk over arguments, closure, and the globals of the user's modules: exact builtin
containers, what `tool_kinds` knows, instances of the user's classes (their `__dict__` and slots).
No user code is ever called: no `__eq__`, no `__getstate__`, no property.  The walk is cut by a
count of nodes, never by time.  What it cannot enter is unknown, and named if the call names it.
"""

from __future__ import annotations

import os
import sys
from marshal import dumps
from types import FunctionType, MemberDescriptorType, ModuleType

from agentrr_hooks import tool_kinds, tool_reach
from agentrr_hooks.tool_bodies import genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

LIMIT = 10_000
LARGE = 500
"""A container of more members is compared whole, if it holds plain data."""
_LEAVES = tool_kinds.LEAVES
_key = tool_kinds.key_of
_SHARED = 500
_get = object.__getattribute__


class State:
    """The facts at one moment: `facts` maps a path to a value or an identity.

    `unknown` names the types that could not be entered; `cut` says that there was too much.
    """

    __slots__ = ("_keep", "cut", "facts", "seen", "unknown")

    def __init__(self) -> None:
        self.facts: dict[str, object] = {}
        self.seen: dict[int, str] = {}
        self.unknown: set[str] = set()
        self.cut = False
        self._keep: list[object] = []

    def keep(self, value: object, path: str) -> None:
        """Remember where *value* was met; it is held, or its id could be taken by another."""
        self.seen[id(value)] = path
        self._keep.append(value)

    def changed(self, other: State) -> list[str]:
        """Return the paths at which *other*, taken later, differs."""
        facts = self.facts
        paths = [path for path, fact in other.facts.items() if _differs(facts, path, fact)]
        return paths + [path for path in facts if path not in other.facts]

    def shared(self, answer: object) -> str | None:
        """Return where in the state the *answer*, or a part of it, is: a copy is not the same."""
        todo = [answer]
        for _ in range(_SHARED):
            if not todo:
                break
            value = todo.pop()
            kind = type(value)
            if kind in _LEAVES or kind is float or issubclass(kind, FunctionType | type):
                continue
            if kind is not tuple and id(value) in self.seen:
                return self.seen[id(value)]
            if kind is dict:
                todo += list(value.values())  # type: ignore[attr-defined] # a dict
            elif kind in (list, tuple):
                todo += value  # type: ignore[arg-type] # a list or tuple
        return None


def _differs(facts: dict[str, object], path: str, fact: object) -> bool:
    if path not in facts:
        return True
    before = facts[path]
    return type(before) is not type(fact) or before != fact


def take(
    function: FunctionType,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    owns: Callable[[str], bool],
) -> State:
    """Return the state that a call of *function* can reach; *owns* says which files are user's."""
    state = State()
    walk = Walk(state, owns)
    for index, arg in enumerate(args):
        walk.enter(f"argument {index + 1}", arg, named=True)
    for name, arg in kwargs.items():
        walk.enter(f"argument {name}", arg, named=True)
    walk.inside(function.__qualname__, function)
    names = tool_reach.names(function, owns)
    for module in user_modules(owns):
        for name, value in list(vars(module).items()):
            if not name.startswith("__"):
                path = f"{module.__name__}.{name}"
                walk.enter(path, value, named=path in names)
    walk.enter("os.environ", dict(dict.items(_get(os.environ, "_data"))))
    walk.enter("sys.stdout", sys.stdout)
    walk.enter("sys.stderr", sys.stderr)
    return state


def user_modules(owns: Callable[[str], bool]) -> list[ModuleType]:
    """Return the loaded modules whose file is the user's."""
    found: list[ModuleType] = []
    loaded: list[Any] = list(sys.modules.values())
    for module in loaded:
        if not isinstance(module, ModuleType):
            continue
        filename = module.__dict__.get("__file__")
        if module.__name__ == "__main__" or (isinstance(filename, str) and owns(filename)):
            found.append(module)
    return found


class Walk:
    """One walk, over several roots."""

    def __init__(self, state: State, owns: Callable[[str], bool]) -> None:
        self._state = state
        self._owns = owns
        self._named = True
        self._readers: dict[type, Callable[[Any], tool_kinds.Inside]] = {}

    def inside(self, path: str, function: FunctionType) -> None:
        """Note what the tool itself holds: closure, defaults."""
        for below, value in _held(function):
            self.enter(f"{path}{below}", value, named=True)

    def enter(self, path: str, root: object, *, named: bool = False) -> None:
        """Note everything below *root*; *named*: what cannot be entered is told."""
        self._named = named
        todo = [(path, root)]
        while todo:
            path, value = todo.pop()
            if len(self._state.facts) >= LIMIT:
                self._state.cut = True
                return
            todo += self._node(path, value)

    def _node(self, path: str, value: Any) -> list[tuple[str, Any]]:
        kind = type(value)
        facts = self._state.facts
        if kind in _LEAVES:
            facts[path] = value
            return []
        if kind is float:
            facts[path] = value if value == value else "nan"  # noqa: PLR0124 - nan is not itself
            return []
        known = self._state.seen.get(id(value))
        if known is not None:
            facts[path] = ("is", known)
            return []
        self._state.keep(value, path)
        if kind in (list, tuple, dict, set, frozenset):
            return self._container(path, value, kind)
        fact, below = self._object(value, kind)
        facts[path] = (kind.__name__, fact)
        return [(f"{path}{name}", member) for name, member in below]

    def _container(self, path: str, value: Any, kind: type) -> list[tuple[str, Any]]:
        facts = self._state.facts
        if len(value) > LARGE:
            try:
                facts[path] = dumps(value, 2)  # version 2 depends on nothing but the values
            except ValueError:
                pass
            else:
                return []
        held = list(value.items()) if kind is dict else list(value)
        if kind is dict:
            facts[path] = ("dict", [_key(key) for key, _ in held])
            return [(f"{path}[{_key(key)}]", member) for key, member in held]
        if kind in (set, frozenset):
            facts[path] = (kind.__name__, sorted(map(_key, held)))
            return []
        facts[path] = (kind.__name__, len(held))
        return [(f"{path}[{index}]", member) for index, member in enumerate(held)]

    def _object(self, value: Any, kind: type) -> tool_kinds.Inside:
        reader = self._readers.get(kind)
        if reader is None:
            reader = self._readers[kind] = self._reader(kind)
        return reader(value)

    def _reader(self, kind: type) -> Callable[[Any], tool_kinds.Inside]:
        if kind is FunctionType:
            return self._function
        if kind is ModuleType:
            return self._module
        if issubclass(kind, type):  # not isinstance: it may ask the object
            return self._class
        known = tool_kinds.reader_of(kind)
        if known is not None:
            return known
        return _members if self._is_users(kind) else self._unknown

    def _function(self, value: FunctionType) -> tool_kinds.Inside:
        users = self._owns(value.__code__.co_filename)
        if not users:
            self._called(value.__module__, value.__qualname__)
        below = _held(value) if users else _wrapped(value)
        return (id(value), id(genuine(value.__code__))), below

    def _class(self, value: type) -> tool_kinds.Inside:
        if self._is_users(value):
            return id(value), _class(value)
        self._called(*(type.__getattribute__(value, key) for key in ("__module__", "__qualname__")))
        return id(value), iter(())

    def _module(self, value: ModuleType) -> tool_kinds.Inside:
        self._called(value.__name__, "")
        return id(value), iter(())

    def _called(self, module: Any, name: str) -> None:
        """The tool names what a library has: a framework's may find its state by itself."""
        if self._named and tool_reach.keeps(module):
            self._state.unknown.add(f"{module}.{name}".rstrip("."))

    def _unknown(self, value: object) -> tool_kinds.Inside:
        if self._named:
            self._state.unknown.add(tool_kinds.name_of(type(value)))
        return id(value), iter(())

    def _is_users(self, kind: type) -> bool:
        module = sys.modules.get(type.__getattribute__(kind, "__module__"))
        if module is None:
            return False
        filename = getattr(module, "__file__", None)
        return module.__name__ == "__main__" or (isinstance(filename, str) and self._owns(filename))


def _held(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield what a function of the user's holds besides its code."""
    code = function.__code__
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=False):
        yield f".{name}", cell
    for index, default in enumerate(function.__defaults__ or ()):
        yield f".__defaults__[{index}]", default
    yield from tool_kinds.members(function.__kwdefaults__ or {})
    yield from tool_kinds.members(function.__dict__)


def _wrapped(function: FunctionType) -> Iterator[tuple[str, Any]]:
    inner = function.__dict__.get("__wrapped__")
    if inner is not None:
        yield ".__wrapped__", inner


def _class(kind: type) -> Iterator[tuple[str, Any]]:
    for name, member in list(type.__getattribute__(kind, "__dict__").items()):
        if not (name.startswith("__") and name.endswith("__")):
            yield f".{name}", member


def _members(value: Any) -> tool_kinds.Inside:
    """Read an instance of a class of the user's."""
    return id(value), _of_instance(value, type(value))


def _of_instance(value: Any, kind: type) -> Iterator[tuple[str, Any]]:
    try:
        own = _get(value, "__dict__")
    except AttributeError:
        own = None
    if type(own) is dict:
        yield from tool_kinds.members(own)
    for base in type.__getattribute__(kind, "__mro__"):
        for name, slot in list(type.__getattribute__(base, "__dict__").items()):
            if type(slot) is MemberDescriptorType:
                try:
                    yield f".{name}", slot.__get__(value, kind)
                except AttributeError:
                    continue
    for builtin, walk in ((dict, dict.items), (list, list.__iter__), (set, set.__iter__)):
        if issubclass(kind, builtin):  # a subclass of the user's: its content, past its methods
            content: Any = list(walk(value))
            yield f"<{builtin.__name__}>", builtin(content)
