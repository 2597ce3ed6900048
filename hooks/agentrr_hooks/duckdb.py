"""DuckDB: it runs again in a replay, on copies of its files, with the recorded seed.

Captures      the database that a connection opens; the seed of each connection
Records       what an existing database held, and its log; the seed
Serves        the recorded database, in the scratch folder; `random()` and `uuid()` by the seed
Reaches       `duckdb.connect`, `cursor`, the default connection
Out of reach  files that a statement names (`'data.csv'`, `COPY`, `ATTACH`): read from the disk as
              they are, and writing them ends a replay; `now()` and its kin; the order of rows that
              several threads make; MotherDuck (named)
"""

from __future__ import annotations

import os

from agentrr_hooks.files_common import Door
from agentrr_hooks.files_sqlite import connecting
from agentrr_hooks.standin import like, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_C = "_duckdb"
_AWAY = ("md:", "motherduck:")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route DuckDB's connections through *boundary*."""
    patch.replace(_C, "connect", lambda real: _connect(real, boundary))
    patch.replace(_C, "DuckDBPyConnection.cursor", lambda real: _cursor(real, boundary))
    patch.on_import(_C, lambda loaded: _seed(loaded.default_connection(), boundary))


def _connect(real: Any, boundary: Boundary) -> Any:
    opening = connecting(real, Door(boundary), _path, (".wal",))

    def connect(database: Any = ":memory:", *args: Any, **named: Any) -> Any:
        lane = boundary.lane()
        if lane is not None and not lane.inside and str(database).startswith(_AWAY):
            lane.uncaptured("duckdb.connect to MotherDuck")
        made = opening(database, *args, **named)
        _seed(made, boundary)
        return made

    return stand_in(real, connect)


def _cursor(real: Any, boundary: Boundary) -> Any:
    def cursor(self: Any) -> Any:
        made = real(self)
        _seed(made, boundary)
        return made

    return like(cursor, real)


def _seed(connection: Any, boundary: Boundary) -> None:
    """Let what *connection* draws follow from a number that is recorded."""
    lane = boundary.lane()
    if lane is None or lane.inside:
        return
    number = lane.cross("duckdb.seed", lambda: int.from_bytes(os.urandom(4), "big") / 2**32)
    connection.execute("select setseed($1)", [number]).fetchall()


def _path(database: Any, *, uri: bool) -> Any:
    """Return the path in what `connect` was given; None for a database in memory, or away."""
    del uri
    try:
        text = os.fsdecode(database)
    except TypeError:
        return None
    inside = text in ("", ":memory:", ":default:") or text.startswith((":memory:", *_AWAY))
    return None if inside else text
