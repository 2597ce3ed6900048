"""One exchange of `http.client`: what is asked, told from the bytes that are sent."""

from __future__ import annotations

from agentrr_hooks import llm, telemetry
from agentrr_hooks.http_client_answer import body_of
from agentrr_hooks.httpx_headers import sorted_out, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary

CALL = "http.request"
_HTTPS = 443
_FIRST_ERROR = 400


class Exchange:
    """A request that *sent* is the bytes of, through *connection*, and its answer."""

    def __init__(self, connection: Any, sent: bytes) -> None:
        from urllib.parse import urlsplit

        head, _, body = sent.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        method, target = [*first.split(b" "), b"", b""][:2]
        raw = [(name, value.strip()) for name, _, value in (line.partition(b":") for line in lines)]
        if any(name.lower() == b"transfer-encoding" for name, _ in raw):
            body = _whole(body)
        self._method = method.decode("latin-1")
        url = _url(connection, target.decode("latin-1"))
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._url = without_credentials(url, parts.netloc)
        self._body = body
        self._matched, self._others = sorted_out(raw)
        self._model = llm.recognise(self._method, self._host, parts.path, body)
        self.describe = self._described if self._model is not None else None
        """Tells more of the answer when it has ended; models only, for what it has to keep."""
        self.ask: Any = None
        """Makes the genuine response; known when the program asks for it."""
        self.stream: Any = None

    def response(self) -> Any:
        """Return the genuine response."""
        return self.ask()

    def declare(self, boundary: Boundary) -> None:
        """Tell the hook of tools which functions the model may ask for."""
        if self._model is not None and self._model.tools:
            llm.declare(self._model.tools, boundary)

    def matched(self) -> dict[str, object]:
        """Return what takes part in the signature."""
        request: dict[str, object] = {"method": self._method, "url": self._url}
        if telemetry.is_sent():
            return request
        request["headers"] = self._matched
        if self._body:
            request["body"] = self._body
        return request

    def detail(self) -> dict[str, object]:
        """Return the OpenTelemetry attributes of the request; no credential among them."""
        detail: dict[str, object] = {
            "http.request.method": self._method,
            "url.full": self._url,
            "server.address": self._host,
        }
        detail.update(told(self._others))
        if self._model is not None:
            detail.update(self._model.attributes)
        return detail

    def _described(self, head: Any, pieces: list[Any]) -> dict[str, object]:
        """Return what the answer of a model tells: its status, and what it says of itself."""
        del head
        answer = pieces[0] if pieces and isinstance(pieces[0], dict) else {}
        status = answer.get("status")
        if status is None:
            return {}
        detail: dict[str, object] = {"http.response.status_code": status}
        if status >= _FIRST_ERROR:
            detail["error.type"] = str(status)
        elif self._model is not None:
            body = body_of(pieces)
            headers = {name.lower(): value for name, value in answer["headers"]}
            plain = decoded(body, headers.get("content-encoding", ""))
            detail.update(self._model.answered(plain, headers.get("content-type", "")))
        return detail


def without_credentials(url: str, netloc: str) -> str:
    """Return *url*, of which *netloc* is a part, without a user's name and password."""
    return url.replace(netloc, netloc.rpartition("@")[2], 1) if "@" in netloc else url


def _url(connection: Any, target: str) -> str:
    """Return the whole URL; through a proxy *target* is one."""
    if "://" in target.partition("?")[0]:
        return target
    tunnel = getattr(connection, "_tunnel_host", None)
    host = tunnel or connection.host
    port = connection._tunnel_port if tunnel else connection.port
    secure = connection.default_port == _HTTPS
    shown = f"[{host}]" if ":" in host else host
    usual = port in (None, _HTTPS if secure else 80)
    return f"http{'s' * secure}://{shown}{'' if usual else f':{port}'}{target}"


def _whole(chunked: bytes) -> bytes:
    """Return a body that is sent in chunks as the one that they make."""
    parts = []
    while chunked:
        size, _, rest = chunked.partition(b"\r\n")
        length = int(size.partition(b";")[0] or b"0", 16)
        if not length:
            break
        parts.append(rest[:length])
        chunked = rest[length + 2 :]
    return b"".join(parts)


def decoded(body: bytes, coding: str) -> bytes:
    """Return *body* without its compression, as far as it goes; as it is in an unknown one."""
    import zlib

    wbits = {"gzip": 31, "deflate": 15}.get(coding.strip().lower())
    if wbits is None:
        return body
    try:
        return zlib.decompressobj(wbits).decompress(body)
    except zlib.error:
        return b""
