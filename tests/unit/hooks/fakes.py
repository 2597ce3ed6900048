"""Two small lanes for tests of hooks: one records into a list, one serves that list again.

    tape = Tape()
    with tape.recording(hook) as lane: ...      # the hook is installed, then undone
    with tape.replaying(hook) as lane: ...      # live calls are an error
    assert tape.left() == 0

Values are kept through `copy.deepcopy`, exceptions as they are.  What the engine adds (cleaning,
signatures, files on disk) is left out on purpose: a hook is tested by what crosses the boundary.
"""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

from agentrr_sandbox.lanes import Gate, Names
from agentrr_sandbox.patching import Patching


class Diverged(BaseException):
    """The run asked something else than the tape holds."""


class Left(BaseException):
    """A replay went live."""


class Tape:
    """What crossed the boundary: dicts with `kind`, `call`, `request`, `ok` or `raised`, …"""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.facts: dict[str, Any] = {}
        self.place = 0

    @contextmanager
    def recording(self, *hooks: Any) -> Generator[Recording]:
        """Install *hooks* over a lane that records."""
        with _installed(Recording(self), hooks) as lane:
            yield lane

    @contextmanager
    def replaying(self, *hooks: Any) -> Generator[Replaying]:
        """Install *hooks* over a lane that serves the tape from its start."""
        self.place = 0
        with _installed(Replaying(self), hooks) as lane:
            yield lane

    def add(self, kind: str, call: str, **fields: Any) -> dict[str, Any]:
        event = {"kind": kind, "call": call, **copy.deepcopy(fields)}
        self.events.append(event)
        return event

    def next(self, kind: str, call: str, request: object = None) -> dict[str, Any]:
        """Return the next event, which must be this one."""
        if self.place >= len(self.events):
            raise Diverged(f"{kind} {call} after the end")
        event = self.events[self.place]
        if (event["kind"], event["call"]) != (kind, call) or event.get("request") != request:
            raise Diverged(f"expected {event}, the run did {kind} {call} {request!r}")
        self.place += 1
        return event

    def left(self) -> int:
        """Return how many events nobody asked for."""
        return len(self.events) - self.place

    def calls(self, call: str) -> list[dict[str, Any]]:
        """Return the events of *call*."""
        return [event for event in self.events if event["call"] == call]


@contextmanager
def _installed(lane: Any, hooks: tuple[Any, ...]) -> Generator[Any]:
    gate = Gate(default=lane)
    lane.gate = gate
    patching = Patching()
    try:
        for hook in hooks:
            hook.install(patching, gate)
        yield lane
    finally:
        patching.undo()


class Recording:
    """A lane that lets everything through and keeps it."""

    counted = True
    baton = None

    def wait_alone(self, take: Any) -> bool:
        return bool(take(True, -1))

    def __init__(self, tape: Tape, name: str = "main") -> None:
        self.tape = tape
        self.name = name
        self.names = Names(name)
        self.gate: Any = None
        self.checks: list[Callable[[Any], None]] = []
        self.files: Any = None

    def threaded(self) -> None:
        """Threads of a test run as they like."""

    def _live(self, live: Callable[[], Any]) -> Any:
        token = self.gate.enter(None)  # below a live call nothing crosses
        try:
            return live()
        finally:
            self.gate.leave(token)

    async def _live_async(self, live: Callable[[], Any]) -> Any:
        token = self.gate.enter(None)
        try:
            return await live()
        finally:
            self.gate.leave(token)

    def cross(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: object = None,
        detail: Any = None,
        outward: bool = False,
        describe: Any = None,
    ) -> Any:
        for check in self.checks:
            check(self)
        event = self.tape.add("cross", call, request=request, detail=detail, outward=outward)
        try:
            value = self._live(live)
        except BaseException as error:
            event["raised"] = error
            raise
        event["ok"] = copy.deepcopy(value)
        event["described"] = dict(describe(value)) if describe else None
        return value

    async def cross_async(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: object = None,
        detail: Any = None,
        outward: bool = False,
        describe: Any = None,
    ) -> Any:
        for check in self.checks:
            check(self)
        event = self.tape.add("cross", call, request=request, detail=detail, outward=outward)
        try:
            value = await self._live_async(live)
        except BaseException as error:
            event["raised"] = error
            raise
        event["ok"] = copy.deepcopy(value)
        event["described"] = dict(describe(value)) if describe else None
        return value

    def stream(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: object = None,
        detail: Any = None,
        outward: bool = True,
        describe: Any = None,
    ) -> Any:
        event = self.tape.add("stream", call, request=request, detail=detail, pieces=[])
        try:
            head, pieces = self._live(live)
        except BaseException as error:
            event["raised"] = error
            raise
        event["head"] = copy.deepcopy(head)
        return _Kept(self, event, head, pieces, describe)

    async def stream_async(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: object = None,
        detail: Any = None,
        outward: bool = True,
        describe: Any = None,
    ) -> Any:
        event = self.tape.add("stream", call, request=request, detail=detail, pieces=[])
        try:
            head, pieces = await self._live_async(live)
        except BaseException as error:
            event["raised"] = error
            raise
        event["head"] = copy.deepcopy(head)
        return _KeptAsync(self, event, head, pieces, describe)

    def read(
        self,
        call: str,
        live: Callable[[], Any],
        elastic: bool = True,
        depth: int = 2,
        caller: dict[str, Any] | None = None,
    ) -> Any:
        value = live()
        self.tape.add("read", call, ok=value, elastic=elastic)
        return value

    def reader(
        self, call: str, live: Callable[[], Any], elastic: bool = True, size: int = 0
    ) -> Any:
        return lambda caller: self.read(call, live, elastic, 2, caller)

    def mark(self, call: str, value: object) -> None:
        self.tape.add("mark", call, request=value)

    def fact(self, name: str, live: Callable[[], Any], depth: int = 2) -> Any:
        if name not in self.tape.facts:
            self.tape.facts[name] = self._live(live)
        return self.tape.facts[name]

    def intent(self, call: str, request: object) -> None:
        self.tape.add("intent", call, request=request)

    def output(self, fd: int, data: bytes) -> None:
        self.tape.add("output", str(fd), request=bytes(data))

    def uncaptured(self, call: str, request: object = None) -> None:
        self.tape.add("uncaptured", call)

    def child(self, kind: str, name: str) -> Any:
        lane = type(self)(self.tape, self.names.child(kind, name))
        lane.gate = self.gate
        return lane

    def before_outward(self, check: Callable[[Any], None]) -> None:
        self.checks.append(check)

    def turns(self, loop: Any) -> None:
        """Fakes leave event loops alone."""

    loop_made = turns


class _Ending:
    def __init__(self, lane: Any, event: Any, head: Any, live: Any, describe: Any) -> None:
        self.head = head
        self.lane, self.event, self.live, self.describe = lane, event, live, describe

    def end(self, how: str, error: BaseException | None = None) -> None:
        if "how" not in self.event:
            self.event["how"], self.event["error"] = how, error
            if self.describe:
                self.event["described"] = dict(self.describe(self.head, self.event["pieces"]))


class _Kept(_Ending):
    def __iter__(self) -> Iterator[Any]:
        pieces = iter(self.live)
        while True:
            try:
                piece = self.lane._live(lambda: next(pieces))
            except StopIteration:
                return self.end("end")
            except BaseException as error:
                self.end("raised", error)
                raise
            self.event["pieces"].append(copy.deepcopy(piece))
            yield piece

    def close(self) -> None:
        self.end("closed")
        if hasattr(self.live, "close"):
            self.live.close()


class _KeptAsync(_Ending):
    async def __aiter__(self) -> AsyncIterator[Any]:
        pieces = aiter(self.live)
        while True:
            try:
                piece = await self.lane._live_async(lambda: anext(pieces))
            except StopAsyncIteration:
                self.end("end")
                return
            except BaseException as error:
                self.end("raised", error)
                raise
            self.event["pieces"].append(copy.deepcopy(piece))
            yield piece

    async def aclose(self) -> None:
        self.end("closed")
        if hasattr(self.live, "aclose"):
            await self.live.aclose()


class Replaying(Recording):
    """A lane that serves the tape; it never calls *live*."""

    def _answer(self, event: dict[str, Any]) -> Any:
        if "raised" in event:
            raise event["raised"]
        return copy.deepcopy(event["ok"])

    def cross(self, call: str, live: Any, *, request: object = None, **_: Any) -> Any:
        for check in self.checks:
            check(self)
        return self._answer(self.tape.next("cross", call, request))

    async def cross_async(self, call: str, live: Any, *, request: object = None, **_: Any) -> Any:
        for check in self.checks:
            check(self)
        return self._answer(self.tape.next("cross", call, request))

    def stream(self, call: str, live: Any, *, request: object = None, **_: Any) -> Any:
        event = self.tape.next("stream", call, request)
        if "raised" in event:
            raise event["raised"]
        return _Served(event)

    async def stream_async(self, call: str, live: Any, *, request: object = None, **_: Any) -> Any:
        event = self.tape.next("stream", call, request)
        if "raised" in event:
            raise event["raised"]
        return _ServedAsync(event)

    def read(
        self,
        call: str,
        live: Any,
        elastic: bool = True,
        depth: int = 2,
        caller: dict[str, Any] | None = None,
    ) -> Any:
        return copy.deepcopy(self.tape.next("read", call)["ok"])

    def reader(
        self, call: str, live: Callable[[], Any], elastic: bool = True, size: int = 0
    ) -> Any:
        return lambda caller: self.read(call, live, elastic, 2, caller)

    def mark(self, call: str, value: object) -> None:
        self.tape.next("mark", call, value)

    def fact(self, name: str, live: Any, depth: int = 2) -> Any:
        return self.tape.facts[name]

    def intent(self, call: str, request: object) -> None:
        self.tape.next("intent", call, request)

    def output(self, fd: int, data: bytes) -> None:
        self.tape.next("output", str(fd), bytes(data))

    def uncaptured(self, call: str, request: object = None) -> None:
        raise Left(call)


class _Served:
    def __init__(self, event: dict[str, Any]) -> None:
        self.event = event
        self.head = copy.deepcopy(event["head"])

    def __iter__(self) -> Iterator[Any]:
        yield from copy.deepcopy(self.event["pieces"])
        if self.event.get("how") == "raised":
            raise self.event["error"]
        if self.event.get("how") != "end":
            raise Diverged("reads on in a stream that was left")

    def close(self) -> None: ...


class _ServedAsync(_Served):
    async def __aiter__(self) -> AsyncIterator[Any]:
        for piece in self.__iter__():
            yield piece

    async def aclose(self) -> None: ...
