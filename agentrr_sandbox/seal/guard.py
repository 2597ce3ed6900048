"""The kernel's guard round a replay: Landlock for files, seccomp for everything else.

Entered once, in the replaying process, after our imports and before the script: from then on
nothing that runs there, Python or C, can reach the network, start a process, signal another one,
or change a file outside the scratch folder.  Works as root and as an ordinary user, without
privilege.  It degrades by kernel and platform, and says so.
"""

from __future__ import annotations

import os
import sys

from agentrr_sandbox import real
from agentrr_sandbox.errors import GuardMissing
from agentrr_sandbox.seal import landlock, seccomp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

PYTHON_LEVEL = "Python level only"
WITH_LANDLOCK, WITHOUT = b"L", b"-"
"""What the listener is told: whether it is Landlock that keeps all files as they are."""
_MOST = 1 << 20


def enter(scratch: str, *, require: bool = False, listener: int = -1) -> str:
    """Close the guard; return what it is made of, such as `kernel (Landlock 7, seccomp)`.

    Descriptors that are open already keep working.  What only *scratch* may hold: every file that
    is changed from now on.  With *require*, raise `GuardMissing` when the kernel has not both
    halves; what was entered by then stays.  *listener* is a socket to who names what is stopped.
    """
    parts: list[str] = []
    missing: list[str] = []
    unnamed = ""
    if not sys.platform.startswith("linux"):
        missing.append(f"the kernel's guard needs Linux, this is {sys.platform}")
    else:
        version = _landlock(scratch, parts, missing)
        unnamed = _seccomp(version, listener, parts, missing)
    if missing and require:
        raise GuardMissing(
            f"the kernel's guard is not to be had here: {'; '.join(missing)}",
            hint="without --require-guard the replay is guarded at the Python level",
        )
    if not parts:
        return PYTHON_LEVEL
    return "; ".join([f"kernel ({', '.join(parts)})", *missing, *([unnamed] if unnamed else [])])


def _landlock(scratch: str, parts: list[str], missing: list[str]) -> int:
    """Restrict changes of files to *scratch*; return Landlock's version, 0 where there is none."""
    version = landlock.abi()
    if not version:
        missing.append("this kernel has no Landlock")
        return 0
    try:
        landlock.restrict([scratch], version)
    except OSError as error:
        missing.append(f"Landlock: {error.strerror}")
        return 0
    parts.append(f"Landlock {version}")
    return version


def _seccomp(version: int, listener: int, parts: list[str], missing: list[str]) -> str:
    """Restrict system calls; return what to say where nobody is to be had who names them."""
    pid = real.getpid()
    truncate = version < landlock.TRUNCATE_ABI
    unnamed = ""
    if listener >= 0:
        try:
            asked = seccomp.restrict(pid, ask=True)
        except OSError as error:
            unnamed = f"what C code tries is not named: {error.strerror}"
        else:
            seccomp.send(listener, asked, WITHOUT if truncate else WITH_LANDLOCK)
            real.close(asked)
            parts.append("seccomp")
            return ""
    try:
        seccomp.restrict(pid, truncate=truncate)
        parts.append("seccomp")
    except OSError as error:
        missing.append(f"seccomp: {error.strerror}")
        return ""
    return unnamed


def close_inherited(keep: Iterable[int] = ()) -> None:
    """Close every descriptor but stdin, stdout, stderr and those of *keep*.

    A socket or a file that was open before the guard would still be a way out.
    """
    first = 3
    for descriptor in sorted({fd for fd in keep if fd >= first}):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, _limit())


def _limit() -> int:
    try:
        import resource
    except ImportError:
        return _MOST
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _MOST if soft < 0 else soft
