"""Records: lets every call through, and writes each answer down before the run sees it.

The peer of `replayer`.  One `Recorder` is one recording; its lanes are the doors that hooks reach
through the boundary.  While a live call runs, the strand is in an *inner* lane, where crossings
are not answers of their own: the outermost door that understands a call owns it.
"""

from __future__ import annotations

import _thread

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord, RecordingStopped, Unencodable
from agentrr_sandbox.lanes import strand_of
from agentrr_sandbox.recorder.lane import RecordedLane
from agentrr_sandbox.recorder.printing import Unbuffered
from agentrr_sandbox.recording import codec, once, raised
from agentrr_sandbox.recording.output import OutputPieces
from agentrr_sandbox.sites import user_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Lane
    from agentrr_sandbox.lanes import Gate
    from agentrr_sandbox.recorder.lane import Ticket
    from agentrr_sandbox.recording.cleaning import Cleaner
    from agentrr_sandbox.recording.gate import Pickles
    from agentrr_sandbox.recording.ring import Ring
    from agentrr_sandbox.recording.writer import Writer

    Open = tuple[str, int, str]
    """A live crossing: its lane, its thread, and what orders its answer: its `turns`, the `stack`
    of a call that returns before its strand goes on, or nothing, the empty text."""

_PIECES = 512
_now = real.monotonic_ns


def _at_once(other: Open, opened: Open, *, scheduled: bool) -> bool:
    """Whether two crossings that are under way may come in another order in a replay.

    *scheduled*: whether threads are.
    """
    (name, thread, order), (lane, present, _) = other, opened
    if lane.startswith((f"{name}/tool:", f"{name}/signal:")):
        return False  # a tool's body and a signal's handler belong to the crossing that they are in
    if thread != present:
        return not scheduled
    if order == "turns":
        return False  # a callback of another thread may have begun one of the two
    return not order or strand_of(name) != strand_of(lane)


class Recorder:
    """One recording that is being made.

    *writer* has written the header already.  *files* is what `Lane.files` gives to hooks.
    *report* takes notes for the supervisor.  With *go_on* the agent goes on unrecorded when an
    answer cannot be written; without, it stops (`RecordingStopped`).  With *pickles* an answer that
    cannot be stored otherwise is pickled.
    """

    def __init__(
        self,
        writer: Writer,
        ring: Ring,
        cleaner: Cleaner,
        *,
        files: Any = None,
        report: Callable[[dict[str, object]], None] = lambda _: None,
        go_on: bool = False,
        started: int | None = None,
        pickles: Pickles | None = None,
    ) -> None:
        self.writer = writer
        self.ring = ring
        self.cleaner = cleaner
        self.files = files
        self.report = report
        self.go_on = go_on
        self.pickles = pickles
        self.started = _now() if started is None else started
        self.user = user_code(cleaner.roots.user)
        self._folder: once.Folder | None = None
        self.counts: dict[str, int] = {}
        self.facts: dict[str, Any] = {}
        self.pending_facts: dict[str, object] = {}
        self.checks: list[Callable[[Lane], None]] = []
        self.pieces = {1: OutputPieces(cleaner), 2: OutputPieces(cleaner)}
        self.pending_output: list[tuple[int, object]] = []
        self.piece_count = {1: 0, 2: 0}
        self.lock = _thread.RLock()
        self.open: list[Open] = []
        self.begun: dict[int, Ticket] = {}  # live crossings
        self.held: dict[int, Any] = {}  # streams of which something is held back
        self.concurrent = False
        self.written = {1: 0, 2: 0}
        """How often each stream was written to."""
        self.unbuffered = Unbuffered()
        self.loops: dict[str, int] = {}
        self.baton: Any = None
        self.workers: Any = None
        self.over = False
        self.dead: str | None = None
        self.gate: Gate | None = None
        self._inside: Any = None
        self.main = RecordedLane(self, "main")

    # -- writing ---------------------------------------------------------------------------

    def append(self, kind: str, fields: dict[str, object], *, sync: bool = False) -> int:
        """Write one event; return its number.  The agent stops when it cannot be written.

        What strands still do when the recording is finished is no part of it.
        """
        if self.over:
            return -1
        if self.dead is not None:
            return self.unrecordable(self.dead)
        try:
            number = self.writer.append(kind, fields, sync=sync)
        except CannotRecord as error:
            self.dead = error.message
            self.report({"kind": "unrecordable", "message": error.message})
            return self.unrecordable(error.message)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return number

    def unrecordable(self, message: str) -> int:
        """Stop the agent, or go on unrecorded where the user chose that."""
        if self.go_on:
            return -1
        raise RecordingStopped(message)

    def flush(self) -> None:
        """Write what is still in memory: facts, clock reads, draws, output."""
        with self.lock:
            if self.baton is not None:
                order = self.baton.drain()
                if order:
                    self.append("baton", {"order": order})
            if self.pending_facts:
                facts, self.pending_facts = self.pending_facts, {}
                self.append("facts", {"facts": facts})
            if self.ring.i > self.ring.first:
                for fields in self.ring.drain():
                    self.asked_before(fields["lane"])
                    self.append("reads", fields)
                self.ring.advance()
            if self.pending_output:
                pieces, self.pending_output = self.pending_output, []
                for fd, piece in pieces:
                    self.append("output", {"fd": fd, "n": self.piece_count[fd], "text": piece})
                    self.piece_count[fd] += 1

    def asked_before(self, lane: object) -> None:
        """Something of *lane* is about to be written: what it awaits was asked before that."""
        for ticket in tuple(self.begun.values()):
            if ticket.awaited and ticket.number is None and ticket.fields["lane"] == lane:
                ticket.number, ticket.fields = self.append("intent", ticket.fields), {}

    def output(self, fd: int, data: bytes) -> None:
        """Take note of bytes on their way to *fd*; whole pieces wait for the next `flush`."""
        with self.lock:
            self.written[fd] += 1
            self.pending_output += [(fd, piece) for piece in self.pieces[fd].feed(data)]
            full = len(self.pending_output) > _PIECES
        if full:
            self.flush()

    def finish(self) -> None:
        """Write all that is left and `run.exit`: the last act of the process."""
        if self.dead is not None:
            return
        for stream in list(self.held.values()):
            stream.left()
        for check in self.checks:
            check(self.main)
        if self.files is not None:
            self.files.finish(self.main)
        with self.lock:
            for fd, pieces in self.pieces.items():
                self.pending_output += [(fd, piece) for piece in pieces.rest()]
        self.flush()
        for ticket in tuple(self.begun.values()):
            if ticket.number is None:  # in a thread that ends with the process
                self.append("intent", ticket.fields)
        digests = {str(fd): pieces.digest() for fd, pieces in self.pieces.items()}
        self.append("run.exit", {"counts": dict(self.counts), "digests": digests}, sync=True)
        self.over = True
        if self.baton is not None:
            self.baton.free()

    # -- concurrency -----------------------------------------------------------------------

    def opened(self, lane: str, number: int | None, *, order: str = "stack") -> Open:
        """A live crossing begins in *lane*: mark the recording if another is under way beside it.

        *number* is the event of its intent.  One thread does one thing after another, threads go
        on in the order of their baton, and tasks that wait at the same time in that of their
        loop's turns; without those (no *order*), what crosses beside something else cannot be
        served exactly, and its replay stops there.  Give what is returned to `closed`.
        """
        opened = lane, real.get_ident(), order
        others = tuple(self.open)  # other threads add to it
        scheduled = self.baton is not None
        if (
            others
            and not self.concurrent
            and any(_at_once(other, opened, scheduled=scheduled) for other in others)
        ):
            self.concurrent = True
            lanes = sorted({lane, *(name for name, _, _ in others)})
            since = self.writer.seq if number is None else number
            self.append("note", {"what": "concurrent", "lanes": lanes, "from": since})
            self.report({"kind": "concurrent", "lanes": lanes})
        self.open.append(opened)
        return opened

    def closed(self, opened: Open) -> None:
        """The live crossing that `opened` announced has ended."""
        self.open.remove(opened)

    def make_baton(self, lane: Lane) -> Any:
        """Return what orders the threads of this recording; *lane* starts the second one."""
        from agentrr_sandbox.recorder.baton import RecordedBaton

        return RecordedBaton(self, lane)

    def make_turns(self, name: str) -> Any:
        """Return what wakes the event loop called *name*."""
        from agentrr_sandbox.recorder.turns import RecordedTurns

        return RecordedTurns(self, name)

    def inside(self) -> Any:
        """Return a context below a live call, for what the loop does on our behalf."""
        if self._inside is None:
            from contextvars import Context

            assert self.gate is not None
            self._inside = Context()
            self._inside.run(self.gate.enter, self.main.inner)
        return self._inside

    # -- shaping ---------------------------------------------------------------------------

    @property
    def folder(self) -> once.Folder:
        """What stores repeated messages once."""
        if self._folder is None:
            self._folder = once.Folder(self.append)
        return self._folder

    def clean(self, value: object) -> Any:
        """Return *value* as JSON-able data, secrets out and roots mapped."""
        return self.cleaner.tree(codec.encode(value))

    def stored(self, value: object) -> Any:
        """Return *value*, an answer, as it goes into the recording.  Raises `Unencodable`."""
        return self.folder.fold(self.cleaner.tree(codec.encode(value, pickles=self.pickles)))

    def answer(self, value: object, call: str) -> dict[str, object]:
        """Return the `ok` field for *value*; one that cannot be stored says so by name."""
        try:
            return {"ok": self.stored(value)}
        except Unencodable as error:
            self.report({"kind": "unencodable", "call": call, "message": error.message})
            return {"unencodable": error.message}

    def encode_raised(self, error: BaseException) -> Any:
        """Return the stored form of an exception that was an answer."""
        return self.cleaner.tree(raised.encode(error, pickles=self.pickles))
