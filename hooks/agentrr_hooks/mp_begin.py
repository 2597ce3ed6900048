"""The beginning of a worker process: where its own recording begins."""

from __future__ import annotations

import os
import sys
from _io import BytesIO
from _thread import _local

from agentrr_hooks.standin import like
from agentrr_sandbox.errors import Halt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Worker, Workers

_starts = _local()
_TOLD = "agentrr"


class about_to_start:  # noqa: N801 - used as a function
    """Within it the calling thread starts *worker*, if anything is known of it."""

    def __init__(self, worker: Worker | None) -> None:
        self._worker = worker

    def __enter__(self) -> None:
        _starts.worker = self._worker

    def __exit__(self, *error: object) -> None:
        _starts.worker = None


def starting() -> Worker | None:
    """Return the worker that the calling thread is about to start."""
    worker: Worker | None = getattr(_starts, "worker", None)
    return worker


def bootstrap(real: Any, boundary: Boundary) -> Any:
    """Stand in for what a worker process runs from its first to its last line."""

    def _bootstrap(self: Any, *args: Any, **named: Any) -> Any:
        worker = starting()
        if worker is not None:
            _starts.worker = None
            worker.begin()
        lane = boundary.lane()
        if lane is None:
            return real(self, *args, **named)
        _let_halt(self)
        code = real(self, *args, **named)
        if lane.workers is not None:
            lane.workers.leaves(code)
        return code

    return like(_bootstrap, real)


def _let_halt(process: Any) -> None:
    """Let *process* end without a word where its recording or its replay does."""

    def run() -> None:
        del process.__dict__["run"]
        try:
            process.run()
        except Halt as end:
            os._exit(end.exit_code)

    process.__dict__["run"] = run


joined: list[Callable[[bytes], None]] = []
"""What is to be told of its recording to a process that a fork server has forked."""


def prepared(real: Any) -> Any:
    """Stand in for what a worker does with what it is sent first."""

    def prepare(data: dict[str, Any]) -> None:
        told = data.pop(_TOLD, None)
        if told is not None:
            for join in joined:
                join(told)
        real(data)

    return like(prepare, real)


def preparation(real: Any) -> Any:
    """Stand in for what makes that."""

    def get_preparation_data(name: str) -> dict[str, Any]:
        data: dict[str, Any] = real(name)
        worker = starting()
        message = None if worker is None else worker.message()
        return data if message is None else {**data, _TOLD: message}

    return like(get_preparation_data, real)


def serve(real: Any, boundary: Boundary) -> Any:
    """Stand in for what a fork server does after it has loaded its modules."""

    def _close_stdin() -> None:
        lane = boundary.lane()
        given = None if lane is None or lane.workers is None else lane.workers.served()
        if given is not None:
            _serve_one(*given)
        real()

    return like(_close_stdin, real)


def _serve_one(descriptor: int, inherited: list[int]) -> None:
    """Go on as the one worker, as the process does that the server forks."""
    modules = sys.modules
    modules["multiprocessing.forkserver"]._forkserver._inherited_fds = inherited
    code = 1
    try:
        code = modules["multiprocessing.spawn"]._main(descriptor, os.dup(descriptor))
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)
        sys.stderr.flush()
    finally:
        if sys.version_info >= (3, 13):
            modules["atexit"]._run_exitfuncs()
        os._exit(code)


def hand_over(worker: Worker, popen: Any, process: Any) -> None:
    """End this process, for a fresh interpreter to go on as *worker*: send it *process*."""
    modules = sys.modules
    spawning = modules["multiprocessing.context"].set_spawning_popen
    dump = modules["multiprocessing.reduction"].dump
    sent = BytesIO()
    spawning(popen)
    try:
        dump(modules["multiprocessing.spawn"].get_preparation_data(process.name), sent)
        dump(process, sent)
    finally:
        spawning(None)
    preload = None
    if popen.method == "forkserver":
        preload = modules["multiprocessing.forkserver"]._forkserver._preload_modules
    worker.hand_over(sent.getvalue(), [*popen._fds], preload)


def go_on_as(worker: Worker, workers: Workers, launch: Any, popen: Any, process: Any) -> None:
    """Let this process go on as *worker*, from where it was forked, and end with it.

    *launch* is the genuine method of *popen* that forks *process*.
    """
    kept = os.fork

    def fork() -> int:
        os.fork = kept
        workers.forked()
        return 0

    os.fork = fork
    _starts.worker = worker
    launch(popen, process)
