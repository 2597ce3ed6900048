"""seccomp: which system calls a process may make, by the kernel, without privilege.

A denied call answers EPERM.  Threads may be started, processes may not.  A socket may be made
where nothing can be said through it before `connect`: streams of the UNIX and INET families; then
no address can hide behind the pointer of a `sendmsg`, which a filter cannot follow.  `clone3`
answers ENOSYS, so that the C library falls back to `clone`, whose flags can be seen.  Another
architecture's calls, and x32, kill the process: their numbers mean something else.

Numbers: `asm/unistd.h` of each architecture.  Program: `linux/filter.h`, `linux/seccomp.h`.
"""

from __future__ import annotations

import os
import sys
from _struct import pack
from errno import ENOSYS, EPERM

from agentrr_sandbox.seal import kernel
from agentrr_sandbox.seal.numbers import AARCH64, DENIED, OWN_PROCESS, X86_64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_BITS, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_DENY = _ERRNO | EPERM
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_X32 = 0x40000000

_UNIX, _INET, _INET6 = 1, 2, 10
_STREAM, _SEQPACKET, _TYPE_BITS = 1, 5, 0xF
_PLAIN, _TCP, _MPTCP = 0, 6, 262
_THREAD = 0x10000  # CLONE_THREAD
_FASTOPEN = 0x20000000  # MSG_FASTOPEN: a send that connects
_STRONG_IOCTLS = (
    0x5412,  # TIOCSTI: types into the terminal
    0x541C,  # TIOCLINUX
    0x40086602,  # FS_IOC_SETFLAGS: attributes of a file that is open for reading only
    0x401C5820,  # FS_IOC_FSSETXATTR
)
_SET_MODE_FILTER, _TSYNC = 1, 1
_uname = getattr(os, "uname", None)  # the genuine one: a hook may stand in for it later


class _Program:
    """A filter under construction.  Every block decides, or falls through to the next."""

    def __init__(self, architecture: int, numbers: dict[str, int]) -> None:
        self.numbers = numbers
        self.code: list[bytes] = []
        self.emit(_LOAD, _ARCHITECTURE)
        self.emit(_JUMP_EQUAL, architecture, 1, 0)
        self.emit(_RETURN, _KILL)
        self.emit(_LOAD, _NUMBER)
        if architecture == X86_64.architecture:
            self.emit(_JUMP_AT_LEAST, _X32, 0, 1)
            self.emit(_RETURN, _KILL)

    def emit(self, code: int, operand: int, then: int = 0, otherwise: int = 0) -> None:
        """Add one instruction; *then* and *otherwise* are how many to jump over."""
        self.code.append(pack("<HBBI", code, then, otherwise, operand & 0xFFFFFFFF))

    def answer(self, name: str, action: int) -> None:
        """Answer every call of *name* with *action*."""
        number = self.numbers.get(name)
        if number is not None:
            self.emit(_JUMP_EQUAL, number, 0, 1)
            self.emit(_RETURN, action)

    def judge(self, name: str, *tests: tuple[int, Any]) -> None:
        """Allow *name* if every test passes, else deny.

        A test is (index of the argument, the values that pass); ("not", values) for those that
        do not, ("bits", mask) for bits that must be set, ("no bits", mask) for such that must
        not, ("masked", mask, values) to look at some bits.
        """
        number = self.numbers.get(name)
        if number is None:
            return
        body: list[tuple[int, int, int, int]] = []
        for index, want in tests:
            body += _test(_FIRST_ARGUMENT + 8 * index, want)
        body.append((_RETURN, _ALLOW, 0, 0))
        self.emit(_JUMP_EQUAL, number, 0, len(body))
        for instruction in body:
            self.emit(*instruction)


def _test(offset: int, want: Any) -> list[tuple[int, int, int, int]]:
    """Return instructions that deny unless the low half of an argument is as wanted."""
    kind = want[0]
    load = [(_LOAD, offset, 0, 0)]
    deny = (_RETURN, _DENY, 0, 0)
    if kind == "bits":
        return [*load, (_JUMP_BITS, want[1], 1, 0), deny]
    if kind == "no bits":
        return [*load, (_JUMP_BITS, want[1], 0, 1), deny]
    if kind == "null":
        return [*load, (_JUMP_EQUAL, 0, 1, 0), deny, (_LOAD, offset + 4, 0, 0),
                (_JUMP_EQUAL, 0, 1, 0), deny]  # fmt: skip
    if kind == "not":
        return [*load, *((_JUMP_EQUAL, value, len(want) - n, 0)
                         for n, value in enumerate(want[1:], 1)),
                (0x05, 1, 0, 0), deny]  # fmt: skip
    if kind == "masked":
        load.append((_AND, want[1], 0, 0))
        want = want[1:]
    return [*load, *((_JUMP_EQUAL, value, len(want) - n, 0)
                     for n, value in enumerate(want[1:], 1)), deny]  # fmt: skip


def program(machine: str, pid: int) -> bytes | None:
    """Return the filter for process *pid* on *machine* (a name of `os.uname`); None if unknown."""
    table = {"x86_64": X86_64, "aarch64": AARCH64, "arm64": AARCH64}.get(machine)
    if table is None or sys.byteorder != "little":
        return None
    made = _Program(table.architecture, table.numbers)
    made.answer("clone3", _ERRNO | ENOSYS)
    made.answer("io_uring_setup", _ERRNO | ENOSYS)
    made.judge("clone", (0, ("bits", _THREAD)))
    family = (0, ("one of", _UNIX, _INET, _INET6))
    kind = (1, ("masked", _TYPE_BITS, _STREAM))
    made.judge("socket", family, kind, (2, ("one of", _PLAIN, _TCP, _MPTCP)))
    made.judge(
        "socketpair", (0, ("one of", _UNIX)), (1, ("masked", _TYPE_BITS, _STREAM, _SEQPACKET))
    )
    made.judge("sendto", (4, ("null",)))
    made.judge("sendmsg", (2, ("no bits", _FASTOPEN)))
    made.judge("ioctl", (1, ("not", *_STRONG_IOCTLS)))
    for name in OWN_PROCESS:
        made.judge(name, (0, ("one of", pid)))
    made.judge("prlimit64", (0, ("one of", 0, pid)))
    for name in DENIED:
        made.answer(name, _DENY)
    made.emit(_RETURN, _ALLOW)
    return b"".join(made.code)


def restrict(pid: int) -> None:
    """Put the filter round every thread of this process; there is no way back.

    Raises `OSError`: ENOSYS where the machine is not one that we have numbers for.
    """
    import ctypes

    machine = _uname().machine if _uname else sys.platform
    code = program(machine, pid)
    if code is None:
        raise OSError(ENOSYS, f"no table of system calls for {machine}")
    kernel.no_new_privileges()
    held = ctypes.create_string_buffer(code, len(code))
    header = pack("<HxxxxxxQ", len(code) // 8, ctypes.addressof(held))
    number = X86_64 if machine == "x86_64" else AARCH64
    kernel.call(number.numbers["seccomp"], _SET_MODE_FILTER, _TSYNC, header)
