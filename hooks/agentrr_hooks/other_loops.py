"""Loops that are not asyncio's own: uvloop, gevent, eventlet.

Captures      nothing: asyncio's own event loop stands in for uvloop's
Records       a note that it does; of gevent and eventlet that what they patch was not captured
Serves        nothing: a replay stops where gevent or eventlet patch the standard library
Reaches       `uvloop.Loop`, and with it `uvloop.run`, `install`, `new_event_loop` and the policy;
              `gevent.monkey.patch_*`; `eventlet.monkey_patch`
Out of reach  what is particular to uvloop's loop; the order of greenlets
"""

from __future__ import annotations

import sys

from agentrr_hooks.standin import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

GREENLETS = {
    "gevent.monkey": tuple(
        f"patch_{part}"
        for part in ("all", "thread", "time", "socket", "ssl", "select", "selectors", "queue")
    ),
    "eventlet.patcher": ("monkey_patch",),
}
"""What puts greenlets in the place of threads."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Put asyncio's loop in the place of uvloop's; name what greenlets take over."""
    patch.replace("uvloop", "Loop", lambda real: _own(real, boundary))
    seen: list[str] = []
    for module, names in GREENLETS.items():
        for name in names:
            call = f"{module.replace('.patcher', '')}.{name}"
            patch.replace(module, name, _refusing(call, seen, boundary))


def _own(real: Any, boundary: Boundary) -> Any:
    lane = boundary.lane()
    if lane is None:
        return real
    lane.note("loop", "asyncio's own event loop stood in for uvloop's")
    asyncio: Any = sys.modules["asyncio"]  # uvloop imports it
    return asyncio.SelectorEventLoop


def _refusing(call: str, seen: list[str], boundary: Boundary) -> Callable[[Any], Any]:
    """Return what makes, of a function that patches, one that says so first."""

    def refusing(real: Any) -> Any:
        def patch(*args: Any, **named: Any) -> Any:
            lane = boundary.lane()
            if lane is not None and not seen:  # patching all patches each
                seen.append(call)
                lane.uncaptured(call)
            return real(*args, **named)

        return like(patch, real)

    return refusing
