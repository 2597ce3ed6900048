"""Record and replay a callable in the caller's own process.

What `agentrr run` gets from a fresh interpreter is not to be had here: modules that took a
reference to a clock or a generator before the first `record` keep the genuine one, the hash seed
is the process's own, stdout, stderr, files and signals are the process's, and no kernel guard holds
a replay; sockets and processes are refused by Python's audit hook alone.  Where that matters, use
the command.
"""

from __future__ import annotations

import _thread
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any

from agentrr_sandbox import real
from agentrr_sandbox.errors import DivergenceError, Halt, UsageError
from agentrr_sandbox.lanes import Gate, close_gate, open_gate, process_gate
from agentrr_sandbox.patching import Patching
from agentrr_sandbox.recorder import Recorder
from agentrr_sandbox.recording import redaction_rules, store
from agentrr_sandbox.recording.cleaning import Cleaner
from agentrr_sandbox.recording.reader import Recording
from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.ring import Ring
from agentrr_sandbox.recording.roots import Roots
from agentrr_sandbox.recording.writer import Writer
from agentrr_sandbox.replayer import Replayer

FORMAT = "agentrr/1"
OWN_PROCESS_ONLY = frozenset({"streams", "files", "tracebacks", "signals"})
"""Hooks that change the whole process in a way that a caller of `record` does not want."""


class Recorded:
    """What `record` gives back: the callable's *value*, and where its recording is."""

    def __init__(self, value: Any, path: str, run_id: str, events: int) -> None:
        self.value = value
        self.path = path
        self.id = run_id
        self.events = events


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
        """Whether nothing differed and nothing tried to leave."""
        return not self.divergences and not self.sealed

    def check(self) -> Any:
        """Return the value of a faithful replay; raise its divergence, or its own error."""
        if self.divergences:
            raise DivergenceError(str(self.divergences[0]["message"]), self.divergences[0])
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


class _Hooks:
    """The patches of this process, there while a recording or a replay is open."""

    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()
        self._users = 0
        self._patching: Patching | None = None
        self._gate: Gate | None = None

    def acquire(self) -> Gate:
        """Install the hooks for the first user; return their gate."""
        with self._lock:
            self._users += 1
            if self._gate is None:
                booted = process_gate()
                self._gate = booted or Gate()
                if booted is None:
                    self._install(self._gate)
            return self._gate

    def release(self) -> None:
        """Take the hooks away after the last user."""
        with self._lock:
            self._users -= 1
            if self._users == 0:
                if self._patching is not None and self._gate is not None:
                    self._patching.undo()
                    close_gate(self._gate)
                self._patching = self._gate = None

    def _install(self, gate: Gate) -> None:
        import agentrr_hooks

        self._patching = Patching()
        open_gate(gate)
        agentrr_hooks.install(self._patching, gate, without=OWN_PROCESS_ONLY)


_hooks = _Hooks()


def _roots(fn: Callable[..., Any]) -> dict[str, str]:
    """Return the roots of a recording of *fn*: its code's folder, and the usual ones."""
    filename = getattr(getattr(fn, "__code__", None), "co_filename", "") or ""
    code = os.path.dirname(os.path.abspath(filename)) if filename else real.getcwd()
    return {
        "code": code,
        "cwd": real.getcwd(),
        "prefix": sys.prefix,
        "stdlib": os.path.dirname(os.__file__),
        "home": os.path.expanduser("~"),
        "tmp": real.environ.get("TMPDIR", "/tmp"),  # noqa: S108 - a name to map, not to write to
    }


def _name(fn: Callable[..., Any]) -> str:
    return f"{getattr(fn, '__module__', '?')}:{getattr(fn, '__qualname__', type(fn).__name__)}"


def record(
    fn: Callable[..., Any], /, *args: Any, to: str | None = None, durable: str = "power", **kw: Any
) -> Any:
    """Call `fn(*args, **kw)` and record what crosses the boundary below it.

    Returns `Recorded`; for an async *fn*, an awaitable of it.  The recording goes to *to*, else
    where `agentrr run` would put it.  An exception of *fn* passes through, after the recording
    has been closed.  Several may be open at once, in tasks and in threads: each holds its own
    crossings alone, the others never wait.  Raises `CannotRecord`.
    """
    import inspect

    scope = _Recording(fn, to, durable)
    if inspect.iscoroutinefunction(fn):
        return scope.run_async(lambda: fn(*args, **kw))
    return scope.run(lambda: fn(*args, **kw))


class _Recording:
    """One recording that is open in this process."""

    def __init__(self, fn: Callable[..., Any], to: str | None, durable: str) -> None:
        salt = real.urandom(16)
        roots = _roots(fn)
        self.id = real.urandom(6).hex()
        name = _name(fn)
        path, _ = store.new_path(
            name.rpartition(":")[2].replace("<", "").replace(">", ""), self.id, to
        )
        self.path = path
        self.cleaner = Cleaner(Redactor(dict(os.environ), salt), Roots(roots))
        header: dict[str, Any] = {
            "format": FORMAT,
            "id": self.id,
            "name": self.cleaner.text(name),
            "started": real.time_ns(),
            "target": {"kind": "callable", "value": self.cleaner.text(name)},
            "argv": [],
            "python": {
                "version": sys.version.split()[0],
                "implementation": sys.implementation.name,
                "executable": self.cleaner.text(sys.executable),
                "flags": [],
            },
            "hash_seed": None,
            "platform": sys.platform,
            "roots": roots,
            "hooks": [],
            "git": {"commit": None},
            "redaction": {"rules": redaction_rules.VERSION, "salt": salt.hex()},
            "durable": durable,
            "agentrr": "0.1.0",
        }
        self.writer = Writer.create(path, header, durable=durable)
        self.ring = Ring.create()
        self.recorder = Recorder(self.writer, self.ring, self.cleaner)

    def _open(self) -> Gate:
        gate = _hooks.acquire()
        self.recorder.gate = gate
        return gate

    def _close(self, how: str) -> int:
        try:
            self.recorder.finish()
            return (
                self.writer.append(
                    "run.end",
                    {"how": how, "code": 0 if how == "exit" else 1, "ended": real.time_ns()},
                )
                + 1
            )
        finally:
            self.writer.close()
            self.ring.close()
            _hooks.release()

    def run(self, call: Callable[[], Any]) -> Recorded:
        gate = self._open()
        how = "raised"

        def inside() -> Any:
            gate.enter(self.recorder.main)
            return call()

        try:
            value = copy_context().run(inside)
            how = "exit"
        finally:
            events = self._close(how)
        return Recorded(value, self.path, self.id, events)

    async def run_async(self, call: Callable[[], Awaitable[Any]]) -> Recorded:
        gate = self._open()
        how = "raised"
        self.recorder.main.loop_made(sys.modules["asyncio"].get_running_loop())
        token = gate.enter(self.recorder.main)
        try:
            value = await call()
            how = "exit"
        finally:
            gate.leave(token)
            events = self._close(how)
        return Recorded(value, self.path, self.id, events)


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
    roots = Roots(_roots(fn), recording.header["roots"])
    cleaner = Cleaner(Redactor(dict(os.environ), salt), roots)
    report = Report()
    replayer = Replayer(recording, cleaner, report=report.take, observe=mode == "observe")
    if inspect.iscoroutinefunction(fn):
        return _replay_async(replayer, report, lambda: fn(*args, **kw))
    return _replay(replayer, report, lambda: fn(*args, **kw))


def _replay(replayer: Replayer, report: Report, call: Callable[[], Any]) -> Report:
    gate = replayer.gate = _hooks.acquire()

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
        _hooks.release()
    return report


async def _replay_async(
    replayer: Replayer, report: Report, call: Callable[[], Awaitable[Any]]
) -> Report:
    gate = replayer.gate = _hooks.acquire()
    replayer.main.loop_made(sys.modules["asyncio"].get_running_loop())
    token = gate.enter(replayer.main)
    try:
        report.value = await call()
    except Halt:
        pass
    except BaseException as error:
        report.error = error
    finally:
        gate.leave(token)
        replayer.finish()
        replayer.recording.close()
        _hooks.release()
    return report


@contextmanager
def step(name: str) -> Iterator[None]:
    """Mark a stretch of the timeline; outside every recording it does nothing."""
    gate = process_gate()
    lane: Any = gate.lane() if gate is not None else None
    if lane is not None:
        lane.step(name, "begin")
    try:
        yield
    finally:
        if lane is not None:
            lane.step(name, "end")
