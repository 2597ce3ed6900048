"""Small peers for the hooks of files: one writes down what it is asked, one gives it back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any, ClassVar

from agentrr_hooks import files
from agentrr_sandbox.errors import ReplayStopped, SealViolation
from agentrr_sandbox.patching import Patching
from agentrr_sandbox.seal import content
from agentrr_sandbox.seal.disk import DiskFiles
from agentrr_sandbox.seal.overlay import OverlayFiles


class Roots:
    names: ClassVar[dict[str, str]] = {"tmp": "/tmp"}

    def hit(self, text: str) -> bool:
        return "/tmp" in text


class Cleaner:
    roots = Roots()

    def aside(self) -> Cleaner:
        return self

    def text(self, text: str) -> str:
        return text

    def tree(self, tree: Any) -> Any:
        return tree


class Log:
    def __init__(self) -> None:
        self.events: list[tuple[str, Any, Any, BaseException | None]] = []
        self.facts: dict[str, Any] = {}

    def calls(self, *names: str) -> list[tuple[str, Any]]:
        return [(call, request) for call, request, *_ in self.events if call in names]


class Lane:
    name = "main"

    def __init__(self, log: Log, files_: Any, boundary: Boundary) -> None:
        self.log, self.files, self.boundary = log, files_, boundary
        _lanes.append(self)


class RecordedLane(Lane):
    def cross(self, call: str, live: Callable[[], Any], *, request: Any = None, **_: Any) -> Any:
        self.boundary.current = Beneath(self)
        try:
            answer = live()
        except Exception as error:
            self.log.events.append((call, request, None, error))
            raise
        finally:
            self.boundary.current = self
        self.log.events.append((call, request, answer, None))
        return answer

    def fact(self, name: str, live: Callable[[], Any], depth: int = 2) -> Any:
        return self.log.facts.setdefault(name, live())

    def uncaptured(self, call: str, request: Any = None) -> None:
        self.log.events.append(("note", call, request, None))


class Beneath:
    name = "main"

    def __init__(self, outer: Any) -> None:
        self.files = outer.files.beneath

    def cross(self, call: str, live: Callable[[], Any], **_: Any) -> Any:
        return live()

    def uncaptured(self, call: str, request: Any = None) -> None:
        """Owned by the call above."""


class ReplayedLane(Lane):
    place = 0

    def cross(self, call: str, live: Callable[[], Any], *, request: Any = None, **_: Any) -> Any:
        while self.log.events[self.place][0] == "note":
            self.place += 1
        recorded = self.log.events[self.place]
        self.place += 1
        assert (call, request) == recorded[:2]
        if recorded[3] is not None:
            raise recorded[3]
        return recorded[2]

    def fact(self, name: str, live: Callable[[], Any], depth: int = 2) -> Any:
        return self.log.facts.get(name)

    def uncaptured(self, call: str, request: Any = None) -> None:
        raise SealViolation(call)


class Peer:
    class main:  # noqa: N801 - a lane, as far as a report asks
        latest: int | None = None

    def __init__(self, found: list[Any]) -> None:
        self.diverge = found.append

    def stop(self, message: str, exit_code: int) -> None:
        raise ReplayStopped(message, exit_code=exit_code)


class Boundary:
    def __init__(self) -> None:
        self.current: Any = None

    def lane(self) -> Any:
        return self.current

    def lane_in(self, context: Context) -> Any:
        del context
        return self.current

    def enter(self, lane: Any) -> object:
        raise NotImplementedError

    def leave(self, token: Any) -> None:
        raise NotImplementedError


@contextmanager
def _installed(boundary: Boundary) -> Iterator[None]:
    patching = Patching()
    files.install(patching, boundary)
    try:
        yield
    finally:
        boundary.current = None
        patching.undo()


def record(
    agent: Callable[[], Any], *, finish: bool = True, limit: int = content.LIMIT
) -> tuple[Any, Log]:
    """Run *agent*, live; return its value and what was written down."""
    boundary, log = Boundary(), Log()
    disk = DiskFiles(Cleaner(), limit)  # type: ignore[arg-type] # a small one
    lane = RecordedLane(log, disk, boundary)
    here = os.getcwd()
    try:
        with _installed(boundary):
            boundary.current = lane
            value = agent()
            if finish:
                disk.finish(lane)  # type: ignore[arg-type] # as above
    finally:
        os.chdir(here)
    return value, log


_lanes: list[Any] = []


def current() -> Any:
    """Return the lane that was made last."""
    return _lanes[-1]


def replay(
    agent: Callable[[], Any], log: Log, scratch: str, *, finish: bool = True, whole: bool = True
) -> Any:
    """Run *agent* again from *log*; its value must be the recorded one, in the end."""
    boundary = Boundary()
    os.makedirs(scratch, exist_ok=True)
    overlay = OverlayFiles(scratch, Cleaner())  # type: ignore[arg-type] # a small one
    found: list[Any] = []
    overlay.peer = Peer(found)
    lane = ReplayedLane(log, overlay, boundary)
    here = os.getcwd()
    try:
        with _installed(boundary):
            boundary.current = lane
            value = agent()
            if finish:
                overlay.finish(lane)  # type: ignore[arg-type] # as above
    finally:
        os.chdir(here)
    left = [event for event in log.events[lane.place :] if event[0] != "note"]
    assert not (whole and left), left
    assert not found, found
    return value
