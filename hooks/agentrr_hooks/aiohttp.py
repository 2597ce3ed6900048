"""HTTP through aiohttp: what is asked, above the conversation of bytes that serves it.

Captures      each request as its client sends it, redirects too; models' answers as they end
Records       method, URL, body; of a model's call what it asks and answers (`gen_ai.*`)
Serves        nothing: the bytes below are served (`asyncio_connections`), and aiohttp reads them
Reaches       `ClientSession` and what is built on it (litellm, google-genai)
Out of reach  a body that is sent in parts, which is compared as bytes; the program's own server
"""

from __future__ import annotations

from agentrr_hooks import llm
from agentrr_hooks.http_client_request import decoded, without_credentials
from agentrr_hooks.httpx_request import FIRST_ERROR
from agentrr_hooks.standin import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher, Stream

CALL = "http.request"
_GZIP = b"\x1f\x8b"


def install(patch: Patcher, boundary: Boundary) -> None:
    """Let *boundary* know what aiohttp's client asks."""
    answers: dict[int, _Answer] = {}
    module = "aiohttp.client_reqrep"
    patch.replace(module, "ClientRequest.send", lambda real: _send(real, boundary, answers))
    patch.replace(module, "ClientResponse.start", lambda real: _start(real, answers))
    patch.replace("aiohttp.streams", "StreamReader.feed_data", lambda real: _fed(real, answers))
    patch.replace(
        "aiohttp.streams", "StreamReader.set_exception", lambda real: _failed(real, answers)
    )


def _send(real: Any, boundary: Boundary, answers: dict[int, _Answer]) -> Any:
    async def send(self: Any, *args: Any, **named: Any) -> Any:
        lane = boundary.lane()
        if lane is None or lane.inside:
            return await real(self, *args, **named)
        exchange = _Exchange(self)
        if exchange.model is None:
            lane.cross(CALL, _nothing, request=exchange.matched(), detail=exchange.detail())
            return await real(self, *args, **named)
        llm.declare(exchange.model.tools, boundary)
        answer = _Answer(exchange)
        answer.stream = lane.stream(
            CALL,
            lambda: ({}, iter(())),
            request=exchange.matched(),
            detail=exchange.detail(),
            describe=answer.told,
        )
        response = await real(self, *args, **named)
        answer.of = response
        answers[id(response)] = answer
        return response

    return like(send, real)


def _nothing() -> None:
    """Stand for what the bytes below answer."""


def _start(real: Any, answers: dict[int, _Answer]) -> Any:
    async def start(self: Any, *args: Any, **named: Any) -> Any:
        answer = answers.pop(id(self), None)
        if answer is None:
            return await real(self, *args, **named)
        try:
            response = await real(self, *args, **named)
        except BaseException:
            answer.stream.close()
            raise
        answer.begins(response, answers)
        return response

    return like(start, real)


def _fed(real: Any, answers: dict[int, _Answer]) -> Any:
    def feed_data(self: Any, data: bytes, *args: Any) -> Any:
        answer = answers.get(id(self))
        if answer is not None:
            answer.pieces.append(bytes(data))
        return real(self, data, *args)

    return like(feed_data, real)


def _failed(real: Any, answers: dict[int, _Answer]) -> Any:
    def set_exception(self: Any, *args: Any, **named: Any) -> Any:
        answer = answers.pop(id(self), None)
        if answer is not None:
            answer.stream.close()
        return real(self, *args, **named)

    return like(set_exception, real)


class _Answer:
    """What a model answers, gathered as its bytes arrive."""

    stream: Stream
    of: Any = None
    """Whose it is: held, so that nothing else gets its address."""

    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange
        self._status, self._type, self._coding = 0, "", ""
        self.pieces: list[bytes] = []

    def begins(self, response: Any, answers: dict[int, _Answer]) -> None:
        """The head is there: gather what follows it, by the reader that it is fed to."""
        reader = response.content
        self._status, self._type = response.status, response.headers.get("content-type", "")
        self._coding = response.headers.get("content-encoding", "")
        self.pieces += map(bytes, getattr(reader, "_buffer", ()))  # what came with the head
        self.of = reader
        answers[id(reader)] = self
        reader.on_eof(lambda: self._ends(answers.pop(id(reader), None)))

    def _ends(self, known: _Answer | None) -> None:
        if known is not None:
            for _ in self.stream:
                pass

    def told(self, *_: object) -> dict[str, object]:
        """Return what there is to tell of it."""
        if not self._status:
            return {}
        detail: dict[str, object] = {"http.response.status_code": self._status}
        if self._status >= FIRST_ERROR:
            return {**detail, "error.type": str(self._status)}
        model = self._exchange.model
        assert model is not None
        body = b"".join(self.pieces)
        if body.startswith(_GZIP):  # a session may leave it as it came
            body = decoded(body, self._coding)
        return {**detail, **model.answered(body, self._type)}


class _Exchange:
    """What a request of aiohttp asks."""

    def __init__(self, request: Any) -> None:
        self._method, url = request.method, request.url
        self._host = url.host or ""
        self._url = without_credentials(str(url), url.raw_authority)
        self._body = _bytes(request.body)
        self.model = llm.recognise(self._method, self._host, url.path, self._body or b"")

    def matched(self) -> dict[str, object]:
        """Return what takes part in the signature; headers do, with the bytes."""
        request: dict[str, object] = {"method": self._method, "url": self._url}
        if self._body:
            request["body"] = self._body
        return request

    def detail(self) -> dict[str, object]:
        """Return the OpenTelemetry attributes of the request."""
        detail: dict[str, object] = {
            "http.request.method": self._method,
            "url.full": self._url,
            "server.address": self._host,
        }
        return {**detail, **self.model.attributes} if self.model is not None else detail


def _bytes(body: Any) -> bytes | None:
    """Return the *body* of a request where it is in memory, None where it is read as it is sent."""
    held = getattr(body, "_value", body)
    return bytes(held) if isinstance(held, bytes | bytearray | memoryview) else None
