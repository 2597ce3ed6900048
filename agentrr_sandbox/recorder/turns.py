"""What wakes an event loop, recording: written down when it is handed over, at a turn's head."""

from __future__ import annotations

from asyncio import TimerHandle, get_running_loop
from asyncio.events import Handle
from collections import deque

from agentrr_sandbox.schedule.answers import Answer
from agentrr_sandbox.schedule.loops import Turns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.recorder.lane import RecordedLane

    Place = dict[str, object]
    Write = Callable[[Place, BaseException | None], None]


class RecordedTurns(Turns):
    """Implements `boundary.Turns` for a recording that is being made."""

    def __init__(self, peer: Any, name: str) -> None:
        super().__init__(peer, name)
        self._arrived: deque[Callable[[Any], None]] = deque()
        self.due = self._arrived

    # -- answers ---------------------------------------------------------------------------

    async def turn(self, write: Write) -> BaseException | None:
        """Wait for the head of the next turn; return the cancellation that came before it.

        There *write* is called with its place and that cancellation.  One that comes between the
        writing and the waking is raised.
        """
        future = Answer(loop=get_running_loop())

        def arrive(loop: Any) -> None:
            del loop
            write(self._place(), future.error)
            future.set_result(None)

        self._arrive(arrive)
        await future
        return future.error

    def _arrive(self, arrive: Callable[[Any], None]) -> None:
        """An answer is there: *arrive* hands it over."""
        self._arrived.append(arrive)

    async def outcome(
        self,
        write: Callable[[dict[str, object]], None],
        fail: Callable[[BaseException, dict[str, object]], None],
    ) -> None:
        """Wait for the turn at which *write* writes an answer down.

        A cancellation that comes first is the answer: *fail* writes it, and it is raised.
        """

        def note(place: Place, cancelled: BaseException | None) -> None:
            if cancelled is None:
                write(place)
            else:
                fail(cancelled, place)

        cancelled = await self.turn(note)
        if cancelled is not None:
            raise cancelled

    async def closed(self, lane: RecordedLane, number: int | None, *, cancelled: bool) -> None:
        """Wait for the turn at which the closing of stream *number* is over.

        *cancelled*: the closing was; a live one may also be shielded from that.
        """

        def note(place: Place, late: BaseException | None) -> None:
            del place
            was = cancelled or late is not None
            self._woken("closed", lane.name, number or 0, cancelled=was)

        late = await self.turn(note)
        if late is not None:
            raise late

    # -- timers, other strands, signals ----------------------------------------------------

    def timer(
        self, lane: RecordedLane, loop: Any, handle: TimerHandle, call_at: Callable[..., Any]
    ) -> None:
        """Hand *handle* over at the turn after its time has come."""
        number = self.number(f"timer {lane.name}")
        delay = self.delay(handle)
        lane.read("asyncio.timer", lambda: delay, False, 3)

        def arrive(loop: Any) -> None:
            if not handle.cancelled():
                self._woken("timer", lane.name, number)
                loop._ready.append(handle)

        inside = self.peer.inside()
        live = call_at(loop, handle.when(), self._arrived.append, arrive, context=inside)
        handle.live = live  # type: ignore[attr-defined] # see `event_loop.Timer`

    def call(self, lane: RecordedLane, loop: Any, handle: Handle) -> Callable[[], None]:
        """Name a call of another thread; what is returned hands *handle* over, from any thread."""
        number = self.number(f"call {lane.name}")

        def arrive(loop: Any) -> None:
            self._woken("call", lane.name, number)
            loop._ready.append(handle)

        def ready() -> None:
            self._arrived.append(arrive)
            self.wake(loop)

        return ready

    def signal(self, lane: RecordedLane, loop: Any, signal: int, handle: Handle) -> None:
        """Hand over the *handle* of a signal's handler."""

        def arrive(loop: Any) -> None:
            self._woken("signal", lane.name, signal)
            loop._ready.append(handle)

        self._arrived.append(arrive)
        loop._write_to_self()

    def interrupted(self, lane: RecordedLane, signal: str, handle: Callable[[], None]) -> None:
        """A signal came while the loop waits: handle it, and write down at which turn."""
        from agentrr_sandbox.recorder.signals import handled

        self.hold()
        strand = lane.child("signal", signal)
        fields = {"lane": strand.name, "kind": "interrupt", "nth": self.number("interrupt")}
        fields |= {"signal": signal, **self._place()}
        try:
            handled(strand, signal, handle)
        except BaseException as error:
            fields["raised"] = self.peer.encode_raised(error)
            raise
        finally:
            self.peer.append("wake", fields)
        baton = self.peer.baton
        if baton is not None and baton.give():
            self._idled = True

    def _woken(self, kind: str, lane: str, number: int, *, cancelled: bool = False) -> None:
        fields: dict[str, object] = {"lane": lane, "kind": kind, "nth": number}
        if cancelled:
            fields["cancelled"] = True
        self.peer.append("wake", {**fields, **self._place()})

    def _place(self) -> Place:
        """Return where this loop is now, as an event holds it."""
        place: Place = {"turn": [self.name, self.tick]}
        if self.bodies:
            place["bodies"] = dict(self.bodies)
        return place

    # -- the loop's side -------------------------------------------------------------------

    def deliver(self, loop: Any) -> None:
        """Hand over what has arrived, and write it down."""
        arrived = self._arrived
        if arrived:
            self.hold()
        while arrived:
            arrived.popleft()(loop)

    def hold(self) -> None:
        """Let others go first, if the program keeps them waiting: a loop that polls never ends."""
        super().hold()
        baton = self.peer.baton
        if baton is not None and baton.crowded and not baton.over:
            self._woken("pass", self.name.rpartition("#")[0], self.number("pass"))
            baton.pass_on()

    def idle(self, loop: Any, timeout: float | None) -> float | None:
        """The loop waits as long as it asks."""
        del loop
        baton = self.peer.baton
        if self._arrived:
            return 0
        if baton is not None and baton.give():
            self._idled = True
        return timeout
