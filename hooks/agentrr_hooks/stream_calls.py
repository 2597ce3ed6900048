"""The calls that read and write the standard streams below their file objects: see `streams`."""

from __future__ import annotations

import os
import sys

from agentrr_hooks.standin import stand_in
from agentrr_sandbox import real as genuine
from agentrr_sandbox.errors import Halt

_write = os.write  # the genuine one: this module is loaded before any patch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane, Patcher


watched: dict[int, int] = {}
"""The standard stream (0, 1, 2) whose file a descriptor shares."""

last: dict[int, bytes] = {}
"""The last byte that was written to stdout (1) and stderr (2)."""


written: list[tuple[Any, int, bytes]] = []
"""What has been written and not been told yet: lane, stream, bytes; in the order of the writes."""

printing: list[bool] = []
"""Not empty while the interpreter prints an exception: what ends the run then waits its turn, for
an error within that printing would come out as a dump of the exception object."""

_telling: list[bool] = []


def tell(
    queue: list[tuple[Any, int, bytes]] = written,
    telling: list[bool] = _telling,
    ends: dict[int, bytes] = last,
) -> None:
    """Tell the lanes of what has been written; one strand at a time does so for all.

    A signal handler that prints while this strand is here adds to the queue and goes on.  The
    defaults keep what is needed alive while the interpreter goes down.
    """
    while queue and not telling:
        telling.append(True)
        try:
            while queue:
                lane, channel, piece = queue.pop(0)
                if piece:
                    ends[channel] = piece[-1:]
                    try:
                        lane.output(channel, piece)
                    except Halt:
                        if not printing:
                            raise
        finally:
            telling.clear()


def line_is_open() -> bool:
    """Return whether what comes next on stderr would not begin at the left edge."""
    try:
        one, two = genuine.fstat(1), genuine.fstat(2)
        shared = (one.st_dev, one.st_ino) == (two.st_dev, two.st_ino)
    except OSError:
        shared = False
    return any(last.get(channel, b"\n") not in (b"\n", b"") for channel in (1, 2)[not shared :])


class _Input:
    """What was read from stdin and is left over: a served piece may be larger than the buffer."""

    def __init__(self) -> None:
        self.left = b""

    def take(self, lane: Lane, size: int, live: Callable[[], bytes | None]) -> bytes | None:
        """Return at most *size* bytes of stdin; None when it would block."""
        if not self.left:
            piece = lane.cross("stdin.read", live)
            if piece is None:
                return None
            self.left = piece
        taken, self.left = self.left[:size], self.left[size:]
        return taken

    def rest(self, lane: Lane, live: Callable[[], bytes]) -> bytes:
        """Return all that is left of stdin."""
        taken, self.left = self.left, b""
        return taken + lane.cross("stdin.read", live, request={"all": True})


_input = _Input()


def tap_input(raw: Any, boundary: Boundary, patch: Patcher) -> None:
    """Let what is read from *raw* come through the boundary."""
    readinto, read, readall = raw.readinto, raw.read, raw.readall

    def tapped_readinto(buffer: Any, /) -> int | None:
        lane = boundary.lane()
        if lane is None:
            return readinto(buffer)  # type: ignore[no-any-return] # FileIO.readinto
        size = len(buffer)
        data = _input.take(lane, size, lambda: read(size))
        if data is None:
            return None
        buffer[: len(data)] = data
        return len(data)

    def tapped_readall() -> bytes:
        lane = boundary.lane()
        return readall() if lane is None else _input.rest(lane, readall)

    def tapped_read(size: int | None = -1, /) -> bytes | None:
        lane = boundary.lane()
        if lane is None:
            return read(size)  # type: ignore[no-any-return] # FileIO.read
        if size is None or size < 0:
            return tapped_readall()
        return _input.take(lane, size, lambda: read(size))

    raw.readinto, raw.read, raw.readall = tapped_readinto, tapped_read, tapped_readall

    def undo() -> None:
        for name in ("readinto", "read", "readall"):
            raw.__dict__.pop(name, None)

    patch.undo_with(undo)


def install(  # noqa: C901 - one small wrapper a call, no branches between them
    patch: Patcher, boundary: Boundary, watched: dict[int, int], ttys: list[bool]
) -> None:
    """Tap os.read, os.write and their kin; follow duplicates of 0, 1 and 2.

    *watched* maps a descriptor to the stream whose file it shares.
    """

    def write(live: Callable[..., int]) -> Callable[..., int]:
        def write(fd: int, data: Any, /) -> int:
            count = live(fd, data)
            _wrote(fd, lambda: bytes(data)[:count])
            return count

        return write

    def writev(live: Callable[..., int]) -> Callable[..., int]:
        def writev(fd: int, buffers: Any, /) -> int:
            count = live(fd, buffers)
            _wrote(fd, lambda: b"".join(bytes(part) for part in buffers)[:count])
            return count

        return writev

    def sendfile(live: Callable[..., int]) -> Callable[..., int]:
        def sendfile(out_fd: int, in_fd: int, offset: int | None, count: int, **more: Any) -> int:
            sent = live(out_fd, in_fd, offset, count, **more)
            at = os.lseek(in_fd, 0, os.SEEK_CUR) - sent if offset is None else offset
            _wrote(out_fd, lambda: os.pread(in_fd, sent, at))
            return sent

        return sendfile

    def _wrote(fd: object, data: Callable[[], bytes]) -> None:
        channel = watched.get(fd) if type(fd) is int else None
        if channel:
            lane = boundary.lane()
            if lane is not None:
                written.append((lane, channel, data()))
                tell()

    def read(live: Callable[[int, int], bytes]) -> Callable[[int, int], bytes]:
        def read(fd: int, length: int, /) -> bytes:
            lane = boundary.lane() if type(fd) is int and watched.get(fd) == 0 else None
            if lane is None:
                return live(fd, length)
            return _input.take(lane, length, lambda: live(fd, length)) or b""

        return read

    def isatty(live: Callable[[int], bool]) -> Callable[[int], bool]:
        def isatty(fd: int, /) -> bool:
            channel = watched.get(fd) if type(fd) is int else None
            if channel is None or boundary.lane() is None:
                return live(fd)
            return ttys[channel]

        return isatty

    wrap: tuple[Callable[..., Any], ...] = (write, writev, sendfile, read, isatty)
    for make in wrap:
        patch.replace("os", make.__name__, make)
    _follow(patch, watched)


def tap_opened(patch: Patcher, watched: dict[int, int], tap: Callable[[Any, int], None]) -> None:
    """Let *tap* have each file object that the program opens on 0, 1, 2 or their duplicates."""
    known: dict[int, Any] = {}

    def make(live: Callable[..., Any]) -> Any:
        if id(live) in known:  # `io.open` and `builtins.open` are one function, and stay one
            return known[id(live)]

        def open(file: Any, *args: Any, **named: Any) -> Any:  # noqa: A001 - stands in for it
            made = live(file, *args, **named)
            if type(file) is int and file in watched:
                tap(made, file)
            return made

        stands_in = known[id(live)] = stand_in(live, open)
        return stands_in

    for module in ("builtins", "io"):
        patch.replace(module, "open", make)


def _follow(patch: Patcher, watched: dict[int, int]) -> None:
    """Keep *watched* right while descriptors are duplicated and closed."""

    def dup(live: Callable[[int], int]) -> Callable[[int], int]:
        def dup(fd: int, /) -> int:
            made = live(fd)
            if fd in watched:
                watched[made] = watched[fd]
            return made

        return dup

    def dup2(live: Callable[..., int]) -> Callable[..., int]:
        def dup2(fd: int, fd2: int, inheritable: bool = True) -> int:
            made = live(fd, fd2, inheritable)
            if fd in watched:
                watched[fd2] = watched[fd]
            else:
                watched.pop(fd2, None)
            return made

        return dup2

    def close(live: Callable[[int], None]) -> Callable[[int], None]:
        def close(fd: int) -> None:
            live(fd)
            watched.pop(fd, None)

        return close

    wrap: tuple[Callable[..., Any], ...] = (dup, dup2, close)
    for make in wrap:
        patch.replace("os", make.__name__, make)


def show(text: str) -> None:
    """Write to the terminal what nobody compares."""
    stream = sys.__stdout__
    if stream is not None:
        stream.flush()
        _write(stream.fileno(), text.encode(stream.encoding, "replace"))
