"""Writes `run.jsonl`: one event a line, in the kernel before `append` returns.

`{"seq":N,"t":KIND,...,"h":HASH}`: HASH is a SHA-256 over the previous line's hash and this line's
own bytes up to it, so accidents show; it is no signature.  A line that could not be written whole
is cut off again and the writer is dead: the file always ends on a whole event, but for a kill.
"""

from __future__ import annotations

import _thread
import errno
import fcntl
import os

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord
from agentrr_sandbox.recording.jsontext import MAX_DEPTH, depth, dumps, sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FORMAT = "agentrr/1"
GENESIS = "0" * 64
MAX_LINE = 64 << 20
"""The longest line that a reader takes without being asked: 64 MiB."""
_HIGHEST = 4096
_SPARE = 24
_MODE = 0o600


class Writer:
    """The end of one recording, to which events are added.

    Thread-safe.  A forked child may not write: the recording is its parent's.  *durable* is
    `power` (an event that is asked to be synced is on the disk) or `process` (it is in the
    kernel, which survives kill -9).
    """

    def __init__(
        self, descriptor: int, path: str, seq: int, chain: str, size: int, durable: str
    ) -> None:
        self.path = path
        self.seq = seq
        """The number of the next event."""
        self.durable = durable
        self._fd = descriptor
        self._chain = chain
        self._size = size
        self._pid = real.getpid()
        self._lock = _thread.RLock()
        self._busy = False
        self._dead: str | None = None
        status = real.fstat(descriptor)
        self._file = status.st_dev, status.st_ino

    @classmethod
    def create(cls, path: str, header: dict[str, Any], *, durable: str = "power") -> Writer:
        """Create *path* (0600, never over another file), and write the header.

        Raises `CannotRecord`: it exists, its folder does not, no permission, no space.
        """
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        flags |= getattr(os, "O_NOFOLLOW", 0)
        try:
            descriptor = real.os_open(path, flags, _MODE)
        except OSError as error:
            raise CannotRecord(_refused(path, error)) from None
        writer = cls(high(descriptor), path, 0, GENESIS, 0, durable)
        writer._take_lock()
        try:
            writer.append("run.start", header, sync=True)
        except CannotRecord:
            writer.close()
            real.unlink(path)
            raise
        if durable == "power":
            _sync_folder(path)
        return writer

    @classmethod
    def adopt(
        cls, descriptor: int, *, path: str, seq: int, chain: str, size: int, durable: str
    ) -> Writer:
        """Go on with a recording that another process began; *descriptor* is moved up."""
        return cls(high(descriptor), path, seq, chain, size, durable)

    @property
    def descriptor(self) -> int:
        """The descriptor, to be kept out of the agent's reach."""
        return self._fd

    def state(self) -> tuple[int, str, int]:
        """Return the next number, the chain so far, and the size: what `adopt` goes on from."""
        return self.seq, self._chain, self._size

    def append(self, kind: str, fields: dict[str, Any], *, sync: bool = False) -> int:
        """Write one event and return its number; with *sync* (and `power`) it is on the disk.

        Raises `CannotRecord`, then and at every later call.
        """
        with self._lock:
            if self._dead is not None:
                raise CannotRecord(self._dead)
            if real.getpid() != self._pid:
                raise CannotRecord("a forked child may not write on its parent's recording")
            if self._busy:  # a signal handler or a finalizer crossed while an event was written
                raise CannotRecord("an event began while another was being written")
            self._busy = True
            try:
                return self._append(kind, fields, sync)
            finally:
                self._busy = False

    def _append(self, kind: str, fields: dict[str, Any], sync: bool) -> int:
        number = self.seq
        body = dumps({"seq": number, "t": kind, **fields})
        if len(body) > MAX_LINE - 128 or depth(body) > MAX_DEPTH:
            raise CannotRecord(f"event {number} ({kind}) is too long or nested too deep to store")
        chain = sha256(f"{self._chain}{body}".encode("ascii")).hexdigest()
        line = f'{body[:-1]},"h":"{chain}"}}\n'.encode("ascii")
        try:
            self._check()
            self._write(line)
            if sync and self.durable == "power":
                real.fdatasync(self._fd)
        except OSError as error:
            self._die(number, error)
        self._size += len(line)
        self._chain = chain
        self.seq = number + 1
        return number

    def _write(self, line: bytes) -> None:
        done = real.write(self._fd, line)
        while done < len(line):  # a short write: a full disk, a size limit, a signal
            done += real.write(self._fd, memoryview(line)[done:])

    def _check(self) -> None:
        """The descriptor must still be our file, and the file must still be there."""
        status = real.fstat(self._fd)
        if (status.st_dev, status.st_ino) != self._file:
            raise OSError(errno.EBADF, "its descriptor was taken by another file")
        if status.st_nlink == 0:
            raise OSError(errno.ENOENT, "it was removed while recording")

    def _die(self, number: int, error: OSError) -> None:
        self._dead = (
            f"cannot write event {number} to {self.path}: {error.strerror or error};"
            f" the recording is whole up to event {number - 1}"
        )
        try:
            status = real.fstat(self._fd)
            if (status.st_dev, status.st_ino) == self._file:
                real.ftruncate(self._fd, self._size)
        except OSError:
            pass
        raise CannotRecord(self._dead) from None

    def sync(self) -> None:
        """Put all that was written on the disk, in `power`.  Raises `CannotRecord`."""
        if self.durable != "power" or self._dead is not None:
            return
        try:
            real.fdatasync(self._fd)
        except OSError as error:  # what was lost is not known: never try again on it
            self._die(self.seq, error)

    def close(self) -> None:
        """Close the descriptor, if it is still ours."""
        try:
            status = real.fstat(self._fd)
            if (status.st_dev, status.st_ino) == self._file:
                real.close(self._fd)
        except OSError:
            pass
        self._dead = self._dead or "the recording is closed"

    def _take_lock(self) -> None:
        """Lock the file, so that `rm` and a second writer see that it is being written.

        A record lock belongs to the process and goes with it: a forked child never holds it on.
        """
        try:
            fcntl.lockf(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass  # a file system without locks: O_EXCL has made us the only writer


def busy(descriptor: int) -> bool:
    """Whether another process holds the lock on the recording open at *descriptor*."""
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.EACCES, errno.EAGAIN)
    return False


def high(descriptor: int) -> int:
    """Move *descriptor* to a high number, where scripts do not count and daemons do not close."""
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    except (ImportError, OSError):
        limit = 256
    floor = max(min(limit, _HIGHEST) - _SPARE, 3)
    if descriptor >= floor:
        return descriptor
    try:
        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, floor)
    except OSError:
        return descriptor
    real.close(descriptor)
    return moved


def _refused(path: str, error: OSError) -> str:
    if error.errno == errno.EEXIST:
        if os.path.islink(path):
            return f"{path} is a symbolic link; a recording is never written through one"
        if os.path.isdir(path):
            return f"{path} is a directory"
        return f"{path} already exists; a recording is never overwritten: choose another -o"
    if error.errno == errno.EISDIR:
        return f"{path} is a directory"
    return f"cannot create {path}: {error.strerror}"


def _sync_folder(path: str) -> None:
    """The name of a new file is in its folder: that too must be on the disk."""
    try:
        folder = real.os_open(os.path.dirname(path) or ".", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        real.fsync(folder)
    except OSError:
        pass
    finally:
        real.close(folder)
