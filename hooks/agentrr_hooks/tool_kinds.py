"""What is inside the objects that the walk over a tool's state meets (see `tool_state`).

Each reader gives a fact about a value of one exact type, and what lies below it.  Readers call C
code, and the standard library's; nothing of the user's.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Inside = tuple[object, Iterator[tuple[str, Any]]]

STILL = frozenset(
    [
        "_contextvars",
        "_ctypes",
        "_decimal",
        "_hashlib",
        "_io",
        "_thread",
        "abc",
        "argparse",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "ipaddress",
        "logging",
        "operator",
        "pathlib",
        "pathlib._local",
        "re",
        "ssl",
        "string",
        "struct",
        "threading",
        "typing",
        "uuid",
        "weakref",
        "zoneinfo",
    ]
)
"""Modules whose objects do not change, or hold nothing that a tool's answer depends on."""

MOVING = frozenset(
    ("_thread._local", "threading.local", "functools._lru_cache_wrapper", "weakref.WeakSet",
     "weakref.WeakKeyDictionary", "weakref.WeakValueDictionary")
)  # fmt: skip
"""Types of those modules that do."""

BY_DICT = frozenset(
    [
        "asyncio.queues.Queue",
        "asyncio.queues.LifoQueue",
        "asyncio.queues.PriorityQueue",
        "collections.ChainMap",
        "collections.UserDict",
        "collections.UserList",
        "collections.UserString",
        "queue.LifoQueue",
        "queue.PriorityQueue",
        "queue.Queue",
        "types.SimpleNamespace",
    ]
)
"""Types of the standard library whose state is their `__dict__`."""

LEAVES = frozenset({int, complex, bool, str, bytes, type(None), type(...), range})
"""Types whose values are facts themselves; a float is one too, but for nan."""

_LARGEST_ARRAY = 4 << 20
_get = object.__getattribute__


def name_of(kind: type) -> str:
    """Return `module.qualname` of a type, past whatever its metaclass says."""
    module = type.__getattribute__(kind, "__module__")
    return f"{module}.{type.__getattribute__(kind, '__qualname__')}"


def reader_of(kind: type) -> Callable[[Any], Inside] | None:
    """Return what reads a value of exactly this type; None when its inside is not known."""
    name = name_of(kind)
    if name in READERS:
        return READERS[name]
    if name in BY_DICT:
        return _by_dict
    if name.partition(".")[0] in STILL or name.rpartition(".")[0] in STILL:
        return None if name in MOVING else still
    sqlite = sys.modules.get("sqlite3")
    if sqlite is not None and issubclass(kind, sqlite.Connection):
        return _connection
    return _error if issubclass(kind, BaseException) else None


def key_of(key: Any) -> str:
    """Return what a key looks like, without asking it."""
    kind = type(key)
    return repr(key) if kind in LEAVES or kind is float else f"{kind.__qualname__} {id(key)}"


def still(value: Any) -> Inside:
    """Only which object it is matters."""
    return id(value), iter(())


def members(named: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what a dictionary of names holds."""
    return ((f".{name}", member) for name, member in list(named.items()))


def _by_dict(value: Any) -> Inside:
    return id(value), members(_get(value, "__dict__"))


def _listed(value: Any) -> Inside:
    held = list(value)
    return len(held), ((f"[{index}]", member) for index, member in enumerate(held))


def _mapping(value: Any) -> Inside:
    held = list(value.items())
    keys = [key_of(key) for key, _ in held]
    return keys, ((f"[{key_of(key)}]", member) for key, member in held)


def _text(value: Any) -> Inside:
    return repr(value), iter(())


def _buffer(value: Any) -> Inside:
    return None if value.closed else value.getvalue(), iter(())


def _array(value: Any) -> Inside:
    return (value.typecode, value.tobytes()), iter(())


def _bytes(value: Any) -> Inside:
    return bytes(value), iter(())


def _left(value: Any) -> Inside:
    return value.__length_hint__(), iter(())


def _variable(value: Any) -> Inside:
    nothing = object()
    found = value.get(nothing)
    return ("unset", iter(())) if found is nothing else (id(value), iter((("", found),)))


def _partial(value: Any) -> Inside:
    return id(value), iter(
        ((".func", value.func), (".args", value.args), (".keywords", value.keywords))
    )


def _method(value: Any) -> Inside:
    return id(value.__func__), iter(((".__self__", value.__self__),))


def _builtin(value: Any) -> Inside:
    owner = value.__self__
    below = () if owner is None or type(owner) is type(sys) else ((".__self__", owner),)
    return id(value), iter(below)


def _descriptor(value: Any) -> Inside:
    return id(value), iter(((".__func__", value.__func__),))


def _property(value: Any) -> Inside:
    return id(value), iter((("", value.fget), ("", value.fset)))


def _cell(value: Any) -> Inside:
    try:
        return None, iter((("", value.cell_contents),))
    except ValueError:  # nothing in it yet
        return "empty", iter(())


def _generator(value: Any) -> Inside:
    frame = value.gi_frame
    return (None, iter(())) if frame is None else (frame.f_lasti, members(frame.f_locals))


def _random(value: Any) -> Inside:
    if value is getattr(sys.modules.get("random"), "_inst", None):
        return None, iter(())  # draws of the shared generator are recorded one by one
    return sys.modules["_random"].Random.getstate(value), iter(())


def _connection(value: Any) -> Inside:
    kind = sys.modules["sqlite3"].Connection
    try:
        changes = kind.total_changes.__get__(value), kind.in_transaction.__get__(value)
    except Exception as error:  # closed, or another thread's
        return type(error).__name__, iter(())
    return changes, iter(())


def _cursor(value: Any) -> Inside:
    return None, iter(((".connection", value.connection),))


def _error(value: Any) -> Inside:
    return id(value), iter(((".args", BaseException.args.__get__(value)),))  # type: ignore[attr-defined] # a getset


def _numbers(value: Any) -> Inside:
    if value.dtype.hasobject or value.nbytes > _LARGEST_ARRAY:
        return id(value), iter((("", _unknown),))
    return (value.shape, value.dtype.str, value.tobytes()), iter(())


def _bits(value: Any) -> Inside:
    state = value.bit_generator if hasattr(value, "bit_generator") else value._bit_generator
    return str(state.state), iter(())


_unknown = iter(lambda: 0, 0)
"""A value of which nothing can be known."""

READERS: dict[str, Callable[[Any], Inside]] = {
    "_io.BytesIO": _buffer,
    "_io.StringIO": _buffer,
    "_contextvars.ContextVar": _variable,
    "array.array": _array,
    "builtins.bytearray": _bytes,
    "builtins.builtin_function_or_method": _builtin,
    "builtins.cell": _cell,
    "builtins.classmethod": _descriptor,
    "builtins.generator": _generator,
    "builtins.list_iterator": _left,
    "builtins.method": _method,
    "builtins.module": still,
    "builtins.object": still,
    "builtins.property": _property,
    "builtins.range_iterator": _left,
    "builtins.staticmethod": _descriptor,
    "builtins.tuple_iterator": _left,
    "collections.Counter": _mapping,
    "collections.OrderedDict": _mapping,
    "collections.defaultdict": _mapping,
    "collections.deque": _listed,
    "functools.partial": _partial,
    "itertools.count": _text,
    "numpy.ndarray": _numbers,
    "numpy.random._generator.Generator": _bits,
    "numpy.random.mtrand.RandomState": _bits,
    "random.Random": _random,
    "sqlite3.Cursor": _cursor,
}
for _name in (
    "method-wrapper", "method_descriptor", "wrapper_descriptor", "getset_descriptor",
    "member_descriptor", "classmethod_descriptor", "code", "NotImplementedType",
):  # fmt: skip
    READERS[f"builtins.{_name}"] = still
