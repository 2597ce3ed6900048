"""The event loops that recordings meet.

An asyncio loop runs what is ready, one *turn* after another.  What wakes it from outside (an
answer, a timer, another thread's call, a signal) comes at a moment that no run repeats.  So
nothing is delivered where it happens: it is kept, and handed over at the head of a turn, before
the loop's handles run, in both modes.  A turn is counted when it has a handle of the recorded
program's; a recording holds, for each thing that woke the loop, at which count it did.  Handles
of live calls, which a replay does not have, count for nothing.  Nor do those of the bodies of
tools, which a replay may serve: how many turns each has had since the last that counted is kept
beside the count, so that a body that runs again is as far as it was.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary, ref

from agentrr_sandbox.frames import let_interrupt
from agentrr_sandbox.lanes import strand_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from typing import Any


class Turns:
    """How one recording wakes one loop.

    *peer* is the recorder or the replayer, *name* the loop's: the lane that made it, and its
    number among those; `own` when it made it, and nobody else uses it.  `tick` counts the turns in
    which the recorded program ran; `now` is the loop's time as the program was told last.
    """

    def __init__(self, peer: Any, name: str) -> None:
        self.peer = peer
        self.name = name
        self.own = False
        self.stop: Callable[[], None] = lambda: None
        """Ends what is recorded or replayed, where the loop is another's."""
        self.tick = 0
        self.bodies: dict[str, int] = {}
        """How many turns each tool's body has had since `tick` was raised, by its lane."""
        self.now = 0.0
        self.due: Any = True
        """False, or empty, when `deliver` has nothing to do."""
        self._idled = False
        self._lane_in = peer.gate.lane_in
        self._given: dict[str, int] = {}

    @staticmethod
    def wake(loop: Any) -> None:
        """Something has arrived: *loop* is to look, unless it runs in this thread and will.

        What wakes it is a handle, and programs look whether a loop has any (prompt_toolkit).  One
        that waits in this thread was interrupted by a signal's handler.
        """
        from asyncio import _get_running_loop

        known = _known.get(loop)
        if _get_running_loop() is not loop or known is None or known.waits:
            loop._write_to_self()

    def number(self, what: str) -> int:
        """Return how many of *what* came before, in this loop."""
        number = self._given.get(what, 0)
        self._given[what] = number + 1
        return number

    def delay(self, handle: Any) -> float:
        """Return how long after the time that the program was told last *handle* is set for."""
        delay: float = handle.when() - self.now
        return delay

    def deliver(self, loop: Any) -> None:
        """Hand over what is to be handed over at this turn."""
        raise NotImplementedError

    def idle(self, loop: Any, timeout: float | None) -> float | None:
        """The loop has nothing to run: return how long it may really wait."""
        raise NotImplementedError

    def count(self, ready: Any) -> None:
        """Count this turn, if a handle of the recorded program's is *ready*."""
        peer, lane_in = self.peer, self._lane_in
        if ready:  # most turns have one handle, and it is the program's
            lane = lane_in(ready[0]._context)
            if lane is not None and lane.counted and lane.peer is peer:
                if self._idled or peer.baton is not None:
                    self.hold()
                self.raise_tick()
                return
        bodies: dict[str, Any] = {}
        for place in range(len(ready)):  # another thread may add to it meanwhile
            lane = lane_in(ready[place]._context)
            if lane is None or lane.peer is not peer:
                continue
            if lane.counted:
                self.hold()
                self.raise_tick()
                return
            if not lane.inside:
                bodies[lane.name] = lane
        for name in bodies:  # of tools, which a replay may serve
            self.bodies[name] = self.bodies.get(name, 0) + 1
        if bodies and peer.baton is not None:
            peer.baton.take(bodies.popitem()[1])

    def raise_tick(self, by: int = 1) -> None:
        """The recorded program runs, at *by* more turns."""
        self.tick += by
        if self.bodies:
            self.bodies = {}

    def hold(self) -> None:
        """The program is about to run: its loop needs the baton, if there is one."""
        baton = self.peer.baton
        if baton is not None:
            baton.take()
        if self._idled:
            self._idled = False
            self.raise_tick()  # what comes now did not come before the loop was idle


class Loop:
    """One event loop: its selector asks the turns of its recordings first.

    `asks_time`: what asks for the loop's time next is the loop itself, as it does after each wait.
    `waits`: it has nothing to run, and waits.
    """

    def __init__(self, loop: Any) -> None:
        selector = loop._selector
        self.turns: list[Turns] = []
        self.asks_time = False
        self.waits = False
        self._asks_time = (
            type(loop)._run_once.__module__ == "asyncio.base_events"
            and type(loop)._process_events.__module__ == "asyncio.selector_events"
        )
        self._loop = ref(loop)
        self._selector = ref(selector)
        select = type(selector).select
        self._select = getattr(select, "__wrapped__", select)  # a hook asks what this loop serves
        selector.select = self.select

    def select(self, timeout: float | None = None) -> Any:
        """Wait for something to happen, as long as the recordings say; deliver what has."""
        loop, selector = self._loop(), self._selector()
        if not self.turns or loop is None:
            return self._select(selector, timeout)
        ready = loop._ready
        for turns in self.turns:
            if turns.due:
                turns.deliver(loop)
        if not ready and timeout != 0:
            for turns in self.turns:
                timeout = turns.idle(loop, timeout)
        self.waits = not ready and timeout != 0
        try:
            happened = self._select(selector, 0 if ready else timeout)
        finally:
            self.waits = False
        for turns in self.turns:
            if turns.due:
                turns.deliver(loop)
            turns.count(ready)
        self.asks_time = self._asks_time
        return happened


let_interrupt(Loop.select.__code__)  # a loop waits there

_known: WeakKeyDictionary[asyncio.AbstractEventLoop, Loop] = WeakKeyDictionary()


def of(loop: Any) -> Loop | None:
    """Return what is known of *loop*; None for one that is not the standard library's kind."""
    if not hasattr(loop, "_ready") or not hasattr(getattr(loop, "_selector", None), "__dict__"):
        return None
    known = _known.get(loop)
    if known is None:
        known = _known[loop] = Loop(loop)
    return known


def running(lane: Any) -> Any:
    """Return the turns of *lane*'s recording in the loop that runs now; None if it has no say."""
    from asyncio import _get_running_loop

    loop = _get_running_loop()
    return None if loop is None else lane.turns(loop)


def waiting(peer: Any) -> Any:
    """Return the turns of *peer* in the loop that waits in this thread, if one does."""
    from asyncio import _get_running_loop

    loop = _get_running_loop()
    known = None if loop is None else _known.get(loop)
    if known is None or not known.waits:
        return None
    return next((turns for turns in known.turns if turns.peer is peer), None)


def order_in(lane: Any) -> str:
    """Return what orders the answers that *lane* awaits now: its loop's `turns`, or nothing."""
    return "" if running(lane) is None else "turns"


def turns_in(loop: Any, peer: Any, lane: Any) -> Any:
    """Return the `Turns` of *peer* in *loop*, made when *lane* is the first to need them.

    None for a loop that cannot be scheduled, and where *peer* schedules nothing.
    """
    known = of(loop)
    if known is None:
        return None
    for turns in known.turns:
        if turns.peer is peer:
            return turns
    strand = strand_of(lane.name)
    number = peer.loops[strand] = peer.loops.get(strand, 0) + 1
    made = peer.make_turns(f"{strand}#{number}")
    known.turns.append(made)
    return made
