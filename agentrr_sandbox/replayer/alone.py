"""A wait for a lock in a replay that has one thread: nobody is there who could let it go."""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.matching import divergence
from agentrr_sandbox.schedule.stillness import Rest, look

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentrr_sandbox.replayer.place import Place

_SLICE = 0.02
"""Seconds between two looks."""
_STILL = 1.0
"""Seconds after which threads that Python did not start are given up."""


def wait(lane: Place, take: Callable[[bool, float], bool]) -> bool:
    """Wait for the lock that *take* takes; end the replay when nothing can let it go."""
    rest, since = Rest(), real.monotonic()
    while not take(True, _SLICE):
        lane.replayer.check()
        now = look()
        still = rest.lasts(now)
        if lane.replayer.shared and now != {}:
            continue  # of threads that are outside of the replay nobody knows what they wait for
        if now == {} or (still and real.monotonic() - since > _STILL):
            _give_up(lane)
    return True


def _give_up(lane: Place) -> None:
    peer, number = lane.replayer, lane.following()
    message = f"{lane.name} waits for a lock, and there is no other thread that could let it go"
    if number is None and peer.cut:
        peer.stop(f"the recording ends here: {message}")
    number = peer.after() if number is None else number
    event = None if number is None else peer.event(number)
    peer.diverge(
        divergence(
            "stall",
            message,
            event=number,
            lane=lane.name,
            call="threading",
            expected=event and f"event {number}, {event.get('call', event['t'])}",
            observed="nothing that could let it go",
            present_site=peer.site(),
        )
    )
    peer.stop("nothing that the recording holds lets this lock go", 125)
