"""Replay a callable in the caller's own process."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from typing import Any

from agentrr_sandbox.embedding.shared import hooks, roots_of
from agentrr_sandbox.errors import CannotReplay, DivergenceError, Halt, SealViolation, UsageError
from agentrr_sandbox.recording import store
from agentrr_sandbox.recording.cleaning import Cleaner
from agentrr_sandbox.recording.reader import Recording
from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.roots import Roots
from agentrr_sandbox.replayer import Replayer


class Report:
    """What `replay` gives back.

    `faithful` is promise 1; `divergences` are plain data, first one first (in observe mode
    nothing after the first is to be trusted); `events` were served, `elastic` library reads
    differed; `stopped` says why a replay ended before the run did; `value` is what the callable
    returned, `error` what it raised.
    """

    def __init__(self) -> None:
        self.divergences: list[dict[str, Any]] = []
        self.sealed: list[dict[str, Any]] = []
        self.events = 0
        self.elastic = 0
        self.stopped: str | None = None
        self.value: Any = None
        self.error: BaseException | None = None

    @property
    def faithful(self) -> bool:
        """Whether the whole run was done again: nothing differed, tried to leave or was left out.

        A replay that `stopped`, where the recording ends or cannot be served exactly, is not.
        """
        return not self.divergences and not self.sealed and self.stopped is None

    def check(self) -> Any:
        """Return the value of a faithful replay, or raise what the callable raised.

        Raises `DivergenceError` at a difference, `SealViolation` where it tried to leave, and
        `CannotReplay` when it stopped.
        """
        if self.divergences:
            raise DivergenceError(str(self.divergences[0]["message"]), self.divergences[0])
        if self.sealed:
            where = self.sealed[0]["site"] or "library code"
            raise SealViolation(f"replay stopped {self.sealed[0]['call']} at {where}")
        if self.stopped is not None:
            raise CannotReplay(self.stopped)
        if self.error is not None:
            raise self.error
        return self.value

    def take(self, line: dict[str, Any]) -> None:
        """Take one line of a replayer's report."""
        kind = line["kind"]
        if kind == "divergence":
            self.divergences.append({k: v for k, v in line.items() if k != "kind"})
        elif kind == "sealed":
            self.sealed.append(line)
        elif kind == "stopped":
            self.stopped = str(line["message"])
        elif kind == "end":
            self.events, self.elastic = line["events"], line["elastic"]


def replay(run: str, fn: Callable[..., Any], /, *args: Any, mode: str = "strict", **kw: Any) -> Any:
    """Call `fn(*args, **kw)` again, every answer served from the recording *run*.

    Returns a `Report`; for an async *fn*, an awaitable of it.  *mode* is `strict` (ends at the
    first divergence) or `observe` (goes on by position).  Raises `RecordingNotFound`,
    `RecordingDamaged`, `UsageError`; never lets a divergence pass unseen, also when *fn* hides it.
    """
    import inspect

    if mode not in ("strict", "observe"):
        raise UsageError(f"mode is 'strict' or 'observe', not {mode!r}")
    recording = Recording.open(store.find(run))
    salt = bytes.fromhex(recording.header["redaction"]["salt"])
    roots = Roots(roots_of(fn), recording.header["roots"])
    cleaner = Cleaner(Redactor(dict(os.environ), salt), roots)
    report = Report()
    replayer = Replayer(recording, cleaner, report=report.take, observe=mode == "observe")
    if inspect.iscoroutinefunction(fn):
        return _replay_async(replayer, report, lambda: fn(*args, **kw))
    return _replay(replayer, report, lambda: fn(*args, **kw))


def _replay(replayer: Replayer, report: Report, call: Callable[[], Any]) -> Report:
    gate = replayer.gate = hooks.acquire()

    def inside() -> Any:
        gate.enter(replayer.main)
        return call()

    try:
        report.value = copy_context().run(inside)
    except Halt:
        pass
    except BaseException as error:
        report.error = error
    finally:
        replayer.finish()
        replayer.recording.close()
        hooks.release()
    return report


async def _replay_async(
    replayer: Replayer, report: Report, call: Callable[[], Awaitable[Any]]
) -> Report:
    from asyncio import CancelledError, current_task, get_running_loop

    gate = replayer.gate = hooks.acquire()
    task: Any = current_task()
    stopped = 0

    def stop() -> None:
        """Nothing wakes the program any more: cancel what it waits for."""
        nonlocal stopped
        stopped += 1
        task.cancel()

    turns = replayer.main.turns(get_running_loop())
    if turns is not None:
        turns.stop = stop
    token = gate.enter(replayer.main)
    try:
        report.value = await call()
    except Halt:
        pass
    except CancelledError as error:
        if task.cancelling() > stopped:
            raise  # it was the caller who was cancelled
        report.error = None if stopped else error
    except BaseException as error:
        report.error = error
    finally:
        for _ in range(stopped):
            task.uncancel()
        gate.leave(token)
        replayer.finish()
        replayer.recording.close()
        hooks.release()
    return report
