"""The terminal: its width, whether it takes colour, and where our own words go."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TextIO

from agentrr_sandbox.termsafe import escape

UNLIMITED = 1000
_NARROWEST = 60


def width(stream: TextIO | None = None) -> int:
    """Return the columns of the terminal behind *stream*; without one, lines are not cut."""
    if (stream or sys.stdout).isatty() or os.environ.get("COLUMNS"):
        return max(shutil.get_terminal_size().columns, _NARROWEST)
    return UNLIMITED


def colour(stream: TextIO | None = None) -> bool:
    """Return whether *stream* takes colour: a terminal, and no-color.org's wish not set."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return (stream or sys.stdout).isatty()


def styled(text: str, sgr: str, *, on: bool) -> str:
    """Return *text*, which is escaped, in the look *sgr* where colour is *on*."""
    return f"\x1b[{sgr}m{text}\x1b[0m" if on and sgr and text else text


def complain(message: str, hint: str = "", paste: str = "") -> None:
    """Print our error to stderr: what happened, what to do, a line to paste."""
    lines = [f"agentrr: error: {escape(message)}"]
    if hint:
        lines.append(f"agentrr: hint: {escape(hint)}")
    if paste:
        lines.append(f"    {escape(paste)}")
    print("\n".join(lines), file=sys.stderr)
