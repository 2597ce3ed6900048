"""The portable clock, through freezegun: slower, rounder, and by attribute alone.

Captures      what freezegun knows of `time` and `datetime`, and the clocks that it does not know
Records       each reading as whole microseconds; each sleep as a crossing with its seconds
Serves        the recorded readings, in order; a sleep costs nothing
Reaches       interpreters on which the in-place patch of `clock` fails its self-check
Out of reach  what `clock` names; aliases in dicts, closures and classes; `time.ctime`, `asctime`;
              types: `datetime.now()` is a `FakeDatetime`, which pydantic refuses in models
"""

from __future__ import annotations

from agentrr_hooks import clock, clock_internals
from agentrr_hooks.standin import outside
from agentrr_sandbox import real as genuine
from agentrr_sandbox.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

IGNORED = ["agentrr_", "asyncio", "concurrent", "selectors", "socketserver", "subprocess"]
"""Modules that keep the real clock, with those that freezegun leaves alone of itself."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the clock through *boundary*; raises `UsageError` without freezegun."""
    clock_internals.install(patch)
    clock.install_rest(patch, boundary)
    start(patch, boundary)


def start(patch: Patcher, boundary: Boundary) -> None:
    """Freeze time, and let each look at the frozen clock be a reading of the real one."""
    try:
        from freezegun import api
    except ImportError as error:
        raise UsageError(
            "the clock cannot be changed in place here, and freezegun is not installed",
            hint="install freezegun in the agent's environment",
        ) from error
    frozen = api.freeze_time("2000-01-01", ignore=IGNORED, real_asyncio=True)
    frozen.start()
    patch.undo_with(frozen.stop)
    factories: list[Any] = api.freeze_factories
    factories[-1] = Live(api, boundary)


class Live:
    """Takes the place of freezegun's frozen time: says what time it is, in UTC, each time."""

    def __init__(self, api: Any, boundary: Boundary) -> None:
        self._current = boundary.lane
        self._module = vars(api)
        self._epoch = api.real_datetime(1970, 1, 1)
        self._unit = type(api.real_datetime.resolution)(microseconds=1)

    def __call__(self) -> Any:
        """Return what time it is, as a naive datetime in UTC."""
        lane = self._current()
        if lane is None:
            return self._epoch + self._unit * _microseconds()
        count = lane.read("datetime.now", _microseconds, True, 2, outside(self._module))
        return self._epoch + self._unit * count


def _microseconds() -> int:
    return genuine.time_ns() // 1000
