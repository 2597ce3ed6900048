"""The end of a child of an event loop: see `child_loops`."""

from __future__ import annotations

import os

from agentrr_hooks import child_output, child_processes
from agentrr_hooks.child_wakes import Wakes
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane

_LOST = 255
"""What asyncio says of a child that somebody else has waited for."""


def watch(lane: Lane, loop: Any, transport: Any, boundary: Boundary) -> None:
    """Tell *transport* when its child has ended."""
    popen = transport._proc
    child = child_processes.of(popen)
    if child is None:
        return
    wakes = Wakes(lane, loop, "exit", boundary, live=child.live)
    world = child_output.world_of(lane)

    def wait() -> None:
        try:
            os.waitid(os.P_PID, popen.pid, os.WEXITED | os.WNOWAIT)
        except ChildProcessError:
            pass
        _reap(popen)
        world.drain(ended=True)
        wakes.come()

    def ended() -> None:
        own = wakes.lane
        code = own.cross(
            "process.wait",
            lambda: _LOST if popen.returncode is None else popen.returncode,
            request={"process": child.name},
            describe=lambda code: {"process.exit.code": code},
        )
        child_processes.told(own, popen, child, code)
        if transport._returncode is None:
            transport._process_exited(code)

    wakes.arm(ended)
    if child.live:
        genuine.start_new_thread(wait, ())


def _reap(popen: Any) -> None:
    with popen._waitpid_lock:
        if popen.returncode is None:
            pid, status = popen._try_wait(os.WNOHANG)
            if pid == popen.pid:
                popen._handle_exitstatus(status)
