"""The genuine functions, bound before any patch.

The engine calls the world only through these: it must not see its own hooks.  Imports stay as
small as boot's budget asks: nothing here that a bare interpreter has not already loaded.
"""

from __future__ import annotations

import _thread
import builtins
import os
import sys
import time as _time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

open = builtins.open  # noqa: A001 - it is the genuine one
io_open = sys.modules["io"].open if "io" in sys.modules else builtins.open

time = _time.time
time_ns = _time.time_ns
monotonic = _time.monotonic
monotonic_ns = _time.monotonic_ns
perf_counter = _time.perf_counter
sleep = _time.sleep

read = os.read
write = os.write
close = os.close
dup2 = os.dup2
fstat = os.fstat
stat = os.stat
lstat = os.lstat
fsync = os.fsync
fdatasync = getattr(os, "fdatasync", os.fsync)
ftruncate = os.ftruncate
os_open = os.open
lseek = os.lseek
mkdir = os.mkdir
unlink = os.unlink
rename = os.rename
listdir = os.listdir
readlink = os.readlink
getcwd = os.getcwd
getpid = os.getpid
urandom = os.urandom
kill = os.kill
posix_spawn: Callable[..., int] = getattr(os, "posix_spawn", os.abort)
leave = os._exit
environ = dict(os.environ)

get_ident = _thread.get_ident
get_native_id = _thread.get_native_id
allocate_lock = _thread.allocate_lock
start_new_thread = _thread.start_new_thread
getframe = sys._getframe
current_frames = sys._current_frames

if hasattr(os, "pread"):
    pread = os.pread
else:  # Windows

    def pread(fd: int, length: int, offset: int, /) -> bytes:
        """Read at *offset*; moves the file's position."""
        os.lseek(fd, offset, os.SEEK_SET)
        return os.read(fd, length)
