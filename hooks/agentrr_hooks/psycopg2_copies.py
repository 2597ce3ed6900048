"""`COPY` through psycopg2: the user's file is read before the call, or written after it."""

from __future__ import annotations

import io

from agentrr_hooks.postgres_results import bytes_of, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

COPIES = {
    "copy_expert": ("sql", "file", "size"),
    "copy_from": ("file", "table", "sep", "null", "size", "columns"),
    "copy_to": ("file", "table", "sep", "null", "columns"),
}
"""The calls and their arguments."""
_SIZE = 8192  # psycopg2's own


class Read:
    """What was read of a user's file, in the same pieces."""

    def __init__(self, call: str, given: dict[str, Any], file: Any) -> None:
        self.pieces: list[Any] = []
        self.reads = hasattr(file, "read") and (
            call == "copy_from" or _from_stdin(given.get("sql", b""))
        )
        self._failed: Exception | None = None
        if self.reads:
            self._all(file, given.get("size", _SIZE))
        self._left = iter(self.pieces)

    def _all(self, file: Any, size: int) -> None:
        try:
            while piece := file.read(size):
                self.pieces.append(piece)
        except Exception as error:
            self._failed = error

    def read(self, *_: object) -> Any:
        """Return the next piece; raise what the user's file raised after the last."""
        for piece in self._left:
            return piece
        if self._failed is not None:
            raise self._failed
        return b""


def _from_stdin(sql: bytes) -> bool:
    import re

    return re.search(rb"\bfrom\s+stdin\b", sql, re.IGNORECASE) is not None


class Written:
    """What is to be written into a user's file."""

    def __init__(self) -> None:
        self.pieces: list[Any] = []

    @staticmethod
    def into(file: Any) -> Written:
        """Return what stands for *file*."""
        return _Text() if isinstance(file, io.TextIOBase) else Written()

    def write(self, piece: Any) -> None:
        """Keep *piece*."""
        self.pieces.append(piece)


class _Text(Written, io.TextIOBase):  # type: ignore[misc]  # psycopg2 gives such texts
    pass


def data_of(pieces: list[Any]) -> list[Any]:
    """Return *pieces* as a value of the codec: whether it is a text, and it."""
    return [[type(one) is str, one if type(one) is str else text_of(bytes(one))] for one in pieces]


def pieces_of(data: list[Any]) -> list[Any]:
    """Return what `data_of` was given."""
    return [one if text else bytes_of(one) for text, one in data]
