"""Processes, of which a replay starts none: commands, signals; what starts others is named.

Captures: `os.system`; `os.posix_spawn*` and `os.spawn*`, with `os.waitpid` and `os.wait` for what
    they have started; `os.exec*`, with which the run ends; `os.kill` and `os.killpg` of the run
    itself and of processes that it has started, and with signal 0, which asks whether one is
    there; semaphores that `multiprocessing` makes; what it starts past every audit event, other
    than a worker.
Records: a command with its status and what it wrote; a signal and to whom; a note with the user's
    line for each process that is started in another way; each taking and giving back of a
    semaphore.
Serves: the same answers, without a semaphore or a process; a replay stops where one is started in
    another way.
Reaches: `os.fork`, `os.forkpty`, and a `posix_spawn` that redirects streams by itself or
    leaves a pipe of the program's to the child, by the audit hook (`agentrr_sandbox.seal.audit`);
    `os.openpty`, and `os.wait3`, `wait4` and `waitid` where they may meet such a child.
    Programs: see `child_processes`, `child_loops` and `child_terminals`.
    Workers of `multiprocessing`: see `mp_processes`.
Out of reach: what a process started in such a way reads, answers and does.
"""

from __future__ import annotations

import os
from _thread import _local

from agentrr_hooks.mp_begin import starting
from agentrr_hooks.signals import deliver
from agentrr_hooks.standin import like, stand_in
from agentrr_sandbox import real as genuine
from agentrr_sandbox.frames import let_interrupt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher, Worker

_FORKING = "--multiprocessing-fork"
_SERVER = "from multiprocessing.forkserver import main"
_ENVIRONMENT = 5
"""The place of the environment among the arguments of `fork_exec`."""
_given = _local()
workers: dict[int, str] = {}
"""Names of the workers of `multiprocessing` that this process has started, by number."""
children: dict[int, Any] = {}
"""Other processes that it has started, by number: see `child_processes`."""

outside: dict[int, str] = {}
"""What the run's process was given by who started it: descriptors, and what is behind each."""


def behind(descriptor: int) -> str:
    """Return what is behind *descriptor*, as the kernel names it."""
    try:
        return genuine.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        return ""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Name the starts that raise no event; send signals to the process that runs now."""
    patch.replace("os", "kill", lambda real: _to_a_process(real, boundary))
    patch.replace("os", "killpg", lambda real: _to_a_group(real, boundary))
    patch.replace("_multiprocessing", "SemLock", lambda real: _semaphores(real, boundary))
    patch.replace("os", "system", lambda real: _system(real, boundary))
    for name in ("posix_spawn", "posix_spawnp"):
        patch.replace("os", name, lambda real: _posix_spawn(real, boundary))
    patch.replace("os", "_spawnvef", lambda real: _spawnvef(real, boundary))
    for name in ("execv", "execve"):  # the others call these
        patch.replace("os", name, lambda real: _exec(real, boundary))
    patch.replace("os", "openpty", lambda real: _openpty(real, boundary))
    patch.replace("os", "waitpid", lambda real: _waitpid(real, boundary))
    patch.replace("os", "wait", lambda real: _wait(real, boundary))
    for name in ("wait3", "wait4", "waitid"):
        patch.replace("os", name, lambda real: _kin(real, boundary))
    patch.undo_with(children.clear)
    outside.update((fd, behind(fd)) for fd in _descriptors())
    patch.replace("multiprocessing.util", "spawnv_passfds", lambda real: _spawn(real, boundary))
    patch.replace("_posixsubprocess", "fork_exec", _fork_exec)


def _descriptors() -> list[int]:
    try:
        return [int(name) for name in genuine.listdir("/proc/self/fd")]
    except OSError:
        return []


def _to_a_process(real: Any, boundary: Boundary) -> Any:
    def kill(pid: int, signal: int, /) -> None:
        lane = boundary.lane()
        if pid == os.getpid():  # a replay answers with the recorded number
            deliver(real, (genuine.getpid(), signal), signal)
        elif pid in workers and lane is not None:
            request = {"process": workers[pid], "signal": int(signal)}
            lane.cross("multiprocessing.signal", lambda: real(pid, signal), request=request)
        elif pid in children and lane is not None and not lane.inside:
            request = {"process": children[pid].name, "signal": int(signal)}
            lane.cross("process.signal", lambda: real(pid, signal), request=request, outward=True)
        elif not signal and lane is not None and not lane.inside:  # asks whether it is there
            lane.cross("process.exists", lambda: real(pid, signal), request={"process": pid})
        else:
            real(pid, signal)

    let_interrupt(kill.__code__)
    return stand_in(real, kill, "os")


def _to_a_group(real: Any, boundary: Boundary) -> Any:
    group = os.getpgrp

    def killpg(pgid: int, signal: int, /) -> None:
        lane = boundary.lane()
        if pgid == os.getpgrp():
            deliver(real, (group(), signal), signal)
        elif pgid in children and lane is not None and not lane.inside:
            request = {"group": children[pgid].name, "signal": int(signal)}
            lane.cross("process.signal", lambda: real(pgid, signal), request=request, outward=True)
        else:
            real(pgid, signal)

    let_interrupt(killpg.__code__)
    return stand_in(real, killpg, "os")


def _system(real: Any, boundary: Boundary) -> Any:
    def system(command: Any) -> int:
        lane = boundary.lane()
        if lane is None or lane.inside or not isinstance(command, str | bytes):
            return int(real(command))
        from agentrr_hooks import child_system

        return child_system.system(lane, command, boundary)

    return stand_in(real, system, "os")


def _posix_spawn(real: Any, boundary: Boundary) -> Any:
    def posix_spawn(path: Any, argv: Any, env: Any, /, **options: Any) -> int:
        from agentrr_hooks import child_spawned

        return int(child_spawned.posix_spawn(real, boundary)(path, argv, env, **options))

    return stand_in(real, posix_spawn, "os")


def _spawnvef(real: Any, boundary: Boundary) -> Any:
    def _spawnvef(*args: Any) -> int:
        from agentrr_hooks import child_spawned

        return int(child_spawned.spawnvef(real, boundary)(*args))

    return like(_spawnvef, real)


def _exec(real: Any, boundary: Boundary) -> Any:
    home = genuine.getpid()

    def execute(path: Any, argv: Any, /, *env: Any) -> None:
        lane = boundary.lane()
        if lane is None or lane.inside or genuine.getpid() != home:
            real(path, argv, *env)  # a forked child's is not the run's
            return
        if not isinstance(argv, list | tuple):
            real(path, argv, *env)  # its own error
            return
        from agentrr_hooks import child_exec

        child_exec.become(lane, real, path, argv, *env)

    return stand_in(real, execute, "os")


def _openpty(real: Any, boundary: Boundary) -> Any:
    def openpty() -> Any:
        lane = boundary.lane()
        if lane is not None and not lane.inside:
            lane.uncaptured("os.openpty")
        return real()

    return stand_in(real, openpty, "os")


def _spawned(pid: int) -> Any:
    """Return a child that only its number stands for, among those that *pid* means.

    Nothing is imported here: a `Popen` may be collected when the interpreter ends.
    """
    found = [children.get(pid)] if pid > 0 else list(children.values())
    return next((child for child in found if child is not None and child.by_number), None)


def _waitpid(real: Any, boundary: Boundary) -> Any:
    def waitpid(pid: int, options: int, /) -> Any:
        child = _spawned(pid)
        if child is None:
            return real(pid, options)
        return child.wait(boundary, pid, options, lambda: real(pid, options))

    return stand_in(real, waitpid, "os")


def _wait(real: Any, boundary: Boundary) -> Any:
    def wait() -> Any:
        child = _spawned(-1)
        return real() if child is None else child.wait(boundary, -1, 0, real)

    return stand_in(real, wait, "os")


def _kin(real: Any, boundary: Boundary) -> Any:
    def kin(*args: Any) -> Any:
        child = _spawned(-1)
        if child is not None:
            child.name_other(boundary, real.__name__)
        return real(*args)

    return stand_in(real, kin, "os")


def _spawn(real: Any, boundary: Boundary) -> Any:
    def spawnv_passfds(path: Any, args: Any, passfds: Any) -> int:
        lane = boundary.lane()
        worker = starting()
        if lane is not None and worker is not None and _is_recorded(worker, args[-1]):
            return _started(worker, real, path, args, passfds)
        if lane is not None:
            shown = [os.fsdecode(argument) for argument in args]
            lane.uncaptured(
                "multiprocessing.spawn", {"executable": os.fsdecode(path), "args": shown}
            )
        return int(real(path, args, passfds))

    return like(spawnv_passfds, real)


def _is_recorded(worker: Worker, last: object) -> bool:
    """Whether the interpreter with that *last* argument is *worker*, or its fork server."""
    if worker.message() is None:
        return last == _FORKING
    return isinstance(last, str) and last.startswith(_SERVER)


def _started(worker: Worker, real: Any, path: Any, args: Any, passfds: Any) -> int:
    """Start an interpreter that is recorded from its beginning."""
    environ: Any = os.environ
    _given.environment, descriptor = worker.boot(environ._data.now())
    try:
        return int(real(path, args, [*passfds, descriptor]))
    finally:
        _given.environment = None
        worker.booted(descriptor)


def _fork_exec(real: Any) -> Any:
    def fork_exec(*args: Any) -> int:
        environment = getattr(_given, "environment", None)
        if environment is not None:
            whole = [name + b"=" + value for name, value in environment.items()]
            args = (*args[:_ENVIRONMENT], whole, *args[_ENVIRONMENT + 1 :])
        return int(real(*args))

    return stand_in(real, fork_exec)


def _semaphores(real: Any, boundary: Boundary) -> Any:
    from agentrr_hooks.semaphores import semaphores

    return semaphores(real, boundary)
