"""The plain HTTP that the server offers beside the models: what tests of HTTP clients ask for.

Each answer holds a fresh serial, so that two runs never get the same.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from agentrr_sandbox.demo.answers import Chance

SLOW = 5.0


class Answer:
    """A plain answer: status, headers, the body whole or in chunks, and what goes wrong."""

    def __init__(
        self,
        body: object = None,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        chunks: list[bytes] | None = None,
        wait: float = 0.0,
        encoding: str = "",
        drop: bool = False,
    ) -> None:
        self.status = status
        self.headers = headers or {}
        self.body = b"" if body is None else json.dumps(body).encode()
        self.chunks = chunks
        self.wait = wait
        self.encoding = encoding
        self.drop = drop


def answer(method: str, target: str, headers: Any, body: bytes, chance: Chance) -> Answer:
    """Return the answer to *method* *target*; 404 for what is not offered."""
    parts = urlsplit(target)
    name, _, rest = parts.path.strip("/").partition("/")
    serial = chance.ident("n-", 12)
    echo: dict[str, Any] = {
        "method": method,
        "serial": serial,
        "args": dict(parse_qsl(parts.query)),
    }
    if name in ("echo", "post", "put", "upload"):
        sent = hashlib.sha256(body).hexdigest()
        text = body.decode(errors="replace") if name != "upload" else ""
        return Answer({**echo, "size": len(body), "sha256": sent, "text": text})
    made = {
        "get": lambda: Answer(echo),
        "delete": lambda: Answer(echo),
        "gzip": lambda: Answer(echo, encoding="gzip"),
        "deflate": lambda: Answer(echo, encoding="deflate"),
        "slow": lambda: Answer(echo, wait=SLOW),
        "drop": lambda: Answer(echo, drop=True),
        "status": lambda: Answer(echo, status=int(rest)),
        "redirect": lambda: _redirect(int(rest) - 1, serial),
        "cookies": lambda: _cookies(rest, echo, headers),
        "stream": lambda: Answer(chunks=[_line(n, chance) for n in range(int(rest))]),
    }.get(name)
    return made() if made else Answer({"error": f"nothing at {parts.path}"}, status=404)


def _redirect(left: int, serial: str) -> Answer:
    to = f"/redirect/{left}" if left > 0 else f"/get?from={serial}"
    return Answer(status=302, headers={"location": to})


def _cookies(what: str, echo: dict[str, Any], headers: Any) -> Answer:
    if what == "set":
        return Answer(echo, headers={"set-cookie": f"session={echo['serial']}; Path=/"})
    return Answer({**echo, "known": "session=" in (headers.get("cookie") or "")})


def _line(number: int, chance: Chance) -> bytes:
    return json.dumps({"line": number, "serial": chance.ident("", 8)}).encode() + b"\n"
