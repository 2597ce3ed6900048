"""The objects of a streamed answer: server-sent events, lines of JSON, Amazon's frames."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_PRELUDE, _CHECKSUM = 12, 4


def parse(text: bytes) -> Any:
    """Return the value that *text* is the JSON of.  Raises `ValueError`."""
    from json import loads  # the HTTP client has loaded it by now

    return loads(text)


def reader(kind: str) -> Callable[[bytes], list[dict[str, Any]]] | None:
    """Return what takes a body of the content type *kind* apart; None where it is one value."""
    return _READERS.get(kind.partition(";")[0].strip().lower())


def events(body: bytes) -> list[dict[str, Any]]:
    """Return the JSON objects in the `data:` lines of server-sent events; a torn one is left."""
    data = []
    for block in body.replace(b"\r\n", b"\n").split(b"\n\n"):
        lines = [line[5:].strip() for line in block.split(b"\n") if line.startswith(b"data:")]
        data.append(b"\n".join(lines))
    return _whole([each for each in data if each.startswith(b"{")])  # not `[DONE]`, nor a ping


def lines(body: bytes) -> list[dict[str, Any]]:
    """Return the JSON objects that stand one a line; a torn one is left."""
    return _whole([line for line in body.splitlines() if line.startswith(b"{")])


def frames(body: bytes) -> list[dict[str, Any]]:
    """Return the JSON objects in Amazon's event stream; a torn one is left.

    A frame is the lengths of the whole and of its headers, a checksum, headers, payload, checksum.
    """
    found = []
    while len(body) > _PRELUDE:
        size = int.from_bytes(body[:4], "big")
        headers = int.from_bytes(body[4:8], "big")
        if not _PRELUDE + headers + _CHECKSUM <= size <= len(body):
            break
        found.append(body[_PRELUDE + headers : size - _CHECKSUM])
        body = body[size:]
    return _whole([each for each in found if each.startswith(b"{")])


def _whole(texts: list[bytes]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for text in texts:
        try:
            found.append(parse(text))
        except ValueError:
            break  # dropped in the middle
    return found


_READERS = {
    "text/event-stream": events,
    "application/x-ndjson": lines,
    "application/vnd.amazon.eventstream": frames,
}
