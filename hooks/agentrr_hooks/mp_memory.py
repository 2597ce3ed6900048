"""Memory that processes share: what others wrote into it is seen where the program meets them.

Captures      `Value`, `Array`, `shared_memory.SharedMemory`, and what `multiprocessing` itself
              keeps in such memory
Records       what changed in it since the last time, whenever a call of `multiprocessing` has come
              back: a lock that was taken, a process that ended, a message that came
Serves        the same bytes at the same places; the memory is the replay's own
Reaches       memory made by `multiprocessing` up to 16 MB; at more a replay stops (77) where it is
              made
Out of reach  a change that the program sees without such a call (a flag in `RawValue` that it
              polls); `mmap` of its own making
"""

from __future__ import annotations

import os
from _weakref import ref

from agentrr_hooks.mp_names import Names
from agentrr_hooks.standin import like, partial, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane, Patcher

LIMIT = 16 << 20
_BLOCK, _CELL, _PART = 1 << 16, 64, 1 << 13
_names = Names()
_regions: dict[str, Region] = {}


def install(patch: Patcher, boundary: Boundary) -> None:
    """Keep an eye on memory that is made to be shared."""
    patch.replace("multiprocessing.heap", "Arena.__init__", lambda real: _arena(real, boundary))
    shared = "multiprocessing.shared_memory"
    patch.replace(shared, "SharedMemory.__init__", lambda real: _segment(real, boundary))
    patch.replace("_posixshmem", "shm_open", lambda real: _open(real, boundary))
    patch.replace("_posixshmem", "shm_unlink", lambda real: _unlink(real, boundary))


def ask(lane: Lane, call: str, live: Callable[[], Any], request: object) -> Any:
    """Cross the boundary to another process; what it wrote before is seen when it answers."""
    try:
        answer = lane.cross(call, live, request=request)
    except Exception:
        _see(lane)
        raise
    _see(lane)
    return answer


def shares() -> bool:
    """Whether there is memory that others may write into."""
    return bool(_regions)


class Region:
    """Some memory, and what was in it when it was looked at last."""

    def __init__(self, memory: Any) -> None:
        self.memory = ref(memory)
        self.seen = bytearray(len(memory))

    def changed(self) -> list[list[Any]]:
        """Return what changed: where, and the bytes that are there now."""
        memory, seen = self.memory(), self.seen
        found: list[list[Any]] = []
        if memory is None:
            return []
        for start in range(0, len(seen), _BLOCK):
            now = memory[start : start + _BLOCK]
            if now == seen[start : start + _BLOCK]:
                continue
            for at in range(0, len(now), _CELL):
                cell = now[at : at + _CELL]
                place = start + at
                if cell != seen[place : place + _CELL]:
                    if (
                        found
                        and found[-1][0] + len(found[-1][1]) == place
                        and (len(found[-1][1]) < _PART)
                    ):
                        found[-1][1] += cell
                    else:
                        found.append([place, cell])
            seen[start : start + _BLOCK] = now
        return found

    def put(self, place: int, data: bytes) -> None:
        """Write what changed in the recorded run."""
        memory = self.memory()
        if memory is not None:
            memory[place : place + len(data)] = data


def _see(lane: Lane) -> None:
    """Let the program find what others have written by now.

    It is told by reads, which take no turn of the threads: no other one runs in between, that would
    see it before a replay has put it there, or whose own writing would be taken for another's.
    """
    if lane.files is not None:
        lane.files.others_wrote()
    if not _regions:
        return
    found: list[list[Any]] = []

    def look() -> int:
        found.extend(_changed())
        return len(found)

    for number in range(lane.read("multiprocessing.memory", look, False)):
        part = partial(found.__getitem__, number)
        name, place, data = lane.read("multiprocessing.memory.part", part, False)
        if not found and name in _regions:
            _regions[name].put(place, data)


def _changed() -> list[list[Any]]:
    found = []
    for name, region in [*_regions.items()]:
        try:
            found += [[name, *change] for change in region.changed()]
        except ValueError:  # it has been closed meanwhile
            del _regions[name]
    return found


def _watch(lane: Lane, memory: Any) -> None:
    if len(memory) > LIMIT:
        lane.uncaptured("multiprocessing.memory", {"size": len(memory)})
        return
    name = _names.new(lane, memory)
    region = _regions[name] = Region(memory)
    region.memory = ref(memory, lambda _: _regions.pop(name, None))


def _arena(real: Any, boundary: Boundary) -> Any:
    def __init__(self: Any, size: int, fd: int = -1) -> None:  # noqa: N807
        real(self, size, fd)
        lane = boundary.lane()
        if lane is not None and not lane.inside:
            _watch(lane, self.buffer)
            if fd != -1:
                _see(lane)  # another process has made it

    return like(__init__, real)


def _segment(real: Any, boundary: Boundary) -> Any:
    def __init__(self: Any, *args: Any, **named: Any) -> None:  # noqa: N807
        real(self, *args, **named)
        lane = boundary.lane()
        if lane is not None and not lane.inside:
            _watch(lane, self._mmap)
            _see(lane)  # another process may have made it

    return like(__init__, real)


def _open(real: Any, boundary: Boundary) -> Any:
    def shm_open(path: str, flags: int, mode: int = 0o777) -> int:
        lane = boundary.lane()
        if lane is None or lane.inside:
            return int(real(path, flags, mode=mode))
        opened: list[int] = []

        def live() -> int:
            opened.append(real(path, flags, mode=mode))
            return os.fstat(opened[0]).st_size

        size = lane.cross("multiprocessing.shm_open", live, request={"flags": flags})
        return opened[0] if opened else _anonymous(size)

    return stand_in(real, shm_open)


def _anonymous(size: int) -> int:
    descriptor = os.memfd_create("shared")
    os.ftruncate(descriptor, size)
    return descriptor


def _unlink(real: Any, boundary: Boundary) -> Any:
    def shm_unlink(path: str) -> None:
        lane = boundary.lane()
        if lane is None or lane.inside:
            real(path)
            return
        lane.cross("multiprocessing.shm_unlink", partial(real, path))

    return stand_in(real, shm_unlink)
