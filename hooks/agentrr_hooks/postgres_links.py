"""A connection to PostgreSQL as it is recorded: its number, what is known of it; see `postgres`.

What libpq says of a connection (status, transaction, the server's parameters) changes only by what
is asked of it, so each answer carries what changed by it.
"""

from __future__ import annotations

import sys

from agentrr_hooks.postgres_results import Told, bare, nameless, text_of
from agentrr_hooks.standin import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Lane

_STATE = ("status", "transaction_status", "pipeline_status", "error_message", "socket")
_ABOUT = (
    "db", "user", "host", "hostaddr", "port", "tty", "options", "protocol_version",
    "full_protocol_version", "server_version", "backend_pid", "needs_password", "used_password",
    "used_gssapi", "ssl_in_use",
)  # fmt: skip
SECRET = ("password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key")
PARAMETERS = (
    "server_version", "server_encoding", "client_encoding", "application_name", "is_superuser",
    "default_transaction_read_only", "in_hot_standby", "session_authorization", "DateStyle",
    "IntervalStyle", "TimeZone", "integer_datetimes", "standard_conforming_strings",
    "scram_iterations", "search_path",
)  # fmt: skip
_STYLES = {"DateStyle": "ISO", "IntervalStyle": "postgres", "client_encoding": "UTF8"}
"""What psycopg's loaders in C take for granted where there is no connection."""
_ARGUMENTS = {
    "send_query_params": ("command", "values", "types", "formats", "result_format"),
    "exec_params": ("command", "values", "types", "formats", "result_format"),
    "send_prepare": ("name", "command", "types"),
    "prepare": ("name", "command", "types"),
    "send_query_prepared": ("name", "values", "formats", "result_format"),
    "exec_prepared": ("name", "values", "formats", "result_format"),
}
_NAMES = {"param_values": "values", "param_types": "types", "param_formats": "formats"}
_CURSORS = ("DECLARE ", "FETCH ", "CLOSE ", "MOVE ")
_links: dict[int, Link] = {}  # by the address of a genuine connection, which has no attributes


def described(name: str, args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    """Return what a call of method *name* asks, as a value of the codec."""
    names = _ARGUMENTS.get(name, ("command",) if "query" in name or name == "exec_" else ("name",))
    found = {key: bare(value) for key, value in zip(names, args, strict=False)}
    found.update({_NAMES.get(key, key): bare(value) for key, value in named.items()})
    if name.endswith("portal") and type(found.get("name")) is str:
        found["name"] = nameless(found["name"])
    text = found.get("command")
    if type(text) is str and text.startswith(_CURSORS):
        head, quote, rest = text.partition('"')
        cursor, close, rest = rest.partition('"')
        found["command"] = head + quote + nameless(cursor) + close + rest
    return {key: value for key, value in found.items() if value not in (None, 0)}


def command(call: Any) -> dict[str, Any]:
    """Return what *call*, a command of a pipeline's queue, will ask."""
    args: tuple[Any, ...] = getattr(call, "args", ())
    named: dict[str, Any] = getattr(call, "keywords", {})
    name = getattr(call, "func", call).__name__
    return {"call": name, **described(name, args, named)}


def parameters(conninfo: str) -> dict[str, Any]:
    """Return what *conninfo* says, by keyword."""
    found: dict[str, Any] = sys.modules["psycopg.conninfo"].conninfo_to_dict(conninfo)
    return found


def public(conninfo: str) -> dict[str, Any]:
    """Return that without what nobody else may know."""
    return {key: bare(v) for key, v in parameters(conninfo).items() if key not in SECRET}


def of(pgconn: Any) -> Link | None:
    """Return what is known of *pgconn*; None for one that was not made under a recording."""
    return getattr(pgconn, "link", None) or _links.get(id(pgconn))


class Link:
    """One connection."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.known: dict[str, Any] = {}

    def made(self, pgconn: Any) -> dict[str, Any]:
        """Return what is known of the genuine *pgconn*, which is this one from now on."""
        _links[id(pgconn)] = self
        about = {name: bare(_asked(pgconn, name)) for name in _ABOUT}
        options = {
            text_of(one.keyword): bare(one.val)
            for one in pgconn.info
            if one.val is not None and text_of(one.keyword) not in SECRET
        }
        return {"link": self.number, "about": about, "options": options, **self.changed(pgconn)}

    def changed(self, pgconn: Any) -> dict[str, Any]:
        """Return what the genuine *pgconn* says that it did not say before."""
        state = {name: bare(_asked(pgconn, name)) for name in _STATE}
        for name in PARAMETERS:
            state[name] = bare(_asked(pgconn, "parameter_status", name.encode()))
        new = {name: value for name, value in state.items() if self.known.get(name) != value}
        self.known.update(new)
        return {"state": new} if new else {}

    def ask(
        self,
        lane: Lane,
        call: str,
        pgconn: Any,
        live: Callable[[], Any],
        request: dict[str, Any],
        answer_of: Callable[[Any], Any],
        value_of: Callable[[Any], Any],
    ) -> Any:
        """Ask by *live*; return what it returned, or the same made from the recorded answer."""
        found: list[Any] = []

        def asked() -> dict[str, Any]:
            with Told(pgconn) as told:
                found.append(live())
            return {"is": answer_of(found[0]), **self.changed(pgconn), **told.fields()}

        request = {"link": self.number, **request}
        try:
            answer = lane.cross(call, asked, request=request, outward=True)
        except Exception:
            self.failed(lane, pgconn)
            raise
        self.learn(lane, answer, pgconn)
        return found[0] if found else value_of(answer["is"])

    async def ask_async(
        self,
        lane: Lane,
        call: str,
        pgconn: Any,
        live: Callable[[], Any],
        request: dict[str, Any],
        answer_of: Callable[[Any], Any],
        value_of: Callable[[Any], Any],
    ) -> Any:
        """The async twin of `ask`."""
        found: list[Any] = []

        async def asked() -> dict[str, Any]:
            with Told(pgconn) as told:
                found.append(await live())
            return {"is": answer_of(found[0]), **self.changed(pgconn), **told.fields()}

        request = {"link": self.number, **request}
        try:
            answer = await lane.cross_async(call, asked, request=request, outward=True)
        except Exception:
            self.failed(lane, pgconn)
            raise
        self.learn(lane, answer, pgconn)
        return found[0] if found else value_of(answer["is"])

    def failed(self, lane: Lane, pgconn: Any) -> None:
        """An exception says nothing of the connection: that is an answer of its own."""
        answer = lane.cross("postgres.state", partial(self.changed, pgconn))
        self.learn(lane, answer, pgconn)

    def learn(self, lane: Lane, answer: dict[str, Any], pgconn: Any) -> None:
        """Take what *answer* says of the connection, and tell its handlers what they are told."""
        state = answer.get("state", {})
        self.known.update(state)
        for name, style in _STYLES.items():
            if state.get(name) and not state[name].startswith(style):
                lane.uncaptured(f"psycopg with {name} {state[name]}")
        Told.tell(pgconn, answer.get("told", ()))


def _asked(pgconn: Any, name: str, *args: Any) -> Any:
    """Return what *pgconn* answers; None where this libpq cannot, or it is closed."""
    try:
        found = getattr(pgconn, name)
        return found(*args) if args else found
    except Exception:
        return None
