"""PostgreSQL through psycopg 3: libpq's sockets are the kernel's alone, so its calls are served.

Captures      connecting, what is sent (statements, parameters, `COPY`, pipelines), what comes back
Records       per connection its parameters without passwords; statement, parameters and types; of
              each result status, columns, rows, and the error's fields with its SQLSTATE; notices
              and notifications; what the server says of the connection after it
Serves        the recorded results, as results that psycopg's own code reads; nothing connects
Reaches       connections and cursors of every kind, sync and async, pools, transactions,
              SQLAlchemy; each of psycopg's implementations
Out of reach  a date or interval style other than ISO and postgres, an encoding other than UTF-8,
              `PGconn.reset`, `trace`, `encrypt_password` and the calls of libpq in single steps
              (named)
"""

from __future__ import annotations

import sys

from agentrr_hooks import postgres_links as links
from agentrr_hooks import postgres_results as results
from agentrr_hooks import postgres_waits as waits
from agentrr_hooks.in_place import set_member
from agentrr_hooks.standin import like, partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

CALLS = (
    "send_query", "send_query_params", "send_prepare", "send_query_prepared",
    "send_describe_prepared", "send_describe_portal", "send_close_prepared", "send_close_portal",
    "set_single_row_mode", "set_chunked_rows_mode", "enter_pipeline_mode", "exit_pipeline_mode",
    "pipeline_sync", "send_flush_request", "exec_", "exec_params", "prepare", "exec_prepared",
    "describe_prepared", "describe_portal", "close_prepared", "close_portal",
)  # fmt: skip
"""Methods of a connection of libpq that are served."""
NAMED = (
    "reset", "reset_start", "reset_poll", "trace", "encrypt_password", "change_password",
    "get_result", "consume_input", "is_busy", "flush", "notifies", "put_copy_data",
    "put_copy_end", "get_copy_data",
)  # fmt: skip
"""Methods that psycopg calls within a wait only, or not at all: elsewhere they are named."""
ESCAPES = ("escape_literal", "escape_identifier", "escape_string", "escape_bytea")
ASK_IN_C = ("BytesDumper", "BytearrayDumper", "MemoryviewDumper")
"""Dumpers whose twins in C ask libpq by themselves: the ones in Python do, where it is served."""
GENERATORS = (
    "execute", "send", "fetch_many", "fetch", "pipeline_communicate", "notifies", "copy_from",
    "copy_to", "copy_end",
)  # fmt: skip


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route what psycopg asks of libpq through *boundary*."""
    patch.on_import("psycopg.pq", lambda pq: _members(pq, patch, boundary))
    patch.replace("psycopg.generators", "connect", lambda real: waits.connecting(real, boundary))
    patch.replace("psycopg.generators", "cancel", lambda real: waits.cancelling(real, boundary))
    for name in GENERATORS:
        patch.replace("psycopg.generators", name, partial(waits.asking, name, boundary))
    for name in ("wait", "wait_conn"):
        patch.replace("psycopg.waiting", name, partial(waits.waiting, boundary))
        patch.replace("psycopg.waiting", f"{name}_async", partial(waits.waiting_async, boundary))
    patch.replace("psycopg._adapters_map", "AdaptersMap._get_optimised", _optimised)
    patch.on_import("psycopg._transformer", lambda loaded: _literal(loaded, patch, boundary))


def _members(pq: Any, patch: Patcher, boundary: Boundary) -> None:
    for name in CALLS:
        _member(patch, pq.PGconn, name, partial(_called, name, boundary))
    for name in NAMED:
        _member(patch, pq.PGconn, name, partial(_named, name, boundary))
    for name in ESCAPES:
        _member(patch, pq.Escaping, name, partial(_escaped, name, boundary))
    for kind, names in ((pq.PGcancel, ("cancel",)), (pq.PGcancelConn, ("start", "blocking"))):
        for name in names:
            _member(patch, kind, name, partial(_cancelled, boundary))


def _member(patch: Patcher, kind: Any, name: str, make: Any) -> None:
    real = vars(kind).get(name)
    if real is not None:
        set_member(kind, name, like(make(real), real))
        patch.undo_with(partial(set_member, kind, name, real))


def _called(name: str, boundary: Boundary, real: Any) -> Any:
    current, call = boundary.lane, f"postgres.{name}"

    def method(self: Any, *args: Any, **named: Any) -> Any:
        lane = current()
        link = links.of(self)
        if lane is None or lane.inside or link is None:
            return real(self, *args, **named)
        request = links.described(name, args, named)
        live = partial(real, self, *args, **named)
        return link.ask(lane, call, self, live, request, results.answer_of, results.value_of)

    return method


def _named(name: str, boundary: Boundary, real: Any) -> Any:
    current, call = boundary.lane, f"psycopg.PGconn.{name}"

    def method(self: Any, *args: Any, **named: Any) -> Any:
        lane = current()
        if lane is not None and not lane.inside:
            lane.uncaptured(call)
        return real(self, *args, **named)

    return method


def _escaped(name: str, boundary: Boundary, real: Any) -> Any:
    """How a text is escaped depends on what the server said."""
    current, call = boundary.lane, f"postgres.{name}"

    def method(self: Any, data: Any) -> Any:
        lane = current()
        if lane is None or lane.inside:
            return real(self, data)
        of = bytes(data)
        if name == "escape_identifier":
            of = results.nameless(of.decode("latin-1")).encode("latin-1")
        return lane.cross(call, lambda: bytes(real(self, data)), request={"of": of})

    return method


def _cancelled(boundary: Boundary, real: Any) -> Any:
    current = boundary.lane

    def cancel(self: Any) -> Any:
        lane = current()
        if lane is None or lane.inside:
            return real(self)
        return lane.cross("postgres.cancel", lambda: real(self), outward=True)

    return cancel


def _optimised(real: Any) -> Any:
    function = real.__func__

    def get_optimised(cls: Any, kind: Any) -> Any:
        return kind if kind.__name__ in ASK_IN_C else function(cls, kind)

    return classmethod(like(get_optimised, function))


def _literal(loaded: Any, patch: Patcher, boundary: Boundary) -> None:
    _member(patch, loaded.Transformer, "as_literal", lambda real: _as_literal(real, boundary))


def _as_literal(real: Any, boundary: Boundary) -> Any:
    """The dumpers in C ask libpq by themselves."""
    current = boundary.lane

    def as_literal(self: Any, obj: Any) -> Any:
        lane = current()
        if lane is None or lane.inside or obj is None or self.connection is None:
            return real(self, obj)
        dumper = self.get_dumper(obj, sys.modules["psycopg"].adapt.PyFormat.TEXT)
        request = {"oid": int(dumper.oid), "of": bytes(dumper.dump(obj))}
        return lane.cross("postgres.literal", lambda: bytes(real(self, obj)), request=request)

    return as_literal
