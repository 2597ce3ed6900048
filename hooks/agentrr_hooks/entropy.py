"""Entropy of the operating system.

Captures      `os.urandom`, `os.getrandom`, `ssl.RAND_bytes`
Records       each answer, with the size asked for: tokens that the agent makes are in the recording
Serves        the recorded bytes, in order
Reaches       `secrets`, `SystemRandom`, `uuid.uuid4`, numpy's `SeedSequence` and through it
              `default_rng()`, `RandomState()` and `np.random`: all draw from it, whatever alias
Out of reach  what C and Rust draw themselves: OpenSSL's own keys, `uuid_utils`, `fastuuid`;
              seeding of `random.Random()` inside C (see `prng`)
"""

from __future__ import annotations

from agentrr_hooks.standin import partial, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

TARGETS = (("os", "urandom"), ("os", "getrandom"), ("ssl", "RAND_bytes"))
SMALL = 64
"""Up to this many bytes an answer is a packed read, its size in its name; more is a crossing."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route every request for entropy through *boundary*."""
    for module, name in TARGETS:
        patch.replace(module, name, partial(_draw, f"{module}.{name}", boundary))


def _draw(call: str, boundary: Boundary, real: Any) -> Any:
    current = boundary.lane
    module = call.partition(".")[0]
    calls = {size: f"{call}({size})" for size in range(SMALL + 1)}

    def draw(*args: Any, **named: Any) -> bytes:
        lane = current()
        size: Any = args[0] if args else named.get("size")
        if lane is None or not hasattr(size, "__index__") or size.__index__() < 0:
            return real(*args, **named)  # type: ignore[no-any-return] # or its own error
        size = size.__index__()
        if size in calls:
            answer: bytes = lane.read(calls[size], lambda: real(*args, **named), False)
            return answer
        return lane.cross(call, lambda: real(*args, **named), request=size)  # type: ignore[no-any-return]

    return stand_in(real, draw, module)
