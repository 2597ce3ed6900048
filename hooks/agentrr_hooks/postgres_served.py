"""A connection to PostgreSQL in a replay: it says what the recorded one said.  See `postgres`."""

from __future__ import annotations

import sys

from agentrr_hooks import postgres_links as links
from agentrr_hooks.postgres_results import bytes_of, empty, served_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_made: dict[Any, Any] = {}
_TEXTS = ("db", "user", "host", "hostaddr", "port", "tty", "options")
_NUMBERS = ("protocol_version", "full_protocol_version", "server_version", "backend_pid")
_FLAGS = ("needs_password", "used_password", "used_gssapi", "ssl_in_use")
_BAD, _UNKNOWN = 1, 4  # `ConnStatus` and `TransactionStatus` of a closed one
_STATE = ("status", "transaction_status", "pipeline_status", "socket")


def served_connection(answer: dict[str, Any], conninfo: str) -> Any:
    """Return what stands for the connection of *answer*, which was asked for by *conninfo*."""
    pq = sys.modules["psycopg.pq"]
    if pq.PGconn not in _made:
        _made[pq.PGconn] = served_kind(pq.PGconn, _Served)
    kind = _made[pq.PGconn]
    made = empty(kind)
    made.link = links.Link(answer["link"])
    made.about, made.recorded = answer["about"], answer["options"]
    made.asked = links.parameters(conninfo)
    made.notice_handler = made.notify_handler = None
    made.nonblocking = 1
    return made


def _about(name: str, none: Any) -> Any:
    """Return a property that says what was known when the connection was made."""

    def get(self: Any) -> Any:
        value = bytes_of(self.about.get(name))
        return none if value is None else type(none)(value)

    return property(get)


def _known(name: str) -> Any:
    return property(lambda self: self.link.known.get(name))


class _Served:
    link: Any
    about: dict[str, Any]
    recorded: dict[str, Any]
    asked: dict[str, Any]
    nonblocking = 1
    notice_handler = None
    notify_handler = None

    @property
    def password(self) -> bytes:
        return str(self.asked.get("password") or "").encode()

    @property
    def info(self) -> list[Any]:
        found = []
        for one in sys.modules["psycopg.pq"].Conninfo.get_defaults():
            name = one.keyword.decode()
            value = self.recorded.get(name, self.asked.get(name) if name == "password" else None)
            found.append(one._replace(val=None if value is None else bytes_of(str(value))))
        return found

    def parameter_status(self, name: bytes) -> Any:
        return bytes_of(self.link.known.get(name.decode()))

    @property
    def error_message(self) -> bytes:
        return bytes_of(self.link.known.get("error_message") or "")  # type: ignore[no-any-return]

    def get_error_message(self, encoding: str = "") -> str:
        clean = sys.modules["psycopg.pq.misc"]._clean_error_message
        return str(clean(self.error_message, encoding or self._encoding))

    @property
    def _encoding(self) -> str:
        encoding = self.parameter_status(b"client_encoding") or b"UTF8"
        return str(sys.modules["psycopg._encodings"].pg2pyenc(encoding))

    def finish(self) -> None:
        link = self.__dict__.get("link")  # its own end calls this when it has none any more
        if link is not None:
            link.known["status"], link.known["transaction_status"] = _BAD, _UNKNOWN

    def get_cancel(self) -> Any:
        return empty(sys.modules["psycopg.pq"].PGcancel)

    def cancel_conn(self) -> Any:
        return empty(sys.modules["psycopg.pq"].PGcancelConn)


for _name in _TEXTS:
    setattr(_Served, _name, _about(_name, b""))
for _name in _NUMBERS:
    setattr(_Served, _name, _about(_name, 0))
for _name in _FLAGS:
    setattr(_Served, _name, _about(_name, False))
for _name in _STATE:
    setattr(_Served, _name, _known(_name))
