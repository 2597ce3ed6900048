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
_MOST = 1 << 20


def enter(scratch: str, *, require: bool = False) -> str:
    """Close the guard; return what it is made of, such as `kernel (Landlock 7, seccomp)`.

    Descriptors that are open already keep working.  What only *scratch* may hold: every file that
    is changed from now on.  With *require*, raise `GuardMissing` when the kernel has not both
    halves; what was entered by then stays.
    """
    parts: list[str] = []
    missing: list[str] = []
    if not sys.platform.startswith("linux"):
        missing.append(f"the kernel's guard needs Linux, this is {sys.platform}")
    else:
        version = landlock.abi()
        try:
            if version:
                landlock.restrict([scratch], version)
                parts.append(f"Landlock {version}")
            else:
                missing.append("this kernel has no Landlock")
        except OSError as error:
            missing.append(f"Landlock: {error.strerror}")
        try:
            seccomp.restrict(real.getpid())
            parts.append("seccomp")
        except OSError as error:
            missing.append(f"seccomp: {error.strerror}")
    if missing and require:
        raise GuardMissing(
            f"the kernel's guard is not to be had here: {'; '.join(missing)}",
            hint="without --require-guard the replay is guarded at the Python level",
        )
    if not parts:
        return PYTHON_LEVEL
    text = f"kernel ({', '.join(parts)})"
    return f"{text}; {'; '.join(missing)}" if missing else text


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
