"""The end of a run, seen from inside: the last act, `os._exit`, and children that are forked."""

from __future__ import annotations

import os
import sys

from agentrr_hooks.standin import stand_in
from agentrr_hooks.stream_calls import line_is_open
from agentrr_sandbox import real
from agentrr_sandbox.launch import descriptors, provenance, settling
from agentrr_sandbox.launch.passing import PassingLane

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.lanes import Gate
    from agentrr_sandbox.launch.channel import Report
    from agentrr_sandbox.patching import Patching


class Ending:
    """What is left to do in this process when its program has ended."""

    def __init__(self, config: dict[str, Any], report: Report, peer: Any, gate: Gate) -> None:
        self._config = config
        self._report = report
        self._peer = peer
        self._gate = gate
        self._pid = real.getpid()
        self._done = False

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

    def close(self) -> None:
        """Write the end down; what crosses from now on goes through."""
        if self._done or real.getpid() != self._pid:
            return
        self._done = True
        settling.unsettle()
        if line_is_open():
            self._report({"kind": "column"})
        if self._config["mode"] == "record":
            if _unstarted(self._config):
                self._report({"kind": "unstarted"})
                self.part()
                return
            provenance.write_the_rest(self._peer, self._config["script"])
        self._peer.finish()
        if self._config["mode"] == "record" and self._peer.dead is None:
            self._report({"kind": "drained"})
        self.part()

    def part(self) -> None:
        """Let every strand of this process through: the run is over, or this is a forked child."""
        self._gate.lane = lambda: None
        self._peer.main.__class__ = PassingLane  # whoever holds the old gate gets it as well

    def forked(self) -> None:
        """Forget the recording: a forked child is not the recorded process."""
        self._done = self._peer.over = True
        self.part()
        self._gate.enter(None)  # it may have been forked in a thread, or below a live call
        descriptors.forget([self._report.descriptor, *self._config.get("ours", ())])


def prepare(
    config: dict[str, Any], report: Report, peer: Any, gate: Gate, patching: Patching
) -> None:
    """See to it that the end of this process is recorded and forked children are left alone."""
    import atexit

    ending = Ending(config, report, peer, gate)
    atexit.register(ending.finish)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=ending.forked)

    def make(live: Callable[[int], None]) -> Any:
        def _exit(status: int) -> None:
            ending.close()
            live(status)

        return stand_in(live, _exit, "os")

    patching.replace("os", "_exit", make)


def _unstarted(config: dict[str, Any]) -> bool:
    """Whether no line of the program has run: it is no Python, or there is no such module."""
    if config["kind"] == "module":
        main = sys.modules.get("__main__")
        return getattr(main, "__spec__", None) is None
    error = getattr(sys, "last_value", None)
    return isinstance(error, SyntaxError) and error.__traceback__ is None
