"""Asking the file system: see `files`.  Every answer is recorded, whoever made the file."""

from __future__ import annotations

import os
import sys

from agentrr_hooks.files_common import Door, bound, descriptor_path, dress
from agentrr_hooks.files_entries import Entry, Listing, take

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_TYPE, _KINDS = 0o170000, (0o100000, 0o040000)  # a regular file, a folder
_TIMES = ("atime", "mtime", "ctime")
_EXTRA = ("st_blksize", "st_blocks", "st_rdev", "st_birthtime", "st_flags", "st_gen")
_PAIR = 2
_STANDARD = (0, 1, 2)
_ON_THE_WAY = ("lstat", "readlink")
_getframe = sys._getframe


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the questions through *boundary*."""
    door = Door(boundary)
    for name in ("stat", "lstat"):
        patch.replace("os", name, bound(_stat, door, name))
    patch.replace("os", "fstat", bound(_fstat, door))
    patch.replace("os", "scandir", bound(_scandir, door))
    patch.replace("glob", "_StringGlobber.scandir", lambda _: staticmethod(_scandir_now))
    patch.replace("os", "DirEntry", lambda real: dress(Entry, real))
    patch.replace("os", "getcwd", bound(_getcwd, door))
    patch.replace("os", "getcwdb", bound(_getcwdb, door))
    for name, default in (("listdir", "."), ("listxattr", None)):
        patch.replace("os", name, bound(_plain, door, name, default))
    for name in ("access", "readlink", "getxattr"):
        patch.replace("os", name, bound(_plain, door, name))
    patch.replace("os", "statvfs", bound(_statvfs, door))
    patch.replace("os.path", "realpath", bound(_plain, door, "realpath"))


def stored(status: os.stat_result) -> list[Any]:
    """Return a status as plain data; `restored` gives the same one back."""
    numbers = list(status)
    below = [
        getattr(status, f"st_{name}_ns") - numbers[n] * 10**9 for n, name in enumerate(_TIMES, 7)
    ]
    extra = {name: getattr(status, name) for name in _EXTRA if hasattr(status, name)}
    return [numbers, below, extra]


def restored(data: list[Any]) -> os.stat_result:
    """Return the status that `stored` took apart."""
    numbers, below, extra = data
    extra = dict(extra)
    for n, name in enumerate(_TIMES):
        seconds = numbers[7 + n]
        extra[f"st_{name}_ns"] = seconds * 10**9 + below[n]
        extra[f"st_{name}"] = seconds + 1e-9 * below[n]
    return os.stat_result(numbers, extra)


def _stat(real: Any, door: Door, name: str) -> Any:
    def status(path: Any, *args: Any, dir_fd: int | None = None, **kwargs: Any) -> os.stat_result:
        given = None if _resolving(name) else door.of(path, dir_fd)
        if given is None:
            if isinstance(path, int) and not args and not kwargs:
                return os.fstat(path)
            answer: os.stat_result = real(path, *args, dir_fd=dir_fd, **kwargs)
            return answer
        lane, _, text, _ = given
        call = "file.stat" if kwargs.get("follow_symlinks", name == "stat") else "file.lstat"
        return restored(
            lane.cross(
                call,
                lambda: stored(real(path, *args, dir_fd=dir_fd, **kwargs)),
                request={"path": text},
            )
        )

    return dress(status, real)


def _resolving(name: str) -> bool:
    """Tell whether `realpath` looks at a folder on its way, which is no question of the run's.

    What is asked is where a path leads.  Of a path of the interpreter's own nothing is recorded,
    and its folders are other ones, and more or fewer, on another machine.
    """
    if name not in _ON_THE_WAY:
        return False
    caller = _getframe(2)
    return caller.f_globals.get("__name__") == "posixpath" and "realpath" in caller.f_code.co_name


def _fstat(real: Any, door: Door) -> Any:
    def fstat(fd: int) -> os.stat_result:
        status: os.stat_result = real(fd)
        lane = door.lane()
        if lane is None or lane.files is None or lane.files.quiet:
            return status
        if fd in _STANDARD:  # a program asks whether it is a pipe
            request = {"descriptor": fd}
            return restored(lane.cross("file.fstat", lambda: stored(status), request=request))
        if status.st_mode & _TYPE not in _KINDS:
            return status
        return restored(lane.cross("file.fstat", lambda: stored(status)))

    return dress(fstat, real)


def _plain(real: Any, door: Door, name: str, default: Any = None) -> Any:
    """Stand in for a question whose answer is plain data."""

    def ask(path: Any = default, *args: Any, **kwargs: Any) -> Any:
        lane = door.lane()
        if lane is None or lane.files is None or lane.files.quiet:
            return real(path, *args, **kwargs)
        asked = descriptor_path(lane.files, "." if path is None else path)
        given = None if _resolving(name) else door.of(asked, kwargs.get("dir_fd"))
        if given is None:
            return real(path, *args, **kwargs)
        request: dict[str, object] = {"path": given[2]}
        if args or kwargs.get("mode") is not None:
            request["arguments"] = [*args, *([kwargs["mode"]] if "mode" in kwargs else [])]
        answer = lane.cross(
            f"file.{name}", lambda: _no_pair(real(path, *args, **kwargs)), request=request
        )
        if isinstance(answer, list) and len(answer) > _PAIR and not answer[_PAIR]:
            return answer[:_PAIR]
        return answer

    return dress(ask, real)


def _no_pair(answer: Any) -> Any:
    """Lengthen a list of two names, which redaction would read as a header and its value."""
    if isinstance(answer, list) and len(answer) == _PAIR:
        return [*answer, type(answer[0])()]
    return answer


def _statvfs(real: Any, door: Door) -> Any:
    def statvfs(path: Any) -> os.statvfs_result:
        given = door.of(path)
        if given is None:
            answer: os.statvfs_result = real(path)
            return answer

        def live() -> list[int]:
            found = real(path)
            return [*found, found.f_fsid]

        return os.statvfs_result(given[0].cross("file.statvfs", live, request={"path": given[2]}))

    return dress(statvfs, real)


def _scandir(real: Any, door: Door) -> Any:
    def scandir(path: Any = None) -> Any:
        lane = door.lane()
        if lane is None or lane.files is None or lane.files.quiet:
            return real() if path is None else real(path)
        asked = descriptor_path(lane.files, "." if path is None else path)
        given = door.of(asked)
        if given is None:
            return real() if path is None else real(path)
        live = lane.cross("file.scandir", lambda: take(real, path), request={"path": given[2]})
        return Listing(path, live)

    return dress(scandir, real)


def _scandir_now(path: Any) -> Any:
    """List *path* as `os.scandir` does now: a class of 3.13 took the function at its import."""
    return os.scandir(path)


def _getcwd(real: Any, door: Door) -> Any:
    def getcwd() -> str:
        lane = door.lane()
        moved = lane.files.moved_to if lane is not None and lane.files is not None else None
        return str(real()) if moved is None else moved

    return dress(getcwd, real)


def _getcwdb(real: Any, door: Door) -> Any:
    def getcwdb() -> bytes:
        lane = door.lane()
        moved = lane.files.moved_to if lane is not None and lane.files is not None else None
        return bytes(real()) if moved is None else os.fsencode(moved)

    return dress(getcwdb, real)
