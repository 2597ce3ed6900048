"""What wakes an event loop, replaying: handed over at the recorded turns, in recorded order."""

from __future__ import annotations

from array import array
from asyncio import TimerHandle, get_running_loop
from asyncio.events import Handle
from collections import deque
from functools import partial

from agentrr_sandbox import real
from agentrr_sandbox.errors import Halt
from agentrr_sandbox.matching import divergence
from agentrr_sandbox.replayer import signals
from agentrr_sandbox.replayer.stalls import stall
from agentrr_sandbox.schedule.answers import Answer
from agentrr_sandbox.schedule.loops import Turns
from agentrr_sandbox.schedule.stillness import at_rest, look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.replayer import Replayer
    from agentrr_sandbox.replayer.lane import ReplayedLane

    Act = Callable[[Any], None]

LOOK = 0.02
"""Seconds that an idle loop waits for another thread before it looks again."""
EXACT = 1e-6
"""Seconds by which two equal delays may differ: they are differences of the loop's times."""
PATIENCE = 1.0
"""Seconds after which a loop that waits for threads which are all at rest is given up."""


class ReplayedTurns(Turns):
    """Implements `boundary.Turns` for a replay."""

    peer: Replayer

    def __init__(self, peer: Replayer, name: str) -> None:
        super().__init__(peer, name)
        self._numbers: array[int] = peer.index.turns.get(name, array("q"))
        self._place = 0
        self._ended = False
        self._wanted: dict[object, Act] = {}
        self._arrived: deque[tuple[object, Act]] = deque()
        self._still_since: float | None = None
        self._seen: Any = None

    # -- answers ---------------------------------------------------------------------------

    async def turn(
        self, key: object, then: Callable[[], None] | None = None
    ) -> BaseException | None:
        """Wait for the turn of *key*; return the cancellation that came before it, if one did.

        At the head of that turn *then* is called, before anything else of it.  A live call that
        is cancelled ends in its own time: so the recorded one did.
        """
        future = Answer(loop=get_running_loop())

        def act(loop: Any) -> None:
            del loop
            if future.done():
                return
            if self.peer.halted is None:
                if then is not None:
                    then()
                future.set_result(None)
            else:
                future.set_exception(self.peer.halted)

        self._wanted[key] = act
        try:
            await future
        except BaseException:  # the coroutine is closed, or cancelled after its turn
            self._wanted.pop(key, None)
            raise
        return future.error

    # -- timers, other strands, signals ----------------------------------------------------

    def timer(
        self, lane: ReplayedLane, loop: Any, handle: TimerHandle, call_at: Callable[..., Any]
    ) -> None:
        """Hand *handle* over when the recorded one was; nothing waits for its time."""
        del loop, call_at
        self.peer.check()
        key = "timer", lane.name, self.number(f"timer {lane.name}")
        self._wanted[key] = lambda loop: loop._ready.append(handle)
        self._set_for(lane, self.delay(handle))
        handle.live = _Forget(self._wanted, key)  # type: ignore[attr-defined] # `event_loop.Timer`

    def call(self, lane: ReplayedLane, loop: Any, handle: Handle) -> Callable[[], None]:
        """Name a call of another thread; what is returned hands *handle* over, from any thread."""
        key = "call", lane.name, self.number(f"call {lane.name}")

        def ready() -> None:
            self._arrived.append((key, lambda loop: loop._ready.append(handle)))
            self.wake(loop)

        return ready

    def signal(self, lane: ReplayedLane, loop: Any, signal: int, handle: Handle) -> None:
        """Signals come when they did, and not otherwise."""

    # -- the loop's side -------------------------------------------------------------------

    def deliver(self, loop: Any) -> None:
        """Hand over, in the recorded order, what was handed over up to this turn."""
        if self.peer.over or self.peer.halted is not None:
            self._let_go(loop)
            return
        if self._arrived and self.peer.baton is not None:
            self.peer.baton.take()
        self._collect()
        while (event := self._next()) is not None and self._is_due(event):
            if not self._hand_over(loop, event):
                return

    def _is_due(self, event: dict[str, Any]) -> bool:
        """Whether the program, and each tool's body that runs again, is as far as it was then."""
        tick = event["turn"][1]
        if tick != self.tick:
            return bool(tick < self.tick)
        return all(
            self.bodies.get(body, 0) >= turns or self.peer.is_skipped(body)
            for body, turns in event.get("bodies", {}).items()
        )

    def _let_go(self, loop: Any) -> None:
        """The replay has ended: let nothing wait, so that every strand meets that end.

        A loop of the replay's own ends at once; what cleans up after that may run it again.
        """
        if self._is_own() and not self._ended:
            self._ended = self.peer.halted is not None
            self.peer.check()
        self._hand_over_all(loop)

    def _is_own(self) -> bool:
        """Whether nobody else runs anything on this loop."""
        return self.own or not self.peer.shared

    def _end(self, timeout: float | None) -> float | None:
        """The replay has ended, and its strands wait for what no recording holds."""
        if self.peer.over:
            return timeout
        if not self._is_own():
            self.stop()
        elif self._hopeless():
            self.peer.check()
        return LOOK if timeout is None else min(timeout, LOOK)

    def _hand_over_all(self, loop: Any) -> None:
        wanted, self._wanted = self._wanted, {}
        for act in wanted.values():
            act(loop)

    def _collect(self) -> None:
        while self._arrived:
            key, act = self._arrived.popleft()
            self._wanted[key] = act

    def _next(self) -> dict[str, Any] | None:
        """Return the next recorded wake that this replay is to see."""
        while self._place < len(self._numbers):
            event = self.peer.event(self._numbers[self._place])
            if not self.peer.is_skipped(event["lane"]):
                return event
            self._place += 1
        return None

    def _hand_over(self, loop: Any, event: dict[str, Any]) -> bool:
        """Do what *event* did; False if nobody waits for it yet."""
        if event["t"] != "wake":
            act = self._wanted.pop(event["seq"], None)
        elif event["kind"] == "signal":
            act = _signalled(loop, event["nth"])
        elif event["kind"] == "interrupt":
            act = partial(self._interrupted, event)
        elif event["kind"] == "pass":
            act = self._pass_on
        else:
            key = event["kind"], event["lane"], event["nth"]
            act = self._wanted.pop(key, None)
        if act is None:
            return False
        if event["turn"][1] != self.tick or not self._is_due(event):
            self.peer.drifted += 1
            if event["turn"][1] > self.tick:
                self.raise_tick(event["turn"][1] - self.tick)
        self._place += 1
        self._still_since = None
        act(loop)
        return True

    def _interrupted(self, event: dict[str, Any], loop: Any) -> None:
        """A signal came while the loop waited: its handler runs again."""
        del loop
        told: dict[str, Any] = {
            key: event[key] for key in ("signal", "lane", "raised") if key in event
        }
        error = signals.come(self.peer, {**event, "lane": self.name}, told)
        if error is not None:
            signals.hand_on(self.peer, event, error)

    def _pass_on(self, loop: Any) -> None:
        del loop
        if self.peer.baton is not None:
            self.peer.baton.pass_on()
            self._collect()

    def _set_for(self, lane: ReplayedLane, delay: float) -> None:
        """A timer that is set for another time is not the recorded one."""
        recorded = lane.read("asyncio.timer", lambda: delay, False, 4)
        if abs(recorded - delay) < EXACT:
            return
        later = "later" if delay > recorded else "earlier"
        self.peer.diverge(
            divergence(
                "timer",
                f"a timer is set for {abs(delay - recorded):.6g} s {later} than the recorded one",
                event=None,
                lane=lane.name,
                call="asyncio.timer",
                expected={"after": recorded},
                observed={"after": delay},
                present_site=self.peer.site(),
            )
        )

    def idle(self, loop: Any, timeout: float | None) -> float | None:
        """Hand over the next thing early, or wait for a thread that will ask for it."""
        if self.peer.over or self.peer.halted is not None:
            return self._end(timeout)
        try:
            return self._wait(loop, timeout)
        except Halt:
            self._let_go(loop)
            return 0

    def _wait(self, loop: Any, timeout: float | None) -> float | None:
        """Return how long to wait, having handed over what can be.  Raises `Halt` at the end."""
        baton = self.peer.baton
        if baton is not None:
            self._idled = baton.give()
            self.hold()
            self._collect()
        event = self._next()
        if event is not None and self._hand_over(loop, event):
            return 0
        if baton is not None:
            baton.give()  # a thread is to do something first
        if self.peer.shared and timeout is not None:
            return min(timeout, LOOK)  # what else runs on this loop may go on
        if not self._hopeless():
            return LOOK
        self._collect()  # the last thing that a thread did may have been to call
        if loop._ready:
            return 0
        if event is None and self.peer.cut:
            self.peer.stop("the recording ends here: nothing that it holds wakes this loop again")
        if event is None or not self._hand_over(loop, event):
            self._give_up(loop, event)
        return 0

    def _give_up(self, loop: Any, event: dict[str, Any] | None) -> None:
        """Report that the loop waits for nothing that comes; who observes goes on without it."""
        if event is not None and self.peer.divergences:
            self._place += 1  # observing: a symptom
            return
        self.peer.diverge(stall(event, self._wanted))
        if event is not None:
            self._place += 1
        elif self._wanted:
            self._hand_over_all(loop)
        else:
            self.peer.stop("nothing that the recording holds wakes this loop again", 125)

    def _hopeless(self) -> bool:
        """Whether every other thread has been at rest for too long, or there is none."""
        now, seen = real.monotonic(), look()
        if seen == {}:
            return True
        if not at_rest(seen, self._seen):
            self._seen, self._still_since = seen, now
            return False
        return now - (self._still_since or now) > PATIENCE


class _Forget:
    """Stands for the timer of a loop's own: cancelled with the handle that the program has."""

    def __init__(self, wanted: dict[object, Act], key: object) -> None:
        self._wanted, self._key = wanted, key

    def cancel(self) -> None:
        """Nobody waits for it any more."""
        self._wanted.pop(self._key, None)


def _signalled(loop: Any, signal: int) -> Act | None:
    handle = getattr(loop, "_signal_handlers", {}).get(signal)
    return None if handle is None else lambda loop: loop._ready.append(handle)
