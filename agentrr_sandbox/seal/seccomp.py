"""seccomp: which system calls a process may make, by the kernel, without privilege.

A denied call answers EPERM; where somebody listens, who names it, the listener answers: see
`naming`.  With nobody left to listen it answers ENOSYS: a call never waits for nothing.

Threads may be started, processes may not.  A socket may be made where nothing can be said through
it before `connect`: streams of the UNIX and INET families; then no address can hide behind the
pointer of a `sendmsg`, which a filter cannot follow.  `clone3` answers ENOSYS, so that the C
library falls back to `clone`, whose flags can be seen.  Another architecture's calls, and x32, kill
the process: their numbers mean something else.

Numbers: `asm/unistd.h` of each architecture.  Program: `linux/filter.h`, `linux/seccomp.h`.
"""

from __future__ import annotations

import os
import sys
from _struct import pack
from errno import ENOSYS, EPERM

from agentrr_sandbox.seal import kernel
from agentrr_sandbox.seal.numbers import (
    AARCH64,
    CHANGES,
    DENIED,
    OPENS,
    OWN_PROCESS,
    QUIET,
    X86_64,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.seal.numbers import Table

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_BITS, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_ASK = 0x7FC00000  # SECCOMP_RET_USER_NOTIF
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
_WRITING = 0o1 | 0o2 | 0o100 | 0o1000  # WRONLY, RDWR, CREAT, TRUNC
_SET_MODE_FILTER, _TSYNC = 1, 1
_NEW_LISTENER, _TSYNC_ESRCH = 8, 16
_MSGHDR = "<QIxxxxQQQQixxxx"
_RIGHTS = "<QiiIxxxx"  # one descriptor: SOL_SOCKET, SCM_RIGHTS
_uname = getattr(os, "uname", None)  # the genuine one: a hook may stand in for it later


class _Program:
    """A filter under construction.  Every block decides, or falls through to the next."""

    def __init__(self, architecture: int, numbers: dict[str, int], deny: int) -> None:
        self.numbers = numbers
        self.deny = deny
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
            body += _test(_FIRST_ARGUMENT + 8 * index, want, self.deny)
        body.append((_RETURN, _ALLOW, 0, 0))
        self.emit(_JUMP_EQUAL, number, 0, len(body))
        for instruction in body:
            self.emit(*instruction)


def _test(offset: int, want: Any, action: int) -> list[tuple[int, int, int, int]]:
    """Return instructions that answer *action* unless an argument's low half is as wanted."""
    kind = want[0]
    load = [(_LOAD, offset, 0, 0)]
    deny = (_RETURN, action, 0, 0)
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


def table(machine: str) -> Table | None:
    """Return the calls of *machine* (a name of `os.uname`); None if it is not known."""
    if sys.byteorder != "little":
        return None
    return {"x86_64": X86_64, "aarch64": AARCH64, "arm64": AARCH64}.get(machine)


def program(machine: str, pid: int, *, ask: bool = False, truncate: bool = False) -> bytes | None:
    """Return the filter for process *pid* on *machine*; None if that is not known.

    With *ask*, the listener is asked of every call that is not allowed, and of changes of files.
    With *truncate*, `truncate` is denied as well: Landlock does not know it yet.
    """
    found = table(machine)
    if found is None:
        return None
    deny = _ASK if ask else _DENY
    made = _Program(found.architecture, found.numbers, deny)
    if ask:
        for name, index in OPENS.items():
            made.judge(name, (index, ("no bits", _WRITING)))
        for name in CHANGES:
            made.answer(name, deny)
    elif truncate:
        made.answer("truncate", deny)
    made.answer("clone3", _ERRNO | ENOSYS)
    made.answer("io_uring_setup", _ASK if ask else _ERRNO | ENOSYS)
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
    made.judge("setpriority", (0, ("one of", 0)), (1, ("one of", 0, pid)))
    for name in DENIED:
        made.answer(name, _DENY if name in QUIET else deny)
    made.emit(_RETURN, _ALLOW)
    return b"".join(made.code)


def restrict(pid: int, *, ask: bool = False, truncate: bool = False) -> int:
    """Put the filter round every thread of this process; there is no way back.

    With *ask*, return the descriptor of its listener, else -1.  Raises `OSError`: ENOSYS where the
    machine is not one that we have numbers for; EBUSY where another filter has a listener.
    """
    import ctypes

    machine = this_machine()
    code = program(machine, pid, ask=ask, truncate=truncate)
    found = table(machine)
    if code is None or found is None:
        raise OSError(ENOSYS, f"no table of system calls for {machine}")
    kernel.no_new_privileges()
    held = ctypes.create_string_buffer(code, len(code))
    header = pack("<HxxxxxxQ", len(code) // 8, ctypes.addressof(held))
    flags = _TSYNC | (_NEW_LISTENER | _TSYNC_ESRCH if ask else 0)
    made = kernel.call(found.numbers["seccomp"], _SET_MODE_FILTER, flags, header)
    return made if ask else -1


def this_machine() -> str:
    """Return the name of this machine's architecture."""
    return str(_uname().machine) if _uname else sys.platform


def send(sock: int, descriptor: int, word: bytes) -> None:
    """Send *word* and the file *descriptor* to the other end of *sock*.  Raises `OSError`."""
    import ctypes

    found = table(this_machine())
    assert found is not None
    data = ctypes.create_string_buffer(word, len(word))
    piece = ctypes.create_string_buffer(pack("<QQ", ctypes.addressof(data), len(word)), 16)
    rights = ctypes.create_string_buffer(pack(_RIGHTS, 20, 1, 1, descriptor), 24)
    header = pack(_MSGHDR, 0, 0, ctypes.addressof(piece), 1, ctypes.addressof(rights), 24, 0)
    kernel.call(found.numbers["sendmsg"], sock, header, 0)
