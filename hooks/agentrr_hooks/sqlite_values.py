"""What SQLite's own clock and generator answer.

Captures      `random()`, `randomblob()`; the time `now`, in `date`, `time`, `datetime`,
              `julianday`, `unixepoch`, `strftime`, `timediff`; `CURRENT_TIMESTAMP` ...
Records       the number, the bytes, the time in milliseconds
Serves        the same; what is made of a time is computed by SQLite itself
Reaches       connections of `sqlite3.connect`: statements, defaults of columns, triggers, views
Out of reach  other bindings (`apsw`, `pysqlite3`), connections of C code; an index over
              `date('now')` is made, where SQLite alone refuses it
"""

from __future__ import annotations

from agentrr_hooks.files_common import dress
from agentrr_hooks.standin import partial
from agentrr_sandbox import real as genuine
from agentrr_sandbox.frames import is_our_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

FROM, MOST = {"date": 0, "time": 0, "datetime": 0, "julianday": 0, "unixepoch": 0, "strftime": 1,
              "timediff": 0}, 32  # fmt: skip
"""Functions of times: how many arguments come before the first time; and how many are passed on."""
CURRENT = {"current_timestamp": "datetime", "current_date": "date", "current_time": "time"}


def install(patch: Patcher, boundary: Boundary) -> None:
    """Give every new connection functions that ask *boundary*."""
    dressing: list[Any] = []
    for module in ("_sqlite3", "sqlite3.dbapi2", "sqlite3"):
        patch.on_import(module, lambda loaded: _install(loaded, dressing, patch, boundary))


def _install(module: Any, dressing: list[Any], patch: Patcher, boundary: Boundary) -> None:
    """Route `connect` of *module*: three modules name one function."""
    real = module.connect
    if real in dressing:
        return  # the module took it from one of the others
    values = Values(boundary, real)

    def connect(*args: Any, **kwargs: Any) -> Any:
        return values.dress(real(*args, **kwargs))

    def undo() -> None:
        module.connect = real

    module.connect = dress(connect, real)
    dressing.append(module.connect)
    patch.undo_with(undo)


class Values:
    """The functions of one boundary.

    What they do not know by themselves is computed in a database of their own, in memory.
    """

    def __init__(self, boundary: Boundary, connect: Callable[..., Any]) -> None:
        self._current = boundary.lane
        self._connect = connect
        self._execute: Any = None
        self._made: list[tuple[str, int, Callable[..., Any], bool]] = []

    def dress(self, connection: Any) -> Any:
        """Return *connection*, with the functions in it."""
        if self._current() is None:
            return connection
        import sqlite3

        if self._execute is None:
            self._execute = self._connect(":memory:", check_same_thread=False).execute
            self._made = list(self._functions())
        for name, count, function, still in self._made:
            try:
                sqlite3.Connection.create_function(
                    connection, name, count, function, deterministic=still
                )
            except sqlite3.Error:
                break  # closed by its own class, or an SQLite that knows no such flag
        return connection

    def _functions(self) -> Any:
        yield "random", 0, self._random, False
        yield "randomblob", 1, self._blob, False
        for name, before in FROM.items():
            if self._knows(name):
                yield name, -1, partial(self._timed, before, _statements(name)), True
        for name, made in CURRENT.items():
            yield name, 0, partial(self._timed, 0, _statements(made)), True

    def _knows(self, name: str) -> bool:
        found = "select 1 from pragma_function_list where name = ?"
        return self._execute(found, (name,)).fetchone() is not None

    def _ask(self, statement: str, *values: Any) -> Any:
        return self._execute(statement, values).fetchone()[0]

    def _random(self) -> int:
        return int(self._drawn("sqlite.random", "select random()"))

    def _blob(self, size: Any) -> Any:
        return self._drawn("sqlite.randomblob", "select randomblob(?)", size)

    def _drawn(self, call: str, statement: str, *values: Any) -> Any:
        draw = partial(self._ask, statement, *values)
        lane = self._current()
        return draw() if lane is None else lane.read(call, draw, False, 2, _asking())

    def _timed(self, before: int, statements: list[str], *values: Any) -> Any:
        """Answer a function of times; a time that is `now`, or none, is the recording's."""
        if len(values) <= before:
            values = (*values, self._now())
        else:
            for value in values:
                if type(value) is str and len(value) == 3 and value.lower() == "now":  # noqa: PLR2004
                    now = self._now()
                    values = tuple(now if _is_now(each) else each for each in values)
                    break
        return self._ask(statements[min(len(values), MOST)], *values)

    def _now(self) -> str:
        lane = self._current()
        now: int = (
            _milliseconds()
            if lane is None
            else lane.read("sqlite.now", _milliseconds, True, 2, _asking())
        )
        seconds, rest = divmod(now, 1000)
        whole: str = self._ask("select datetime(?, 'unixepoch')", seconds)
        return f"{whole}.{rest:03d}"


def _asking() -> dict[str, Any] | None:
    """Return the globals of the code whose statement runs: SQLite calls us from C."""
    frame: Any = genuine.getframe(2)
    while frame is not None and is_our_code(frame.f_code):
        frame = frame.f_back
    return None if frame is None else frame.f_globals


def _is_now(value: Any) -> bool:
    return isinstance(value, str) and value.lower() == "now"


def _milliseconds() -> int:
    return genuine.time_ns() // 1_000_000


def _statements(name: str) -> list[str]:
    """Return what asks for *name* with so many values."""
    return [f"select {name}({','.join('?' * count)})" for count in range(MOST + 1)]
