"""A connection of psycopg2 as it is recorded, and its twin in a replay.  See `psycopg2`.

What libpq says of a connection changes only by what is asked of it, so each answer carries what
changed by it, and the connection's attributes are answered from there.
"""

from __future__ import annotations

from agentrr_hooks.postgres_links import PARAMETERS, SECRET
from agentrr_hooks.postgres_results import bare, text_of
from agentrr_hooks.psycopg2_rows import Held
from agentrr_hooks.psycopg2_values import error_of, library, made_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self

    from agentrr_sandbox.boundary import Lane

STATE = ("closed", "status", "encoding", "autocommit", "isolation_level", "readonly", "deferrable")
"""Attributes of a connection that calls change."""
ABOUT = (
    "dbname", "user", "host", "port", "options", "protocol_version", "server_version",
    "backend_pid", "socket", "needs_password", "used_password", "ssl_in_use",
)  # fmt: skip
"""Attributes of a connection's `info` that stay."""
_INFO = ("transaction_status", "error_message")
_NOTHING = "host=a,b hostaddr=127.0.0.1 user=nobody password=none dbname=none"
"""What libpq refuses before it opens anything: two hosts for one address."""
_LIMIT = 50  # notices that psycopg2 keeps
_made = [0]


def public(dsn: str) -> dict[str, Any]:
    """Return what *dsn* says, without what nobody else may know."""
    try:
        said = library().parse_dsn(dsn)
    except Exception:  # libpq refuses it too, and its error is the answer
        return {}
    return {name: value for name, value in said.items() if name not in SECRET}


def _status(name: str) -> str:
    """Return the name, in what is known, of what the server says of its parameter *name*."""
    return f"parameter {name}"


class Link:
    """A connection that is there."""

    def __init__(self, real: Any, number: int) -> None:
        self.real = real
        self.number = number
        self.about: dict[str, Any] = {}
        self.known: dict[str, Any] = {}
        self.password: str | None = None
        self.entered = False

    @classmethod
    def made(cls, real: Any, connection: Any) -> Link:
        """Return the next one's, for *connection*, which is connected."""
        _made[0] += 1
        link = cls(real, _made[0])
        info = real.info.__get__(connection)
        link.about = {name: getattr(info, name, None) for name in ABOUT}
        link.about["dsn"] = real.dsn.__get__(connection)
        link.about["parameters"] = real.get_dsn_parameters(connection)
        if link.about["ssl_in_use"]:
            names = info.ssl_attribute_names
            link.about["ssl"] = {name: info.ssl_attribute(name) for name in names}
        return link

    def changed(self, connection: Any) -> dict[str, Any]:
        """Return what *connection* says that it did not say before."""
        state = {name: vars(self.real)[name].__get__(connection) for name in STATE}
        if state["closed"] != 1:  # libpq holds it
            info = self.real.info.__get__(connection)
            state.update({name: getattr(info, name) for name in _INFO})
            state.update({_status(name): info.parameter_status(name) for name in PARAMETERS})
        new = {name: each for name, each in state.items() if self.known.get(name, self) != each}
        self.known.update(new)
        return {"state": new} if new else {}

    def ask(
        self,
        lane: Lane,
        call: str,
        connection: Any,
        live: Callable[[], Any],
        said: Callable[[], dict[str, Any]],
        request: dict[str, Any],
        cursor: Any = None,
    ) -> dict[str, Any] | None:
        """Ask by *live*; *said* tells what there is to tell after it.

        Returns the answer in a replay, None where what was asked holds it.  Raises what was
        raised; in a replay `value` of the answer does.
        """
        raised: list[Any] = []
        asked: list[Any] = []

        def answer() -> dict[str, Any]:
            held: dict[str, Any] = {}
            with _Told(self.real, connection) as told:
                try:
                    live()
                except library().Error as error:
                    raised.append(error)
                    held["raised"] = error_of(error, cursor)
            asked.append(True)
            return {**held, **said(), **self.changed(connection), **told.said}

        found = lane.cross(
            f"postgres.{call}", answer, request={"link": self.number, **request}, outward=True
        )
        self.learn(lane, found, connection)
        if raised:
            raise raised.pop()
        if asked:
            return None
        self.learned(connection)
        return found

    def learn(self, lane: Lane, answer: dict[str, Any], connection: Any) -> None:
        """Take what *answer* says of the connection, and tell its user what was told."""
        state = answer.get("state", {})
        self.known.update(state)
        said = [state.get(name) for name in ("encoding", _status("client_encoding"))]
        for encoding in [each for each in said if each not in (None, "UTF8")][:1]:
            lane.uncaptured(f"psycopg2 with encoding {encoding}")
        _tell(connection, answer.get("told", {}))

    def holding(self, cursor: Any) -> Any:
        """Return what holds the results of *cursor*; None where the genuine one does."""

    def get(self, connection: Any, name: str) -> Any:
        """Return the attribute *name* of *connection*."""
        return vars(self.real)[name].__get__(connection)

    def learned(self, connection: Any) -> None:
        """Let the genuine *connection* know what was learned."""

    def escaped(self, adapter: Any) -> bytes:
        """Return the text of *adapter* as libpq escapes it for this connection."""
        return adapter.genuine()  # type: ignore[no-any-return]


class ServedLink(Link):
    """A connection of a replay: nothing is connected."""

    def begin(self, connection: Any, dsn: str, answer: dict[str, Any]) -> None:
        """Make *connection* one that libpq holds, though not connected, and know *answer*."""
        try:
            self.real.__init__(connection, _NOTHING)
        except library().OperationalError:
            pass
        self.about = answer["about"]
        self.password = library().parse_dsn(dsn).get("password")

    def holding(self, cursor: Any) -> Any:
        """Return what holds the results of *cursor*."""
        return Held(cursor)

    def get(self, connection: Any, name: str) -> Any:
        """Return what was recorded of the attribute *name*."""
        if name == "info":
            return _info(super().get(connection, name), self)
        return self.known[name] if name in self.known else self.about[name]

    def learned(self, connection: Any) -> None:
        """Let the genuine one be closed as the recorded one was."""
        if self.known.get("closed"):
            self.real.close(connection)

    def escaped(self, adapter: Any) -> bytes:
        """Return the text of *adapter* as libpq does, which here knows nothing of the server."""
        body: bytes
        end: bytes
        body, end = adapter.text()
        if self.known.get(_status("standard_conforming_strings")) != "off":
            return b"'" + body + b"'" + end
        return (b"E'" if body or not end else b"'") + body.replace(b"\\", b"\\\\") + b"'" + end


def _info(genuine: Any, link: ServedLink) -> Any:
    """Return what says of a connection what was recorded of it, as *genuine* looks."""
    if link.known["closed"] == 1:  # libpq holds nothing of it any more
        return genuine
    kind = type(genuine)
    members: dict[str, Any] = {"__slots__": (), "__module__": kind.__module__}
    said = {**link.about, **link.known}
    fixed = {name: said.get(name) for name in (*ABOUT, *_INFO)}
    fixed["status"] = int(bool(said["closed"]))
    fixed["password"], fixed["dsn_parameters"] = link.password, said["parameters"]
    fixed["ssl_attribute_names"] = list(said.get("ssl", ()))
    for name, held in fixed.items():
        members[name] = _holding(held)
    members["parameter_status"] = lambda _, name: said.get(_status(name))
    members["ssl_attribute"] = lambda _, name: said.get("ssl", {}).get(name)
    made: Any = type(kind.__name__, (kind,), members)
    return made.__new__(made)


def _holding(held: object) -> property:
    return property(lambda _: held)


class _Told:
    """Notices and notifications: psycopg2 puts them into the user's lists, in a call's middle."""

    def __init__(self, real: Any, connection: Any) -> None:
        self._members = (vars(real)["notices"], vars(real)["notifies"])
        self._connection = connection
        self.said: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._own = [member.__get__(self._connection) for member in self._members]
        self._new: list[list[Any]] = [[], []]
        for member, new in zip(self._members, self._new, strict=True):
            member.__set__(self._connection, new)
        return self

    def __exit__(self, *_: object) -> None:
        for member, own in zip(self._members, self._own, strict=True):
            member.__set__(self._connection, own)
        notices, notifies = self._new
        told: dict[str, Any] = {"notices": notices} if notices else {}
        if notifies:
            told["notifies"] = [[one.pid, one.channel, one.payload] for one in notifies]
        if told:
            self.said = {"told": told}


def _tell(connection: Any, told: dict[str, Any]) -> None:
    """Put what was *told* where psycopg2 puts it."""
    for notice in told.get("notices", ()):
        connection.notices.append(notice)
    if isinstance(connection.notices, list):
        del connection.notices[:-_LIMIT]
    for one in told.get("notifies", ()):
        connection.notifies.append(library().Notify(*one))


def value(answer: dict[str, Any] | None, cursor: Any = None) -> Any:
    """Return what *answer*, of a replay, says was returned.  Raises what it says was raised."""
    if answer is None:
        return None
    if "raised" in answer:
        raise made_error(answer["raised"], cursor)
    return answer.get("is")


def argument(value: Any) -> Any:
    """Return *value*, an argument, for a request."""
    return text_of(value) if type(value) is bytes else bare(value)
