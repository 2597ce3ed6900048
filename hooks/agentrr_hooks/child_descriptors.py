"""Pipes to children below their file objects: by number, and waiting for one of several.

See `child_pipes`; what is no pipe to a child goes straight through.
"""

from __future__ import annotations

from errno import EAGAIN
from os import strerror

from agentrr_hooks import child_output
from agentrr_hooks.child_pipes import Output, taps
from agentrr_hooks.standin import like, stand_in
from agentrr_hooks.stream_calls import watched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane, Patcher

_SELECTORS = ("SelectSelector", "PollSelector", "EpollSelector", "KqueueSelector")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Let what reaches past the file objects come through the boundary."""
    patch.replace("os", "read", lambda real: stand_in(real, _read(real)))
    patch.replace("os", "write", lambda real: stand_in(real, _write(real, boundary)))
    patch.replace("select", "select", lambda real: stand_in(real, _select(real, boundary)))
    for name in _SELECTORS:
        patch.replace("selectors", f"{name}.select", lambda real: _selector(real, boundary))


def _read(real: Any) -> Any:
    def read(fd: int, length: int, /) -> bytes:
        tap = taps.get(fd)
        lane = tap.lane() if isinstance(tap, Output) else None
        if lane is None or not isinstance(tap, Output):
            return real(fd, length)  # type: ignore[no-any-return] # os.read

        def live() -> bytes | None:
            try:
                return real(fd, length)  # type: ignore[no-any-return] # os.read
            except BlockingIOError:
                return None

        data = tap.taken(lane, length, live)
        if data is None:
            raise BlockingIOError(EAGAIN, strerror(EAGAIN))
        return data

    return read


def _write(real: Any, boundary: Boundary) -> Any:
    synced = child_output.synced(real, boundary)

    def write(fd: int, data: Any, /) -> int:
        into = getattr(taps.get(fd), "write", None)
        if into is not None:
            return int(into(data, live=lambda data: real(fd, data)))
        return int(synced(fd, data) if fd in watched else real(fd, data))

    return write


def _lane(descriptors: list[int | None], boundary: Boundary) -> Lane | None:
    """Return the lane in which waiting for *descriptors* is a crossing."""
    if not taps or not any(fd in taps for fd in descriptors):
        return None
    lane = boundary.lane()
    return None if lane is None or lane.inside else lane


def _number(waited: Any) -> int | None:
    try:
        return waited if isinstance(waited, int) else int(waited.fileno())
    except (AttributeError, ValueError):
        return None  # the genuine function says it better


def _name(fd: int | None) -> str:
    tap = None if fd is None else taps.get(fd)
    return "another" if tap is None else f"{tap.request['process']} {tap.request['stream']}"


def _select(real: Any, boundary: Boundary) -> Any:
    def select(rlist: Any, wlist: Any, xlist: Any, timeout: Any = None, /) -> Any:
        if not taps:
            return real(rlist, wlist, xlist, timeout)
        waited = [[*each] for each in (rlist, wlist, xlist)]
        numbers = [[_number(each) for each in part] for part in waited]
        lane = _lane([fd for part in numbers for fd in part], boundary)
        if lane is None:
            return real(*waited, timeout)

        def live() -> list[list[int]]:
            ready = real(*waited, timeout)
            child_output.world_of(lane).drain()
            return [
                [place for place, each in enumerate(part) if any(each is one for one in found)]
                for part, found in zip(waited, ready, strict=True)
            ]

        request = {"of": [[_name(fd) for fd in part] for part in numbers]}
        answer = lane.cross("process.select", live, request=request)
        child_output.see(lane)
        return tuple(
            [part[place] for place in places] for part, places in zip(waited, answer, strict=True)
        )

    return select


def _selector(real: Any, boundary: Boundary) -> Any:
    def select(self: Any, timeout: Any = None) -> Any:
        if not taps:
            return real(self, timeout)
        numbers = [*self._fd_to_key]
        lane = _lane(numbers, boundary)
        if lane is None:
            return real(self, timeout)

        def live() -> list[list[int]]:
            ready = real(self, timeout)
            child_output.world_of(lane).drain()
            return [[numbers.index(key.fd), events] for key, events in ready]

        request = {"of": [_name(fd) for fd in numbers]}
        answer = lane.cross("process.select", live, request=request)
        child_output.see(lane)
        return [(self._fd_to_key[numbers[place]], events) for place, events in answer]

    return like(select, real)
