"""The type of psycopg2's cursors, with its calls routed through the boundary.  See `psycopg2`."""

from __future__ import annotations

from agentrr_hooks.postgres_results import nameless, text_of
from agentrr_hooks.psycopg2_copies import COPIES, Read, Written, data_of, pieces_of
from agentrr_hooks.psycopg2_links import argument, value
from agentrr_hooks.psycopg2_rows import state_of
from agentrr_hooks.psycopg2_values import library
from agentrr_hooks.standin import like, partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary

_SAID = ("description", "rownumber", "lastrowid", "query", "statusmessage", "closed")
_LOCAL = ("__iter__", "setinputsizes", "setoutputsize", "nextset")
_FETCHES = ("fetchone", "fetchmany", "fetchall")


def cursor_type(boundary: Boundary, real: Any) -> Any:
    """Return what stands for *real*, the type of cursors."""
    members: dict[str, Any] = {"__slots__": ("held", "rows"), "__module__": real.__module__}
    members["__doc__"] = real.__doc__
    made: dict[str, Any] = {
        "execute": _execute,
        "executemany": _executemany,
        "callproc": _callproc,
        "__next__": _next,
        "scroll": _scroll,
        "close": _close,
        **{name: partial(_fetch, name) for name in _FETCHES},
        **{name: partial(_copy, name) for name in COPIES},
    }
    members["__init__"] = like(_init(real), real.__init__)
    for name in _LOCAL:
        members[name] = like(_local(name, real), getattr(real, name))
    for name, make in made.items():
        members[name] = like(make(boundary, real), getattr(real, name))
    for name in _SAID:
        members[name] = _said(name, real)
    members["rowcount"] = _rowcount(real)
    kind = type(real.__name__, (real,), members)
    kind.__qualname__ = real.__qualname__
    return kind


def _init(real: Any) -> Any:
    def init(self: Any, conn: Any, *args: Any, **named: Any) -> None:
        self.held = self.rows = None
        real.__init__(self, conn, *args, **named)
        link = getattr(conn, "link", None)
        if link is not None:
            self.held = link.holding(self)

    return init


def _said(name: str, real: Any) -> Any:
    member = vars(real)[name]

    def get(self: Any) -> Any:
        return member.__get__(self) if self.held is None else getattr(self.held, name)

    return property(get, doc=member.__doc__)


def _rowcount(real: Any) -> Any:
    member = vars(real)["rowcount"]

    def get(self: Any) -> Any:
        if self.rows is not None:  # of many
            return self.rows
        return member.__get__(self) if self.held is None else self.held.rowcount

    return property(get, doc=member.__doc__)


def _ask(
    boundary: Boundary,
    real: Any,
    self: Any,
    call: str,
    live: Callable[[], Any],
    request: dict[str, Any],
    more: Callable[[], dict[str, Any]] = dict,
) -> tuple[Any, Any]:
    """Ask by *live*, as *call*, whose answer says *more*.

    Returns what *live* returned, and in a replay the answer, which `held` knows then.  Raises what
    was raised.
    """
    lane, connection = boundary.lane(), self.connection
    link = getattr(connection, "link", None)
    if link is None or lane is None or lane.inside:
        return live(), None
    kept: list[Any] = []

    def said() -> dict[str, Any]:
        return {"cursor": state_of(real, self), **more()}

    if self.name is not None:
        request = {"cursor": nameless(self.name), **request}
    self.rows = None
    asked = partial(_keep, kept, live)
    answer = link.ask(lane, call, connection, asked, said, request, self)
    if answer is None:
        return kept[0], None
    self.held.take(answer["cursor"])
    value(answer, self)
    return None, answer


def _keep(kept: list[Any], live: Callable[[], Any]) -> None:
    kept.append(live())


def _execute(boundary: Boundary, real: Any) -> Any:
    def execute(self: Any, query: Any, vars: Any = None) -> None:  # noqa: A002  psycopg2's name
        _executed(boundary, real, self, query, vars)

    return execute


def _executed(boundary: Boundary, real: Any, self: Any, query: Any, values: Any) -> None:
    """Execute *query* with *values* merged into it, which the program's own adapters do."""
    statement = real.mogrify(self, query, values)
    live = partial(real.execute, self, statement)
    _ask(boundary, real, self, "execute", live, {"command": text_of(statement)})


def _executemany(boundary: Boundary, real: Any) -> Any:
    def executemany(self: Any, query: Any, vars_list: Any) -> None:
        if self.name is not None:  # which is refused
            live = partial(real.executemany, self, query, vars_list)
            _ask(boundary, real, self, "executemany", live, {})
        rows = 0
        for values in vars_list:
            _executed(boundary, real, self, query, values)
            rows = -1 if self.rowcount == -1 else rows + self.rowcount
        self.rows = rows

    return executemany


def _callproc(boundary: Boundary, real: Any) -> Any:
    def callproc(self: Any, procname: str, parameters: Any = None, /) -> Any:
        if self.name is not None:  # which is refused
            live = partial(real.callproc, self, procname, parameters)
            _ask(boundary, real, self, "callproc", live, {})
        if isinstance(parameters, dict) and parameters:
            quoted = library().quote_ident
            marks = [f"{quoted(name, self)}:=%s" for name in parameters]
            values, returned = list(parameters.values()), None
        else:
            marks = ["%s"] * len(parameters if parameters is not None else ())
            values = returned = parameters
        query = f"SELECT * FROM {procname}({','.join(marks)})"  # noqa: S608  as psycopg2 does
        _executed(boundary, real, self, query, values)
        return returned

    return callproc


def _fetch(name: str, boundary: Boundary, real: Any) -> Any:
    genuine = getattr(real, name)

    def fetch(self: Any, *args: Any, **named: Any) -> Any:
        if self.name is None:
            return (genuine if self.held is None else _held(name))(self, *args, **named)
        size = {}
        if name == "fetchmany":
            given = next((each for each in (*args, *named.values()) if each is not None), None)
            size = {"size": self.arraysize if given is None else int(given)}
        live = partial(genuine, self, *args, **named)
        found, answer = _ask(boundary, real, self, name, live, size)
        return found if answer is None else self.held.fetched(name)

    return fetch


def _held(name: str) -> Any:
    def method(self: Any, *args: Any, **named: Any) -> Any:
        return getattr(self.held, name)(*args, **named)

    return method


def _next(boundary: Boundary, real: Any) -> Any:
    genuine = real.__next__

    def following(self: Any) -> Any:
        held: Any = self.held
        here = self.name is None or self.rownumber < self.rowcount  # of those fetched before
        if here and held is None:
            return genuine(self)
        if here:
            row = held.fetchone()
        else:
            live = partial(next, _Genuine(genuine, self), None)
            row, answer = _ask(boundary, real, self, "next", live, {"size": self.itersize})
            row = row if answer is None else held.fetched("fetchone")
        if row is None:
            raise StopIteration
        return row

    return following


class _Genuine:
    """The genuine cursor as an iterator."""

    def __init__(self, following: Any, cursor: Any) -> None:
        self._following, self._cursor = following, cursor

    def __iter__(self) -> _Genuine:
        return self

    def __next__(self) -> Any:
        return self._following(self._cursor)


def _scroll(boundary: Boundary, real: Any) -> Any:
    def scroll(self: Any, value: int, mode: str = "relative") -> None:
        if self.name is None:
            (real.scroll if self.held is None else _held("scroll"))(self, value, mode)
            return
        live = partial(real.scroll, self, value, mode)
        _ask(boundary, real, self, "scroll", live, {"value": value, "mode": mode})

    return scroll


def _close(boundary: Boundary, real: Any) -> Any:
    def close(self: Any) -> None:
        if self.name is not None:
            _ask(boundary, real, self, "close", partial(real.close, self), {})
        if self.held is not None:
            self.held.done = True
        real.close(self)

    return close


def _local(name: str, real: Any) -> Any:
    genuine = getattr(real, name)

    def method(self: Any, *args: Any) -> Any:
        return (genuine if self.held is None else _held(name))(self, *args)

    return method


def _copy(name: str, boundary: Boundary, real: Any) -> Any:
    genuine, names = getattr(real, name), COPIES[name]

    def copy(self: Any, *args: Any, **named: Any) -> None:
        given = {**dict(zip(names, args, strict=False)), **named}
        lane, file = boundary.lane(), given.pop("file", None)
        if lane is None or lane.inside or getattr(self.connection, "link", None) is None:
            genuine(self, *args, **named)
            return
        if "sql" in given:
            given["sql"] = real.mogrify(self, given["sql"])
        read, written = Read(name, given, file), Written.into(file)
        request = {key: argument(each) for key, each in given.items()}
        if read.pieces:
            request["data"] = data_of(read.pieces)
        through = read if read.reads else written
        live = partial(genuine, self, **given, file=through)
        _, answer = _ask(
            boundary, real, self, name, live, request, lambda: {"written": data_of(written.pieces)}
        )
        for piece in written.pieces if answer is None else pieces_of(answer["written"]):
            file.write(piece)

    return copy
