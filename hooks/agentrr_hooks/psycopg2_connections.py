"""The type of psycopg2's connections, with its calls routed through the boundary.  See `psycopg2`.

A subclass, put in the type's place before anything has it: types in C call each other's methods
past every patch of the type itself.
"""

from __future__ import annotations

from agentrr_hooks.psycopg2_links import STATE, Link, ServedLink, argument, public, value
from agentrr_hooks.psycopg2_values import error_of, library
from agentrr_hooks.standin import like, partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary

CALLS = (
    "cancel", "close", "commit", "rollback", "reset", "poll", "isexecuting",
    "set_client_encoding", "set_isolation_level", "set_session", "tpc_begin", "tpc_commit",
    "tpc_prepare", "tpc_rollback", "get_backend_pid", "get_parameter_status",
    "get_transaction_status", "get_dsn_parameters",
)  # fmt: skip
"""Methods that are served."""
NAMED = ("lobject", "tpc_recover", "get_native_connection")
"""Methods that are named."""
_SAID = (*STATE, "dsn", "server_version", "protocol_version", "info")
_SET = ("autocommit", "isolation_level", "readonly", "deferrable")


def connection_type(boundary: Boundary, real: Any) -> Any:
    """Return what stands for *real*, the type of connections."""
    members: dict[str, Any] = {"__slots__": ("link",), "__module__": real.__module__}
    members["__doc__"] = real.__doc__
    members["__new__"] = _new(real)
    members["__init__"] = _init(boundary, real)
    members["__enter__"] = like(_enter(real), real.__enter__)
    members["__exit__"] = like(_exit(real), real.__exit__)
    members["fileno"] = like(_fileno(real), real.fileno)
    members["cursor"] = like(_cursor(real), real.cursor)
    members["__repr__"] = _repr
    for name in CALLS:
        members[name] = like(_called(name, boundary, real), getattr(real, name))
    for name in NAMED:
        members[name] = like(_named(name, boundary, real), getattr(real, name))
    for name in _SAID:
        members[name] = _said(name, boundary, real)
    made = type(real.__name__, (real,), members)
    made.__qualname__ = real.__qualname__
    return made


def _repr(self: Any) -> str:
    return f"<connection object at {id(self):#x}; dsn: '{self.dsn}', closed: {self.closed}>"


def _new(real: Any) -> Any:
    def new(cls: Any, *args: Any, **named: Any) -> Any:
        made = real.__new__(cls, *args, **named)
        made.link = None
        return made

    return staticmethod(new)


def _init(boundary: Boundary, real: Any) -> Any:
    current = boundary.lane

    def init(self: Any, dsn: str, *args: Any, **named: Any) -> None:
        lane = current()
        if lane is None or lane.inside:
            real.__init__(self, dsn, *args, **named)
            return
        if any(args) or any(named.values()) or library().get_wait_callback() is not None:
            lane.uncaptured("psycopg2.connect, asynchronous")
            real.__init__(self, dsn, *args, **named)
            return
        _connect(self, real, lane, dsn)

    return init


def _connect(self: Any, real: Any, lane: Any, dsn: str) -> None:
    raised: list[Any] = []

    def live() -> dict[str, Any]:
        try:
            real.__init__(self, dsn)
        except library().Error as error:
            raised.append(error)
            return {"raised": error_of(error, None)}
        self.link = Link.made(real, self)
        return {"link": self.link.number, "about": self.link.about, **self.link.changed(self)}

    answer = lane.cross("postgres.connect", live, request=public(dsn), outward=True)
    if raised:
        raise raised.pop()
    value(answer)
    if self.link is None:
        link = ServedLink(real, answer["link"])
        link.begin(self, dsn, answer)
        self.link = link
    self.link.learn(lane, answer, self)


def _called(name: str, boundary: Boundary, real: Any) -> Any:
    current, ask = boundary.lane, getattr(real, name)

    def method(self: Any, *args: Any, **named: Any) -> Any:
        lane, link = current(), self.link
        if link is None or lane is None or lane.inside:
            return ask(self, *args, **named)
        kept: list[Any] = []

        def live() -> None:
            kept.append(ask(self, *args, **named))

        def said() -> dict[str, Any]:
            return {"is": kept[0]} if kept and kept[0] is not None else {}

        given = {key: argument(each) for key, each in named.items()}
        request = {**given, "of": [argument(each) for each in args]} if args else given
        answer = link.ask(lane, name, self, live, said, request)
        return kept[0] if answer is None else value(answer)

    return method


def _named(name: str, boundary: Boundary, real: Any) -> Any:
    current, call = boundary.lane, f"psycopg2.connection.{name}"

    def method(self: Any, *args: Any, **named: Any) -> Any:
        lane = current()
        if lane is not None and not lane.inside:
            lane.uncaptured(call)
        return getattr(real, name)(self, *args, **named)

    return method


def _said(name: str, boundary: Boundary, real: Any) -> Any:
    member, current = vars(real)[name], boundary.lane

    def get(self: Any) -> Any:
        return member.__get__(self) if self.link is None else self.link.get(self, name)

    def put(self: Any, new: Any) -> None:
        lane, link = current(), self.link
        if link is None or lane is None or lane.inside:
            member.__set__(self, new)
            return
        live = partial(member.__set__, self, new)
        value(link.ask(lane, "set_session", self, live, dict, {name: argument(new)}))

    return property(get, put if name in _SET else None, doc=member.__doc__)


def _fileno(real: Any) -> Any:
    def fileno(self: Any) -> int:
        if self.link is None or self.link.get(self, "closed"):
            return int(real.fileno(self))
        return int(self.link.about["socket"])

    return fileno


def _enter(real: Any) -> Any:
    def enter(self: Any) -> Any:
        link = self.link
        if link is None or link.get(self, "closed"):
            return real.__enter__(self)
        if link.entered:
            said = "the connection cannot be re-entered recursively"
            raise library().ProgrammingError(said)
        link.entered = True
        return self

    return enter


def _exit(real: Any) -> Any:
    def leave(self: Any, *args: Any) -> None:
        if self.link is not None:
            self.link.entered = False
        real.__exit__(self, *args)  # which commits, or rolls back, by the methods of ours

    return leave


def _cursor(real: Any) -> Any:
    def cursor(
        self: Any,
        name: str | None = None,
        cursor_factory: Any = None,
        withhold: Any = False,
        scrollable: Any = None,
    ) -> Any:
        cursors = library().cursor
        factory = cursor_factory or self.cursor_factory or cursors
        if self.link is None or self.link.get(self, "closed"):
            return real.cursor(self, name, factory, withhold, scrollable)
        made = factory(self, name)
        if not isinstance(made, cursors):
            raise TypeError("cursor factory must be subclass of psycopg2.extensions.cursor")
        made.withhold, made.scrollable = withhold, scrollable
        return made

    return cursor
