"""Locks on files: see `files`.  Who else holds one is the world's; a replay takes none."""

from __future__ import annotations

from agentrr_hooks.files_common import Door, bound
from agentrr_hooks.standin import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_LOCKS = (("fcntl", "flock"), ("fcntl", "lockf"), ("os", "lockf"))


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the taking and giving back of locks through *boundary*."""
    door = Door(boundary)
    for module, name in _LOCKS:
        patch.replace(module, name, bound(_lock, module, door))


def _lock(real: Any, module: str, door: Door) -> Any:
    label = f"{module}.{real.__name__}"

    def lock(file: Any, operation: int, *how: Any) -> None:
        lane = door.lane()
        files = lane.files if lane is not None else None
        descriptor = file if isinstance(file, int) else file.fileno()
        path = None if files is None or files.quiet else files.of_descriptor(descriptor)
        given = None if path is None else door.of(path, change=True)
        if given is None:
            real(file, operation, *how)
            return
        request = {"path": path, "call": label, "operation": int(operation), "how": list(how)}
        given[0].cross("file.lock", lambda: real(file, operation, *how), request=request)

    return stand_in(real, lock, module)
