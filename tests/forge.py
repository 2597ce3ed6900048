"""Recordings written by hand, with hashes that hold: what a stranger may send."""

from __future__ import annotations

import hashlib
import json
from typing import Any

HEADER: dict[str, Any] = {
    "t": "run.start",
    "format": "agentrr/1",
    "id": "3f2a9c01aa11",
    "name": "agent",
    "started": 1_790_000_000_000_000_000,
    "target": {"kind": "script", "value": "agent.py"},
    "argv": ["--topic", "tides"],
    "python": {
        "version": "3.12.1",
        "implementation": "CPython",
        "executable": "[root:prefix]/bin/python",
        "flags": [],
    },
    "hash_seed": 7,
    "platform": "linux",
    "roots": {"code": "/home/ada/project"},
    "hooks": [],
    "git": {"commit": None},
    "redaction": {"rules": 1, "salt": "00"},
    "durable": "power",
    "agentrr": "0.1.0",
}
EXIT: dict[str, Any] = {"t": "run.exit", "counts": {}, "digests": {"1": "0" * 64, "2": "0" * 64}}
END: dict[str, Any] = {"t": "run.end", "how": "exit", "code": 0, "ended": 1_790_000_001_000_000_000}


def mark(number: int) -> dict[str, Any]:
    """Return a small event."""
    return {"t": "mark", "lane": "main", "n": number, "call": "test.mark", "value": number}


def sealed(body: str, chain: str) -> tuple[str, str]:
    """Return *body* as a line with its hash, and the hash."""
    found = hashlib.sha256((chain + body).encode("utf-8", "surrogatepass")).hexdigest()
    return f'{body[:-1]},"h":"{found}"}}\n', found


def bodies(*events: dict[str, Any]) -> list[str]:
    """Return the bodies of a recording of *events*, after the usual header."""
    return [
        json.dumps({"seq": number, **event}, separators=(",", ":"))
        for number, event in enumerate([HEADER, *events])
    ]


def chained(texts: list[str]) -> bytes:
    """Return a recording whose bodies are *texts*, whatever they are; the hashes hold."""
    chain, out = "0" * 64, []
    for text in texts:
        line, chain = sealed(text, chain)
        out.append(line)
    return "".join(out).encode("utf-8", "surrogatepass")


def recording(*events: dict[str, Any]) -> bytes:
    """Return a recording of *events*, after the usual header."""
    return chained(bodies(*events))
