"""The pipes to a child process, below the file objects that the program has of them.

What is read is a stream of the boundary's, piece by piece as the program asked for it; what is
written is a crossing each.  The descriptors are real ones in a replay too, and lead nowhere.
"""

from __future__ import annotations

from agentrr_hooks import child_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane

taps: dict[int, Tap] = {}
"""What stands before a pipe, by its descriptor."""


class Tap:
    """Stands before one raw file."""

    def __init__(self, raw: Any, process: str, name: str, boundary: Boundary) -> None:
        self._raw = raw
        self.request = {"process": process, "stream": name}
        self.live = False
        """Whether a child is at the other end."""
        self._current = boundary.lane
        self.fd: int = raw.fileno()
        self.quiet = False
        """Whether the program's own part in it is over: what comes now is no crossing."""
        self._close = raw.close
        raw.close = self.close
        taps[self.fd] = self

    def lane(self) -> Lane | None:
        """Return the lane that crosses; None: it goes straight through."""
        lane = self._current()
        return None if lane is None or lane.inside or self.quiet else lane

    def close(self) -> None:
        """Close the file."""
        if taps.get(self.fd) is self:
            del taps[self.fd]
        self.closing(self.lane())
        self._close()

    def closing(self, lane: Lane | None) -> None:
        """The file is about to be closed."""


class Input(Tap):
    """Stands before the pipe that a child reads."""

    def __init__(self, raw: Any, process: str, boundary: Boundary) -> None:
        super().__init__(raw, process, "stdin", boundary)
        self._write = raw.write
        raw.write = self.write

    def write(self, data: Any, /, live: Callable[[Any], Any] | None = None) -> Any:
        """Write to the child."""
        into = live or self._write
        lane = self.lane()
        if lane is None:
            return len(data) if self.quiet else into(data)
        piece = bytes(data)
        request = {"process": self.request["process"], "data": piece}

        def write() -> Any:
            count = into(piece)
            child_output.world_of(lane).drain()
            return count

        try:
            return lane.cross("process.write", write, request=request, outward=True)
        finally:
            child_output.see(lane)


class Output(Tap):
    """Stands before a pipe that a child writes."""

    def __init__(self, raw: Any, process: str, name: str, boundary: Boundary) -> None:
        super().__init__(raw, process, name, boundary)
        self._stream: Any = None
        self._pieces: Iterator[Any] | None = None
        self._ask: Callable[[], Any] = bytes
        self._left = b""
        self._readinto, self._read, self._readall = raw.readinto, raw.read, raw.readall
        raw.readinto, raw.read, raw.readall = self.readinto, self.read, self.readall

    def readinto(self, buffer: Any, /) -> int | None:
        """Read into *buffer*, as much as is there."""
        lane = self.lane()
        if lane is None:
            return self._readinto(buffer)  # type: ignore[no-any-return] # FileIO.readinto
        size = len(buffer)
        data = self.taken(lane, size, lambda: self._read(size))
        if data is None:
            return None
        buffer[: len(data)] = data
        return len(data)

    def read(self, size: int | None = -1, /) -> bytes | None:
        """Return at most *size* bytes."""
        if size is None or size < 0:
            return self.readall()
        lane = self.lane()
        if lane is None:
            return self._read(size)  # type: ignore[no-any-return] # FileIO.read
        return self.taken(lane, size, lambda: self._read(size))

    def readall(self) -> bytes | None:
        """Return all that comes."""
        lane = self.lane()
        if lane is None:
            return self._readall()  # type: ignore[no-any-return] # FileIO.readall
        return self.taken(lane, -1, self._readall)

    def taken(self, lane: Lane, size: int, live: Callable[[], Any]) -> bytes | None:
        """Return the next piece of the stream, which *live* reads; at most *size* bytes of it."""
        if not self._left:
            piece = self._next(lane, live)
            if piece is None:
                return None
            self._left = piece
        size = len(self._left) if size < 0 else size
        taken, self._left = self._left[:size], self._left[size:]
        return taken

    def _next(self, lane: Lane, live: Callable[[], Any]) -> Any:
        self._ask = live
        if self._pieces is None:
            self._stream = lane.stream(
                "process.read", lambda: (None, self._live()), request=self.request
            )
            self._pieces = iter(self._stream)
        try:
            return next(self._pieces, b"")
        finally:
            child_output.see(lane)

    def _live(self) -> Iterator[Any]:
        while True:
            data = self._ask()
            lane = self._current()
            if lane is not None:
                child_output.world_of(lane).drain()
            if data == b"":
                return  # and nothing comes after that
            yield data

    def closing(self, lane: Lane | None) -> None:
        """The program reads no more; that a live transport closes the file is not its doing."""
        if lane is None:
            return
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()


def raw_of(file: Any) -> Any:
    """Return the raw file below a text or a buffered one."""
    buffer = getattr(file, "buffer", file)
    return getattr(buffer, "raw", buffer)


def tap(popen: Any, process: str, boundary: Boundary, *, live: bool) -> list[Tap]:
    """Stand before the pipes that *popen* has to its child."""
    made: list[Tap] = []
    if popen.stdin is not None:
        made.append(Input(raw_of(popen.stdin), process, boundary))
    for name in ("stdout", "stderr"):
        file = getattr(popen, name)
        if file is not None:
            made.append(Output(raw_of(file), process, name, boundary))
    for each in made:
        each.live = live
    return made
