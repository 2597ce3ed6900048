"""Waiting until a socket, or a pipe, has something to say.

Captures      which sockets are ready, where a recorded conversation is among those waited for
Records       the places of those that are; of other descriptors nothing of its own, but that the
              baton was taken from who waits (`baton`)
Serves        the recorded readiness at once, for all that are waited for together
Reaches       `select.select`, `select.poll`, the selectors of `selectors`
Out of reach  `select.epoll` by itself; a loop's own selector, which its turns serve
"""

from __future__ import annotations

from agentrr_hooks.c_waits import aside
from agentrr_hooks.socket_ends import known
from agentrr_hooks.standin import like, stand_in
from agentrr_sandbox.frames import let_interrupt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane, Patcher

waitable: list[type] = []
"""Types of objects that are recorded otherwise and may be waited for; each has a `link`."""
_SELECTORS = ("SelectSelector", "PollSelector", "EpollSelector")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route waiting for recorded conversations through *boundary*."""
    patch.replace("select", "select", lambda real: stand_in(real, _select(real, boundary)))
    patch.replace("select", "poll", lambda real: stand_in(real, _poll(real, boundary)))
    for name in _SELECTORS:
        patch.replace("selectors", f"{name}.select", lambda real: _selector(real, boundary))


def _number(waited: Any) -> int:
    if isinstance(waited, int):
        return waited
    fileno = getattr(waited, "fileno", None)
    return -1 if fileno is None else int(fileno())


def _names(waited: Any) -> list[str] | None:
    """Return what is waited for, by name; None when no conversation is among it."""
    found = [_name(each) for each in waited]
    return [name or "a descriptor" for name in found] if any(found) else None


def _name(each: Any) -> str | None:
    if any(isinstance(each, kind) for kind in waitable):
        return None if each.link is None else f"{type(each).__name__} {each.link.number}"
    found = known.get(_number(each))
    return None if found is None else found.name


def _outer(boundary: Boundary) -> Lane | None:
    lane = boundary.lane()
    return None if lane is None or lane.inside else lane


def _select(real: Any, boundary: Boundary) -> Any:
    other = aside(real, boundary)

    def select(rlist: Any, wlist: Any, xlist: Any, timeout: Any = None, /) -> Any:
        lane = _outer(boundary) if known or waitable else None
        if lane is None:
            return other(rlist, wlist, xlist, timeout)
        asked = [list(rlist), list(wlist), list(xlist)]
        if _names([each for part in asked for each in part]) is None:
            return other(*asked, timeout)

        def live() -> list[list[int]]:
            ready = real(*asked, timeout)
            return [
                [n for n, each in enumerate(part) if any(each is one for one in found)]
                for part, found in zip(asked, ready, strict=True)
            ]

        request = {"of": [_names(part) or ["a descriptor" for _ in part] for part in asked]}
        places = lane.cross("select.select", live, request=request)
        ready = zip(asked, places, strict=True)
        return tuple([part[n] for n in found] for part, found in ready)

    let_interrupt(select.__code__)
    return select


def _selector(real: Any, boundary: Boundary) -> Any:
    other = aside(real, boundary) if "Poll" in real.__qualname__ else real

    def select(self: Any, timeout: Any = None) -> Any:
        lane = _outer(boundary) if (known or waitable) and "select" not in self.__dict__ else None
        if lane is None:
            return other(self, timeout)
        keys = list((self.get_map() or {}).values())
        of = _names([key.fileobj for key in keys])
        if of is None:
            return other(self, timeout)

        def live() -> list[list[int]]:
            ready = {key.fd: events for key, events in real(self, timeout)}
            return [[n, ready[key.fd]] for n, key in enumerate(keys) if key.fd in ready]

        request = {"of": of, "for": [key.events for key in keys]}
        found = lane.cross("select.select", live, request=request)
        return [(keys[n], events) for n, events in found]

    let_interrupt(select.__code__)
    return like(select, real)


def _poll(real: Any, boundary: Boundary) -> Any:
    def poll() -> Any:
        return real() if _outer(boundary) is None else _Poll(real(), boundary)

    return poll


class _Poll:
    """A poll object that can tell what is registered with it."""

    def __init__(self, poll: Any, boundary: Boundary) -> None:
        self._poll, self._boundary = poll, boundary
        self._asked: dict[int, int] = {}

    def register(self, fd: Any, *eventmask: int) -> None:
        """Wait for *fd* too."""
        self._poll.register(fd, *eventmask)
        self._asked[_number(fd)] = eventmask[0] if eventmask else 7

    def modify(self, fd: Any, eventmask: int) -> None:
        """Wait for something else of *fd*."""
        self._poll.modify(fd, eventmask)
        self._asked[_number(fd)] = eventmask

    def unregister(self, fd: Any) -> None:
        """Do not wait for *fd*."""
        self._poll.unregister(fd)
        self._asked.pop(_number(fd), None)

    def poll(self, *timeout: Any) -> Any:
        """Wait."""
        lane = _outer(self._boundary) if known or waitable else None
        of = None if lane is None else _names(self._asked)
        if lane is None or of is None:
            return aside(self._poll.poll, self._boundary)(*timeout)
        places = list(self._asked)

        def live() -> list[list[int]]:
            ready = dict(self._poll.poll(*timeout))
            return [[n, ready[fd]] for n, fd in enumerate(places) if fd in ready]

        request = {"of": of, "for": [*self._asked.values()]}
        return [(places[n], e) for n, e in lane.cross("select.poll", live, request=request)]
