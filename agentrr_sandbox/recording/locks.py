"""Who is writing on a recording?

The kernel answers: every process that writes holds a record lock on one byte of its own, far
beyond the end of the file.  Such a lock belongs to a process, so it goes when that process ends,
however it ends, and a forked child never holds it on: no pid is stored that could be another's
tomorrow.  What this process writes itself, no lock can tell it; a table does.
"""

from __future__ import annotations

import os
import sys

from agentrr_sandbox import real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

fcntl: Any
try:
    import fcntl

    _lockf = fcntl.lockf  # before the agent's calls of it go through the boundary
except ImportError:  # Windows: O_EXCL alone keeps a second writer off
    fcntl = None

_PLACE = 1 << 62
_QUERY = "hhqqi4x" if sys.platform == "linux" and sys.maxsize > 1 << 32 else ""
"""The layout of `struct flock`; other systems have another one."""
_HIGHEST = 4096
_SPARE = 16
_own: dict[tuple[int, int], int] = {}
"""The files that writers of this process are open on; in a forked child they are its parent's."""
_own_pid = [0]


def high_number() -> int:
    """Return the number above which descriptors of ours lie: the last few that are allowed."""
    try:
        limit = os.sysconf("SC_OPEN_MAX")
    except (AttributeError, ValueError, OSError):
        limit = 256
    return max(min(limit, _HIGHEST) - _SPARE, 3)


def take(descriptor: int, file: tuple[int, int]) -> None:
    """Say that this process writes on *file*, open at *descriptor*."""
    if _own_pid[0] != real.getpid():
        _own.clear()
        _own_pid[0] = real.getpid()
    _own[file] = _own.get(file, 0) + 1
    if fcntl is None:
        return
    for place in (_PLACE, _PLACE + 1):  # a supervisor and its run both write, in turn
        try:
            _lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError:
            continue  # the other one has it, or a file system without locks
        return


def release(file: tuple[int, int]) -> None:
    """This process has closed *file*; its lock went with the descriptor."""
    left = _own.pop(file, 0) - 1
    if left > 0:
        _own[file] = left


def holder(descriptor: int) -> int:
    """Return the pid of a process that writes on the file at *descriptor*; 0 when none does.

    -1 stands for a process that has no number here, as one in another container.
    """
    if _is_own(real.fstat(descriptor)):
        return _own_pid[0]
    if fcntl is None:
        return 0
    try:
        return _holder_by_query(descriptor) if _QUERY else _holder_by_trying(descriptor)
    except OSError:  # a file system without locks
        return 0


def holder_of(path: str) -> int:
    """As `holder`, for the file at *path*; 0 when it cannot be opened."""
    try:
        if _is_own(real.stat(path)):  # opening and closing it would drop this process's lock
            return _own_pid[0]
        descriptor = real.os_open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return 0
    try:
        return holder(descriptor)
    finally:
        real.close(descriptor)


def _is_own(status: os.stat_result) -> bool:
    return _own_pid[0] == real.getpid() and (status.st_dev, status.st_ino) in _own


def _holder_by_query(descriptor: int) -> int:
    import _struct

    query = _struct.pack(_QUERY, fcntl.F_WRLCK, os.SEEK_SET, _PLACE, 2, 0)
    kind, _, _, _, pid = _struct.unpack(_QUERY, fcntl.fcntl(descriptor, fcntl.F_GETLK, query))
    return 0 if kind == fcntl.F_UNLCK else int(pid) or -1


def _holder_by_trying(descriptor: int) -> int:
    try:
        _lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB, 2, _PLACE)
    except (BlockingIOError, PermissionError):
        return -1
    _lockf(descriptor, fcntl.LOCK_UN, 2, _PLACE)
    return 0
