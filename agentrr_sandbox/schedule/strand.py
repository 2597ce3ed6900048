"""What a baton knows of one thread."""

from __future__ import annotations

from collections import deque

from agentrr_sandbox import real
from agentrr_sandbox.lanes import strand_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.schedule.baton import Baton

EXPIRED = 1
"""Of a hand-over: to a thread that waited with a time limit, which was over."""
TAKEN = 2
"""Of a hand-over: the holder before did not come to it by itself."""

INTERRUPTED = 4
"""Of a hand-over: the holder before was interrupted between two lines, under a drawn schedule."""

JOINED = 8
"""Of a hand-over: to a thread that waited for another one to end, whose lane is named with it."""


class Strand:
    """One thread of a recording.

    *base* is the lane that it began in, `key` the one that it runs in when it asks for the baton.
    `ended` when it has nothing more to do; `joining` are those that wait for that.
    """

    def __init__(self, baton: Baton, base: str) -> None:
        self.baton = baton
        self.base = self.key = base
        self.ident = self.number = 0
        self.ended = False
        self.granted = False
        self.how = 0
        self.park = real.allocate_lock()
        self.park.acquire()
        self.calls = 0
        """How many calls that may wait in C it has made since it got the baton."""
        self.lines = 0
        """At how many lines it might have been interrupted since then."""
        self.in_call = False
        self.awaited = ""
        """The lane of the thread that it waited for, which has ended."""
        self.waits: deque[Strand] | None = None
        self.limited = False
        self.joining: deque[Strand] = deque()


def key_of(lane: Any) -> str:
    """Return what hand-overs to the thread that runs *lane* are called.

    A tool's body has a name of its own: a replay may serve the tool.
    """
    name: str = lane.name
    return name if "/tool:" in name else strand_of(name)
