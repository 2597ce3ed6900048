"""`os.system`: a shell of which the program sees nothing but how it ended.  See `child_processes`.

The genuine one gives its own stdout and stderr away.  So while recording a shell is started in the
same way by other means, with the streams of `child_output`.
"""

from __future__ import annotations

import os
import sys

from agentrr_hooks import child_output
from agentrr_hooks.child_pumps import Pump, lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane

_SHELL = "/bin/sh"


def system(lane: Lane, command: Any, boundary: Boundary) -> int:
    """Run *command* in a shell, as a crossing of *lane*; return its status."""
    channels = child_output.inherited([1, 2])
    world = child_output.world_of(lane)

    def live() -> int:
        pump = world.pump(channels)
        try:
            status = _run(command, pump)
        finally:
            pump.let_go()
        return status

    text = os.fsdecode(command)
    environ: Any = os.environ
    own = environ._data.own() if hasattr(environ._data, "own") else {}
    request: dict[str, object] = {"args": [text], "shell": True}
    if own:
        request["environment"] = {"set": own}
    child_output.about_to_start(lane, boundary, inherits=bool(channels))
    try:
        return int(
            lane.cross(
                "process.system",
                live,
                request=request,
                detail={"process.executable.name": "sh"},
                outward=True,
            )
        )
    finally:
        child_output.started(lane, inherits=bool(channels))
        child_output.see(lane)


def _run(command: Any, pump: Pump) -> int:
    from signal import SIG_IGN, SIGINT, SIGQUIT, getsignal

    environ: Any = os.environ
    now = getattr(environ._data, "now", None)
    actions = [(os.POSIX_SPAWN_DUP2, end, channel) for channel, end in pump.ends.items()]
    default = [number for number in (SIGINT, SIGQUIT) if getsignal(number) is not SIG_IGN]
    argv = ["sh", "-c", command]
    pid = os.posix_spawn(
        _SHELL,
        argv,
        environ if now is None else now(),
        file_actions=actions,
        setsigdef=default,
    )
    pump.begin()
    try:
        return _wait(pid)
    finally:
        with lock:
            pump.drain(ended=True)


def _wait(pid: int) -> int:
    """Wait for the shell; ^C is its own business, as it is in the C library."""
    import _signal  # type: ignore[import-not-found] # the C part of `signal`

    kept: dict[int, Any] = {}
    for number in (_signal.SIGINT, _signal.SIGQUIT):
        try:
            kept[number] = _set(number, _signal.SIG_IGN)
        except ValueError:  # in another thread than the main one
            break
    try:
        return os.waitpid(pid, 0)[1]
    finally:
        for number, handler in kept.items():
            _set(number, handler)


def _set(number: int, handler: Any) -> Any:
    signals: Any = sys.modules["_signal"]
    return signals.signal(number, handler)
