"""Opening files: see `files`."""

from __future__ import annotations

import os

from agentrr_hooks.files_common import Door, dress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_hooks.files_common import Given
    from agentrr_sandbox.boundary import Boundary, Patcher

_ACCESS = os.O_RDONLY | os.O_WRONLY | os.O_RDWR
_TMPFILE = getattr(os, "O_TMPFILE", 0)
# Flags that decide what an opening does; the others change with the platform and the library.
_TELLING = os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_TRUNC | _ACCESS | _TMPFILE


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route everything that opens a file through *boundary*."""
    door = Door(boundary)
    patch.replace("builtins", "open", lambda real: _open(real, door))
    patch.replace("io", "open", lambda real: _open(real, door))
    for module, name in (("bz2", "_builtin_open"), ("tarfile", "bltn_open")):
        patch.replace(module, name, lambda real: door.opens[1] if door.opens else real)
    patch.replace("io", "FileIO", lambda real: _file_io(real, door))
    patch.replace("os", "open", lambda real: _os_open(real, door))


def purpose(mode: str) -> str:
    """Return what a mode of `open` is for: to read, to change what is there, to make anew."""
    if "w" in mode or "x" in mode:
        return "new"
    return "change" if "a" in mode or "+" in mode else "read"


def purpose_of_flags(flags: int) -> str:
    """Return what the flags of `os.open` are for."""
    if flags & _ACCESS == os.O_RDONLY:
        return "read"
    if _is_nameless(flags):
        return "read"  # the path is a folder's, and what that holds stays
    if flags & os.O_TRUNC or flags & os.O_EXCL:
        return "new"
    return "change"


def _is_nameless(flags: int) -> bool:
    return bool(_TMPFILE) and flags & _TMPFILE == _TMPFILE


def _through(given: Given, why: str, mode: str, call: Callable[[Any], Any]) -> Any:
    """Open a path as a crossing; *call* opens it with an opener, or with none."""
    lane, files, text, _ = given
    found, opener = files.look(lane, text, why)
    live: list[Any] = []

    def go() -> dict[str, Any]:
        live.append(call(opener))
        return found

    request = {"path": text, "mode": mode}
    answer = lane.cross("file.open", go, request=request)
    if live:
        files.opened(text, why)
        return live[0]
    return call(files.opener(lane, text, why, answer))


def _open(real: Any, door: Door) -> Any:
    if door.opens is not None and door.opens[0] is real:
        return door.opens[1]  # `io.open` and `builtins.open` are one function, and stay one

    def open(  # noqa: A001 - it stands in for it
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Any = None,
    ) -> Any:
        given = None
        if opener is None and closefd and type(mode) is str:
            given = door.of(file, change=purpose(mode) != "read")
        if given is None:
            if purpose(str(mode)) != "read":
                file = door.write(file)
            return real(file, mode, buffering, encoding, errors, newline, closefd, opener)

        def call(ours: Any) -> Any:
            return real(file, mode, buffering, encoding, errors, newline, True, ours)

        telling = mode.replace("t", "").replace("b", "")
        return _through(given, purpose(mode), telling, call)

    door.opens = (real, dress(open, real))
    return door.opens[1]


def _file_io(real: Any, door: Door) -> Any:
    class Kind(type(real)):  # type: ignore[misc] # the metaclass of a C class
        """Every genuine `FileIO` is one of these."""

        def __instancecheck__(self, instance: object) -> bool:
            return isinstance(instance, real)

        def __subclasscheck__(self, subclass: type) -> bool:
            return issubclass(subclass, real)

    class FileIO(real, metaclass=Kind):  # type: ignore[misc] # chosen at run time
        """A raw file, opened through the boundary."""

        def __init__(
            self, file: Any, mode: str = "r", closefd: bool = True, opener: Any = None
        ) -> None:
            change = purpose(mode) != "read"
            given = door.of(file, change=change) if opener is None and closefd else None
            if given is None:
                super().__init__(file, mode, closefd, opener)
                return

            def call(ours: Any) -> bool:
                super(FileIO, self).__init__(file, mode, True, ours)
                return True

            _through(given, purpose(mode), mode.replace("b", ""), call)

    return dress(FileIO, real)


def _os_open(real: Any, door: Door) -> Any:
    def open(  # noqa: A001 - it stands in for it
        path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None
    ) -> int:
        why = purpose_of_flags(flags)
        change = why != "read" or _is_nameless(flags)
        given = door.of(path, dir_fd, change=change)
        if given is None:
            if change:
                path = door.write(path)
            return int(real(path, flags, mode, dir_fd=dir_fd))

        def call(ours: Any) -> Any:
            return real(path, flags, mode, dir_fd=dir_fd) if ours is None else ours(given[2], flags)

        return int(_through(given, why, _spelled(flags), call))

    return dress(open, real)


def _spelled(flags: int) -> str:
    """Return the telling flags by name: `O_CREAT|O_WRONLY`."""
    names = ["O_RDONLY", "O_WRONLY", "O_RDWR"][flags & _ACCESS : (flags & _ACCESS) + 1]
    for name in ("O_APPEND", "O_CREAT", "O_EXCL", "O_TRUNC"):
        if flags & getattr(os, name):
            names.append(name)
    if _is_nameless(flags):
        names.append("O_TMPFILE")
    return "|".join(names)
