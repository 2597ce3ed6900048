"""Writes `run.jsonl`: one event a line, in the kernel before `append` returns.

`{"seq":N,"t":KIND,...,"h":HASH}`: HASH is a SHA-256 over the previous line's hash and this line's
own bytes up to it, so accidents show; it is no signature.  A line that could not be written whole
is cut off again and the writer is dead: the file always ends on a whole event, but for a kill.
"""

from __future__ import annotations

import _thread
import errno
import os
import stat

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord
from agentrr_sandbox.recording import locks, payloads
from agentrr_sandbox.recording.jsontext import MAX_DEPTH, dumps, sha256, too_deep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FORMAT = "agentrr/1"
GENESIS = "0" * 64
MAX_LINE = 64 << 20
"""The longest line that a reader takes without being asked: 64 MiB."""
LEVELS = ("power", "process")
_FRAME = 128  # what a line has beside its body: the hash, its name, the line's end
_MODE = 0o600
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND
for _flag in ("O_CLOEXEC", "O_NOFOLLOW", "O_BINARY"):
    _NEW |= getattr(os, _flag, 0)


class Writer:
    """The end of one recording, to which events are added.

    Thread-safe.  A forked child may not write: the recording is its parent's.  *durable* is
    `power` (an event that is asked to be synced is on the disk) or `process` (it is in the
    kernel, which survives kill -9).

    A signal handler or a finalizer may interrupt `append`, raise out of it, or itself append.
    So what is about to be written is first set down in `_pending`, in code without a call, at
    which the interpreter does not switch; whoever comes next finishes it.
    """

    def __init__(
        self, descriptor: int, path: str, seq: int, chain: str, size: int, durable: str
    ) -> None:
        if durable not in LEVELS:
            raise ValueError(f"durable is one of {', '.join(LEVELS)}, not {durable!r}")
        self.path = path
        self.seq = seq
        """The number of the next event."""
        self.durable = durable
        self._fd = descriptor
        self._chain = chain
        self._size = size
        self._pid = real.getpid()
        self._lock = _thread.RLock()
        self._pending: tuple[int, str, bytes] | None = None
        self._begun = False
        self._turn = 0
        self._dead: str | None = None
        status = real.fstat(descriptor)
        self._file = status.st_dev, status.st_ino
        locks.take(descriptor, self._file)

    @classmethod
    def create(cls, path: str, header: dict[str, Any], *, durable: str = "power") -> Writer:
        """Create *path* (0600, never over another file), and write the header.

        Raises `CannotRecord`: it exists, its folder does not, no permission, no space.
        """
        try:
            descriptor = real.os_open(path, _NEW, _MODE)
        except OSError as error:
            raise CannotRecord(_refused(path, error), hint=_way_out(error)) from None
        except ValueError:
            raise CannotRecord(f"cannot create {path!r}: not a path") from None
        writer = cls(high(descriptor), path, 0, GENESIS, 0, durable)
        try:
            writer.append("run.start", header, sync=True)
        except BaseException:
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

        Raises `CannotRecord`: when *fields* cannot be stored, and once the file could not be
        written, at every later call.
        """
        if real.getpid() != self._pid:  # before the lock, which may be held for ever in a child
            raise CannotRecord("a forked child may not write on its parent's recording")
        with self._lock:
            while True:
                if self._dead is not None:
                    raise CannotRecord(self._dead)
                if self._pending is not None:
                    self._settle(self._pending)
                number = self.seq
                chain, line = self._line(number, kind, fields)
                event = number, chain, line
                if self.seq == number and self._pending is None and self._dead is None:
                    self._begun = False
                    self._pending = event
                    break
            self._settle(event)
            if sync:
                self.sync()
        return number

    def _line(self, number: int, kind: str, fields: dict[str, Any]) -> tuple[str, bytes]:
        body = self._body(number, kind, fields)
        if len(body) > payloads.LIMIT and number:
            beside = payloads.folder(self.path)
            body = self._body(number, kind, payloads.put_beside(beside, fields))
        if len(body) > MAX_LINE - _FRAME:
            raise CannotRecord(
                f"event {number} ({kind}) has {len(body) >> 20} MB, {MAX_LINE >> 20} are the most"
            )
        chain = sha256(f"{self._chain}{body}".encode("ascii")).hexdigest()
        return chain, f'{body[:-1]},"h":"{chain}"}}\n'.encode("ascii")

    def _body(self, number: int, kind: str, fields: dict[str, Any]) -> str:
        event = {"seq": number, "t": kind, **fields}
        try:
            body = dumps(event)
        except (TypeError, ValueError) as error:
            raise CannotRecord(f"event {number} ({kind}) cannot be stored: {error}") from None
        if too_deep(event, body):
            raise CannotRecord(f"event {number} ({kind}) is nested deeper than {MAX_DEPTH}")
        return body

    def _settle(self, event: tuple[int, str, bytes]) -> None:
        """See to it that the line of *event* is in the file, whatever part of it is already."""
        number, chain, line = event
        try:
            while self._pending is event:
                self._turn = turn = self._turn + 1
                done = self._grown()
                rest = line[done:] if done else line
                # From here to the write nothing is called: what was just found still holds.
                if self._turn != turn or self._pending is not event:
                    continue
                if done and not (self._begun and 0 < done <= len(line)):
                    self._changed()
                self._begun = True
                done += real.write(self._fd, rest)
                if self._pending is event and self._turn == turn and done >= len(line):
                    self._chain = chain
                    self._size += len(line)
                    self.seq = number + 1
                    self._pending = None
        except OSError as error:
            self._die(number, error)

    def _grown(self) -> int:
        """Return how much is in the file after the last event; it must still be our file."""
        status = real.fstat(self._fd)
        if (status.st_dev, status.st_ino) != self._file:
            raise OSError(errno.EBADF, "its descriptor was taken by another file")
        if status.st_nlink == 0:
            raise OSError(errno.ENOENT, "it was removed while recording")
        return status.st_size - self._size

    def _changed(self) -> None:
        raise OSError(errno.EIO, "another program has changed it")

    def _die(self, number: int, error: OSError) -> None:
        whole = f"the recording is whole up to event {number - 1}" if number else "it holds nothing"
        self._dead = (
            f"cannot write event {number} to {self.path}: {error.strerror or error}; {whole}"
        )
        self._pending = None
        try:
            status = real.fstat(self._fd)
            if (status.st_dev, status.st_ino) == self._file and status.st_size > self._size:
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
        """Close the descriptor, if it is still ours.  Whoever appends later is refused."""
        with self._lock:
            if self._dead is None and self._pending is not None and real.getpid() == self._pid:
                try:
                    self._settle(self._pending)
                except CannotRecord:
                    pass  # it is said in `_dead`, and the file is whole
            self._dead = self._dead or "the recording is closed"
            descriptor, self._fd = self._fd, -1
            try:
                status = real.fstat(descriptor)
                if (status.st_dev, status.st_ino) == self._file:
                    real.close(descriptor)
            except OSError:
                pass
            locks.release(self._file)


def high(descriptor: int) -> int:
    """Move *descriptor* to a high number, where scripts do not count and daemons do not close."""
    floor = locks.high_number()
    if locks.fcntl is None or descriptor >= floor:
        return descriptor
    try:
        moved: int = locks.fcntl.fcntl(descriptor, locks.fcntl.F_DUPFD_CLOEXEC, floor)
    except OSError:
        return descriptor
    real.close(descriptor)
    return moved


def _refused(path: str, error: OSError) -> str:
    if error.errno in (errno.EEXIST, errno.EISDIR, errno.ELOOP):
        mode = real.lstat(path).st_mode  # within a run too, where the agent's `os` is hooked
        if stat.S_ISLNK(mode):
            return f"{path} is a symbolic link; a recording is never written through one"
        if stat.S_ISDIR(mode):
            return f"{path} is a directory"
        return _existing(path)
    return f"cannot create {path}: {error.strerror}"


def _existing(path: str) -> str:
    holder = locks.holder_of(path)
    if holder:
        return f"{path} is being written by pid {holder}"
    return f"{path} already exists; a recording is never overwritten"


def _way_out(error: OSError) -> str:
    return "choose another place: -o" if error.errno == errno.EEXIST else ""


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
