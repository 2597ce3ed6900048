"""Carries what a child writes past Python to where it belongs, while a run is recorded.

See `child_output`: a pipe, or a terminal, in place of a stream that the child inherits; an eye on
a file that it was given.
"""

from __future__ import annotations

import os
from _thread import RLock

from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_ABOVE = 200
_PIECE = 1 << 16
_SILENCE = 20
"""Milliseconds after which nothing more is expected of a terminal whose writer has ended."""
_MOST = 64 << 20
_isatty, _spawn = os.isatty, genuine.posix_spawn  # the genuine ones: see `stream_calls`
lock = RLock()
"""Held where what children write is carried on, and where the run's own output goes out."""
pumps: list[Pump] = []
"""All that carry something."""
leftovers: list[Callable[[], None]] = []
"""What else is to be done when the process ends."""
_at_exit: list[Any] = []


class File:
    """A file of the run's that a child writes, by a descriptor that they share."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = above(descriptor)
        self.place = genuine.fstat(descriptor).st_size
        if not _appends(descriptor):
            self.place = genuine.lseek(descriptor, 0, os.SEEK_CUR)

    def new(self) -> bytes:
        """Return what was written since the last time."""
        try:
            end = genuine.lseek(self.descriptor, 0, os.SEEK_CUR)
            if end <= self.place:
                return b""
            again = genuine.os_open(f"/proc/self/fd/{self.descriptor}", os.O_RDONLY | os.O_CLOEXEC)
            try:
                data = genuine.pread(again, min(end - self.place, _MOST), self.place)
            finally:
                genuine.close(again)
        except OSError:
            return b""
        self.place = end
        return data

    def put(self, data: bytes) -> None:
        """Write what the recorded child wrote."""
        write(self.descriptor, data)

    def close(self) -> None:
        """The child has ended."""
        try:
            genuine.close(self.descriptor)
        except OSError:
            pass


class Pump:
    """Carries what one child writes to streams that it has inherited to the real ones."""

    def __init__(
        self,
        mine: list[Pump],
        keep: Callable[[object, bytes], bool],
        channels: list[tuple[int, int]],
    ) -> None:
        self._mine, self._keep = mine, keep
        self.ends: dict[int, int] = {}
        """For each stream (1, 2) the descriptor that the child is to have."""
        self._sources: dict[int, tuple[int, int, bool]] = {}
        ways: dict[tuple[int, int], int] = {}
        for channel, target in channels:
            status = genuine.fstat(target)
            file = status.st_dev, status.st_ino
            if file in ways:  # one terminal, say: it shows both in the order of their writing
                self.ends[channel] = above(ways[file])
                continue
            reading, writing, terminal = _way(target)
            self.ends[channel] = ways[file] = writing
            self._sources[reading] = channel, above(target), terminal
        mine.append(self)
        pumps.append(self)

    def begin(self) -> None:
        """The child has been started: it alone has the other ends now."""
        self.let_go()
        genuine.start_new_thread(self._run, ())
        if not _at_exit:
            from atexit import register

            _at_exit.append(register(hand_over))

    def let_go(self) -> None:
        """Close the child's ends here."""
        while self.ends:
            genuine.close(self.ends.popitem()[1])

    def _run(self) -> None:
        from select import poll

        while True:
            waiting = poll()
            with lock:
                if not self._sources:
                    return
                for source in self._sources:
                    waiting.register(source, 1)
            waiting.poll()
            with lock:
                self.drain(ended=False)

    def drain(self, *, ended: bool) -> None:
        """Carry what is there; *ended*: the child may have ended, and all that it wrote is due."""
        for source in [*self._sources]:
            while self._carry(source, patient=ended):
                pass

    def _carry(self, source: int, *, patient: bool) -> bool:
        channel, target, terminal = self._sources[source]
        try:
            data = genuine.read(source, _PIECE)
        except BlockingIOError:
            return terminal and patient and _comes(source)
        except OSError:  # a terminal whose other end is closed
            data = b""
        if data and self._keep(channel, data):
            data = b"" if not write(target, data) else data
        if not data:
            del self._sources[source]
            genuine.close(source)
            genuine.close(target)
            if not self._sources:
                self._over()
        return bool(data)

    def _over(self) -> None:
        self._mine.remove(self)
        pumps.remove(self)

    def hand_over(self) -> None:
        """This process ends: let another one carry what the child still writes."""
        sources, self._sources = self._sources, {}
        self._over()
        for source, (_, target, _) in sources.items():
            os.set_blocking(source, True)
            actions = [(os.POSIX_SPAWN_DUP2, source, 0), (os.POSIX_SPAWN_DUP2, target, 1)]
            _spawn("/bin/cat", ["cat"], {}, file_actions=actions)


def _way(target: int) -> tuple[int, int, bool]:
    """Return the two ends of a pipe, or of a terminal like *target* if that is one."""
    terminal = _isatty(target)
    if terminal:
        from fcntl import ioctl
        from termios import OPOST, TCSANOW, TIOCGWINSZ, TIOCSWINSZ, tcgetattr, tcsetattr

        reading, writing = os.openpty()
        attributes: Any = tcgetattr(writing)
        attributes[1] &= ~OPOST  # the real terminal does that
        tcsetattr(writing, TCSANOW, attributes)
        ioctl(writing, TIOCSWINSZ, ioctl(target, TIOCGWINSZ, bytes(8)))
    else:
        reading, writing = os.pipe()
    reading, writing = _moved(reading), _moved(writing)
    os.set_blocking(reading, False)
    return reading, writing, terminal


def above(descriptor: int) -> int:
    """Return a duplicate with a number that the script's files do not get."""
    from fcntl import F_DUPFD_CLOEXEC, fcntl

    return int(fcntl(descriptor, F_DUPFD_CLOEXEC, _ABOVE))


def _moved(descriptor: int) -> int:
    try:
        return above(descriptor)
    finally:
        genuine.close(descriptor)


def _appends(descriptor: int) -> bool:
    from fcntl import F_GETFL, fcntl

    return bool(fcntl(descriptor, F_GETFL) & os.O_APPEND)


def _comes(source: int) -> bool:
    from select import poll

    waiting = poll()
    waiting.register(source, 1)
    return bool(waiting.poll(_SILENCE))


def write(target: int, data: bytes) -> bool:
    """Write all of *data*; False when nobody reads it."""
    view = memoryview(data)
    while view:
        try:
            view = view[genuine.write(target, view) :]
        except BlockingIOError:
            genuine.sleep(0.001)
        except OSError:  # nobody reads it: the child is to be told so by its own writing
            return False
    return True


def is_terminal(descriptor: int) -> bool:
    """Tell whether *descriptor* is a terminal's, whatever the program is told."""
    return _isatty(descriptor)


def hand_over() -> None:
    """The process ends: what children still write is carried on by others."""
    with lock:
        for pump in [*pumps]:
            pump.drain(ended=False)
        for pump in [*pumps]:
            try:
                pump.hand_over()
            except OSError:
                continue
        for show in leftovers:
            show()
