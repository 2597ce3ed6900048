"""Identifiers that the C library makes.

Captures      the time, clock and node of `uuid.uuid1`, made by libuuid or Windows; `uuid.getnode`
Records       the 16 bytes that the library returned; the node once for the run
Serves        the same, in order
Reaches       `uuid1`, `getnode`; `uuid3` and `uuid5` are computed, and `uuid4`, `uuid6`, `uuid7`
              and `uuid8` are made of what `clock`, `entropy` and `prng` serve
Out of reach  ids that Rust makes: see `uuids_rust`
"""

from __future__ import annotations

from agentrr_hooks.standin import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

MAKERS = ("_generate_time_safe", "_UuidCreate")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route what the C library makes through *boundary*."""
    for name in MAKERS:
        patch.replace("uuid", name, lambda real: _made(real, boundary) if real else real)
    patch.replace("uuid", "getnode", lambda real: _node(real, boundary))


def _made(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def make() -> Any:
        lane = current()
        if lane is None:
            return real()
        return lane.read(f"uuid.{real.__name__}", real, False)

    return stand_in(real, make, "uuid")


def _node(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def getnode() -> int:
        lane = current()
        if lane is None:
            return real()  # type: ignore[no-any-return]
        return lane.fact("uuid.getnode", real)  # type: ignore[no-any-return]

    getnode.__module__, getnode.__qualname__, getnode.__doc__ = "uuid", "getnode", real.__doc__
    return getnode
