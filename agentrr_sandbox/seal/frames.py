"""Tells which line of Python a thread is at, while it stands in a system call.

The interpreter's own fault handler writes the thread's stack in answer to a signal: it needs
neither the lock of the interpreter nor its cooperation, and the system call begins anew after it.
The signal is the highest one, which programs do not use.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SIGNAL = 64
_LINE = rb'^  File "(.*)", line (\d+) in (.*)$'
_MODULE = "<module>"


def tell(descriptor: int) -> None:
    """Let this process write a thread's stack to *descriptor* whenever the thread gets `SIGNAL`."""
    import faulthandler

    faulthandler.register(SIGNAL, file=descriptor, all_threads=False, chain=False)


def innermost(text: bytes, user: Callable[[str], bool]) -> str:
    """Return `/a/agent.py:31 in plan()`: the innermost line in *text* of a file of *user*'s."""
    import re

    for filename, line, name in re.findall(_LINE, text, re.MULTILINE):
        path = _plain(filename)
        if user(path):
            called = "" if _plain(name) == _MODULE else f" in {_plain(name)}()"
            return f"{path}:{line.decode()}{called}"
    return ""


def _plain(written: bytes) -> str:
    """Undo how the fault handler writes what is not ASCII."""
    text = written.decode("ascii", "replace")
    if "\\" not in text:
        return text
    try:
        return text.encode("ascii").decode("unicode_escape")
    except UnicodeError:
        return text
