"""What wakes an event loop under a drawn schedule.

Each answer that a strand waits for may come at any turn, and in any order.  Timers come in the
order of their times; one that did not come in the recorded run (a time limit that was kept) comes
when the loop waits for nothing else.  What a loop has ready it runs in its own order: asyncio
promises that.
"""

from __future__ import annotations

from asyncio import CancelledError, get_running_loop
from collections import deque

from agentrr_sandbox.schedule.answers import Answer
from agentrr_sandbox.schedule.loops import Turns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import TimerHandle
    from asyncio.events import Handle
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.chaos import ChaosReplayer
    from agentrr_sandbox.chaos.lane import ChaosLane

    Act = Callable[[Any], None]


class _Wanted:
    """Something that a loop waits for, *lane*'s; *act* hands it over."""

    def __init__(self, lane: str, act: Act) -> None:
        self.lane = lane
        self.act = act
        self.may_come: Callable[[], bool] = lambda: True


class _Timer(_Wanted):
    """A timer; *at* is its time, *kept* says that it is a limit that the recorded run kept."""

    def __init__(self, lane: str, act: Act, at: float, *, kept: bool) -> None:
        super().__init__(lane, act)
        self.at = at
        self.kept = kept


class ChaosTurns(Turns):
    """Implements `boundary.Turns` for a drawn schedule."""

    peer: ChaosReplayer

    def __init__(self, peer: ChaosReplayer, name: str) -> None:
        super().__init__(peer, name)
        self._wanted: dict[object, _Wanted] = {}
        self._calls: deque[Act] = deque()
        self._bell: deque[Any] = deque()
        self._came: set[object] = set()
        self._signals: deque[int] = deque()
        for number in peer.index.turns.get(name, ()):
            event = peer.event(number)
            if event["t"] == "wake" and event["kind"] == "timer":
                self._came.add(("timer", event["lane"], event["nth"]))
            elif event["t"] == "wake" and event["kind"] == "signal":
                self._signals.append(event["nth"])

    # -- answers ---------------------------------------------------------------------------

    async def turn(self, key: Any, then: Callable[[], None] | None = None) -> BaseException | None:
        """Wait until *key* is drawn; return the cancellation that came before it, if one did.

        *then* is called when it is handed over, before anything else of that turn.
        A recorded answer is none to a strand that has been cancelled now, and a recorded
        cancellation comes to one alone that has been.
        """
        event: dict[str, Any] | None = None
        if isinstance(key, int):
            event = self.peer.event(key)
            kind, lane = "", event["lane"]
        else:
            kind, lane = key[:2]
        future = Answer(loop=get_running_loop())

        cancelled = event is not None and self._is_cancellation(event)

        def act(loop: Any) -> None:
            del loop
            if future.done():
                return
            if then is not None and (cancelled or future.error is None):
                then()
            future.set_result(None)

        wanted = _Wanted(lane, act)
        if cancelled or kind == "no answer":
            wanted.may_come = lambda: future.error is not None
        self._wanted[key] = wanted
        try:
            await future
        except BaseException:  # the coroutine is closed, or cancelled after its turn
            self._wanted.pop(key, None)
            raise
        if future.error is not None and not cancelled:
            raise future.error
        return future.error

    def _is_cancellation(self, event: dict[str, Any]) -> bool:
        return "raised" in event and isinstance(self.peer.error(event["raised"]), CancelledError)

    # -- timers, other strands, signals ----------------------------------------------------

    def timer(
        self, lane: ChaosLane, loop: Any, handle: TimerHandle, call_at: Callable[..., Any]
    ) -> None:
        """Hand *handle* over when its time has come, by the schedule."""
        del loop, call_at
        key = "timer", lane.name, self.number(f"timer {lane.name}")
        at = self.peer.now + max(self.delay(handle), 0)
        self._wanted[key] = _Timer(
            lane.name, lambda loop: loop._ready.append(handle), at, kept=key not in self._came
        )
        handle.live = _Forget(self._wanted, key)  # type: ignore[attr-defined] # `event_loop.Timer`

    def call(self, lane: ChaosLane, loop: Any, handle: Handle) -> Callable[[], None]:
        """Return what hands *handle* over, from any thread."""
        del lane, loop

        def ready() -> None:
            self._calls.append(lambda loop: loop._ready.append(handle))
            if self.peer.baton is not None:
                self.peer.baton.wake(self._bell)

        return ready

    def signal(self, lane: ChaosLane, loop: Any, signal: int, handle: Handle) -> None:
        """Signals come when a loop waits for nothing else, and not otherwise."""

    # -- the loop's side -------------------------------------------------------------------

    def deliver(self, loop: Any) -> None:
        """Hand over what other threads have called, and by chance one thing more."""
        if self.peer.over:
            wanted, self._wanted = self._wanted, {}
            for each in wanted.values():
                each.act(loop)
        elif self._calls and self.peer.baton is not None:
            self.peer.baton.take()
        while self._calls:
            self._calls.popleft()(loop)
        if loop._ready and self._wanted and self.peer.schedule.early():
            self._come(loop)

    def idle(self, loop: Any, timeout: float | None) -> float | None:
        """Hand something over: there is nothing else to do."""
        baton = self.peer.baton
        if baton is not None and not self.peer.over:
            baton.pass_on()
        while not self.peer.over:
            while self._calls:
                self._calls.popleft()(loop)
            if loop._ready:
                return 0
            if not self._come(loop) and not self._wait(loop):
                break
        return timeout

    def _come(self, loop: Any) -> bool:
        """Hand over what is drawn among all that may come; False where nothing may."""
        keys: list[object] = []
        for key, each in self._wanted.items():
            if type(each) is _Wanted and each.may_come():
                keys.append(key)
        first = self._first()
        if first is not None:
            baton = self.peer.baton
            earlier = None if baton is None else baton.earliest()
            timer: Any = self._wanted[first]
            if not timer.kept and (earlier is None or timer.at <= earlier):
                keys.append(first)
        if not keys:
            return False
        drawn = self.peer.schedule.choose([self._wanted[key].lane for key in keys])
        self._hand_over(loop, keys[drawn])
        return True

    def _first(self) -> object | None:
        """Return the key of the timer whose time comes first."""
        timers = [(each.at, key) for key, each in self._wanted.items() if isinstance(each, _Timer)]
        return min(timers, key=lambda pair: pair[0])[1] if timers else None

    def _hand_over(self, loop: Any, key: object) -> None:
        wanted = self._wanted.pop(key)
        if isinstance(wanted, _Timer):
            self.peer.now = max(self.peer.now, wanted.at)
        wanted.act(loop)

    def _wait(self, loop: Any) -> bool:
        """Let other threads go on, or time; False when nobody orders threads any more."""
        baton, first = self.peer.baton, self._first()
        timer: Any = None if first is None else self._wanted[first]
        if baton is not None and not baton.alone():
            limit = -1 if timer is None else max(timer.at - self.peer.now, 0)
            came = baton.wait(None, lambda: bool(self._calls), self._bell, limit)
            if came is None:
                return False
            if came:
                return True
        if first is not None:
            if first in self._wanted:
                self._hand_over(loop, first)
        elif not self._signalled(loop):
            self.peer.loop_waits()
        return True

    def _signalled(self, loop: Any) -> bool:
        """Let the next recorded signal come, if one is left that the loop handles."""
        while self._signals:
            handle = getattr(loop, "_signal_handlers", {}).get(self._signals.popleft())
            if handle is not None:
                loop._ready.append(handle)
                return True
        return False


class _Forget:
    """Stands for the timer of a loop's own: cancelled with the handle that the program has."""

    def __init__(self, wanted: dict[object, _Wanted], key: object) -> None:
        self._wanted, self._key = wanted, key

    def cancel(self) -> None:
        """Nobody waits for it any more."""
        self._wanted.pop(self._key, None)
