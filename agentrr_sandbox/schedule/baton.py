"""The baton: which thread of a recording runs.

Threads that run at once never meet twice in the same order.  So from the moment a recording has a
second one, only the thread that holds the *baton* runs the recorded program.  It changes hands
where a thread waits anyway: in a live call, for a lock, for another thread, at its end; a
recording holds the order of the hands.  Live calls run beside each other, without it.

A thread that waits in C for what another one is to do, or that computes for long, would keep the
others waiting: the baton is taken from it, and it runs on beside the next holder until it comes to
a hand-over.  What threads do to each other in such a stretch, without a lock, is not ordered.
"""

from __future__ import annotations

import _thread
from collections import deque

from agentrr_sandbox import real
from agentrr_sandbox.schedule.stillness import ignore
from agentrr_sandbox.schedule.strand import EXPIRED, Strand, key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Baton:
    """Hands the baton of one recording from thread to thread.

    *peer* is the recorder or the replayer.  The thread that makes it is the first to hold it.
    """

    def __init__(self, peer: Any, lane: Any) -> None:
        self.peer = peer
        self.mutex = _thread.RLock()
        self.grants = 0
        """How often the baton has changed hands."""
        self.strands: dict[int, Strand] = {}
        self._bases: dict[str, Strand] = {}
        self.coming: set[Strand] = set()
        """Threads that were started and have not begun."""
        self.holder: Strand | None = self.me(lane)
        self.watching = False
        self.crowded = False
        """The holder keeps others waiting for so long that it is to let them go first."""
        self.over = False
        """Every thread runs as it likes: the recording is finished."""
        self.last = False
        """The process ends with the recording: whoever waits then waits on.

        A daemon thread that is woken while the interpreter goes down, and writes to a standard
        stream just then, takes that stream's lock with it, and the interpreter aborts.
        """
        self._bell = real.allocate_lock()
        # from the start, for an interpreter that ends makes no more threads
        real.start_new_thread(self._watch, ())

    # -- threads ---------------------------------------------------------------------------

    def me(self, lane: Any = None) -> Strand:
        """Return the calling thread; *lane* is where it begins, if it was not known."""
        ident = real.get_ident()
        strand = self.strands.get(ident)
        if strand is None:
            base = "main" if lane is None else key_of(lane)
            strand = self.strands[ident] = Strand(self, base)
            strand.ident, strand.number = ident, real.get_native_id()
            self._bases.setdefault(base, strand)
        return strand

    def _key(self, strand: Strand, lane: Any) -> str:
        """Return what a hand-over to *strand* in *lane* is called.

        In a copy of another thread's context it is in that one's lane: its own names it then.
        """
        if lane is None:
            return strand.base
        key = key_of(lane)
        return key if self._bases.get(key, strand) is strand else strand.base

    def started(self, lane: Any) -> Strand:
        """The holder starts a thread, which will run in *lane*."""
        strand = Strand(self, key_of(lane))
        with self.mutex:
            self.coming.add(strand)
            self._bases.setdefault(strand.base, strand)
        return strand

    def failed(self, strand: Strand) -> None:
        """The thread could not be started."""
        with self.mutex:
            self.coming.discard(strand)
            strand.ended = True
            self.changed()

    def begin(self, strand: Strand, lane: Any) -> None:
        """To be called first by a thread that was `started`."""
        strand.ident, strand.number = real.get_ident(), real.get_native_id()
        with self.mutex:
            self.strands[strand.ident] = strand
            self.coming.discard(strand)
        self.take(lane)

    def end(self, strand: Strand) -> None:
        """The calling thread has ended: those that join it may go on."""
        with self.mutex:
            strand.ended = True
            self.strands.pop(real.get_ident(), None)
            while strand.joining:
                self.wake(strand.joining, strand.base)
            if self.holder is strand:
                self.next()
            self.changed()

    # -- hand-overs ------------------------------------------------------------------------

    def give(self) -> bool:
        """Hand the baton on; False if the calling thread does not have it."""
        strand = self.strands.get(real.get_ident())
        if strand is None or self.holder is not strand:
            return False
        with self.mutex:
            if self.holder is not strand:
                return False
            self.next()
        return True

    def held(self) -> bool:
        """Whether the calling thread has the baton."""
        return self.holder is not None and self.holder is self.strands.get(real.get_ident())

    def take(self, lane: Any = None) -> None:
        """Wait for the baton, unless the calling thread has it."""
        strand = self.me(lane)
        if self.holder is strand or self.over:
            return
        with self.mutex:
            strand.key, strand.how = self._key(strand, lane), 0
            self.asks(strand)
        self.parked(strand)

    def pass_on(self, lane: Any = None) -> None:
        """Let others go first."""
        if self.give():
            self.take(lane)

    def wait(
        self, lane: Any, done: Callable[[], bool], waiting: deque[Strand], timeout: float = -1
    ) -> bool | None:
        """Wait until *done* says that it is done; False when *timeout* seconds were over first.

        None when nobody orders threads any more: the caller is to wait by itself.  *done* is asked
        by the holder alone.  Whoever changes what it tells calls `wake`.
        """
        strand = self.me(lane)
        until = None if timeout < 0 else self.deadline(timeout)
        while not self.over:
            with self.mutex:
                strand.key, strand.how = self._key(strand, lane), 0
                waiting.append(strand)
                if done():  # a thread that needs no baton was quicker
                    _forget(waiting, strand)
                    return True
                strand.waits, strand.limited = waiting, timeout >= 0
                self.blocks(strand)
                if self.holder is strand:
                    self.next()
            self.parked(strand, until)
            if strand.how & EXPIRED:
                return False
            if done():
                return True
        return None

    def aside(self, lane: Any, live: Callable[[], Any]) -> Any:
        """Call *live*, which may wait in C for what another thread is to do.

        Then the baton is soon taken from it, and asked for again before anything else is done.
        """
        strand = self.me(lane)
        if self.holder is not strand or strand.in_call:
            return live()
        strand.calls += 1
        self.about_to_call(strand, lane)
        strand.in_call = True
        try:
            return live()
        finally:
            with self.mutex:
                strand.in_call = False
            self.take(lane)

    def parked(self, strand: Strand, until: float | None = None) -> None:
        """Wait until the calling thread holds the baton.

        What interrupts it (a handler that raises) is raised then, not before: the handler's
        effects are the program's.
        """
        raised: BaseException | None = None
        while not strand.granted:
            try:
                if until is None or strand.waits is None:
                    strand.park.acquire()
                elif not strand.park.acquire(True, max(until - real.monotonic(), 0)):
                    self.give_up(strand, EXPIRED)
            except BaseException as error:
                raised = raised or error
                self.give_up(strand, 0)
        strand.granted = False
        if raised is not None:
            raise raised

    def give_up(self, strand: Strand, how: int) -> None:
        """*strand* no longer waits for what it waited for: it asks for the baton."""
        with self.mutex:
            waiting, strand.waits = strand.waits, None
            if waiting is not None:
                _forget(waiting, strand)
                strand.how = how
                self.asks(strand)

    def never(self, lane: Any) -> None:
        """What the calling thread waits for did not come while the recorded run lasted."""
        self.wait(lane, lambda: False, deque())

    def free(self) -> None:
        """The recording is finished: let every thread run as it likes."""
        with self.mutex:
            self.over = True
            for strand in () if self.last else [*self.strands.values()]:
                self.grant(strand)
            self.holder = None
        self.watch()

    def grant(self, strand: Strand) -> None:
        """Hand the baton to *strand*; called with the mutex held."""
        self.holder = strand
        self.grants += 1
        strand.waits = None
        strand.calls = strand.lines = 0
        strand.granted = True
        if strand.park.locked():
            strand.park.release()

    @staticmethod
    def wake(waiting: deque[Strand], ended: str = "") -> None:
        """Let the first of those that wait in *waiting* ask for the baton.

        They waited for a thread if its lane is given, *ended*.
        """
        while True:
            try:
                strand = waiting.popleft()
            except IndexError:
                return
            baton = strand.baton
            with baton.mutex:
                if strand.waits is waiting:
                    strand.waits, strand.awaited = None, ended
                    baton.asks(strand)
                    return

    # -- what recorder and replayer each do in their way; called with the mutex held -------

    def next(self) -> None:
        """The holder hands the baton on."""
        raise NotImplementedError

    def asks(self, strand: Strand) -> None:
        """*strand* may run."""
        raise NotImplementedError

    def blocks(self, strand: Strand) -> None:
        """*strand* waits for what another one is to do."""

    def about_to_call(self, strand: Strand, lane: Any) -> None:
        """*strand* is about to call what may wait; called without the mutex."""

    def line(self, lane: Any, *, may: Callable[[], bool]) -> None:
        """The holder, in *lane*, is at a line where it *may* be interrupted; see `lines`."""

    def changed(self) -> None:
        """A thread has ended, or could not be started."""

    def deadline(self, timeout: float) -> float | None:
        """Return when a wait of *timeout* seconds really ends; None: when it is said to."""
        raise NotImplementedError

    # -- the watch -------------------------------------------------------------------------

    def watch(self) -> None:
        """See to it that somebody looks after a holder that keeps others waiting."""
        if not self.watching:
            self.watching = True
            if self._bell.locked():
                self._bell.release()

    def _watch(self) -> None:
        ignore()
        while not self.over:
            self._bell.acquire()
            self.look_after()

    def look_after(self) -> None:
        """Look after the threads, as long as it is needed; say so in `watching` at the end."""
        raise NotImplementedError


def _forget(waiting: deque[Strand], strand: Strand) -> None:
    try:
        waiting.remove(strand)
    except ValueError:
        pass  # it was woken at this moment
