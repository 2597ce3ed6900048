"""The clocks of the interpreter's own waits stay real.

A wait for a lock, a queue or a child process is not the agent's reading of the clock: how often
it looks depends on scheduling, and a served clock would make it hang or spin.  These modules are
given their own references to the genuine functions when they are imported; that costs nothing
per call.  `sched` is not among them: its events are the agent's.
"""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Patcher

ALIASES = (
    ("threading", "_time"),
    ("queue", "time"),
    ("subprocess", "_time"),
    ("socketserver", "time"),
)
"""Modules that hold `monotonic` under this name."""

MODULES = (
    "asyncio.base_events",
    "concurrent.futures._base",
    "multiprocessing.connection",
    "multiprocessing.managers",
    "multiprocessing.pool",
    "multiprocessing.popen_fork",
    "multiprocessing.queues",
    "multiprocessing.synchronize",
    "subprocess",
)
"""Modules that hold `time` itself."""


def install(patch: Patcher) -> None:
    """Give the interpreter's own modules the genuine clock, when they are imported."""
    monotonic = time.monotonic
    genuine: Any = type(time)("time", time.__doc__)
    vars(genuine).update(vars(time))
    for module, name in ALIASES:
        patch.replace(module, name, lambda real: monotonic if callable(real) else real)
    for module in MODULES:
        patch.replace(module, "time", lambda real: genuine if real is time else real)
