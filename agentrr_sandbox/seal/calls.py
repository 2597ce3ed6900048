"""One system call that waits for an answer: what it is, and what its arguments point at.

Read from `/proc`, of a process of our own user; where that is not allowed, arguments stay unknown.
What is read may change before the call goes on: it serves for messages alone.
"""

from __future__ import annotations

import os
import struct

from agentrr_sandbox import real
from agentrr_sandbox.seal.seccomp import table, this_machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentrr_sandbox.seal.numbers import Table

_NOTIFICATION = struct.Struct("<QIIiIQ6Q")
SIZE = _NOTIFICATION.size
_HERE = -100  # AT_FDCWD
_LONGEST_PATH = 4096
_LONGEST_ADDRESS = 128
_MOST_WORDS = 12
_OWN = ("/proc/self/", "/proc/thread-self/", "/dev/fd/")


def _by_number() -> dict[int, str]:
    found: Table | None = table(this_machine())
    return {} if found is None else {number: name for name, number in found.numbers.items()}


_NAMES = _by_number()


class Call:
    """A system call of thread *tid*, by *name*, with its *arguments*."""

    def __init__(self, notification: bytes) -> None:
        self.id, self.tid, _, number, _, _, *arguments = _NOTIFICATION.unpack(notification)
        self.name = _NAMES.get(number, f"system call {number}")
        self.arguments: list[int] = arguments
        self._status: dict[str, str] | None = None

    def number(self, index: int) -> int:
        """Return an argument that is an `int`."""
        low = self.arguments[index] & 0xFFFFFFFF
        return low - (1 << 32) if low >= 1 << 31 else low

    def memory(self, address: int, size: int) -> bytes:
        """Return what is there; less than *size*, or nothing, where it cannot be read."""
        if not address:
            return b""
        try:
            descriptor = real.os_open(f"/proc/{self.tid}/mem", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return b""
        try:
            return real.pread(descriptor, size, address)
        except (OSError, OverflowError):
            return b""
        finally:
            real.close(descriptor)

    def text(self, index: int) -> str:
        """Return the text that an argument points at; empty where it cannot be read."""
        return self._text(self.arguments[index])

    def _text(self, address: int) -> str:
        held = self.memory(address, _LONGEST_PATH).partition(b"\0")[0]
        return os.fsdecode(held)

    def words(self, index: int) -> list[str]:
        """Return the texts of the array that an argument points at."""
        held = self.memory(self.arguments[index], 8 * _MOST_WORDS)
        found: list[str] = []
        for at in range(0, len(held) // 8 * 8, 8):
            address = int.from_bytes(held[at : at + 8], "little")
            if not address:
                break
            found.append(self._text(address))
        return found

    def bytes(self, index: int, size: int) -> bytes:
        """Return what an argument points at, no more than an address takes."""
        return self.memory(self.arguments[index], min(size, _LONGEST_ADDRESS))

    def path(self, folder: int | None, index: int) -> str:
        """Return the absolute path in argument *index*, below the folder in argument *folder*.

        Empty where it cannot be known.
        """
        text = self.text(index)
        for own in _OWN:
            if text.startswith(own):
                rest = text[len(own) :]
                return f"/proc/{self.tid}/{'fd/' if own == '/dev/fd/' else ''}{rest}"
        if text.startswith("/"):
            return text
        if not text:
            return "" if folder is None else self.file(folder)
        at = "cwd" if folder is None or self.number(folder) == _HERE else self._fd(folder)
        base = self._link(at)
        return f"{base}/{text}" if base.startswith("/") else ""

    def file(self, index: int) -> str:
        """Return the path of the open file whose descriptor is an argument."""
        return self._link(self._fd(index))

    def _fd(self, index: int) -> str:
        return f"fd/{self.number(index)}"

    def _link(self, name: str) -> str:
        try:
            return real.readlink(f"/proc/{self.tid}/{name}")
        except OSError:
            return ""

    def status(self, field: str) -> str:
        """Return a field of `/proc/…/status` of the thread; empty where it cannot be read."""
        if self._status is None:
            self._status = {}
            try:
                with real.open(f"/proc/{self.tid}/status", encoding="utf-8") as file:
                    for line in file:
                        name, _, value = line.partition(":")
                        self._status[name] = value.strip()
            except OSError:
                pass
        return self._status.get(field, "")

    def has(self, field: str, signal: int) -> bool:
        """Whether *signal* is in a set of signals of the thread's status."""
        return bool(int(self.status(field) or "0", 16) >> (signal - 1) & 1)
