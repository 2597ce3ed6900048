"""Programs that `os.posix_spawn*` and `os.spawn*` start, and their end by number.  See `processes`.

Such a child inherits every descriptor that the program made inheritable.  A pipe or a socket among
them is a way to it that nobody watches: then, and where the call redirects streams by itself, the
start is named as one that is not captured.
"""

from __future__ import annotations

import os

from agentrr_hooks import child_output
from agentrr_hooks.child_processes import Child, named
from agentrr_hooks.child_start import environment, words
from agentrr_hooks.processes import behind, children, outside
from agentrr_hooks.standin import like
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane

_MOST = 256
_TYPE, _PIPE, _SOCKET = 0o170000, 0o010000, 0o140000


class Spawned(Child):
    """A child that only its number stands for."""

    by_number = True

    def wait(self, *args: Any) -> Any:
        """Wait for it, or for any; see `wait`."""
        return wait(*args)

    def name_other(self, *args: Any) -> None:
        """Name a way to wait that is not captured; see `name_other`."""
        name_other(*args)


def _open_lane(boundary: Boundary) -> Lane | None:
    """Return the lane in which a start is a crossing: all ways to the child must be known."""
    lane = boundary.lane()
    if lane is None or lane.inside or not all(child_output.is_known(fd) for fd in (0, 1, 2)):
        return None
    return None if any(_is_way(fd) for fd in range(3, _MOST)) else lane


def _is_way(descriptor: int) -> bool:
    try:
        mode = genuine.fstat(descriptor).st_mode & _TYPE
        if mode not in (_PIPE, _SOCKET) or not os.get_inheritable(descriptor):
            return False
    except OSError:
        return False
    return outside.get(descriptor) != behind(descriptor)


def _request(path: Any, argv: Any, env: Any) -> dict[str, object]:
    args = words(argv)
    request: dict[str, object] = {"args": args}
    if os.fsdecode(path) != args[0]:
        request["executable"] = os.fsdecode(path)
    changed = environment(None if env is None or env is os.environ else env)
    if changed:
        request["environment"] = changed
    return request


def _own(env: Any) -> Any:
    """Return *env*; for the program's own environment what it holds, past the hook."""
    environ: Any = os.environ
    now = getattr(environ._data, "now", None)
    return now() if env is environ and now is not None else env


def _start(
    lane: Lane,
    boundary: Boundary,
    live: Callable[[Any], int],
    request: dict[str, object],
    call: str,
) -> int:
    """Cross to *live*, which is given the pump of what the child inherits."""
    channels = child_output.inherited([1, 2])
    world = child_output.world_of(lane)

    def started() -> int:
        pump = world.pump(channels)
        try:
            return live(pump)
        finally:
            pump.let_go()

    child_output.about_to_start(lane, boundary, inherits=bool(channels))
    first: Any = request["args"]
    executable = str(request.get("executable") or first[0])
    detail: dict[str, object] = {"process.executable.name": executable.rpartition("/")[2]}
    stays = False
    try:
        answer = int(lane.cross(call, started, request=request, detail=detail, outward=True))
        stays = call == "process.start"
        return answer
    finally:
        child_output.started(lane, inherits=bool(channels), files={} if stays else None)
        child_output.see(lane)


def _kept(lane: Lane, pid: int) -> int:
    children[pid] = Spawned(named(lane)[0])
    return pid


def posix_spawn(real: Any, boundary: Boundary) -> Any:
    """Return a stand-in for `os.posix_spawn` or `os.posix_spawnp`."""

    def spawn(path: Any, argv: Any, env: Any, /, **options: Any) -> int:
        lane = None if options.get("file_actions") or not argv else _open_lane(boundary)
        if lane is None:
            return int(real(path, argv, env, **options))

        def live(pump: Any) -> int:
            actions = [(os.POSIX_SPAWN_DUP2, end, fd) for fd, end in pump.ends.items()]
            pid = real(path, argv, _own(env), **{**options, "file_actions": actions})
            pump.begin()
            return int(pid)

        request = _request(path, argv, env)
        return _kept(lane, _start(lane, boundary, live, request, "process.start"))

    return spawn


def spawnvef(real: Any, boundary: Boundary) -> Any:
    """Return what stands for `os._spawnvef`, by which `os.spawn*` start."""

    def _spawnvef(mode: int, file: Any, args: Any, env: Any, func: Any) -> int:
        lane = _open_lane(boundary) if isinstance(args, tuple | list) and args else None
        if lane is None or mode not in (os.P_WAIT, os.P_NOWAIT) or not args[0]:
            return int(real(mode, file, args, env, func))

        def live(pump: Any) -> int:
            def execute(*given: Any) -> None:  # in the child
                for fd, end in pump.ends.items():
                    genuine.dup2(end, fd)
                func(*given)

            pid = int(real(os.P_NOWAIT, file, args, env, execute))
            pump.begin()
            return pid if mode == os.P_NOWAIT else _ended(pid, lane)

        request = _request(file, args, env)
        if mode == os.P_WAIT:
            return _start(lane, boundary, live, request, "process.run")
        return _kept(lane, _start(lane, boundary, live, request, "process.start"))

    return like(_spawnvef, real)


def _ended(pid: int, lane: Lane) -> int:
    try:
        while True:
            status = os.waitpid(pid, 0)[1]
            if not os.WIFSTOPPED(status):
                return os.waitstatus_to_exitcode(status)
    finally:
        child_output.world_of(lane).drain(ended=True)


# -- the end -----------------------------------------------------------------------------------


def _waiting(boundary: Boundary, pid: int) -> Lane | None:
    """Return the lane in which waiting for *pid* is a crossing: one of ours, or any of several."""
    lane = boundary.lane()
    if lane is None or lane.inside:
        return None
    if pid > 0:
        return lane if isinstance(children.get(pid), Spawned) else None
    return lane if any(isinstance(child, Spawned) for child in children.values()) else None


def wait(boundary: Boundary, pid: int, options: int, live: Callable[[], tuple[int, int]]) -> Any:
    """Wait by *live* for the child *pid*, or for any; return its number and its status."""
    lane = _waiting(boundary, pid)
    if lane is None:
        return live()

    def waited() -> list[int]:
        found, status = live()
        child_output.world_of(lane).drain(ended=bool(found))
        return [found, status]

    request: dict[str, object] = {"process": children[pid].name if pid > 0 else pid}
    if options:
        request["options"] = int(options)
    found, status = lane.cross("process.waitpid", waited, request=request)
    child_output.see(lane)
    child = children.get(found)
    if isinstance(child, Spawned) and (os.WIFEXITED(status) or os.WIFSIGNALED(status)):
        child.code = os.waitstatus_to_exitcode(status)
        del children[found]
        child_output.ended(lane, [])
    return found, status


def name_other(boundary: Boundary, name: str) -> None:
    """Name a kin of `waitpid`, which is not captured where it may meet one of ours."""
    lane = _waiting(boundary, -1)
    if lane is not None:
        lane.uncaptured(f"os.{name}")
