"""Ends a replay whose supervisor is gone, however that ended.

The supervisor keeps the writing end of a pipe; the kernel kills the replaying process when it
closes.  `PR_SET_PDEATHSIG` would do the same, but it is forgotten when a program changes its user.
"""

from __future__ import annotations

import os

from agentrr_sandbox import real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_fcntl: Any
try:
    import fcntl as _fcntl
except ImportError:  # Windows
    _fcntl = None

_KILL = 9


class Tether:
    """The supervisor's end; *given* is the descriptor that the replaying process gets."""

    def __init__(self) -> None:
        self.given, self._held = os.pipe()

    def handed_over(self) -> None:
        """The replaying process has its end."""
        real.close(self.given)

    def cut(self) -> None:
        """The replaying process has ended; if it has not, it does now."""
        real.close(self._held)


def tie(descriptor: int) -> None:
    """Let this process be killed when the other end of *descriptor* is closed, or was.

    Only Linux says by which signal; elsewhere the process lives on.
    """
    if _fcntl is None or not hasattr(_fcntl, "F_SETSIG"):
        return
    _fcntl.fcntl(descriptor, _fcntl.F_SETOWN, real.getpid())
    _fcntl.fcntl(descriptor, _fcntl.F_SETSIG, _KILL)
    flags = _fcntl.fcntl(descriptor, _fcntl.F_GETFL)
    _fcntl.fcntl(descriptor, _fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)
    try:
        closed = real.read(descriptor, 1) == b""
    except BlockingIOError:
        closed = False
    if closed:  # before the kernel was told
        os._exit(70)
