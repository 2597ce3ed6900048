"""The doors of a strand that have to do with other strands."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Scheduled:
    """What a lane of either peer knows of the threads and loops of its recording."""

    name: str
    peer: Any

    @property
    def baton(self) -> Any:
        """What orders the threads of this recording; None while there is only one."""
        return self.peer.baton

    @property
    def workers(self) -> Any:
        """What records the workers that this process starts; None where nothing does."""
        return self.peer.workers

    def threaded(self) -> Any:
        """Return that, made for the first thread that this strand is about to start."""
        peer = self.peer
        with peer.lock:
            if peer.baton is None and not peer.over:
                peer.baton = peer.make_baton(self)
        return peer.baton

    def pass_on(self) -> None:
        """Let other threads go first."""
        if self.peer.baton is not None:
            self.peer.baton.pass_on(self)

    def wait_alone(self, take: Any) -> bool:
        """Wait for the lock that `take(True, timeout)` takes, where there is no other thread."""
        return bool(take(True, -1))

    def turns(self, loop: Any) -> Any:
        """Return how this recording wakes *loop*."""
        from agentrr_sandbox.schedule.loops import turns_in

        return turns_in(loop, self.peer, self)

    def loop_made(self, loop: Any) -> Any:
        """Return the same, for a loop that this strand has just made."""
        turns = self.turns(loop)
        if turns is not None:
            turns.own = True
        return turns
