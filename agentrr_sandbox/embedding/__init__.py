"""Record and replay a callable in the caller's own process.

What `agentrr run` gets from a fresh interpreter is not to be had here: modules that took a
reference to a clock or a generator before the first `record` keep the genuine one, the hash seed
is the process's own, stdout, stderr, files and signals are the process's, and no kernel guard holds
a replay; sockets and processes are refused by Python's audit hook alone.  Where that matters, use
the command.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any

from agentrr_sandbox import real
from agentrr_sandbox.embedding.replaying import Report, replay
from agentrr_sandbox.embedding.shared import hooks, name_of, roots_of
from agentrr_sandbox.lanes import Gate, process_gate
from agentrr_sandbox.recorder import Recorder
from agentrr_sandbox.recording import redaction_rules, store
from agentrr_sandbox.recording.cleaning import Cleaner
from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.ring import Ring
from agentrr_sandbox.recording.roots import Roots
from agentrr_sandbox.recording.writer import Writer

__all__ = ["Recorded", "Report", "record", "replay", "step"]
FORMAT = "agentrr/1"


class Recorded:
    """What `record` gives back: the callable's *value*, and where its recording is."""

    def __init__(self, value: Any, path: str, run_id: str, events: int) -> None:
        self.value = value
        self.path = path
        self.id = run_id
        self.events = events


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
        roots = roots_of(fn)
        self.id = real.urandom(6).hex()
        name = name_of(fn)
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
        gate = hooks.acquire()
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
            hooks.release()

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
        self.recorder.main.turns(sys.modules["asyncio"].get_running_loop())
        token = gate.enter(self.recorder.main)
        try:
            value = await call()
            how = "exit"
        finally:
            gate.leave(token)
            events = self._close(how)
        return Recorded(value, self.path, self.id, events)


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
