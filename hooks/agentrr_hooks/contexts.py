"""Contexts that another thread runs something in.

Captures      who runs: a copy of another thread's context says that it is that one
Records       nothing of its own: what is run is in the lane of the thread that runs it
Serves        the same
Reaches       `contextvars.Context.run`, and with it executors, graphs and pools that hand contexts
              on (`submit(context.run, f)`, langgraph, langchain, anyio)
Out of reach  a task that is given another thread's context; contexts entered in C
"""

from __future__ import annotations

from _contextvars import Context

from agentrr_hooks.in_place import members_of, set_member
from agentrr_hooks.standin import like, partial
from agentrr_sandbox import real as genuine
from agentrr_sandbox.lanes import strand_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_CALLBACKS = "asyncio.events"
"""A loop's callback of another thread stays in that one's lane: so its order does not matter."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Let each thread be in its own lane, whatever context it runs something in."""
    try:
        real = members_of(Context)["run"]
    except LookupError:
        return
    set_member(Context, "run", like(_run(real, boundary), real))
    patch.undo_with(partial(set_member, Context, "run", real))


def _run(real: Any, boundary: Boundary) -> Any:
    current, lane_in = boundary.lane, boundary.lane_in
    enter, leave, getframe = boundary.enter, boundary.leave, genuine.getframe

    def run(self: Context, /, *args: Any, **named: Any) -> Any:
        lane = current()
        if lane is None or lane.baton is None:
            return real(self, *args, **named)
        carried = lane_in(self)
        if (
            carried is None
            or carried is lane
            or carried.baton is not lane.baton
            or strand_of(carried.name) == strand_of(lane.name)
            or getframe(1).f_globals.get("__name__") == _CALLBACKS
        ):
            return real(self, *args, **named)
        token = real(self, enter, lane)
        try:
            return real(self, *args, **named)
        finally:
            real(self, leave, token)

    return run
