"""One exchange of a transport: what is matched, what is told, and the answer put together.

The request is read before it is sent, because its intent is written first; it is then sent from
what was read, part by part, and the caller's own stream is left as reading leaves it.
"""

from __future__ import annotations

from agentrr_hooks import llm, telemetry
from agentrr_hooks.httpx_coding import Coding, coding_of
from agentrr_hooks.httpx_headers import sorted_out, told
from agentrr_hooks.httpx_streams import incoming, outgoing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_hooks.llm import ModelCall
    from agentrr_sandbox.boundary import Boundary

FIRST_ERROR = 400


class Exchange:
    """A request that was read, and its answer.

    *module* is the library's package, *parts* the body, *failed* the error that ended it early.
    """

    def __init__(
        self, module: Any, request: Any, parts: list[bytes], failed: Exception | None
    ) -> None:
        self._module = module
        self._request = request
        self._parts = parts
        self._failed = failed
        self._body = b"".join(parts)
        self._matched, self._others = sorted_out(request.headers.raw)
        url = request.url
        if url.userinfo:  # a credential: it also leaves as a header, which is not matched either
            url = url.copy_with(username=None, password=None)
        self._url = str(url)
        self._model = llm.recognise(request.method, url.host, url.path, self._body)
        self.describe = described(self._model) if self._model is not None else None
        """Tells more of the answer when it has ended; models only, for what it has to keep."""
        self._coding: Coding | None = None
        self._live: Any = None

    def declare(self, boundary: Boundary) -> None:
        """Tell the hook of tools which functions the model may ask for."""
        if self._model is not None and self._model.tools:
            llm.declare(self._model.tools, boundary)

    def matched(self) -> dict[str, object]:
        """Return what takes part in the signature."""
        request: dict[str, object] = {
            "method": self._request.method,
            "url": self._url,
        }
        if telemetry.is_sent():
            return request
        request["headers"] = self._matched
        if self._body:
            request["body"] = self._body
        if self._failed is not None:
            request["failed"] = type(self._failed).__name__
        return request

    def detail(self) -> dict[str, object]:
        """Return the OpenTelemetry attributes of the request; no credential among them."""
        url = self._request.url
        detail: dict[str, object] = {
            "http.request.method": self._request.method,
            "url.full": self._url,
            "server.address": url.host,
        }
        if url.port is not None:
            detail["server.port"] = url.port
        detail.update(told(self._others))
        if self._model is not None:
            detail.update(self._model.attributes)
        return detail

    def outgoing(self, stream: Any) -> Any:
        """Return the stream to send in place of *stream*, which has been read."""
        if type(stream) is self._module.ByteStream and self._failed is None:
            return stream  # bytes in memory: read as often as you like
        return outgoing(self._module, self._parts, self._failed)

    def answered(self, response: Any) -> tuple[dict[str, object], Any]:
        """Return the head and the pieces of a live answer."""
        self._live = response
        headers = [[_text(k), _text(v)] for k, v in response.headers.raw]
        head: dict[str, object] = {
            "status": response.status_code,
            "headers": headers,
            "extensions": {
                key: _text(value) if isinstance(value, bytes) else value
                for key, value in response.extensions.items()
                if isinstance(value, (bytes, int, str))
            },
        }
        self._coding = coding_of(self._module, headers)
        return head, self._coding.decoded(response.stream) if self._coding else response.stream

    def response(self, stream: Any) -> Any:
        """Return the library's own response: the live one, or one made from what was recorded."""
        response = self._live
        if response is not None:
            response.stream = incoming(self._module, stream, self._coding)
            return response
        head = stream.head
        coding = coding_of(self._module, head["headers"])
        response = self._module.Response(
            status_code=head["status"],
            headers=[(_raw(k), _raw(v)) for k, v in head["headers"]],
            stream=incoming(self._module, stream, coding),
            extensions={
                key: _raw(value) if isinstance(value, str) else value
                for key, value in head["extensions"].items()
            },
        )
        if coding is not None:
            coding.unpack(response)
        return response


def described(model: ModelCall) -> Callable[[Any, list[Any]], dict[str, object]]:
    """Return what tells more of the answer of *model* when it has ended."""

    def described(head: Any, pieces: list[Any]) -> dict[str, object]:
        status = head["status"]
        detail: dict[str, object] = {"http.response.status_code": status}
        if status >= FIRST_ERROR:
            detail["error.type"] = str(status)
            return detail
        types = [v for k, v in head["headers"] if k.lower() == "content-type"]
        body = b"".join(piece for piece in pieces if isinstance(piece, bytes))
        return {**detail, **model.answered(body, types[0] if types else "")}

    return described


def _text(value: bytes) -> str:
    return value.decode("latin-1")


def _raw(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:  # a path of this machine, put in place of a recorded root
        return value.encode()
