"""A fork server, which forks workers: what it does before belongs to the recording of each.

The server itself has no recording.  What its boot and the modules that it loads ask of the world is
kept in memory; a worker that it forks begins with that.  A replay that enters such a worker does
the same in a fresh interpreter, which forks nothing.
"""

from __future__ import annotations

import marshal
import os

from agentrr_hooks import mp_begin
from agentrr_sandbox import real
from agentrr_sandbox.launch import workers
from agentrr_sandbox.recorder.lane import RecordedLane

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.launch.ending import Ending

_ITS_OWN = {"os.getpid": real.getpid, "os.getppid": os.getppid}
"""Facts that a forked worker does not share with the server."""


class Kept:
    """Stands in for a writer: keeps the events for those that will be written."""

    descriptor = -1

    def __init__(self) -> None:
        self.seq = 1
        self.events: list[tuple[str, dict[str, Any]]] = []

    def append(self, kind: str, fields: dict[str, Any], *, sync: bool = False) -> int:
        """Keep one event; return its number."""
        del sync
        self.events.append((kind, fields))
        self.seq += 1
        return self.seq - 1

    def close(self) -> None:
        """Nothing is open."""


class Server:
    """Begins the recordings of the workers that this process forks; see `boundary.Workers`."""

    def __init__(self, ending: Ending) -> None:
        self._ending = ending
        mp_begin.joined.append(self._join)

    def worker(self, lane: Any, name: str, method: str) -> None:
        """A server starts none in this way."""

    def child(self, args: list[str], executable: str | None, search: str | None) -> None:
        """Nor in this."""

    def entered(self, lane: Any) -> None:
        """This is no replay."""

    def forked(self) -> None:
        """The interpreter has done it."""

    def leaves(self, code: int) -> None:
        """The server ends."""

    def ended(self, number: int, code: int) -> None:
        """What the server is told of its workers is told to their parent."""

    def served(self) -> None:
        """From now on the server serves, which is nobody's."""
        self._ending.peer.flush()
        self._ending.gate.enter(None)

    def _join(self, told: bytes) -> None:
        """Let this process, which was forked, be the worker of which it is *told*."""
        config: dict[str, Any] = marshal.loads(told)  # noqa: S302 - from our parent, by a pipe
        ending = self._ending
        recorder = ending.peer
        recorder.cleaner.redactor.alone()
        state = config["seq"], config["chain"], config["size"]
        writer = workers.adopt(config["path"], state, config["durable"])
        own = {name: ask() for name, ask in _ITS_OWN.items() if name in recorder.facts}
        for kind, fields in recorder.writer.events:
            if kind == "facts":
                facts = fields["facts"]
                mine = {name: own[name] for name in facts if name in own}
                writer.append(kind, {"facts": {**facts, **mine}})
            else:
                writer.append(kind, fields)
        recorder.facts.update(own)
        recorder.writer, recorder.over = writer, False
        recorder.main.__class__ = RecordedLane
        ending.config.update(config)
        del ending.config["server"]
        recorder.workers = workers.Workers(ending, config["run"], config["number"])
        ending.become(recorder, [writer.descriptor])
