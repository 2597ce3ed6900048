"""HTTP through `http.client`: urllib, urllib3 by itself, botocore, xmlrpc and their like.

Captures      each request that is made by `HTTPConnection.request`, urllib3's too
Records       method, URL, matched headers, body; status, headers and pieces of the answer
Serves        the recorded answer to the library's own response, broken ones too
Reaches       keep-alive, chunks both ways, redirects, uploads, compressed bodies, subclasses
Out of reach  as exchanges, `putrequest` used by itself, `Expect: 100-continue` and what follows an
              upgrade: these, and connecting (proxies, TLS), are byte conversations of `sockets`
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from agentrr_hooks.http_client_answer import Answered, pieces_of
from agentrr_hooks.http_client_request import CALL, Exchange
from agentrr_hooks.standin import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_pending: WeakKeyDictionary[Any, Exchange] = WeakKeyDictionary()
"""By connection: the exchange whose answer was not asked for yet."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the connections of `http.client` through *boundary*."""
    patch.replace(_MODULE, "HTTPConnection.request", lambda real: _request(real, boundary))
    patch.replace(_MODULE, "HTTPConnection.getresponse", _getresponse)
    patch.replace(_MODULE, "HTTPConnection.close", _close)
    patch.replace(
        "urllib3.connection", "HTTPConnection.request", lambda real: _request(real, boundary)
    )


_MODULE = "http.client"


def _request(real: Any, boundary: Boundary) -> Any:
    def request(
        self: Any, method: str, url: str, body: Any = None, headers: Any = None, **named: Any
    ) -> None:
        lane = boundary.lane()
        headers = {} if headers is None else headers
        if lane is None or lane.inside or "send" in vars(self) or _expects(headers):
            real(self, method, url, body, headers, **named)
            return
        sent: list[bytes] = []
        self.send = lambda data: sent.extend(_gathered(self, data))
        try:
            real(self, method, url, body, headers, **named)
        finally:
            del self.send
        exchange = Exchange(self, b"".join(sent))
        exchange.declare(boundary)

        def live() -> Any:
            for piece in sent:
                self.send(piece)
            return {}, pieces_of(exchange.response)

        exchange.stream = lane.stream(
            CALL, live, request=exchange.matched(), detail=exchange.detail(), outward=True,
            describe=exchange.describe,
        )  # fmt: skip
        _pending[self] = exchange

    return like(request, real)


def _expects(headers: Any) -> bool:
    return any(_text(name).lower() == "expect" for name in headers)


def _text(name: Any) -> str:
    return name.decode("latin-1") if isinstance(name, bytes) else str(name)


def _gathered(connection: Any, data: Any) -> list[bytes]:
    """Return what `HTTPConnection.send` would send of *data*, once there is a connection."""
    if connection.sock is None:
        if not connection.auto_open:
            from http.client import NotConnected

            raise NotConnected
        gather = connection.send
        del connection.send  # through a proxy, connecting sends and reads too
        try:
            connection.connect()
        finally:
            connection.send = gather
    if hasattr(data, "read"):
        whole = data.read()
        return [whole.encode("iso-8859-1") if isinstance(whole, str) else bytes(whole)]
    try:
        return [bytes(memoryview(data))]
    except TypeError:
        return [bytes(piece) for piece in data]


def _getresponse(real: Any) -> Any:
    def getresponse(self: Any, *args: Any, **named: Any) -> Any:
        exchange = _pending.pop(self, None)
        if exchange is None:
            return real(self, *args, **named)
        own = vars(self).get("response_class")
        genuine = self.response_class

        def response(sock: Any, *given: Any, **more: Any) -> Any:
            exchange.ask = lambda: genuine(sock, *given, **more)
            return genuine(Answered(exchange.stream, sock), *given, **more)

        self.response_class = response
        try:
            return real(self, *args, **named)
        finally:
            if own is None:
                del self.response_class
            else:
                self.response_class = own

    return like(getresponse, real)


def _close(real: Any) -> Any:
    def close(self: Any) -> None:
        exchange = _pending.pop(self, None)
        if exchange is not None:
            exchange.stream.close()
        real(self)

    return like(close, real)
