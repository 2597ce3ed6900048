"""What psycopg2 gives back: as values for a recording, and from them again.  See `psycopg2`.

The rows of a recorded result are libpq's texts, so that in a replay the program's own typecasters
make its values of them.
"""

from __future__ import annotations

import sys

from agentrr_hooks.in_place import set_member
from agentrr_hooks.postgres_results import text_of
from agentrr_hooks.standin import partial, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Patcher

COLUMN = (
    "name", "type_code", "display_size", "internal_size", "precision", "scale", "null_ok",
    "table_oid", "table_column",
)  # fmt: skip
DIAGNOSTICS = (
    "column_name", "constraint_name", "context", "datatype_name", "internal_position",
    "internal_query", "message_detail", "message_hint", "message_primary", "schema_name",
    "severity", "severity_nonlocalized", "source_file", "source_function", "source_line",
    "sqlstate", "statement_position", "table_name",
)  # fmt: skip
_NEW_TYPE = ("values", "name", "castobj", "baseobj")
_functions: dict[int, tuple[Any, Any]] = {}  # by typecaster, which hides its function
_SAID = "__said__"  # of an error of a replay: its cursor and its diagnostics


def library() -> Any:
    """Return psycopg2's module in C."""
    return sys.modules["psycopg2._psycopg"]


def install(patch: Patcher) -> None:
    """Let errors of a replay say what the recorded ones said, and typecasters be asked for NULL."""
    error = library().Error
    for name, make in (("diag", _diag), ("cursor", _cursor)):
        real = vars(error)[name]
        set_member(error, name, make(real))
        patch.undo_with(partial(set_member, error, name, real))
    patch.replace("psycopg2._psycopg", "new_type", _new_type)


def _new_type(real: Any) -> Any:
    def new_type(*args: Any, **named: Any) -> Any:
        made = real(*args, **named)
        function = dict(zip(_NEW_TYPE, args, strict=False), **named).get("castobj")
        if function is not None:
            _functions[id(made)] = (made, function)
        return made

    return stand_in(real, new_type)


def rows_of(pointer: int) -> list[list[Any]]:
    """Return the rows of libpq's result at *pointer*: texts, None for NULL."""
    import ctypes

    pq = ctypes.PyDLL(library().__file__)
    pq.PQgetvalue.restype = ctypes.c_void_p
    result, at = ctypes.c_void_p(pointer), ctypes.string_at
    columns = range(pq.PQnfields(result))

    def value(row: int, column: int) -> Any:
        if pq.PQgetisnull(result, row, column):
            return None
        place = pq.PQgetvalue(result, row, column)
        return text_of(at(place, pq.PQgetlength(result, row, column)))

    return [[value(row, column) for column in columns] for row in range(pq.PQntuples(result))]


def description_of(columns: Any) -> list[list[Any]]:
    """Return a cursor's description as a value of the codec."""
    return [[getattr(column, name, None) for name in COLUMN] for column in columns]


def columns_of(data: list[list[Any]]) -> tuple[Any, ...]:
    """Return what `description_of` was given."""
    return tuple(library().Column(*values) for values in data)


def casters_of(cursor: Any, columns: list[list[Any]]) -> list[Any]:
    """Return what makes values of the texts of *columns*, in the order in which libpq's is looked.

    A cursor's own typecasters, then its connection's, then all's.
    """
    places = (cursor.string_types or {}, cursor.connection.string_types, library().string_types)
    made = []
    for _, oid, *_rest in columns:
        found = next((place[oid] for place in places if oid in place), None)
        made.append(partial(_as_text, cursor, oid) if found is None else partial(_cast, found))
    return made


def _as_text(cursor: Any, oid: int, text: Any, _: Any) -> Any:
    return None if text is None else cursor.cast(oid, text)


def _cast(caster: Any, text: Any, cursor: Any) -> Any:
    if text is None and id(caster) in _functions:  # a typecaster of Python is asked for NULL too
        return _functions[id(caster)][1](None, cursor)
    return caster(text, cursor)


def error_of(error: Any, cursor: Any) -> dict[str, Any]:
    """Return *error*, one of psycopg2's, as a value of the codec."""
    data: dict[str, Any] = {"type": type(error).__name__, "args": list(error.args)}
    for name in ("pgcode", "pgerror"):
        if getattr(error, name) is not None:
            data[name] = getattr(error, name)
    if cursor is not None and error.cursor is cursor:
        data["cursor"] = True
    said = {name: getattr(error.diag, name) for name in DIAGNOSTICS}
    if any(said.values()):
        data["diag"] = {name: value for name, value in said.items() if value is not None}
    return data


def made_error(data: dict[str, Any], cursor: Any) -> Any:
    """Return the error that *data*, of `error_of`, describes."""
    kind = library().sqlstate_errors.get(data.get("pgcode"))
    if kind is None or kind.__name__ != data["type"]:
        kind = getattr(library(), data["type"])
    error = kind(*data["args"])
    error.__setstate__({name: data[name] for name in ("pgcode", "pgerror") if name in data})
    vars(error)[_SAID] = (cursor if data.get("cursor") else None, data.get("diag", {}))
    return error


def _diag(real: Any) -> Any:
    made: list[Any] = []

    def get(self: Any) -> Any:
        if _SAID not in vars(self):
            return real.__get__(self)
        if not made:
            made.append(_diagnostics(type(real.__get__(self))))
        found = made[0](self)
        found.said = vars(self)[_SAID][1]
        return found

    return property(get, doc=real.__doc__)


def _diagnostics(real: Any) -> Any:
    members: dict[str, Any] = {"__slots__": ("said",), "__module__": real.__module__}
    for name in DIAGNOSTICS:
        members[name] = _telling(name)
    return type(real.__name__, (real,), members)


def _telling(name: str) -> property:
    return property(lambda self: self.said.get(name))


def _cursor(real: Any) -> Any:
    def get(self: Any) -> Any:
        return vars(self)[_SAID][0] if _SAID in vars(self) else real.__get__(self)

    return property(get, doc=real.__doc__)
