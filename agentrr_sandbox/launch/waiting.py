r"""Waits for the run's process, and hands on the signals that are sent to the supervisor.

`_signal` is used because `signal` loads `enum`.  A signal that the terminal sends (^C, ^\\) reaches
the run's process by itself, as they share a process group; forwarding it would interrupt twice.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # the C part of `signal`
import os

from agentrr_sandbox import real
from agentrr_sandbox.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_SI_KERNEL = 0x80
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM")
FORWARDED = tuple(getattr(_signal, name) for name in _NAMES if hasattr(_signal, name))
ENDING = tuple(getattr(_signal, name) for name in _NAMES[:4] if hasattr(_signal, name))
_SIGCHLD = getattr(_signal, "SIGCHLD", 0)


def hold() -> Any:
    """Keep signals for `wait`, from now on; return the mask that the child starts with.

    Raises `UsageError` where there is nothing to hold, nor to spawn.
    """
    if not hasattr(os, "posix_spawn") or not hasattr(_signal, "pthread_sigmask"):
        raise UsageError("`run` and `replay` need Linux or macOS; `show`, `ls`, `verify` work here")
    # A disposition of "ignore" would lose the child's end; the child is spawned with the mask only.
    if _signal.getsignal(_SIGCHLD) == _signal.SIG_IGN:
        _signal.signal(_SIGCHLD, _signal.SIG_DFL)
    return _signal.pthread_sigmask(_signal.SIG_BLOCK, [*FORWARDED, _SIGCHLD])


def last_act() -> None:
    """Let no signal come any more that could be held back: this process ends at once."""
    if hasattr(_signal, "pthread_sigmask"):
        _signal.pthread_sigmask(_signal.SIG_BLOCK, FORWARDED)


def release(mask: Any) -> None:
    """Undo `hold`."""
    _signal.pthread_sigmask(_signal.SIG_SETMASK, mask)


class Outcome:
    """How a process ended: its exit *code*, or the *signal* that killed it."""

    __slots__ = ("code", "interrupted", "signal")

    def __init__(self, status: int, *, interrupted: bool) -> None:
        code = os.waitstatus_to_exitcode(status)
        self.signal = -code if code < 0 else None
        self.code = code if code >= 0 else None
        self.interrupted = interrupted
        """Whether ^C was typed while it ran."""

    def fields(self) -> dict[str, object]:
        """Return this as fields of `run.end`."""
        fields: dict[str, object]
        if self.signal is not None:
            fields = {"how": "signal", "signal": self.signal}
        else:
            fields = {"how": "exit", "code": self.code}
        if self.interrupted:
            fields["interrupted"] = True
        return fields


def wait(
    pid: int, *, every: float | None = None, look: Callable[[], None] = lambda: None
) -> Outcome:
    """Wait for process *pid*; forward signals to it; call *look* each *every* seconds."""
    interrupted = False
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return Outcome(status, interrupted=interrupted)
        number, typed = pause(every)
        if number == _signal.SIGINT:
            interrupted = True
        if number in FORWARDED and not typed:
            _send(pid, number)
        look()


def pause(every: float | None) -> tuple[int, bool]:
    """Wait for a signal, at most *every* seconds; return it, or 0, and whether it was typed."""
    wanted = [*FORWARDED, _SIGCHLD]
    if not hasattr(_signal, "sigtimedwait"):
        # macOS: no sender to be seen; the terminal is taken to be the sender of ^C
        return _poll(wanted, every)
    forever = every is None
    info = _signal.sigwaitinfo(wanted) if forever else _signal.sigtimedwait(wanted, every)
    if info is None:
        return 0, False
    return info.si_signo, info.si_code == _SI_KERNEL


def ended(pid: int) -> Outcome | None:
    """Return how process *pid* has ended; None while it runs."""
    found, status = os.waitpid(pid, os.WNOHANG)
    return Outcome(status, interrupted=False) if found else None


def _poll(wanted: list[int], every: float | None) -> tuple[int, bool]:
    if every is None:
        number = int(_signal.sigwait(wanted))
    else:
        real.sleep(min(every, 0.01))
        pending = _signal.sigpending() & set(wanted)
        number = int(_signal.sigwait(pending)) if pending else 0
    return number, number in (_signal.SIGINT, _signal.SIGQUIT)


def _send(pid: int, number: int) -> None:
    try:
        real.kill(pid, number)
    except ProcessLookupError:
        return  # it has just ended


def die_of(number: int) -> int:
    """End this process by the signal that ended the run, without a core dump of our own."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    except (ImportError, ValueError, OSError):
        pass
    if number not in (_signal.SIGKILL, _signal.SIGSTOP):
        _signal.signal(number, _signal.SIG_DFL)
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, [number])
    real.kill(real.getpid(), number)
    return 128 + number
