"""Says what a system call would have done, as it is told to a person: `connect(10.0.0.5:5432)`.

Not every call that is stopped is an attempt to leave: C libraries look for a name service, for a
program in one folder after another, for a cache that they may write.  What could have changed
nothing is stopped without a word, as it always failed somewhere.
"""

from __future__ import annotations

import errno
import os
import stat
import struct

from agentrr_sandbox import real
from agentrr_sandbox.seal.numbers import OPENS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentrr_sandbox.seal.calls import Call

REFUSED = errno.EPERM

GO_ON = 0
"""An answer: let the call go on, as Landlock judges it."""

_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_FAMILIES = {_UNIX: "AF_UNIX", _INET: "AF_INET", _INET6: "AF_INET6", 17: "AF_PACKET"}
_KINDS = {1: "SOCK_STREAM", 2: "SOCK_DGRAM", 3: "SOCK_RAW", 5: "SOCK_SEQPACKET"}
_TYPE_BITS = 0xF
_NAME_SERVICES = (
    "/run/nscd/", "/var/run/nscd/", "/run/systemd/", "/var/lib/sss/", "/run/avahi-daemon/",
    "/var/run/avahi-daemon/",
)  # fmt: skip
_VFORK = 0x4000 | 0x100  # CLONE_VFORK, CLONE_VM
_CREAT, _EXCL = 0o100, 0o200
_IOCTLS = {0x5412: "TIOCSTI", 0x541C: "TIOCLINUX"}
_SEEN_BY_THE_KERNEL = ("/proc/", "/sys/")
_LONGEST = 600

# The paths that a call changes: the argument with the folder (None: no such), that with the path.
_FILES: dict[str, tuple[tuple[int | None, int], ...]] = {
    "creat": ((None, 0),), "open": ((None, 0),), "openat": ((0, 1),), "openat2": ((0, 1),),
    "mkdir": ((None, 0),), "mkdirat": ((0, 1),), "mknod": ((None, 0),), "mknodat": ((0, 1),),
    "link": ((None, 1),), "linkat": ((2, 3),), "symlink": ((None, 1),), "symlinkat": ((1, 2),),
    "unlink": ((None, 0),), "unlinkat": ((0, 1),), "rmdir": ((None, 0),),
    "truncate": ((None, 0),), "rename": ((None, 0), (None, 1)), "renameat": ((0, 1), (2, 3)),
    "renameat2": ((0, 1), (2, 3)),
}  # fmt: skip
_MAKES = frozenset(
    {"mkdir", "mkdirat", "mknod", "mknodat", "link", "linkat", "symlink", "symlinkat"}
)
_ATTRIBUTES: dict[str, tuple[int | None, int]] = {
    **dict.fromkeys(
        ("chmod", "chown", "lchown", "utime", "utimes", "setxattr", "lsetxattr", "removexattr",
         "lremovexattr"), (None, 0),
    ),
    **dict.fromkeys(
        ("fchmodat", "fchmodat2", "fchownat", "futimesat", "utimensat", "setxattrat",
         "removexattrat", "file_setattr"), (0, 1),
    ),
}  # fmt: skip
_OF_DESCRIPTORS = frozenset({"fchmod", "fchown", "fsetxattr", "fremovexattr"})


class Answer:
    """What becomes of a call: *code* (an errno, or `GO_ON`), and its name where it is told.

    A *note* is told of alone, and takes nothing from the verdict.
    """

    __slots__ = ("code", "name", "note")

    def __init__(self, code: int, name: str = "", *, note: bool = False) -> None:
        self.code = code
        self.note = note
        self.name = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


_NO = Answer(errno.EPERM)
_ON = Answer(GO_ON)


def judge(call: Call, scratch: str, *, landlock: bool) -> Answer:
    """Return what becomes of *call* in a replay that may change *scratch*.

    With *landlock* the kernel keeps files as they are; else the answer does what it can.
    """
    if call.name in _FILES:
        return _changed(call, scratch, landlock=landlock)
    if call.name in _ATTRIBUTES or call.name in _OF_DESCRIPTORS:
        return _attributes(call, scratch)
    judged = _JUDGES.get(call.name)
    return Answer(errno.EPERM, f"{call.name}()") if judged is None else judged(call)


def _changed(call: Call, scratch: str, *, landlock: bool) -> Answer:
    paths = [call.path(folder, index) for folder, index in _FILES[call.name]]
    outside = [path for path in paths if path and not _inside(path, scratch, call.name)]
    if not outside:
        return _ON
    stopped = GO_ON if landlock else errno.EACCES
    if not _would(call, paths):
        return Answer(stopped)
    name = call.name.removesuffix("2").removesuffix("at")
    shown = [os.path.normpath(path) for path in paths]
    return Answer(stopped, f"{name}({', '.join(shown)})")


def _inside(path: str, scratch: str, name: str) -> bool:
    """Whether *path* is where a replay may write; of a link that is changed, where itself is."""
    if name.startswith(("open", "creat", "truncate")):
        path = os.path.realpath(path)
    else:
        folder, _, own = path.rstrip("/").rpartition("/")
        path = f"{os.path.realpath(folder or '/')}/{own}"
    return path == "/dev/null" or f"{path}/".startswith(f"{scratch}/")


def _flags(call: Call) -> int:
    if call.name == "openat2":
        return int.from_bytes(call.memory(call.arguments[2], 8), "little")
    return _CREAT if call.name == "creat" else call.number(OPENS[call.name])


def _would(call: Call, paths: list[str]) -> bool:
    """Whether the call would change something, were it let through."""
    path = paths[0]
    if path.startswith(_SEEN_BY_THE_KERNEL):
        return False
    try:
        mode = real.lstat(path).st_mode
    except OSError:
        mode = 0
    folder = path.rstrip("/").rpartition("/")[0] or "/"
    makes = call.name in _MAKES
    if call.name.startswith(("open", "creat")):
        flags = _flags(call)
        if mode:
            regular = stat.S_ISREG(mode) or stat.S_ISBLK(mode) or stat.S_ISLNK(mode)
            exclusive = flags & _CREAT and flags & _EXCL
            return regular and not exclusive and os.access(path, os.W_OK)
        makes = True
        if not flags & _CREAT:
            return False
    if makes == bool(mode):
        return False
    if call.name == "truncate":
        return os.access(path, os.W_OK)
    return os.access(folder, os.W_OK)


def _attributes(call: Call, scratch: str) -> Answer:
    by_path = _ATTRIBUTES.get(call.name)
    path = call.file(0) if by_path is None else call.path(*by_path)
    if not path.startswith("/"):
        return _NO if path else Answer(errno.EPERM, f"{call.name}()")
    real_path = os.path.realpath(path)
    if real_path.startswith((f"{scratch}/", "/memfd:", "/dev/")) or not os.path.lexists(path):
        return _NO
    return Answer(errno.EPERM, f"{call.name}({path})")


def _address(held: bytes) -> str:
    """Return an address as it is written; empty where there is none."""
    if len(held) < struct.calcsize("<HH"):
        return ""
    family = int.from_bytes(held[:2], "little")
    port = int.from_bytes(held[2:4], "big")
    if family == _INET:
        return f"{'.'.join(str(each) for each in held[4:8])}:{port}"
    if family == _INET6:
        from ipaddress import IPv6Address

        return f"[{IPv6Address(held[8:24].ljust(16, bytes(1)))}]:{port}"
    if family == _UNIX:
        name = held[2:]
        if name.startswith(b"\0"):
            return f"unix:@{os.fsdecode(name[1:])}"
        return f"unix:{os.fsdecode(name.partition(bytes(1))[0])}"
    return f"family {family}" if family else ""


def _connect(call: Call) -> Answer:
    held = call.bytes(1, call.number(2))
    address = _address(held)
    if held[:2] == bytes(2):
        return _NO  # AF_UNSPEC: takes a connection away
    path = address.removeprefix("unix:")
    named = path != address and not path.startswith("@")
    if named and (path.startswith(_NAME_SERVICES) or not os.path.exists(path)):
        return _NO
    return Answer(errno.EPERM, f"{call.name}({address})")


def _sendto(call: Call) -> Answer:
    return Answer(errno.EPERM, f"sendto({_address(call.bytes(4, call.number(5)))})")


def _sendmsg(call: Call) -> Answer:
    name, length = struct.unpack("<QI", call.memory(call.arguments[1], 12) or bytes(12))
    address = _address(call.memory(name, min(length, 128)))
    return Answer(errno.EPERM, f"{call.name}({address})")


def _socket(call: Call) -> Answer:
    family, kind = call.number(0), call.number(1) & _TYPE_BITS
    if family == _NETLINK:
        return _NO  # the C library asks which addresses this machine has
    first = _FAMILIES.get(family, f"family {family}")
    return Answer(errno.EPERM, f"{call.name}({first}, {_KINDS.get(kind, f'type {kind}')})")


def _execute(call: Call) -> Answer:
    at = call.name == "execveat"
    path = call.path(0, 1) if at else call.path(None, 0)
    if path and not os.path.exists(path):
        return Answer(errno.ENOENT)
    words = " ".join([path, *call.words(2 if at else 1)[1:]])
    return Answer(errno.EPERM, f"{call.name}({words})")


def _clone(call: Call) -> Answer:
    """Let a child begin that shares this memory and only waits to be another program.

    It is as closed in as its parent; what program it would be, its `execve` says.
    """
    if call.name == "vfork" or call.arguments[0] & _VFORK == _VFORK:
        return _ON
    return Answer(errno.EPERM, "fork()")


def _signal(call: Call) -> Answer:
    at = 2 if call.name in ("tgkill", "rt_tgsigqueueinfo") else 1
    number = call.number(at)
    if not number:
        return _NO  # only asks whether there is such a process
    return Answer(errno.EPERM, f"{call.name}({call.number(0)}, {number})")


def _ioctl(call: Call) -> Answer:
    asked = call.number(1)
    return Answer(errno.EPERM, f"ioctl({_IOCTLS.get(asked, hex(asked))})")


def _ring(call: Call) -> Answer:
    return Answer(errno.ENOSYS, f"{call.name}()", note=True)  # libuv asks, and does without


def _priority(call: Call) -> Answer:
    del call
    return _NO  # a library means a thread of its own


def _limit(call: Call) -> Answer:
    if not call.arguments[2]:
        return _NO
    return Answer(errno.EPERM, f"prlimit({call.number(0)})")


_JUDGES: dict[str, Callable[[Call], Answer]] = {
    "connect": _connect, "bind": _connect, "sendto": _sendto, "sendmsg": _sendmsg,
    "sendmmsg": _sendmsg, "socket": _socket, "socketpair": _socket, "execve": _execute,
    "execveat": _execute, "clone": _clone, "vfork": _clone,
    "kill": _signal, "tgkill": _signal, "tkill": _signal, "rt_sigqueueinfo": _signal,
    "rt_tgsigqueueinfo": _signal, "ioctl": _ioctl, "io_uring_setup": _ring, "prlimit64": _limit,
    "setpriority": _priority,
}  # fmt: skip
