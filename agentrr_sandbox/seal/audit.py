"""Names what goes out past every hook.

An audit hook sees each outward action that Python code starts.  While recording, one that no hook
understands is noted (`Lane.uncaptured`) and goes on; in a replay the same attempt is refused.
Below a live crossing it belongs to that crossing.  This is for good messages, not for safety: C
code raises no events, and Python code can take the hook apart.  `guard` is the safety.

An audit hook cannot be removed; outside every recording it does nothing.
"""

from __future__ import annotations

import sys

from agentrr_sandbox import real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from typing import Any

_WRITING = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000  # WRONLY, RDWR, CREAT, TRUNC, APPEND on Linux
_DATAGRAM_BITS, _STREAM = 0xF, 1
_UNIX = 1
_getframe = real.getframe
_HERE = __file__.rpartition("/seal/")[0] + "/"
_QUIET_FILES = ("/dev/null", "/dev/zero", "/dev/full")


def _address(arguments: tuple[Any, ...]) -> object:
    address = arguments[1] if len(arguments) > 1 else None
    return {"address": list(address) if isinstance(address, tuple) else address}


def _host(arguments: tuple[Any, ...]) -> object:
    return {"host": arguments[0], "port": arguments[1] if len(arguments) > 1 else None}


def _program(arguments: tuple[Any, ...]) -> object:
    return {"executable": _text(arguments[0]), "args": _text(arguments[1])}


def _executed(arguments: tuple[Any, ...]) -> object:
    """Describe a program in place of this one; a search along PATH asks for many that are not."""
    return _program(arguments) if _there(arguments[0]) else False


def _there(path: Any) -> bool:
    try:
        real.stat(path)
    except (OSError, ValueError, TypeError):
        return False
    return True


def _command(arguments: tuple[Any, ...]) -> object:
    return {"command": _text(arguments[0])}


def _paths(arguments: tuple[Any, ...]) -> object:
    return {"path": [_text(a) for a in arguments if isinstance(a, str | bytes)]}


def _nothing(arguments: tuple[Any, ...]) -> object:
    del arguments
    return None


def _text(value: object) -> object:
    """Return *value* as something that can be stored: paths as text, sequences as lists."""
    spelled = getattr(value, "__fspath__", None)
    if spelled is not None:
        value = spelled()
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, list | tuple):
        return [_text(item) for item in value]
    return value if value is None or isinstance(value, str | int) else type(value).__name__


def _spoken(arguments: tuple[Any, ...]) -> object:
    """Describe a send that has an address; `send` and a connected `sendmsg` have none."""
    return _address(arguments) if len(arguments) > 1 and arguments[1] is not None else False


def _made(arguments: tuple[Any, ...]) -> object:
    """Describe a socket that could speak without connecting: no stream, no UNIX one."""
    _, family, kind, *_rest = arguments
    quiet = family == _UNIX or kind & _DATAGRAM_BITS == _STREAM
    return False if quiet or family == -1 else {"family": int(family), "type": int(kind)}


def _signalled(arguments: tuple[Any, ...]) -> object:
    """Describe a signal to another process."""
    pid, number = arguments
    return False if pid == real.getpid() else {"pid": pid, "signal": int(number)}


def _opened(arguments: tuple[Any, ...]) -> object:
    """Describe a file that is opened for writing by code that reached past the hooks."""
    path, _, flags = arguments
    if not isinstance(flags, int) or not flags & _WRITING or not isinstance(path, str | bytes):
        return False
    return _changed((path,))


def _changed(arguments: tuple[Any, ...]) -> object:
    """Describe a change of the file system; what imports keep of bytecode is not one."""
    paths = [_text(a) for a in arguments if isinstance(a, str | bytes)]
    for path in paths:
        if path in _QUIET_FILES or "__pycache__" in str(path) or str(path).endswith(".pyc"):
            return False
    return {"path": paths} if paths else False  # a descriptor: the opening was told of


OUTWARD: dict[str, Callable[[tuple[Any, ...]], object]] = {
    "socket.__new__": _made,
    "socket.connect": _address,
    "socket.bind": _address,
    "socket.sendto": _spoken,
    "socket.sendmsg": _spoken,
    "socket.getaddrinfo": _host,
    "socket.gethostbyname": _host,
    "socket.gethostbyaddr": _host,
    "socket.getnameinfo": _nothing,
    "socket.sethostname": _nothing,
    "subprocess.Popen": _program,
    "os.system": _command,
    "os.exec": _executed,
    "os.posix_spawn": _program,
    "os.spawn": _nothing,
    "os.startfile": _paths,
    "os.fork": _nothing,
    "os.forkpty": _nothing,
    "pty.spawn": _nothing,
    "os.kill": _signalled,
    "os.killpg": _signalled,
    "syslog.openlog": _nothing,
    "syslog.syslog": _nothing,
    "open": _opened,
    **dict.fromkeys(
        (
            "os.remove", "os.rmdir", "os.rename", "os.link", "os.symlink", "os.mkdir",
            "os.truncate", "os.chmod", "os.chown", "os.utime", "os.chflags", "os.setxattr",
            "os.removexattr", "sqlite3.connect",
        ),
        _changed,
    ),
}  # fmt: skip
"""What is an outward action, and how its arguments make a request; False when it is none."""

LEAVING = frozenset(
    name for name, request_of in OUTWARD.items() if request_of not in (_opened, _changed)
)
"""Those that are no change of a file."""

# Hooks that pass a call of the run's on as it is, where they do not understand it.
_FOR_THE_RUN = ("/processes.py", "/child_spawned.py", "/sockets.py", "/socket_calls.py")

_PROCESSES = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork"}

# A call of the standard library that raises a second event for what the first one has said.
_SAID_ALREADY = {"os.posix_spawn": "/subprocess.py", "os.fork": "/pty.py", "os.exec": "/pty.py"}


def install(lane_of: Callable[[], Any], events: Container[str] = OUTWARD) -> None:
    """Watch this process from now on, and the strands for which *lane_of* gives a lane."""
    busy: set[int] = set()

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        request_of = OUTWARD.get(event)
        if request_of is None or event not in events:
            return
        lane = lane_of()
        if lane is None:
            return
        request = request_of(arguments)
        if request is False or _ours(event):
            return
        strand = real.get_ident()
        if strand in busy:
            return
        busy.add(strand)
        try:
            if event in _PROCESSES and lane.files is not None:
                lane.files.others_wrote()
            lane.uncaptured(event, request)
        finally:
            busy.discard(strand)

    sys.addaudithook(watch)


def _ours(event: str) -> bool:
    """Tell whether agentrr acts, or the import system, or an action has been told of already."""
    try:
        filename: str = _getframe(2).f_code.co_filename
    except ValueError:
        return False
    if filename.startswith((_HERE, "<frozen importlib")):
        return True
    if "/agentrr_hooks/" in filename and not filename.endswith(_FOR_THE_RUN):
        return True
    again = _SAID_ALREADY.get(event)
    return again is not None and filename.endswith(again)
