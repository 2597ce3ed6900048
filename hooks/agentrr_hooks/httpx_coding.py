"""Compressed bodies.

They are recorded decoded: a secret in one must be seen, and a person must be able to read it.
While recording, the agent gets the raw chunks that came; on replay each recorded piece is packed
again, so that the library's decoder yields the same pieces.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any

_WINDOW = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # zlib's names for the two containers

_decoders: dict[tuple[Any, ...], Any] = {}
"""The library's own decoders of one coding, by package and name: a response takes long to make."""


def coding_of(module: Any, headers: list[list[str]]) -> Coding | None:
    """Return the coding of a body with these *headers*; None when it is not compressed."""
    names = [
        name.strip().lower()
        for key, value in headers
        if key.lower() == "content-encoding"
        for name in value.split(",")
    ]
    names = [name for name in names if name and name != "identity"]
    return Coding(module, names) if names else None


class Coding:
    """A content coding, in both directions; one object serves one response."""

    def __init__(self, module: Any, names: list[str]) -> None:
        self._module = module
        self._window = _WINDOW.get(names[0]) if len(names) == 1 else None
        self._names = names
        self._unpacker: Any = None
        self._packer: Any = None
        self._raw: bytes | None = None
        self._broken = False

    # -- live: raw chunks in, decoded pieces to the lane -----------------------------------

    def decoded(self, stream: Any) -> Any:
        """Return the pieces of the live *stream*, decoded; the raw ones are kept for `packed`."""
        return _Decoded(self, stream)

    def take(self, raw: bytes) -> bytes | dict[str, bytes]:
        """Return *raw* decoded, or `{"raw": raw}` when the library cannot decode it."""
        self._raw = raw
        if self._unpacker is None:
            self._unpacker = self._decoder()
        if not self._broken:
            try:
                plain = self._unpacker.decode(raw)
                return plain if isinstance(plain, bytes) else b"".join(plain)
            except Exception:  # the library will raise the same, from the raw chunk
                self._broken = True
        return {"raw": raw}

    def _decoder(self) -> Any:
        """Return the library's own decoder: the one that the response would use."""
        key = id(self._module), *self._names
        known = _decoders.get(key)
        if known is not None:
            return known()
        response = self._module.Response(200, headers={"content-encoding": ", ".join(self._names)})
        found = response._get_content_decoder()
        if len(self._names) == 1:
            _decoders[key] = type(found)
        return found

    # -- onward: pieces of the lane in, raw chunks to the library --------------------------

    def packed(self, stream: Any) -> Iterator[bytes]:
        """Yield the raw chunks for the pieces of *stream*."""
        for piece in stream:
            chunk = self._chunk(piece)
            if chunk:
                yield chunk
        yield from self._rest()

    async def packed_async(self, stream: Any) -> AsyncIterator[bytes]:
        """Yield the raw chunks for the pieces of *stream*."""
        async for piece in stream:
            chunk = self._chunk(piece)
            if chunk:
                yield chunk
        for chunk in self._rest():
            yield chunk

    def unpack(self, response: Any) -> None:
        """Tell a recorded *response* how its chunks are to be read."""
        if self._window is None:  # we cannot pack it, so the pieces go as they are
            response._decoder = self._module.Response(200)._get_content_decoder()

    def _chunk(self, piece: bytes | dict[str, bytes]) -> bytes:
        raw, self._raw = self._raw, None
        if raw is not None:
            return raw
        if isinstance(piece, dict):
            return piece["raw"]
        if self._window is None or not piece:
            return piece
        import zlib

        if self._packer is None:
            self._packer = zlib.compressobj(wbits=self._window)
        packed: bytes = self._packer.compress(piece) + self._packer.flush(zlib.Z_SYNC_FLUSH)
        return packed

    def _rest(self) -> Iterator[bytes]:
        if self._packer is not None:
            yield self._packer.flush()


class _Decoded:
    """The live stream of a compressed body, decoded."""

    def __init__(self, coding: Coding, stream: Any) -> None:
        self._coding = coding
        self._stream = stream

    def __iter__(self) -> Iterator[bytes | dict[str, bytes]]:
        for raw in self._stream:
            yield self._coding.take(raw)

    async def __aiter__(self) -> AsyncIterator[bytes | dict[str, bytes]]:
        async for raw in self._stream:
            yield self._coding.take(raw)

    def close(self) -> None:
        self._stream.close()

    async def aclose(self) -> None:
        await self._stream.aclose()
