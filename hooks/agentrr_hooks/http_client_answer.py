"""The answer of an exchange of `http.client`: a socket's file, made of what a stream gives.

The pieces are the head, and the body without its framing: so that a body from which a secret was
taken is framed anew as what it is.  One of known length up to 1 MB is one piece, with the number
of bytes that came.  The library's own response reads it, while it is recorded as on a replay.
"""

from __future__ import annotations

from io import BufferedReader, RawIOBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

_SHORT = 1 << 20
_PIECE = 1 << 16
_FRAMED = "transfer-encoding"


class pieces_of:  # noqa: N801 - called as a function is
    """The head and the body of the response that *ask* makes, as they are read."""

    def __init__(self, ask: Callable[[], Any]) -> None:
        self._ask = ask
        self._response: Any = None

    def __iter__(self) -> Iterator[Any]:
        response = self._response = self._ask()
        response.begin()
        short = response.length is not None and response.length <= _SHORT
        head = {
            "status": response.status,
            "reason": response.reason,
            "version": response.version,
            "headers": [[name, value] for name, value in response.headers.items()],
            "length": response.length,
        }
        yield head
        if short:
            yield from _at_once(response)
        else:
            yield from _as_it_comes(response)
        response.close()

    def close(self) -> None:
        """The reader wants no more."""
        if self._response is not None:
            self._response.close()


def _at_once(response: Any) -> Iterator[Any]:
    body = bytearray()
    failed = None
    left = response.length  # counted here: `read1` counts only from Python 3.12 on
    try:
        while left and (piece := response.fp.read1(left)):
            body += piece
            left -= len(piece)
    except OSError as error:
        failed = error
    yield len(body)
    yield bytes(body)
    if failed is not None:
        raise failed


def _as_it_comes(response: Any) -> Iterator[Any]:
    from http.client import IncompleteRead

    left = response.length
    try:
        if left is None:
            while piece := response.read1(_PIECE):
                yield piece
        while left and (piece := response.fp.read1(min(left, _PIECE))):
            left -= len(piece)
            yield piece if left else {"last": piece}
    except (IncompleteRead, ValueError):
        yield None  # torn: the program's own response will find that it is


def body_of(pieces: list[Any]) -> bytes:
    """Return the body that *pieces* spell, the head among them."""
    parts = [piece.get("last", b"") if isinstance(piece, dict) else piece for piece in pieces]
    return b"".join(part for part in parts if isinstance(part, bytes))


class Answered:
    """What stands for the socket, of which a response wants nothing but a file to read from."""

    def __init__(self, stream: Any, sock: Any) -> None:
        self._raw = _Raw(stream, sock.makefile("rb"))

    def makefile(self, mode: str) -> BufferedReader:
        """Return the file."""
        del mode
        return BufferedReader(self._raw)


class _Raw(RawIOBase):
    """The bytes of an answer; *held* keeps the socket open as long as it is read."""

    def __init__(self, stream: Any, held: Any) -> None:
        self._stream = stream
        self._held = held
        self._pieces: Iterator[bytes] | None = None
        self._left = b""

    def readable(self) -> bool:
        """Whether it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what there is, at least a byte; 0 at the end."""
        if self._pieces is None:
            self._pieces = _framed(iter(self._stream))
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = piece
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    def close(self) -> None:
        """The reader wants no more."""
        if not self.closed:
            super().close()
            self._stream.close()
            self._held.close()


def _framed(pieces: Iterator[Any]) -> Iterator[bytes]:
    """Yield an answer as it goes over a wire."""
    head = next(pieces, None)
    if head is None:
        return
    headers: list[list[str]] = head["headers"]
    length = head["length"]
    if length is not None and length <= _SHORT:
        count, body = next(pieces), next(pieces)
        failed = _ended(pieces)
        more = len(body) - count  # what was taken from it, or put in its place
        yield _head(head, [_longer(name, value, more) for name, value in headers])
        yield body
        if failed is not None:
            raise failed
        return
    yield _head(head, headers)
    chunked = any(name.lower() == _FRAMED for name, _ in headers)
    for piece in pieces:
        if not chunked:
            if isinstance(piece, dict):
                _ended(pieces)  # the reader asks for no more
                yield piece["last"]
            else:
                yield piece
            continue
        if piece is None:
            return
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    if chunked:
        yield b"0\r\n\r\n"


def _ended(pieces: Iterator[Any]) -> OSError | None:
    """See the stream to its end, of which only an error is left; return that."""
    try:
        next(pieces, None)
    except OSError as error:
        return error
    return None


def _head(head: dict[str, Any], headers: list[list[str]]) -> bytes:
    version = divmod(head["version"], 10)
    lines = [f"HTTP/{version[0]}.{version[1]} {head['status']} {head['reason']}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _longer(name: str, value: str, more: int) -> list[str]:
    if not more or name.lower() != "content-length" or not value.strip().isdecimal():
        return [name, value]
    return [name, str(int(value) + more)]
