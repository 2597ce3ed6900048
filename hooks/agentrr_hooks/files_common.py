"""What the parts of `files` share: which calls are crossings, and how a replacement is dressed."""

from __future__ import annotations

import os
import sys

from agentrr_hooks.standin import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Files, Lane

    Given = tuple[Lane, Files, str, Any]

_getframe = sys._getframe
_BUILTIN = type(len).__name__  # of what stands in for a builtin, too
# Modules through which a question passes on its way to the file system.
_WAYS = ("genericpath", "posixpath", "os", "glob", "codecs", "shutil")
_ON_THE_WAY = (*(f"/{name}.py" for name in _WAYS), *(f"<frozen {name}>" for name in _WAYS))
_LOOKS_AT_CODE = ("/inspect.py", "/linecache.py", "/traceback.py")
_SOURCES = (".py", ".pyw")
_NO_FILE = ("built-in", "frozen")
_LIBRARY = (os.path.dirname(os.__file__) + "/", "<frozen ")


class Door:
    """Decides whether a call on a path is a crossing of the calling strand."""

    def __init__(self, boundary: Boundary) -> None:
        self.lane = boundary.lane
        self.opens: tuple[Any, Any] | None = None
        """The genuine `open`, and what stands in for it."""

    def of(self, path: Any, dir_fd: int | None = None, *, change: bool = False) -> Given | None:
        """Return the lane, its files, the path as text, and as the call was given it; or None.

        None: no recording, below a live call, no path of the run's, not a path at all.
        """
        lane = self.lane()
        files = lane.files if lane is not None else None
        if lane is None or files is None or files.quiet:
            return None
        try:
            given = os.fspath(path)
            text = os.fsdecode(given)
        except TypeError:
            return None
        if dir_fd is not None and not text.startswith("/"):
            text = given = f"{files.of_descriptor(dir_fd)}/{text}"
            if text.startswith("None/"):
                return None
        if "\0" in text or not files.matters(files.absolute(text), change=change):
            return None
        passes = not change and _passes(source=_is_of_a_module(text))
        return None if passes else (lane, files, text, given)

    def write(self, path: Any) -> Any:
        """Below a live call, or after the end: tell that *path* is changed; return where."""
        lane = self.lane()
        files = lane.files if lane is not None else None
        if files is None or not files.quiet or isinstance(path, int):
            return path
        try:
            text = os.fsdecode(path)
        except TypeError:
            return path
        place = files.outside(text)
        return path if place == text else place


def _is_of_a_module(path: str) -> bool:
    """Tell whether *path* is a module's: its source, or what stands for one where there is none.

    Tracers ask where each loaded module is from (`__spec__.origin`), and take that for a path; the
    modules of the interpreter itself are more or fewer in a replay, which needs others.
    """
    return path.endswith(_SOURCES) or path.rpartition("/")[2] in _NO_FILE


def _passes(*, source: bool) -> bool:
    """Tell whether the standard library asks by itself: a traceback, `inspect`.

    It looks for sources, where they are *source* files, and for what they are part of.
    """
    depth = 3
    while True:
        try:
            frame = _getframe(depth)
        except ValueError:
            return source  # the interpreter prints a traceback
        filename = frame.f_code.co_filename
        if filename.startswith(_LIBRARY) or "/site-packages/" in filename:
            if not filename.endswith(_ON_THE_WAY) and "/pathlib" not in filename:
                return source or filename.endswith(_LOOKS_AT_CODE)
        elif "/agentrr_" not in filename:
            return False
        depth += 1


def bound(make: Callable[..., Any], *arguments: Any) -> Callable[[Any], Any]:
    """Return what `Patcher.replace` calls: *make* with the genuine one and *arguments*."""
    return lambda real: make(real, *arguments)


def dress(replacement: Any, real: Any) -> Any:
    """Give *replacement* the name, the module and the text of *real*."""
    if type(real).__name__ == _BUILTIN:
        replacement = stand_in(real, replacement)
    else:
        for name in ("__name__", "__qualname__", "__module__", "__doc__"):
            value = getattr(real, name, None)
            if value is not None:
                setattr(replacement, name, value)
    for supported in (os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
        if real in supported:
            supported.add(replacement)
    return replacement


def descriptor_path(files: Files, path: Any) -> Any:
    """Return the path behind a descriptor that was given in place of one, else *path*."""
    if isinstance(path, int) and not isinstance(path, bool):
        return files.of_descriptor(path) or path
    return path
