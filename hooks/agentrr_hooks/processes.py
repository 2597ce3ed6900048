"""Processes: nothing of them is captured yet; what starts one is named.

Captures: `os.kill` and `os.killpg` of the run itself; `multiprocessing` by spawn and forkserver,
    which start processes past every audit event.
Records: a note with the user's line for each process that is started.
Serves: semaphores of `multiprocessing` that no other process shares; else nothing: a replay stops
    where a process starts.
Reaches: `subprocess`, `os.system`, `os.fork`, `os.exec*`, `os.posix_spawn*`, `pty` and with them
    `multiprocessing`, by the audit hook (`agentrr_sandbox.seal.audit`).
Out of reach: what a process that was started reads, answers and does.
"""

from __future__ import annotations

import os

from agentrr_hooks.signals import deliver
from agentrr_sandbox import real as genuine
from agentrr_sandbox.frames import let_interrupt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher


def install(patch: Patcher, boundary: Boundary) -> None:
    """Name the starts that raise no event; send signals to the process that runs now."""
    patch.replace("os", "kill", _to_this_process)
    patch.replace("os", "killpg", _to_this_group)
    patch.replace("_multiprocessing", "SemLock", lambda real: _semaphores(real, boundary))
    patch.replace("multiprocessing.util", "spawnv_passfds", lambda real: _spawn(real, boundary))


def _to_this_process(real: Any) -> Any:
    def kill(pid: int, signal: int, /) -> None:
        if pid == os.getpid():  # a replay answers with the recorded number
            deliver(real, (genuine.getpid(), signal), signal)
        else:
            real(pid, signal)

    let_interrupt(kill.__code__)
    return _named(kill, real)


def _to_this_group(real: Any) -> Any:
    group = os.getpgrp

    def killpg(pgid: int, signal: int, /) -> None:
        if pgid == os.getpgrp():
            deliver(real, (group(), signal), signal)
        else:
            real(pgid, signal)

    let_interrupt(killpg.__code__)
    return _named(killpg, real)


def _spawn(real: Any, boundary: Boundary) -> Any:
    def spawnv_passfds(path: Any, args: Any, passfds: Any) -> int:
        lane = boundary.lane()
        if lane is not None:
            shown = [os.fsdecode(argument) for argument in args]
            lane.uncaptured(
                "multiprocessing.spawn", {"executable": os.fsdecode(path), "args": shown}
            )
        return int(real(path, args, passfds))

    return _named(spawnv_passfds, real)


def _semaphores(real: Any, boundary: Boundary) -> Any:
    from agentrr_hooks.semaphores import semaphores

    return semaphores(real, boundary)


def _named(replacement: Any, real: Any) -> Any:
    for name in ("__name__", "__qualname__", "__module__", "__doc__"):
        setattr(replacement, name, getattr(real, name))
    return replacement
