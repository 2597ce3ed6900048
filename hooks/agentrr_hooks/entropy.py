"""Entropy of the operating system.

Captures      `os.urandom`, `os.getrandom`, `ssl.RAND_bytes`
Records       each answer, with the size asked for: tokens that the agent makes are in the recording
Serves        the recorded bytes, in order
Reaches       `secrets`, `SystemRandom`, `uuid.uuid4`, numpy's `SeedSequence` and through it
              `default_rng()`, `RandomState()` and `np.random`: all draw from it, whatever alias
Out of reach  what C and Rust draw themselves: OpenSSL's own keys; ids made in Rust (see
              `uuids_rust`); seeding of `random.Random()` inside C (see `prng`)
"""

from __future__ import annotations

from agentrr_hooks.callers import told
from agentrr_hooks.standin import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane, Patcher

TARGETS = (("os", "urandom"), ("os", "getrandom"), ("ssl", "RAND_bytes"))
_MISSING = object()
SMALL = 64
"""Up to this many bytes an answer is a packed read, its size in its name; more is a crossing."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route every request for entropy through *boundary*."""
    for module, name in TARGETS:
        patch.replace(module, name, partial(_draw, f"{module}.{name}", boundary))


def _draw(call: str, boundary: Boundary, real: Any) -> Any:
    current, draws = boundary.lane, _Draws(call, boundary, real)
    any_draw = draws.draw

    def draw(caller: dict[str, Any], size: Any = _MISSING, /, *rest: Any) -> Any:
        known, reads = draws.last
        if type(size) is int and current() is known and size in reads and not rest:
            return reads[size](caller)
        return any_draw(caller, *(() if size is _MISSING else (size, *rest)))

    module, _, name = call.partition(".")
    return told(real, any_draw if name == "getrandom" else draw, module)


class _Draws:
    """The draws of one function; a draw is a read by the number of its bytes.

    `last` is the lane of the last draw and what reads each size in it; one cell, for another
    thread may change it any moment.
    """

    def __init__(self, call: str, boundary: Boundary, real: Any) -> None:
        self._call, self._current, self._real = call, boundary.lane, real
        self.last: tuple[Lane | None, dict[int, Any]] = None, {}

    def draw(self, caller: dict[str, Any], *args: Any, **named: Any) -> Any:
        """Draw, whatever the arguments are."""
        call, real, lane = self._call, self._real, self._current()
        size: Any = args[0] if args else named.get("size")
        if lane is None or not hasattr(size, "__index__") or size.__index__() < 0:
            return real(*args, **named)  # or its own error
        size = size.__index__()
        if size > SMALL:
            return lane.cross(call, lambda: real(*args, **named), request=size)
        if len(args) + len(named) > 1:
            return lane.read(f"{call}({size})", lambda: real(*args, **named), False, 2, caller)
        read = lane.reader(f"{call}({size})", partial(real, size), False, size)
        known, reads = self.last
        if known is not lane:
            known, reads = self.last = lane, {}
        reads[size] = read
        return read(caller)
