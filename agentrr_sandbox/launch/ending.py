"""The end of a run, seen from inside: the last act, `os._exit`, and children that are forked."""

from __future__ import annotations

import os
import sys

from agentrr_hooks.standin import stand_in
from agentrr_hooks.stream_calls import line_is_open
from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord
from agentrr_sandbox.launch import descriptors, provenance, settling, waiting
from agentrr_sandbox.launch.passing import PassingLane

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from agentrr_sandbox.lanes import Gate
    from agentrr_sandbox.launch.channel import Report
    from agentrr_sandbox.patching import Patching


class Ending:
    """What is left to do in this process when its program has ended.

    *config* is what the supervisor said, *peer* the recorder or the replayer.
    """

    def __init__(self, config: dict[str, Any], report: Report, peer: Any, gate: Gate) -> None:
        self.config = config
        self.report = report
        self.peer = peer
        self.gate = gate
        self._pid = real.getpid()
        self._done = False
        self._worker = "number" in config
        self.code: int | None = None
        """The exit code of this process, a worker, where it is known already."""
        self.known: set[str] = set()
        """Modules that another recording tells of."""

    def finish(self) -> None:
        """Do the last act, once; registered first at `atexit`, so it runs last.

        What the program has written and not flushed is written now, so that it is recorded; an
        error there is the interpreter's to tell of, which flushes again.
        """
        if self._done or real.getpid() != self._pid:
            return
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:  # noqa: S112 - see above; None when closed
                continue
        self.close()

    def close(self, status: int | None = None) -> None:
        """Write the end down; what crosses from now on goes through.

        *status* is the exit code, where it is known: a worker's recording says so itself.
        """
        if self._done or real.getpid() != self._pid:
            return
        self._done = True
        if self._worker and status is not None:
            waiting.last_act()
        if status is None:  # else nothing is collected any more
            settling.unsettle()
        if line_is_open():
            self.report({"kind": "column"})
        recording = self.config["mode"] == "record"
        if "server" in self.config:
            self.part()
            return
        if recording:
            if not self._worker and _unstarted(self.config):
                self.report({"kind": "unstarted"})
                self.part()
                return
            provenance.write_the_rest(self.peer, self.config["script"], self.known)
        self._finish()
        if recording and self._worker:
            self._end_worker(self.code if status is None else status)
        elif recording and self.peer.dead is None:
            self.report({"kind": "drained"})
        self.part()

    def _finish(self) -> None:
        """Finish the recording or the replay, with which this process ends."""
        if self.peer.baton is not None:
            self.peer.baton.last = True
        self.peer.finish()

    def _end_worker(self, status: int | None) -> None:
        """Write how this worker ended: no supervisor waits for it."""
        fields: dict[str, Any] = {"how": "exit", "ended": real.time_ns()}
        if self.peer.dead is not None or status is None:
            return
        try:
            self.peer.writer.append("run.end", {**fields, "code": status & 0xFF})
        except CannotRecord:
            return

    def part(self) -> None:
        """Let every strand of this process through: the run is over, or this is a forked child."""
        self.gate.lane = lambda: None
        self.peer.main.__class__ = PassingLane  # whoever holds the old gate gets it as well

    def forked(self) -> None:
        """Forget the recording: a forked child is not the recorded process."""
        self._done = self.peer.over = True
        self.part()
        self.gate.enter(None)  # it may have been forked in a thread, or below a live call
        descriptors.forget()

    def become(self, peer: Any, ours: Iterable[int]) -> None:
        """Let the calling strand be the main one of another recording, *peer*'s, from now on.

        *ours* are descriptors that it has opened.
        """
        old = self.peer
        self.peer = peer
        self._pid, self._done, self._worker = real.getpid(), False, True
        self.known = set(sys.modules)
        descriptors.keep(ours)
        peer.gate = self.gate
        self.gate.become(peer.main)
        old.main.__class__ = type(peer.main)  # strands that nobody placed are in this lane
        old.main.__dict__ = peer.main.__dict__


def prepare(
    config: dict[str, Any], report: Report, peer: Any, gate: Gate, patching: Patching
) -> None:
    """See to it that the end of this process is recorded and forked children are left alone."""
    import atexit

    ending = Ending(config, report, peer, gate)
    atexit.register(ending.finish)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=ending.forked)
        if config.get("enter"):
            from agentrr_sandbox.launch import entering

            entering.note_handlers(patching)
    patching.on_import("multiprocessing.process", lambda _: _count_workers(ending))
    if config.get("children"):
        patching.on_import("subprocess", lambda _: _count_workers(ending))

    def make(live: Callable[[int], None]) -> Any:
        def _exit(status: int) -> None:
            ending.close(status)
            live(status)

        return stand_in(live, _exit, "os")

    patching.replace("os", "_exit", make)


def _count_workers(ending: Ending) -> None:
    """Let the workers that the program may start now have recordings of their own."""
    if "server" in ending.config:
        from agentrr_sandbox.launch.serving import Server

        ending.peer.workers = Server(ending)
    elif ending.config["mode"] == "record":
        from agentrr_sandbox.launch.workers import Workers

        if ending.peer.workers is not None:
            return
        config = ending.config
        run, number = config.get("run", config["path"]), config.get("number", 1)
        ending.peer.workers = Workers(ending, run, number)
    elif ending.config["enter"] or "served" in ending.config:
        from agentrr_sandbox.launch.entering import Entering

        ending.peer.workers = Entering(ending, ending.config["enter"])


def _unstarted(config: dict[str, Any]) -> bool:
    """Whether no line of the program has run: it is no Python, or there is no such module."""
    if config["kind"] == "module":
        main = sys.modules.get("__main__")
        return getattr(main, "__spec__", None) is None
    error = getattr(sys, "last_value", None)
    return isinstance(error, SyntaxError) and error.__traceback__ is None
