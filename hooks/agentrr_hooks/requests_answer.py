"""The answer of a request through requests: its body comes out of a lane's stream."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_PIECE = 1 << 16


class Live:
    """The body of a live answer, decoded, in pieces as large as the first reader asks for."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.size: int | None = None

    def __iter__(self) -> Iterator[bytes]:
        yield from self._raw.stream(self.size, decode_content=True)

    def close(self) -> None:
        """Close the connection, or give it back."""
        self._raw.close()


class Answer:
    """A urllib3 response *raw* whose body is read from a *stream* of *lane*'s, decoded."""

    def __init__(self, raw: Any, lane: Any, stream: Any, live: Live | None) -> None:
        self._raw = raw
        self._lane = lane
        self._stream = stream
        self._live = live
        self._coded = bool(raw.headers.get("content-encoding"))
        self._pieces: Iterator[bytes] | None = None
        self._left = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def __iter__(self) -> Iterator[bytes]:
        return iter(type(self._raw).__iter__(self))

    def stream(self, amt: int | None = _PIECE, decode_content: bool | None = None) -> Any:
        """Yield the pieces."""
        if self._undecoded(decode_content):
            return self._raw.stream(amt, decode_content=False)
        return self._rest(amt)

    def read_chunked(self, amt: int | None = None, decode_content: bool | None = None) -> Any:
        """Yield the pieces."""
        return self.stream(amt, decode_content)

    def read(
        self, amt: int | None = None, decode_content: bool | None = None, *_: Any, **__: Any
    ) -> bytes:
        """Return *amt* bytes, or all of them."""
        if self._undecoded(decode_content):
            return bytes(self._raw.read(amt, decode_content=False))
        pieces = self._started(amt)
        parts, size = [self._left], len(self._left)
        while amt is None or amt < 0 or size < amt:
            piece = next(pieces, None)
            if piece is None:
                break
            parts.append(piece)
            size += len(piece)
        whole = b"".join(parts)
        end = size if amt is None or amt < 0 else amt
        self._left = whole[end:]
        return whole[:end]

    read1 = read

    def readinto(self, buffer: Any) -> int:
        """Read into *buffer*, as many bytes as it holds."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    @property
    def data(self) -> bytes:
        """The whole body."""
        return self.read(decode_content=True)

    def drain_conn(self) -> None:
        """Read what is left, and drop it."""
        self.read(decode_content=True)

    def close(self) -> None:
        """The reader wants no more."""
        self._stream.close()
        self._raw.close()

    def _undecoded(self, decode_content: bool | None) -> bool:
        """Whether compressed bytes are asked for: they are not recorded, for a secret may hide."""
        if decode_content or not self._coded:
            return False
        self._lane.uncaptured("urllib3.response.read", {"decode_content": False})
        return True

    def _rest(self, amt: int | None) -> Iterator[bytes]:
        if self._left:
            left, self._left = self._left, b""
            yield left
        yield from self._started(amt)

    def _started(self, amt: int | None) -> Iterator[bytes]:
        if self._pieces is None:
            if self._live is not None:
                self._live.size = amt
            self._pieces = iter(self._stream)
        return self._pieces


class _Original:
    """What requests asks a response of `http.client` for: the cookies that were set."""

    def __init__(self, headers: list[list[str]]) -> None:
        from http.client import HTTPMessage

        self.msg = HTTPMessage()
        for name, value in headers:
            self.msg.add_header(name, value)

    def isclosed(self) -> bool:
        """There is no connection."""
        return True

    def close(self) -> None:
        """There is nothing to close."""


def served(request: Any, head: dict[str, Any]) -> Any:
    """Return a urllib3 response without a connection."""
    from io import BytesIO

    from urllib3 import HTTPHeaderDict, HTTPResponse

    headers = HTTPHeaderDict()
    for name, value in head["headers"]:
        headers.add(name, value)
    return HTTPResponse(
        original_response=_Original(head["headers"]),  # type: ignore[arg-type] # what is asked of it
        body=BytesIO(),
        headers=headers,
        status=head["status"],
        version=head["version"],
        reason=head["reason"],
        preload_content=False,
        decode_content=False,
        request_method=request.method,
        request_url=request.url,
    )
