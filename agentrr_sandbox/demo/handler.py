"""Answers the requests of the model server, and breaks them where the script of faults says so."""

from __future__ import annotations

import gzip
import json
import socket
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

from agentrr_sandbox.demo import anthropic_api, gemini_api, openai_api, plain

if TYPE_CHECKING:
    from agentrr_sandbox.demo.answers import Chance
    from agentrr_sandbox.demo.server import Server

WHOLE = {
    "/chat/completions": openai_api.chat,
    "/responses": openai_api.responses,
    "/embeddings": openai_api.embeddings,
    "/messages": anthropic_api.messages,
    ":generateContent": gemini_api.content,
    ":streamGenerateContent": gemini_api.content,
}
STREAMED = {
    "/chat/completions": openai_api.chat_stream,
    "/responses": openai_api.responses_stream,
    "/messages": anthropic_api.messages_stream,
    ":streamGenerateContent": gemini_api.content_stream,
}
ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}
RETRY_AFTER_MS = "20"


class _Broken(Exception):
    """The connection is to break here."""


class Handler(BaseHTTPRequestHandler):
    """One connection: model requests, plain ones, and the server's own two paths."""

    protocol_version = "HTTP/1.1"
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride] # no other makes us
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Stay silent."""

    def answer(self) -> None:
        """Answer one request, of any method."""
        try:
            body = self._body()
            path = self.path.partition("?")[0].rstrip("/")
            if path == "/_hits":
                return self._json({"hits": self.server.hits})
            if path == "/_faults":
                self.server.faults = json.loads(body)
                return self._json({})
            text = body.decode(errors="replace")
            self.server.hit({"method": self.command, "path": self.path, "body": text})
            end = next((end for end in WHOLE if path.endswith(end)), "")
            if end and self.command == "POST":
                return self._model(end, body)
            return self._plain(body)
        except _Broken:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = answer  # noqa: N815

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("transfer-encoding", ""):
            parts: list[bytes] = []
            while size := int(self.rfile.readline().split(b";")[0] or b"-1", 16):
                if size < 0:
                    raise _Broken  # the client gave up in the middle of its request
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    # -- models ----------------------------------------------------------------------------

    def _model(self, end: str, body: bytes) -> None:
        fault = self.server.take_fault()
        chance = self.server.chance()
        time.sleep(self.server.delay(chance))
        if fault == "timeout":
            time.sleep(self.server.hang)
            raise _Broken
        if fault == "refuse":
            raise _Broken
        if fault.isdigit():
            return self._error(int(fault), f"injected {fault}", chance)
        try:
            request = json.loads(body)
            if end[0] == ":":  # it names model and manner in the path
                path, _, manner = self.path.partition("?")
                request["model"] = path.rpartition("/")[2].removesuffix(end)
                request["stream"] = "alt=sse" in manner
            due = (request["model"], request.get("messages", ""), request.get("input", ""))
            if None in due:
                return self._error(400, "bad request: null where a value is due", chance)
            if request.get("stream") and end in STREAMED:
                events = list(STREAMED[end](request, chance))
            else:
                return self._json(WHOLE[end](request, chance), chance, drop=fault == "drop")
        except (KeyError, TypeError, ValueError) as error:
            return self._error(400, f"bad request: {error!r}", chance)
        return self._events(events, chance, drop=fault == "drop")

    def _error(self, status: int, message: str, chance: Chance) -> None:
        kind = ERRORS.get(status, "api_error")
        error = {"message": message, "type": kind, "code": None, "param": None}
        retry = {"retry-after-ms": RETRY_AFTER_MS} if status in (429, 529) else {}
        self._json({"type": "error", "error": error}, chance, status=status, headers=retry)

    def _json(
        self,
        value: object,
        chance: Chance | None = None,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        drop: bool = False,
    ) -> None:
        encoding = "gzip" if self.server.compress and self._accepts("gzip") else ""
        headers = {"content-type": "application/json", **(headers or {})}
        if chance is not None:
            headers["x-request-id"] = headers["request-id"] = chance.ident("req_")
        self._whole(status, headers, json.dumps(value).encode(), encoding, drop=drop)

    def _events(self, events: list[openai_api.Event], chance: Chance, *, drop: bool) -> None:
        def chunks() -> Iterator[bytes]:
            for name, data in events:
                text = data if isinstance(data, str) else json.dumps(data)
                label = f"event: {name}\n" if name else ""
                yield f"{label}data: {text}\n\n".encode()

        whole = list(chunks())
        headers = {
            "content-type": "text/event-stream; charset=utf-8",
            "x-request-id": chance.ident("req_"),
        }
        self._chunked(200, headers, whole[: len(whole) // 2] if drop else whole, chance, drop=drop)

    # -- plain HTTP ------------------------------------------------------------------------

    def _plain(self, body: bytes) -> None:
        chance = self.server.chance()
        found = plain.answer(self.command, self.path, self.headers, body, chance)
        fault = self.server.take_fault()
        if fault.isdigit():
            found.status = int(fault)
        if fault == "refuse":
            raise _Broken
        if found.wait or fault == "timeout":
            time.sleep(min(found.wait or self.server.hang, self.server.hang))
        drop = found.drop or fault == "drop"
        headers = {"content-type": "application/json", **found.headers}
        if found.chunks is not None:
            self._chunked(found.status, headers, found.chunks, chance, drop=drop)
        else:
            self._whole(found.status, headers, found.body, found.encoding, drop=drop)

    # -- writing ---------------------------------------------------------------------------

    def _accepts(self, encoding: str) -> bool:
        return encoding in self.headers.get("accept-encoding", "")

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _whole(
        self, status: int, headers: dict[str, str], body: bytes, encoding: str, *, drop: bool
    ) -> None:
        if encoding:
            headers["content-encoding"] = encoding
            body = gzip.compress(body) if encoding == "gzip" else zlib.compress(body)
        self._head(status, {**headers, "content-length": str(len(body))})
        if drop:
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            raise _Broken
        if self.command != "HEAD":
            self.wfile.write(body)

    def _chunked(
        self,
        status: int,
        headers: dict[str, str],
        chunks: list[bytes],
        chance: Chance,
        *,
        drop: bool,
    ) -> None:
        self._head(status, {**headers, "transfer-encoding": "chunked"})
        for chunk in chunks:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self.wfile.flush()
            time.sleep(self.server.delay(chance) / 10)
        if drop:
            raise _Broken
        self.wfile.write(b"0\r\n\r\n")
