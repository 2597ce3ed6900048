"""PostgreSQL through psycopg2: libpq's sockets are the kernel's alone, so its calls are served.

Captures      connecting, statements as they are sent, `COPY`, what comes back
Records       per connection its parameters without passwords; each statement, its columns and rows
              as libpq's texts, errors with SQLSTATE and diagnostics; notices and notifications;
              what the server says of the connection after it
Serves        the recorded results, of which the program's own typecasters and row factories make
              rows; nothing connects
Reaches       connections and cursors, those with a name too, and those of `psycopg2.extras`; pools,
              `with`, SQLAlchemy
Out of reach  an encoding other than UTF-8, connections that are asynchronous or for replication,
              `lobject`, `tpc_recover`, `get_native_connection` (named)
"""

from __future__ import annotations

from agentrr_hooks import psycopg2_quoting, psycopg2_values
from agentrr_hooks.psycopg2_connections import connection_type
from agentrr_hooks.psycopg2_cursors import cursor_type
from agentrr_hooks.psycopg2_values import library
from agentrr_hooks.socket_waits import waitable
from agentrr_hooks.standin import partial, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_C = "psycopg2._psycopg"


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route what psycopg2 asks of libpq through *boundary*."""
    patch.on_import(_C, lambda _: psycopg2_values.install(patch))
    patch.on_import(_C, lambda _: psycopg2_quoting.install(patch))
    patch.replace(_C, "connection", partial(connection_type, boundary))
    patch.on_import(_C, _waited)
    patch.replace(_C, "cursor", partial(cursor_type, boundary))
    patch.replace(_C, "_connect", _connect)
    patch.replace(_C, "ReplicationConnection", partial(_named, boundary))


def _waited(loaded: Any) -> None:
    """A program waits for a notification by `select` on the connection itself."""
    waitable[:] = [loaded.connection]


def _connect(real: Any) -> Any:
    def connect(dsn: Any, connection_factory: Any = None, **named: Any) -> Any:
        return real(dsn, connection_factory or library().connection, **named)

    return stand_in(real, connect)


def _named(boundary: Boundary, real: Any) -> Any:
    def init(self: Any, *args: Any, **named: Any) -> None:
        lane = boundary.lane()
        if lane is not None and not lane.inside:
            lane.uncaptured("psycopg2.ReplicationConnection")
        real.__init__(self, *args, **named)

    members = {"__init__": init, "__module__": real.__module__, "__doc__": real.__doc__}
    return type(real.__name__, (real,), members)
