"""Texts and bytes as psycopg2 puts them into a statement.  See `psycopg2`.

libpq escapes them by what the server said of itself, which in a replay only the link knows.
"""

from __future__ import annotations

from agentrr_hooks.psycopg2_values import library
from agentrr_hooks.standin import like, partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Patcher


def install(patch: Patcher) -> None:
    """Let adapters of texts and bytes ask the link of their connection."""
    for name, text in (("QuotedString", _string), ("Binary", _bytea)):
        real = getattr(library(), name)
        ours = _adapter(real, text)
        patch.replace("psycopg2._psycopg", name, partial(_instead, ours))
        adapters = library().adapters
        for key in [key for key, adapter in adapters.items() if adapter is real]:
            adapters[key] = ours
            patch.undo_with(partial(adapters.__setitem__, key, real))


def _instead(ours: Any, _: Any) -> Any:
    return ours


def _adapter(real: Any, text: Callable[[Any], tuple[bytes, bytes]]) -> Any:
    def prepare(self: Any, conn: Any, /) -> None:
        real.prepare(self, conn)
        self.link = getattr(conn, "link", None)

    def getquoted(self: Any) -> Any:
        link = getattr(self, "link", None)
        return real.getquoted(self) if link is None else link.escaped(self)

    members = {
        "__slots__": ("link",),
        "__module__": real.__module__,
        "__doc__": real.__doc__,
        "prepare": like(prepare, real.prepare),
        "getquoted": like(getquoted, real.getquoted),
        "genuine": real.getquoted,
        "text": text,
        "__str__": lambda self: getquoted(self).decode(),
    }
    return type(real.__name__, (real,), members)


def _string(adapter: Any) -> tuple[bytes, bytes]:
    """Return the text, its quotes doubled, and what follows it."""
    held = adapter.adapted
    if not isinstance(held, str | bytes):
        raise TypeError("can't quote non-string object")
    text = held.encode() if isinstance(held, str) else bytes(held)
    if b"\0" in text:
        raise ValueError("A string literal cannot contain NUL (0x00) characters.")
    return text.replace(b"'", b"''"), b""


def _bytea(adapter: Any) -> tuple[bytes, bytes]:
    """Return the bytes in PostgreSQL's hexadecimal format, and what follows them."""
    try:
        held = bytes(memoryview(adapter.adapted))
    except TypeError:
        kind = type(adapter.adapted).__name__
        raise TypeError(f"can't escape {kind} to binary") from None
    return b"\\x" + held.hex().encode() if held else b"", b"::bytea"
