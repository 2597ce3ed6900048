"""What a ring is made of: a half on its way into the file, and memory to share."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST_BYTES = 64
"""The longest value of kind `b`."""


class Old:
    """The half that is being written into the file; `events` are those that are not there yet."""

    __slots__ = ("end", "events", "half", "number", "texts")

    def __init__(self, half: int, number: int, texts: list[int]) -> None:
        self.half = half
        self.number = number
        self.texts = texts
        self.end = 0
        self.events: list[dict[str, Any]] | None = None


def anonymous() -> int:
    """Return a descriptor of memory without a name."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("agentrr-ring")
    import tempfile

    descriptor, path = tempfile.mkstemp()
    os.unlink(path)
    return descriptor
