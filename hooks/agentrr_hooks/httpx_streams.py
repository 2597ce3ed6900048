"""Bodies as streams of the library's own kind: what is sent, and what comes in."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any

    from agentrr_hooks.httpx_coding import Coding


class _Outgoing:
    """A request body that was read: its parts, then the error that ended it, if one did."""

    def __init__(self, parts: list[bytes], failed: Exception | None) -> None:
        self._parts = parts
        self._failed = failed

    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts
        if self._failed is not None:
            raise self._failed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part
        if self._failed is not None:
            raise self._failed


class _Incoming:
    """A response body that comes out of a lane's stream."""

    def __init__(self, stream: Any, coding: Coding | None) -> None:
        self._stream = stream
        self._coding = coding

    def __iter__(self) -> Iterator[bytes]:
        if self._coding is None:
            return iter(self._stream)
        return self._coding.packed(self._stream)

    def __aiter__(self) -> AsyncIterator[bytes]:
        if self._coding is None:
            return aiter(self._stream)
        return self._coding.packed_async(self._stream)

    def close(self) -> None:
        self._stream.close()

    async def aclose(self) -> None:
        await self._stream.aclose()


_classes: dict[tuple[int, type], type] = {}


def _derived(module: Any, ours: type) -> Any:
    """Return *ours* as a class of the library's own kinds of stream; it asks `isinstance`."""
    key = id(module), ours
    if key not in _classes:
        bases = (ours, module.SyncByteStream, module.AsyncByteStream)
        _classes[key] = type(ours.__name__.lstrip("_"), bases, {})
    return _classes[key]


def outgoing(module: Any, parts: list[bytes], failed: Exception | None) -> Any:
    """Return a request stream of *parts*, for a transport of either kind."""
    return _derived(module, _Outgoing)(parts, failed)


def incoming(module: Any, stream: Any, coding: Coding | None) -> Any:
    """Return the response stream over a lane's *stream*, sync or async as that is."""
    return _derived(module, _Incoming)(stream, coding)
