"""Clock reads and draws of a lane under a drawn schedule: its own recorded ones, one by one.

Where in a lane they come does not matter, and a clock goes on from its last value: how often it is
read depends on the order.  The shared generator goes on by numbers of ours.  Another draw that the
recording does not hold (an id, a key) is something that the agent does otherwise.
"""

from __future__ import annotations

import sys
from binascii import crc32
from collections import deque

from agentrr_sandbox.recording.reads import unpack
from agentrr_sandbox.schedule.drawing import Draws

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_TICK = 0.001
_BEGAN = 1000.0
"""What a clock without an epoch shows that the lane did not read."""
_EPOCH = 1e9
_NANOSECONDS = 1e16
_OWN = "threading.time"
_BITS = "random.getrandbits("
_SEED = 32
_STATES = ("random.state", "random.getstate")
CLOCKS = ("time.", "datetime.", "loop.time")


class Reads:
    """The recorded reads of one lane, by owner and call."""

    def __init__(self, replayer: Any, lane: str) -> None:
        self._replayer = replayer
        self._held: dict[tuple[bool, str], deque[Any]] = {}
        self._last: dict[str, Any] = {}
        self._draws = Draws(crc32(lane.encode()))
        for number in replayer.index.lanes.get(lane, ()):
            event = replayer.event(number)
            if event["t"] == "reads":
                self._load(event)

    def _load(self, event: dict[str, Any]) -> None:
        for call, owner, kind, _, packed in event["runs"]:
            values = unpack(kind, packed)
            if kind == "v":
                values = [self._replayer.decoded(value) for value in values]
            self._held.setdefault((owner == "user", call), deque()).extend(values)

    def next(
        self, call: str, live: Callable[[], Any], *, user: bool, elastic: bool
    ) -> tuple[bool, Any]:
        """Return whether there is a value, and the value."""
        if call == _OWN:
            return True, self._replayer.now
        held = self._held.get((user, call))
        if held:
            value = self._last[call] = held.popleft()
            return True, value
        if call.startswith(CLOCKS):
            return True, self._on(call, live)
        if call.startswith("random."):
            return self._drawn(call)
        return elastic, live() if elastic else None

    def _drawn(self, call: str) -> tuple[bool, Any]:
        below = self._draws.below
        if call == "random.random":
            return True, below(1 << 53) / (1 << 53)
        if call.startswith(_BITS):
            return True, below(1 << int(call[len(_BITS) : -1]))
        if call == "random.seed":
            return True, bytes(below(1 << 8) for _ in range(_SEED))
        if call in _STATES:
            return True, sys.modules["random"].Random(below(1 << 64)).getstate()
        return False, None

    def _on(self, call: str, live: Callable[[], Any]) -> Any:
        last = self._last.get(call)
        if last is None:
            last = self._begin(live())
        tick = _TICK if type(last) is float else 1_000_000 if "_ns" in call else 1000
        self._last[call] = last + tick
        return self._last[call]

    def _begin(self, shown: Any) -> Any:
        """Return where a clock begins that shows *shown* here: seconds, micro- or nanoseconds."""
        unit = 1 if type(shown) is float else 10**9 if shown > _NANOSECONDS else 10**6
        began = self._replayer.recording.header["started"] / 1e9
        seconds = began if shown > _EPOCH * unit else _BEGAN
        return type(shown)((seconds + self._replayer.now) * unit)
