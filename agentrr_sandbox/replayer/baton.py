"""The baton of a replay: it goes from hand to hand as it did in the recorded run.

Each thread has its own places in the recorded order.  The one whose place is next gets the baton;
if it is not there, the others wait for as long as it may still come.  When it cannot (the code was
edited), the one that is due first among those that are there goes on: that is counted, and no
divergence by itself, for what a thread asks and prints is compared anyway.
"""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.errors import Halt
from agentrr_sandbox.matching import divergence
from agentrr_sandbox.replayer.order import NEVER, Order
from agentrr_sandbox.schedule.baton import Baton
from agentrr_sandbox.schedule.stillness import Rest, look
from agentrr_sandbox.schedule.strand import EXPIRED, TAKEN, Strand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.replayer import Replayer

MOST = 4
"""How many threads a note names."""
_LOOK = 0.005
"""Seconds between two looks at threads that keep others waiting."""
_LONG = 0.02
"""Seconds after which a holder that the baton was taken from in the recorded run loses it."""
_STILL = 1.0
"""Seconds after which threads that are all at rest are taken to be stuck."""
_HURRIED = 1000
"""How many waits with a time limit may end otherwise than they did."""


class ReplayedBaton(Baton):
    """Hands the baton on in the recorded order."""

    peer: Replayer

    def __init__(self, peer: Replayer, lane: Any) -> None:
        self._asking: dict[Strand, None] = {}
        self._blocked: dict[Strand, None] = {}
        self.order = Order(peer)
        self._hurried = 0
        super().__init__(peer, lane)
        self._lines: Any = None
        if self.order.interrupted:
            from agentrr_sandbox.schedule.lines import Lines

            self._lines = Lines(peer)
            self._lines.begin()

    def begin(self, strand: Strand, lane: Any) -> None:
        """To be called first by a thread that was `started`."""
        super().begin(strand, lane)
        if self._lines is not None:
            self._lines.enter()

    def line(self, lane: Any, *, may: Callable[[], bool]) -> None:
        """Hand over where the recorded thread was interrupted."""
        del may
        strand = self.me(lane)
        strand.lines += 1
        if self.order.interrupted.get(self.order.due()) == strand.lines:
            self.pass_on(lane)

    def deadline(self, timeout: float) -> None:
        """A time limit is over when it was in the recorded run."""

    def parked(self, strand: Strand, until: float | None = None) -> None:
        """Wait until the calling thread holds the baton, or the replay has ended."""
        super().parked(strand, until)
        if not self.over:
            self.peer.check()

    def next(self) -> None:
        """The one whose place is next, if it is there."""
        self.holder = None
        self._choose()

    def asks(self, strand: Strand) -> None:
        """*strand* may run when its place comes."""
        self._blocked.pop(strand, None)
        if self.over:
            self.grant(strand)
            return
        self._asking[strand] = None
        self._consider()

    def blocks(self, strand: Strand) -> None:
        """*strand* waits for another one, or for its place."""
        self._blocked[strand] = None

    def about_to_call(self, strand: Strand, lane: Any) -> None:
        """One that lost the baton in this call waits for its place, and then need not wait."""
        if self.order.called.get(self.order.due()) == strand.calls:
            self.pass_on(lane)

    def changed(self) -> None:
        """A thread has ended: those that waited for it to come may go on."""
        self._consider()

    def let_go(self) -> None:
        """The replay has ended: let every thread meet that."""
        with self.mutex:
            for strand in [*self._asking, *self._blocked]:
                self._hand_to(strand)

    def unordered(self) -> list[str]:
        """Return what is to be known of a divergence here: which threads ran side by side."""
        names = self.order.beside()
        if not names:
            return []
        shown = ", ".join(names[:MOST]) + f" and {len(names) - MOST} more" * (len(names) > MOST)
        first = (
            f"{shown} ran beside other threads in the recorded run, in C code or computing for long"
        )
        return [f"{first}: what threads do to each other then, without a lock, has no order"]

    def asking(self) -> list[Strand]:
        """Return the threads that are ready to run, and wait for their place."""
        return [*self._asking]

    def _consider(self) -> None:
        if self.peer.halted is not None:
            self.let_go()
        elif self.holder is None:
            self._choose()
        else:
            self.watch()

    def _choose(self) -> None:
        """Nobody has the baton: hand it to the thread whose turn it is."""
        order = self.order
        present = [*self._asking, *self._blocked]
        if not present:
            return
        first = min(present, key=lambda strand: order.place(strand.key))
        if order.place(first.key) <= order.due() != NEVER:
            self._hand_to(first)
        elif self._on_the_way():
            self.watch()
        else:
            self._choose_another()

    def _choose_another(self) -> None:
        """The one that is due does not come."""
        order = self.order
        if self._asking:
            strand = min(self._asking, key=lambda strand: order.place(strand.key))
            self.peer.drifted += bool(order.keys)
            self._hand_to(strand)
            return
        limited = [strand for strand in self._blocked if strand.limited]
        if limited and self._hurried < _HURRIED:
            self._hurried += 1
            self.peer.drifted += 1
            strand = min(limited, key=lambda strand: order.place(strand.key))
            self._hand_to(strand, EXPIRED)
        else:
            self._stuck()

    def _on_the_way(self) -> bool:
        """Whether a thread runs that may yet ask for the baton."""
        return bool(self.coming) or len(self.strands) > len(self._asking) + len(self._blocked)

    def _hand_to(self, strand: Strand, how: int = 0) -> None:
        self._asking.pop(strand, None)
        self._blocked.pop(strand, None)
        strand.how = self.order.take(strand.key) & EXPIRED | how
        self.grant(strand)

    # -- the watch -------------------------------------------------------------------------

    def look_after(self) -> None:
        """Go on without a thread that waits in C; end a replay in which nothing can go on."""
        seen, since, rest = (-1, 0), 0.0, Rest()
        while (self._asking or self._blocked) and not self.peer.over:
            real.sleep(_LOOK)
            state = self.grants, len(self._asking) + len(self._blocked)
            if state != seen:
                seen, since = state, real.monotonic()
                rest.begin()
                continue
            holder = self.holder
            still = rest.lasts(look() if holder is None else look(holder.number))
            with self.mutex:
                if self.grants == seen[0] and self.holder is holder:
                    self._look_after(still, real.monotonic() - since)
        self.watching = False
        if self._asking and not self.peer.over:
            self.watch()

    def _look_after(self, rest: bool, waited: float) -> None:
        if self.holder is None:
            if rest:
                self._go_on(waited)
        elif self.peer.halted is None and (rest or self._was_taken(waited)):
            order = self.order
            if order.place(self.holder.key) > order.due():
                self.next()

    def _was_taken(self, waited: float) -> bool:
        return waited > _LONG and bool(self.order.how.get(self.order.due(), 0) & TAKEN)

    def _go_on(self, waited: float) -> None:
        """Nobody has the baton, and the threads that might ask for it are at rest."""
        if self._asking or waited > _STILL:
            self._choose_another()

    def _stuck(self) -> None:
        """Nothing that a thread waits for can come: say where each of them stands."""
        peer = self.peer
        if peer.halted is not None or peer.over:
            return
        message = "every thread waits for another one"
        try:
            if peer.cut and self.order.due() == NEVER:
                peer.stop(f"the recording ends here: {message}{_where(peer)}")
            else:
                peer.diverge(self._stall(message))
        except Halt:
            pass  # this may be the watch: the threads meet it where they wait
        self.let_go()

    def _stall(self, message: str) -> dict[str, object]:
        """Return the divergence: what is next in the recording, by the order or by number."""
        peer, place = self.peer, self.order.due()
        due = "" if place == NEVER else self.order.whose(place)
        coming = peer.coming()
        number = coming.get(due, min(coming.values(), default=None))
        if number is None:
            number = peer.after()
        event = None if number is None else peer.event(number)
        holds = [f"{due} goes on"] * bool(due)
        if event is not None:
            holds.append(f"event {number}, {event.get('call', event['t'])}")
        return divergence(
            "stall",
            message,
            event=number,
            lane=due or (event or {}).get("lane", "main"),
            call="threading",
            expected=", then ".join(holds) or None,
            observed="no thread that could go on",
            recorded_site=event and event.get("site"),
        )


def _where(peer: Replayer) -> str:
    from agentrr_sandbox.replayer.standing import standing
    from agentrr_sandbox.summary import stands

    places: Any = standing(peer).get("lanes", ())
    return ": " + "; ".join(stands(place) for place in places) if places else ""
