"""What is printed from a recording cannot drive the terminal.

A recording is somebody else's text: escape sequences, carriage returns, bidirectional and invisible
characters in it are spelled out.  The rule is a property, not a list of ranges: every character
that is not `str.isprintable` is escaped, and so no list can be short of one.
"""

from __future__ import annotations

import unicodedata

_WIDE = frozenset("WF")
_BYTE, _PLANE = 0x100, 0x10000


def escape(text: str, *, lines: bool = False) -> str:
    """Return *text* with every character spelled out that is not printable.

    With *lines* newlines and tabs stay as they are.
    """
    if text.isprintable():
        return text
    keep = "\n\t" if lines else ""
    return "".join(c if c.isprintable() or c in keep else _spelled(c) for c in text)


def _spelled(character: str) -> str:
    number = ord(character)
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    if number < _BYTE:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < _PLANE else f"\\U{number:08x}"


def cells(text: str) -> int:
    """Return how many columns of a terminal *text*, already escaped, takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(c) for c in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def clip(text: str, width: int) -> str:
    """Return *text*, escaped, in at most *width* columns; a cut is shown as `…`."""
    text = escape(text if len(text) <= 4 * width + 4 else text[: 4 * width + 4])
    if cells(text) <= width:
        return text
    out, used = [], 0
    for character in text:
        used += _cells(character)
        if used > width - 1:
            break
        out.append(character)
    return "".join(out) + "\u2026"


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return *text* clipped to, and filled up to, *width* columns."""
    text = clip(text, width)
    fill = " " * (width - cells(text))
    return fill + text if right else text + fill
