"""What a cursor of psycopg2 holds in a replay: the recorded result and its place.  See `psycopg2`.

The genuine cursor reads rows where libpq keeps them; here there are none, so this does what its
code in C does with them, the program's typecasters and row factory included.
"""

from __future__ import annotations

from agentrr_hooks.postgres_results import bytes_of, text_of
from agentrr_hooks.psycopg2_values import (
    casters_of,
    columns_of,
    description_of,
    library,
    rows_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NONE: dict[str, Any] = {"rowcount": -1, "rownumber": 0, "lastrowid": 0, "statusmessage": None}


def state_of(real: Any, cursor: Any) -> dict[str, Any]:
    """Return what the genuine *cursor*, of type *real*, says after a call."""
    said = {name: vars(real)[name].__get__(cursor) for name in _NONE}
    state: dict[str, Any] = {name: each for name, each in said.items() if each != _NONE[name]}
    columns = vars(real)["description"].__get__(cursor)
    if columns is not None:
        state["columns"] = description_of(columns)
        pointer = vars(real)["pgresult_ptr"].__get__(cursor)
        state["rows"] = [] if pointer is None else rows_of(pointer)
    query = vars(real)["query"].__get__(cursor)
    if query is not None:
        state["query"] = text_of(query)
    return state


class Held:
    """The result of a cursor."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self.done = False
        self.take({})

    def take(self, state: dict[str, Any]) -> None:
        """Be what *state*, of `state_of`, says."""
        said: dict[str, Any] = {**_NONE, **state}
        self.rowcount, self.rownumber = said["rowcount"], said["rownumber"]
        self.lastrowid, self.statusmessage = said["lastrowid"], said["statusmessage"]
        self.query = bytes_of(said.get("query"))
        columns = said.get("columns")
        self.description = None if columns is None else columns_of(columns)
        self._casts = casters_of(self._cursor, columns or [])
        self._rows: list[list[Any]] = said.get("rows", [])

    @property
    def closed(self) -> bool:
        """Whether the cursor or its connection is closed."""
        return bool(self.done or self._cursor.connection.closed)

    def check(self) -> None:
        """Raise what a closed cursor does."""
        if self.closed:
            raise library().InterfaceError("cursor already closed")

    def _row(self, place: int) -> Any:
        cursor = self._cursor
        values = (
            cast(text, cursor) for cast, text in zip(self._casts, self._rows[place], strict=True)
        )
        if cursor.row_factory is None:
            return tuple(values)
        row = cursor.row_factory(cursor)
        for column, each in enumerate(values):
            row[column] = each
        return row

    def _ready(self) -> None:
        self.check()
        if self.description is None and self._cursor.name is None:
            raise library().ProgrammingError("no results to fetch")

    def fetchone(self) -> Any:
        """Return the next row, None where there is none."""
        self._ready()
        if self.rownumber >= self.rowcount:
            return None
        row = self._row(self.rownumber)
        self.rownumber += 1
        return row

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return the next *size* rows."""
        self._ready()
        left: int = self.rowcount - self.rownumber
        if size is None:
            size = int(self._cursor.arraysize)
        found = []
        for _ in range(left if size > left or size < 0 else size):
            found.append(self._row(self.rownumber))
            self.rownumber += 1
        return found

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        return self.fetchmany(-1)

    def fetched(self, name: str) -> Any:
        """Return what *name*, a call that fetched from the server, returned."""
        after, self.rownumber = self.rownumber, 0
        found = getattr(self, name)(*((-1,) if name == "fetchmany" else ()))
        self.rownumber = after
        return found

    def scroll(self, by: int, mode: str = "relative") -> None:
        """Go to another row."""
        self.check()
        if mode not in ("relative", "absolute"):
            said = "scroll mode must be 'relative' or 'absolute'"
            raise library().ProgrammingError(said)
        place = by + (self.rownumber if mode == "relative" else 0)
        if not 0 <= place < self.rowcount:
            raise library().ProgrammingError("scroll destination out of bounds")
        self.rownumber = place

    def __iter__(self) -> Any:
        self.check()
        return self._cursor

    def setinputsizes(self, _: Any) -> None:
        """Do nothing, as psycopg2 does."""
        self.check()

    def setoutputsize(self, *_: Any) -> None:
        """Do nothing, as psycopg2 does."""
        self.check()

    def nextset(self) -> None:
        """Raise that PostgreSQL has none."""
        self.check()
        raise library().NotSupportedError("not supported by PostgreSQL")
