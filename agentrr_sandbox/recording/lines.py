"""A line of `run.jsonl`, as bytes: its body, and the hash at its end."""

from __future__ import annotations

from agentrr_sandbox.recording.jsontext import sha256

HASHED = len(',"h":"') + 64 + len('"}')
"""So many bytes at the end of a line, its line feed left out, hold its hash."""
_HEX = frozenset(b"0123456789abcdef")


def split(text: bytes, chain: bytes) -> tuple[bytes, bytes] | None:
    """Return the body of a line and its hash; None when it is not the line that follows *chain*."""
    if not has_hash(text):
        return None
    body = text[:-HASHED] + b"}"
    digest = sha256(chain + body).hexdigest().encode("ascii")
    return (body, digest) if digest == text[-66:-2] else None


def has_hash(text: bytes) -> bool:
    """Whether *text* ends as a line of a recording does, its line feed left out."""
    tail = text[-HASHED:]
    return tail.startswith(b',"h":"') and tail.endswith(b'"}') and _HEX.issuperset(tail[6:-2])
