"""HTTP through requests, the client below many tools and telemetries.

Captures      each request that an adapter sends: retries of the session's, redirects, uploads
Records       method, URL, matched headers, body; status, headers, decoded pieces of the answer
Serves        the recorded answer piece by piece, errors in the middle included, to requests itself
Reaches       `requests.get` and its like, sessions, `iter_content`, `iter_lines`, subclasses of the
              adapter
Out of reach  urllib3 by itself; other adapters; `response.raw` of a compressed body, read undecoded
"""

from __future__ import annotations

import sys

from agentrr_hooks import llm, telemetry
from agentrr_hooks.http_client_request import without_credentials
from agentrr_hooks.httpx_headers import sorted_out, told
from agentrr_hooks.httpx_request import described
from agentrr_hooks.requests_answer import Answer, Live, served
from agentrr_hooks.standin import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

CALL = "http.request"


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the adapter of requests through *boundary*."""
    patch.replace("requests.adapters", "HTTPAdapter.send", lambda real: _send(real, boundary))


def _send(real: Any, boundary: Boundary) -> Any:
    def send(self: Any, request: Any, *args: Any, **named: Any) -> Any:
        lane = boundary.lane()
        if lane is None:
            return real(self, request, *args, **named)
        exchange = _Exchange(request)
        exchange.declare(boundary)

        def live() -> tuple[Any, Any]:
            return exchange.answered(real(self, request, *args, **named))

        try:
            stream = lane.stream(
                CALL,
                live,
                request=exchange.matched(),
                detail=exchange.detail(),
                outward=True,
                describe=exchange.describe,
            )
        except Exception as error:
            failed: Any = error
            if hasattr(failed, "request"):
                failed.request = request  # a recorded error has lost it
            raise
        return exchange.response(self, lane, stream)

    return like(send, real)


class _Exchange:
    """A request whose body was read, and its answer."""

    def __init__(self, request: Any) -> None:
        from urllib.parse import urlsplit

        self._request = request
        self._body = _read(request)
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        self._url = without_credentials(request.url, parts.netloc)
        raw = [(_raw(name), _raw(value)) for name, value in request.headers.items()]
        self._matched, self._others = sorted_out(raw)
        self._model = llm.recognise(request.method, host, urlsplit(self._url).path, self._body)
        self.describe = described(self._model) if self._model is not None else None
        self._host = host
        self._live: Any = None
        self._pieces: Live | None = None

    def declare(self, boundary: Boundary) -> None:
        """Tell the hook of tools which functions the model may ask for."""
        if self._model is not None and self._model.tools:
            llm.declare(self._model.tools, boundary)

    def matched(self) -> dict[str, object]:
        """Return what takes part in the signature."""
        request: dict[str, object] = {"method": self._request.method, "url": self._url}
        if telemetry.is_sent():
            return request
        request["headers"] = self._matched
        if self._body:
            request["body"] = self._body
        return request

    def detail(self) -> dict[str, object]:
        """Return the OpenTelemetry attributes of the request; no credential among them."""
        detail: dict[str, object] = {
            "http.request.method": self._request.method,
            "url.full": self._url,
            "server.address": self._host,
        }
        detail.update(told(self._others))
        if self._model is not None:
            detail.update(self._model.attributes)
        return detail

    def answered(self, response: Any) -> tuple[dict[str, object], Live]:
        """Return the head and the pieces of a live answer."""
        self._live = response
        raw = response.raw
        head: dict[str, object] = {
            "status": raw.status,
            "reason": raw.reason,
            "version": raw.version,
            "headers": [[name, value] for name, value in raw.headers.items()],
        }
        self._pieces = Live(raw)
        return head, self._pieces

    def response(self, adapter: Any, lane: Any, stream: Any) -> Any:
        """Return requests' own response: the live one, or one made from what was recorded."""
        response = self._live
        if response is None:
            response = adapter.build_response(self._request, served(self._request, stream.head))
        else:  # the times of its cookies were read within the live call, which a replay has not
            build = sys.modules["requests.adapters"].HTTPAdapter.build_response
            response.cookies = build(adapter, self._request, response.raw).cookies
        response.raw = Answer(response.raw, lane, stream, self._pieces)
        return response


def _read(request: Any) -> bytes:
    """Return the body of *request*, which is read once and sent from what was read."""
    body = request.body
    if body is None or isinstance(body, bytes):
        return body or b""
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        from io import BytesIO

        read = body.read()
        read = read.encode() if isinstance(read, str) else bytes(read)
        request.body = BytesIO(read)
        return read
    parts = [part.encode() if isinstance(part, str) else bytes(part) for part in body]
    request.body = iter(parts)
    return b"".join(parts)


def _raw(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8")
