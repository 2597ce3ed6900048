"""What a call can reach, as a list of plain facts: has it changed?

A structural walk over exact builtin containers, instances of the user's classes (their `__dict__`
and slots), and the globals of the user's modules.  No user code is ever called: no `__eq__`, no
`__getstate__`, no property.  The walk is cut by a count of nodes, never by time.  What it cannot
enter is unknown, and named.
"""

from __future__ import annotations

import sys
from types import FunctionType, MemberDescriptorType, ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

LIMIT = 20_000
_LEAVES = frozenset({int, float, complex, bool, str, bytes, type(None), type(...), range})
_OPAQUE = (FunctionType, ModuleType, type, type(len), property, staticmethod, classmethod)
_get = object.__getattribute__


class State:
    """The facts at one moment: `facts` maps a path to a value or a type; `unknown` are types."""

    __slots__ = ("cut", "facts", "unknown")

    def __init__(self) -> None:
        self.facts: dict[str, object] = {}
        self.unknown: set[str] = set()
        self.cut = False

    def changed(self, other: State) -> list[str]:
        """Return the paths at which *other*, taken later, differs."""
        paths = [path for path, fact in other.facts.items() if _differs(self.facts, path, fact)]
        return paths + [path for path in self.facts if path not in other.facts]


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
    walk = _Walk(state, owns)
    for name, root in _roots(function, args, kwargs, owns):
        walk.enter(name, root)
    _generators(state)
    return state


def _roots(
    function: FunctionType,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    owns: Callable[[str], bool],
) -> Iterator[tuple[str, Any]]:
    yield "args", args
    yield "kwargs", kwargs
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            yield name, cell.cell_contents
        except ValueError:
            yield name, None
    for module in user_modules(owns):
        for name, value in list(vars(module).items()):
            if not name.startswith("__"):
                yield f"{module.__name__}.{name}", value


def user_modules(owns: Callable[[str], bool]) -> list[ModuleType]:
    """Return the loaded modules whose file is the user's."""
    found: list[ModuleType] = []
    for module in list(sys.modules.values()):
        if not isinstance(module, ModuleType):
            continue
        filename = module.__dict__.get("__file__")
        if module.__name__ == "__main__" or (isinstance(filename, str) and owns(filename)):
            found.append(module)
    return found


def _generators(state: State) -> None:
    """The shared generators are state too: a body that draws must run again."""
    random = sys.modules.get("random")
    generator = getattr(random, "_inst", None)
    if generator is not None:
        base = sys.modules["_random"].Random
        state.facts["random"] = hash(base.getstate(generator))


class _Walk:
    def __init__(self, state: State, owns: Callable[[str], bool]) -> None:
        self._state = state
        self._owns = owns
        self._seen: dict[int, str] = {}
        self._keep: list[object] = []

    def enter(self, path: str, root: object) -> None:
        """Note everything below *root*."""
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
        known = self._seen.get(id(value))
        if known is not None:
            facts[path] = f"is {known}"
            return []
        self._seen[id(value)] = path
        self._keep.append(value)  # or its id could be taken by another
        if kind is dict:
            facts[path] = f"dict {len(value)}"
            return [(f"{path}[{_key(key)}]", member) for key, member in value.items()]
        if kind in (list, tuple):
            facts[path] = f"{kind.__name__} {len(value)}"
            return [(f"{path}[{index}]", member) for index, member in enumerate(value)]
        if kind in (set, frozenset):
            facts[path] = f"{kind.__name__} {sorted(map(_key, value))}"
            return []
        if kind is bytearray:
            facts[path] = bytes(value)
            return []
        return self._object(path, value, kind)

    def _object(self, path: str, value: Any, kind: type) -> list[tuple[str, Any]]:
        facts = self._state.facts
        if isinstance(value, _OPAQUE):
            facts[path] = f"{kind.__name__} {id(value)}"
            if isinstance(value, type) and self._is_users(value):
                return [
                    (f"{path}.{name}", member)
                    for name, member in list(type.__getattribute__(value, "__dict__").items())
                    if not name.startswith("__")
                ]
            return []
        facts[path] = f"{kind.__qualname__} {id(value)}"
        if not self._is_users(kind):
            self._state.unknown.add(f"{kind.__module__}.{kind.__qualname__}")
            return []
        return [(f"{path}.{name}", member) for name, member in _members(value, kind)]

    def _is_users(self, kind: type) -> bool:
        module = sys.modules.get(type.__getattribute__(kind, "__module__"))
        if module is None:
            return False
        filename = getattr(module, "__file__", None)
        return module.__name__ == "__main__" or (isinstance(filename, str) and self._owns(filename))


def _members(value: Any, kind: type) -> Iterator[tuple[str, Any]]:
    try:
        own = _get(value, "__dict__")
    except AttributeError:
        own = None
    if type(own) is dict:
        yield from list(own.items())
    for base in type.__getattribute__(kind, "__mro__"):
        for name, slot in list(type.__getattribute__(base, "__dict__").items()):
            if type(slot) is MemberDescriptorType:
                try:
                    yield name, slot.__get__(value, kind)
                except AttributeError:
                    continue
    for builtin, walk in ((dict, dict.items), (list, list.__iter__)):
        if isinstance(value, builtin):  # a subclass of the user's: its content, past its methods
            content = list(walk(value))
            yield f"<{builtin.__name__}>", dict(content) if builtin is dict else content


def _key(key: Any) -> str:
    return repr(key) if type(key) in _LEAVES else f"{type(key).__qualname__} {id(key)}"
