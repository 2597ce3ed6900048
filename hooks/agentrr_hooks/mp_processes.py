"""Worker processes: a replay starts none.

Captures      the start of a process of `multiprocessing`, how it ends, signals to it
Records       what it runs and with which arguments, to compare them; its number; its exit code.
              What a worker prints, writes and asks, in a recording of its own
Serves        the same; no process is started. What it answers comes through pipes (`mp_pipes`).
              `replay --process` enters a worker
Reaches       `Process` by fork, spawn and forkserver, `Pool`, `Manager`, `ProcessPoolExecutor`
Out of reach  what goes on in a manager's server; workers of an interpreter that was started with
              `-E` or `-I`; a fork server that was started before its first worker
"""

from __future__ import annotations

import os
import sys

from agentrr_hooks.mp_begin import (
    about_to_start,
    bootstrap,
    go_on_as,
    hand_over,
    preparation,
    prepared,
    serve,
)
from agentrr_hooks.mp_memory import ask, shares
from agentrr_hooks.mp_names import ended, numbers, processes, sentinels
from agentrr_hooks.mp_shown import named, shown
from agentrr_hooks.ordered import Ordered
from agentrr_hooks.processes import workers
from agentrr_hooks.standin import like, partial, stand_in
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane, Patcher, Worker

_WAYS = ("fork", "spawn_posix", "forkserver")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Let the starts and ends of processes come through the boundary."""
    patch.replace("multiprocessing.process", "_children", Ordered)
    patch.replace(
        "multiprocessing.process", "BaseProcess._bootstrap", lambda real: bootstrap(real, boundary)
    )
    spawn = "multiprocessing.spawn"
    patch.replace(spawn, "prepare", prepared)
    patch.replace(spawn, "get_preparation_data", preparation)
    patch.replace("multiprocessing.util", "_close_stdin", lambda real: serve(real, boundary))
    for way in _WAYS:
        module = f"multiprocessing.popen_{way}"
        patch.replace(module, "Popen._launch", lambda real: _launch(real, boundary))
    fork = "multiprocessing.popen_fork"
    patch.replace(fork, "Popen.poll", lambda real: _poll(real, boundary, waits=False))
    patch.replace(fork, "Popen.wait", lambda real: _wait(real, boundary))
    patch.replace(fork, "Popen._send_signal", lambda real: _send_signal(real, boundary))
    patch.replace(
        "multiprocessing.popen_forkserver",
        "Popen.poll",
        lambda real: _poll(real, boundary, waits=True),
    )
    patch.replace(
        "multiprocessing.resource_tracker",
        "ResourceTracker._send",
        lambda real: _tracked(real, boundary),
    )
    patch.on_import("multiprocessing.util", lambda util: _one_number(util.Finalize, patch))
    for module in ("_multiprocessing", "multiprocessing.synchronize"):
        patch.replace(module, "sem_unlink", lambda real: _unlink(real, boundary))
    if hasattr(os, "register_at_fork"):  # what a worker does is not the recorded program's
        os.register_at_fork(after_in_child=partial(boundary.enter, None))


def _one_number(finalize: Any, patch: Patcher) -> None:
    """What is done at the end asks whether this is still the process in which it was set up.

    In a module that was imported before, it would ask with another `getpid`.
    """
    call = finalize.__call__
    kept = call.__defaults__
    call.__defaults__ = tuple(os.getpid if each is genuine.getpid else each for each in kept)
    patch.undo_with(lambda: setattr(call, "__defaults__", kept))


def _outside(boundary: Boundary) -> Lane | None:
    lane = boundary.lane()
    return None if lane is None or lane.inside else lane


def _launch(real: Any, boundary: Boundary) -> Any:
    known: set[str] = set()

    def _launch(self: Any, process_obj: Any) -> None:
        lane = _outside(boundary)
        if lane is None:
            real(self, process_obj)
            return
        if lane.files is not None:
            lane.files.settle(lane)
            lane.files.others_wrote()
        if self.method == "forkserver":  # whose folder is removed at the end of the run
            sys.modules["multiprocessing.util"].get_temp_dir()
        started: list[int] = []

        name = process_obj.name
        worker = _recorded(lane, process_obj, self.method)

        def live() -> int:
            with about_to_start(worker):
                real(self, process_obj)
            started.append(self.pid)
            return int(self.pid)

        request = {"name": name, "method": self.method, **_runs(process_obj)}
        detail = None if worker is None else worker.detail
        pid = lane.cross("multiprocessing.start", live, request=request, detail=detail)
        if worker is not None:
            numbers.new(lane, self, str(worker.detail["agentrr.process"]))
        if not started:
            _enter(lane, real, self, process_obj)
            _pretend(self, pid, known)
        processes.new(lane, self, name)
        sentinels[self.sentinel] = workers[pid] = name

    return like(_launch, real)


def _recorded(lane: Lane, process: Any, method: str) -> Worker | None:
    """Return the recording of a worker that is about to be started; None where it has none."""
    if lane.workers is None or _serves(process):
        return None
    return lane.workers.worker(lane, process.name, method)


def _enter(lane: Lane, launch: Any, popen: Any, process: Any) -> None:
    """Go on as the worker whose start was just served, if that is asked for; never return then."""
    workers = lane.workers
    entered = None if workers is None else workers.entered(lane)
    if workers is None or entered is None:
        return
    if popen.method == "fork":
        go_on_as(entered, workers, launch, popen, process)
    hand_over(entered, popen, process)


def _serves(process: Any) -> bool:
    """Whether it is the server of a manager: what it is asked is in the recordings of who asks."""
    target = process._target
    return (getattr(target, "__module__", ""), getattr(target, "__name__", "")) == (
        "multiprocessing.managers",
        "_run_server",
    )


def _runs(process: Any) -> dict[str, object]:
    target = process._target
    return {
        "target": named(type(process).run if target is None else target),
        "args": shown(process._args),
        "kwargs": shown(process._kwargs),
    }


def _pretend(popen: Any, pid: int, known: set[str]) -> None:
    """Let *popen* look as if its process had been started; *known* are the ways that were used."""
    if popen.method == "forkserver" and popen.method not in known:
        import tempfile

        next(tempfile._get_candidate_names())  # type: ignore[attr-defined] # the server's address
    known.add(popen.method)
    util = sys.modules["multiprocessing.util"]
    reading, writing = os.pipe()
    popen.pid, popen.sentinel = pid, reading
    popen.finalizer = util.Finalize(popen, util.close_fds, (reading, writing))


def _poll(real: Any, boundary: Boundary, *, waits: bool) -> Any:
    """Stand in for the question whether a process has ended; *waits*: by way of a pipe."""

    def poll(self: Any, flag: int = os.WNOHANG) -> Any:
        lane = _outside(boundary)
        name, code = processes.of(self), ended.of(self)
        if lane is None or name is None:
            return real(self, flag)
        if code is not None:
            return int(code)
        live = partial(real, self, flag)
        if waits or flag != os.WNOHANG or shares():
            answer = ask(lane, "multiprocessing.ended", live, {"process": name})
        else:
            answer = lane.read(f"multiprocessing.ended:{name}", live, False)
        return _told(lane, self, answer)

    return like(poll, real)


def _wait(real: Any, boundary: Boundary) -> Any:
    def wait(self: Any, timeout: Any = None) -> Any:
        lane = _outside(boundary)
        name, code = processes.of(self), ended.of(self)
        if lane is None or name is None:
            return real(self, timeout)
        if code is not None:
            return int(code)
        request = {"process": name, "limited": timeout is not None}
        return _told(
            lane, self, ask(lane, "multiprocessing.join", partial(real, self, timeout), request)
        )

    return like(wait, real)


def _told(lane: Lane, popen: Any, code: int | None) -> int | None:
    """Take note of how a process ended.

    A live call sets `returncode` before its thread may go on: others must not see that.
    """
    if code is not None:
        ended.new(lane, popen, str(code))
        number = numbers.of(popen)
        if lane.workers is not None and number is not None:
            lane.workers.ended(int(number), code)
        popen.returncode = code
    return code


def _send_signal(real: Any, boundary: Boundary) -> Any:
    def _send_signal(self: Any, sig: int) -> None:
        lane = _outside(boundary)
        name = processes.of(self)
        if lane is None or name is None:
            real(self, sig)
        elif ended.of(self) is None:
            request = {"process": name, "signal": int(sig)}
            lane.cross("multiprocessing.signal", partial(real, self, sig), request=request)

    return like(_send_signal, real)


def _tracked(real: Any, boundary: Boundary) -> Any:
    """The process that removes what others leave is told of it: there is none in a replay."""

    def _send(self: Any, cmd: str, name: str, rtype: str) -> None:
        lane = _outside(boundary)
        if lane is None:
            real(self, cmd, name, rtype)
            return
        request = {"command": cmd, "type": rtype}
        lane.cross(
            "multiprocessing.tracker", partial(real, self, cmd, name, rtype), request=request
        )

    return like(_send, real)


def _unlink(real: Any, boundary: Boundary) -> Any:
    if hasattr(real, "__wrapped__"):
        return real  # taken from a module that is patched already

    def sem_unlink(name: str, /) -> None:
        lane = _outside(boundary)
        if lane is None:
            real(name)
            return
        lane.cross("multiprocessing.sem_unlink", partial(real, name))

    return stand_in(real, sem_unlink)
