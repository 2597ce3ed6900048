"""Lays styled pieces of text out in lines of a given width."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from agentrr_sandbox.termsafe import cells


class Styled(NamedTuple):
    """A piece of text, escaped already; its look on a terminal; its marks without colour."""

    text: str
    sgr: str = ""
    left: str = ""
    right: str = ""


def plain(text: str) -> Styled:
    """Return *text* as it is."""
    return Styled(text)


def bold(text: str) -> Styled:
    """Return *text* for a first line or a heading."""
    return Styled(text, "1")


def dim(text: str) -> Styled:
    """Return *text* for labels."""
    return Styled(text, "2")


def old(text: str) -> Styled:
    """Return *text* that only the recording has."""
    return Styled(text, "31;9", "[-", "-]")


def new(text: str) -> Styled:
    """Return *text* that only the present run has."""
    return Styled(text, "32;1", "{+", "+}")


def laid_out(lines: Iterable[list[Styled]], *, colour: bool, width: int) -> str:
    """Return *lines*, each of pieces, as text; a long one goes on under its own indentation.

    A line that begins at column 0 is never broken: it can be found with grep.
    """
    out = []
    for pieces in lines:
        whole = bool(pieces) and not pieces[0].text.startswith(" ")
        limit = 1 << 30 if whole else max(width, 40)
        out.append(_line(pieces, colour=colour, width=limit).rstrip(" ") + "\n")
    return "".join(out)


def _line(pieces: list[Styled], *, colour: bool, width: int) -> str:
    out: list[str] = []
    column = 0
    indent = _indent(pieces)
    for piece in pieces:
        if not piece.text:
            continue
        # A change of nothing but spaces would be invisible in colour alone.
        marked = bool(piece.left) and not (colour and piece.text.strip())
        text = f"{piece.left}{piece.text}{piece.right}" if marked else piece.text
        laid: list[str] = []
        for part in re.findall(r"\n|[^\S\n]+|[^\s]+", text):
            size = cells(part)
            if part == "\n" or (column + size > width and column > indent and part.strip()):
                while laid and laid[-1].isspace():
                    laid.pop()
                laid.append("\n" + " " * indent)
                column = indent
            if part != "\n":
                laid.append(part)
                column += size
        joined = "".join(laid)
        out.append(f"\x1b[{piece.sgr}m{joined}\x1b[0m" if colour and piece.sgr else joined)
    return "".join(out)


def _indent(pieces: list[Styled]) -> int:
    text = "".join(piece.text for piece in pieces[:1])
    own = len(text) - len(text.lstrip(" "))
    return min(own + 2, 12) if own == len(text) or len(pieces) == 1 else min(len(text), 24)
