"""Cuts the agent's output into pieces that do not depend on how it was written.

A piece is a whole line, ended by LF, CR LF or CR; a line without an end in 64 KB is cut where no
secret is.  A private key, which is many lines, is one piece: its lines say nothing by themselves.
"""

from __future__ import annotations

from agentrr_sandbox.recording import redaction_shapes
from agentrr_sandbox.recording.scalars import base64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.recording.cleaning import Cleaner

LONGEST = 64 << 10
_AHEAD = 4 << 10
_KEY_BEGINS = b"PRIVATE KEY-----"
_KEY_BEGIN = b"-----BEGIN"
_KEY_END = b"-----END"
_MAX_KEY = 15 << 10  # what the rule for private keys reaches


class OutputPieces:
    """One stream of output (stdout or stderr), as pieces."""

    __slots__ = ("_buffer", "_cleaner", "_digest", "_key", "_scanned")

    def __init__(self, cleaner: Cleaner) -> None:
        self._cleaner = cleaner
        self._buffer = b""
        self._scanned = 0
        self._key = b""
        self._digest: Any = None

    def feed(self, data: bytes) -> list[Any]:
        """Take *data*; return the pieces that are whole now: texts, or tagged bytes."""
        buffer = self._buffer + bytes(data)
        lines = []
        start, scan = 0, self._scanned
        while True:
            end = _line_end(buffer, scan)
            if end < 0 or end - start > LONGEST:
                limit = len(buffer) if end < 0 else end
                if limit - start < LONGEST + _AHEAD:
                    if end < 0:
                        break
                else:
                    end = start + self._cut(buffer[start : start + LONGEST + _AHEAD])
            lines.append(buffer[start:end])
            start = scan = end
        self._buffer = buffer[start:]
        self._scanned = max(len(self._buffer) - 1, 0)  # a last CR waits for its LF
        return [piece for line in lines for piece in self._line(line)]

    def rest(self) -> list[Any]:
        """Return the pieces of what has no end: the stream is over."""
        line, self._buffer, self._scanned = self._buffer, b"", 0
        pieces = self._line(line) if line else []
        if self._key:
            pieces.append(self._piece(self._key))
            self._key = b""
        return pieces

    def digest(self) -> str:
        """Return the SHA-256 of all pieces so far, in hex."""
        return str(self._hash().hexdigest())

    def _line(self, line: bytes) -> list[Any]:
        """Hold the lines of a private key together."""
        pieces = []
        begins = _KEY_BEGINS in line and _KEY_BEGIN in line
        if self._key:
            body = line.strip()
            belongs = _KEY_END in line or not body or _in_key(body)
            if belongs and not begins:
                self._key += line
                if _KEY_END not in line and len(self._key) < _MAX_KEY:
                    return []
                line = b""
            pieces.append(self._piece(self._key))
            self._key = b""
        if begins and _KEY_END not in line:
            self._key = line
        elif line:
            pieces.append(self._piece(line))
        return pieces

    def _piece(self, data: bytes) -> Any:
        try:
            piece: Any = self._cleaner.text(data.decode())
            self._hash().update(piece.encode("utf-8", "surrogatepass"))
        except UnicodeDecodeError:
            cleaned = self._cleaner.bytes(data)
            self._hash().update(cleaned)
            piece = {"$": "b", "v": base64(cleaned)}
        return piece

    def _hash(self) -> Any:
        if self._digest is None:
            from agentrr_sandbox.recording.jsontext import sha256

            self._digest = sha256()
        return self._digest

    def _cut(self, window: bytes) -> int:
        """Return where to cut a line that is too long: not within a character or a secret."""
        text = window.decode("latin-1")
        cut = LONGEST
        for start, end in self._secrets(text):
            if start < cut < end:
                cut = start or end
        while cut > 1 and cut < len(window) and window[cut] & 0xC0 == 0x80:  # noqa: PLR2004
            cut -= 1
        return cut

    def _secrets(self, text: str) -> list[tuple[int, int]]:
        spans = []
        for value, _ in self._cleaner.redactor.exact:
            coded = value.encode("utf-8", "surrogatepass").decode("latin-1")
            at = text.find(coded, max(LONGEST - len(coded), 0))
            if at >= 0:
                spans.append((at, at + len(coded)))
        return spans + redaction_shapes.spans(text)


def _line_end(buffer: bytes, start: int) -> int:
    """Return the end of the first line from *start*, or -1; a CR at the very end may go on."""
    newline = buffer.find(b"\n", start)
    stop = newline if newline >= 0 else len(buffer)
    turn = buffer.find(b"\r", start, stop)
    if turn >= 0 and turn + 1 < len(buffer):
        return turn + 2 if turn + 1 == newline else turn + 1
    return newline + 1 if newline >= 0 else -1


def _in_key(line: bytes) -> bool:
    """Whether *line* may stand within a private key: base64, or a header such as `Proc-Type:`."""
    return b" " not in line.replace(b": ", b":") and len(line) <= 80  # noqa: PLR2004
