"""The draws of the generator that the functions of `random` share (see `prng`)."""

from __future__ import annotations

from agentrr_hooks.callers import reader, told
from agentrr_hooks.standin import outside, partial, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane

BY_VALUE = 1000
"""So many draws between two crossings are recorded one by one."""
PACKED_BITS = 512
"""Up to this many bits an answer of `getrandbits` is a packed read; more is a crossing."""


class Shared:
    """How the draws of the shared generator are recorded at the moment.

    Draws are kept by value wherever threads share it, or a stretch of draws is short; a served
    draw does not move the generator on, so that each stretch by state begins with its state.
    `native` is the lane whose draws are not recorded one by one for now.  `left` counts down the
    draws that `lane` has until then.
    """

    def __init__(self, inst: Any) -> None:
        self._get, self._set = inst.getstate, inst.setstate
        self._alone = True
        self.native: Lane | None = None
        self.lane: Lane | None = None
        self.left = BY_VALUE

    def turn(self, lane: Lane | None) -> Lane | None:
        """Return the lane to record this draw in; None when it is not to be recorded."""
        if lane is None:
            return None
        if lane is not self.lane:
            if self.lane is not None and self.lane.name != lane.name:
                self._alone = self._alone and not _beside(self.lane.name, lane.name)
            self.lane, self.native, self.left = lane, None, BY_VALUE
            lane.before_outward(self.check)
        elif self._alone:
            self._set(lane.read("random.state", self._get, False))
            self.native = lane
            return None
        else:
            self.left = BY_VALUE
        return lane

    def check(self, lane: Lane) -> None:
        """Mark what draws that were not recorded have come to: a crossing of *lane* begins."""
        if lane is self.lane:
            self.left = BY_VALUE
        if lane is self.native:
            self.native = None
            lane.mark("random.state", fingerprint(self._get()))


def _beside(*names: str) -> bool:
    """Whether lanes of these names run beside each other: then their order decides who draws what.

    Tasks and tools take turns instead.
    """
    return any("/thread:" in name or "/work:" in name for name in names)


def fingerprint(state: Any) -> list[int]:
    """Return the index and the first word of a generator's state: where it is in its sequence."""
    return [state[1][-1], state[1][0]]


def random(real: Any, shared: Shared, boundary: Boundary, module: dict[str, Any] | None) -> Any:
    """Return the stand-in for `random`; *module* is given where `random.py` itself calls it."""
    current = boundary.lane
    last: Any = None, None

    def draw(caller: dict[str, Any]) -> Any:
        nonlocal last
        lane = current()
        if lane is shared.native or lane is None:
            return real()
        if lane is not shared.lane or shared.left <= 0:
            lane = shared.turn(lane)
            if lane is None:
                return real()
        shared.left -= 1
        known, read = last
        if lane is not known:
            read = lane.reader("random.random", real, False)
            last = lane, read
        return read(outside(caller) if caller is module else caller)

    return reader(real, draw, "random")


class _Bits:
    """The draws of `getrandbits`; a draw is a read by the number of its bits."""

    def __init__(self, real: Any, shared: Shared) -> None:
        self._real = real
        self._shared = shared
        self._reads: dict[int, tuple[str, Any]] = {}

    def draw(self, lane: Lane | None, k: Any, caller: dict[str, Any]) -> Any:
        """Draw *k* bits where the generator is not native; the code that asks is *caller*'s."""
        real, shared = self._real, self._shared
        if lane is not shared.lane or shared.left <= 0:
            lane = shared.turn(lane)
        if lane is None or not hasattr(k, "__index__") or k.__index__() < 0:
            return real(k)
        if k > PACKED_BITS:
            return lane.cross("random.getrandbits", lambda: real(k), request=k.__index__())
        shared.left -= 1
        try:
            call, live = self._reads[k]
        except KeyError:
            bits = k.__index__()
            call, live = self._reads[bits] = f"random.getrandbits({bits})", partial(real, bits)
        return lane.reader(call, live, False)(caller)


def getrandbits(real: Any, shared: Shared, boundary: Boundary, module: Any) -> Any:
    """Return the stand-in for `getrandbits`; see `random`."""
    current = boundary.lane
    bits = _Bits(real, shared).draw

    def draw(k: int, /) -> Any:
        lane = current()
        if lane is shared.native or lane is None:
            return real(k)
        return bits(lane, k, outside(module))

    def draw_for(caller: dict[str, Any], k: int, /) -> Any:
        lane = current()
        if lane is shared.native or lane is None:
            return real(k)
        return bits(lane, k, caller)

    if module is None:
        return told(real, draw_for, "random")
    return stand_in(real, draw, "random")  # nothing but `random.py` calls it: no one to be told of
