"""The two peers in this process: a scenario is recorded, then given again to a replayer.

    made = record(tmp_path, scenario)      # a scenario takes a `World`; it may be async
    run = made.replay(scenario)            # or an edited one
    run.check()                            # faithful: same value, same output, nothing went live

There are no hooks and no subprocess: a scenario goes through the doors of its lane.  Code of this
file is a library's, code of the tests beside `unit/engine` is the user's.
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from typing import Any

import forge
import held

from agentrr_sandbox.errors import Halt
from agentrr_sandbox.lanes import Gate, close_gate, open_gate
from agentrr_sandbox.recorder import Recorder
from agentrr_sandbox.recording import finish
from agentrr_sandbox.recording.cleaning import Cleaner
from agentrr_sandbox.recording.reader import Recording
from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.ring import Ring
from agentrr_sandbox.recording.roots import Roots
from agentrr_sandbox.recording.writer import Writer
from agentrr_sandbox.replayer import Replayer

USERS = str(Path(__file__).parent / "unit" / "engine")
SALT = b"salt of the tests"
EXITED = {"how": "exit", "code": 0, "ended": 1_790_000_001_000_000_000}
KILLED = {"how": "signal", "signal": 9, "ended": 1_790_000_001_000_000_000}
_fresh = itertools.count(1)

Scenario = Callable[["World"], Any]


class World:
    """What a scenario gets: the doors of its current lane, and answers that never come twice.

    `asked` counts what went live, `log` holds what the scenario was answered.
    """

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.asked = 0
        self.log: list[Any] = []

    @property
    def lane(self) -> Any:
        """The lane of the calling strand."""
        lane = self.gate.lane()
        assert lane is not None
        return lane

    def got(self, value: Any) -> Any:
        """Take note of an answer."""
        self.log.append(value)
        return value

    def new(self, *_: object) -> str:
        """Answer something that was never answered before."""
        self.asked += 1
        return f"answer {next(_fresh)}"

    async def new_async(self) -> str:
        """Answer later."""
        await asyncio.sleep(0)
        return self.new()

    # -- doors, as hooks use them ------------------------------------------------------------

    def ask(self, call: str = "test.ask", request: Any = None, **more: Any) -> Any:
        """Cross."""
        return self.got(self.lane.cross(call, self.new, request=request, **more))

    async def ask_async(self, call: str = "test.ask", request: Any = None, **more: Any) -> Any:
        """Cross, async."""
        crossed = self.lane.cross_async(call, self.new_async, request=request, **more)
        return self.got(await crossed)

    def clock(self) -> float:
        """Read a clock."""
        value: float = self.lane.read("test.clock", lambda: next(_fresh) / 8)
        return value

    def draw(self) -> int:
        """Draw a number: not elastic."""
        value: int = self.lane.read("test.draw", lambda: next(_fresh), elastic=False)
        return value

    def fact(self, name: str, live: Callable[[], Any] | None = None) -> Any:
        """Ask for a fact."""
        return self.lane.fact(name, live or self.new)

    def stream(self, pieces: Any = 3, request: Any = None, **more: Any) -> Any:
        """Ask for an answer in pieces: as many new ones, or those of an iterator."""
        count = range(pieces) if isinstance(pieces, int) else pieces

        def live() -> tuple[Any, Iterator[Any]]:
            return {"status": self.new()}, (self.new() for _ in count)

        return self.lane.stream("test.stream", live, request=request, **more)

    async def stream_async(self, pieces: int = 3, request: Any = None, **more: Any) -> Any:
        """Ask for an answer in pieces, async."""

        async def each() -> AsyncIterator[Any]:
            for _ in range(pieces):
                yield await self.new_async()

        async def live() -> tuple[Any, AsyncIterator[Any]]:
            return {"status": await self.new_async()}, each()

        return await self.lane.stream_async("test.stream", live, request=request, **more)

    def tool(self, name: str, body: Callable[[], Any], **more: Any) -> Any:
        """Call a tool whose body is the user's."""
        request = {"name": name, "arguments": more.pop("arguments", {})}
        return self.got(
            self.lane.tool("test.tool", body, request=request, detail={"tool": name}, **more)
        )

    async def tool_async(self, name: str, body: Callable[[], Any], **more: Any) -> Any:
        """Call an async tool."""
        request = {"name": name, "arguments": more.pop("arguments", {})}
        called = self.lane.tool_async("test.tool", body, request=request, detail={}, **more)
        return self.got(await called)

    @contextmanager
    def within(self, lane: Any) -> Iterator[Any]:
        """Make *lane* current."""
        token = self.gate.enter(lane)
        try:
            yield lane
        finally:
            self.gate.leave(token)


_LIBRARY: dict[str, Any] = {"__name__": "far", "__file__": "/usr/lib/site-packages/far.py"}
exec(
    compile(
        "def clock(world): return world.clock()\n"
        "def draw(world): return world.draw()\n"
        "def fact(world, name): return world.fact(name)\n",
        "/usr/lib/site-packages/far.py",
        "exec",
    ),
    _LIBRARY,
)
library_clock: Callable[[World], float] = _LIBRARY["clock"]
library_draw: Callable[[World], int] = _LIBRARY["draw"]
library_fact: Callable[[World, str], Any] = _LIBRARY["fact"]


class _Raw:
    def __init__(self, fd: int, gate: Gate, text: bytearray) -> None:
        self._fd, self._gate, self._text = fd, gate, text

    def write(self, data: bytes) -> int:
        lane = self._gate.lane()
        assert lane is not None
        lane.output(self._fd, data)
        self._text += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


class _Stream:
    """A text stream whose bytes go through the door, as the hook for streams has it."""

    def __init__(self, fd: int, gate: Gate, text: bytearray) -> None:
        self.buffer = _Raw(fd, gate, text)

    def write(self, text: str) -> int:
        self.buffer.write(text.encode())
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


@contextmanager
def _streams(gate: Gate, out: bytearray, err: bytearray) -> Iterator[None]:
    kept = sys.stdout, sys.stderr
    replaced: tuple[Any, Any] = _Stream(1, gate, out), _Stream(2, gate, err)
    sys.stdout, sys.stderr = replaced
    try:
        yield
    finally:
        sys.stdout, sys.stderr = kept


class Outcome:
    """How a scenario went: `value` or `error`, what it printed, what it was answered."""

    def __init__(self, scenario: Scenario, peer: Any, *, alone: bool = False) -> None:
        gate = peer.gate = Gate(peer.main if alone else None)
        self.world = World(gate)
        self.value: Any = None
        self.error: BaseException | None = None
        out, err = bytearray(), bytearray()
        open_gate(gate)
        try:
            with _streams(gate, out, err):
                copy_context().run(self._inside, scenario, peer.main)
        finally:
            close_gate(gate)
        self.out, self.err = bytes(out), bytes(err)
        self.asked, self.log = self.world.asked, self.world.log

    def _inside(self, scenario: Scenario, main: Any) -> None:
        self.world.gate.enter(main)
        try:
            value = scenario(self.world)
            self.value = asyncio.run(value) if inspect.iscoroutine(value) else value
        except BaseException as error:
            self.error = error


class Replayed(Outcome):
    """How a scenario went against a recording, and what the replayer reported.

    *alone*: nothing in this process is outside of the replay, as in one that the command started.
    """

    def __init__(
        self, made: Made, scenario: Scenario, *, alone: bool = False, **options: Any
    ) -> None:
        recording = Recording.open(made.path)
        self.reports: list[dict[str, Any]] = []
        roots = Roots(made.roots, recording.header["roots"])
        cleaner = Cleaner(Redactor(made.environ, SALT), roots)
        replayer = Replayer(recording, cleaner, report=self.reports.append, **options)
        self.replayer = replayer
        super().__init__(scenario, replayer, alone=alone)
        replayer.finish()
        recording.close()
        self.halted = replayer.halted
        self.made = made

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the reports of one kind."""
        return [report for report in self.reports if report["kind"] == kind]

    @property
    def slugs(self) -> list[str]:
        """The kinds of its divergences."""
        return [report["slug"] for report in self.of("divergence")]

    @property
    def divergence(self) -> dict[str, Any]:
        """Its one divergence."""
        [found] = self.of("divergence")
        return found

    @property
    def end(self) -> dict[str, Any]:
        """Its verdict: always the last report."""
        assert self.reports[-1]["kind"] == "end"
        return self.reports[-1]

    @property
    def stopped(self) -> dict[str, Any]:
        """Why it could go no further."""
        [found] = self.of("stopped")
        return found

    @property
    def faithful(self) -> bool:
        """Whether nothing differed and nothing was left over."""
        return self.halted is None and not (self.of("divergence") or self.of("sealed"))

    def check(self) -> Replayed:
        """Assert that the run was the recorded one, and that nothing went live."""
        assert self.faithful, self.reports
        made = self.made
        assert repr(self.value) == repr(made.value)
        assert self.log == made.log
        assert (type(self.error), str(self.error)) == (type(made.error), str(made.error))
        assert (self.out, self.err) == (made.out, made.err)
        assert self.asked == 0
        assert self.end["events"] == len(made.events)
        return self


class Made(Outcome):
    """A recording that was made, and how the scenario went."""

    def __init__(self, folder: Path, scenario: Scenario, **options: Any) -> None:
        self.path = str(folder / f"run-{next(_fresh)}.jsonl")
        self.environ: dict[str, str] = options.pop("environ", {})
        self.roots = {"code": USERS, "cwd": str(folder), "tmp": str(folder)}
        end: dict[str, Any] = options.pop("end", EXITED)
        header = {
            **forge.HEADER,
            "roots": self.roots,
            "redaction": {"rules": 1, "salt": SALT.hex()},
        }
        del header["t"]
        self.writer = Writer.create(self.path, header, durable="process")
        ring = Ring.create()
        cleaner = Cleaner(Redactor(self.environ, SALT), Roots(self.roots))
        self.reports: list[dict[str, Any]] = []
        self.recorder = Recorder(self.writer, ring, cleaner, report=self.reports.append, **options)
        super().__init__(scenario, self.recorder)
        if end is EXITED:
            self.recorder.finish()
        self.writer.close()
        finish.end(self.path, end, ring, "process")
        ring.close()
        self.events = read(self.path)
        assert held.complaints(self.path) == []

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        """Return the events of these kinds."""
        return [event for event in self.events if event["t"] in kinds]

    def replay(self, scenario: Scenario, **options: Any) -> Replayed:
        """Give *scenario* to a replayer of this recording."""
        return Replayed(self, scenario, **options)

    def halts(self, scenario: Scenario, slug: str, event: int | None = None) -> dict[str, Any]:
        """Assert that *scenario* halts at one divergence, and return it."""
        run = self.replay(scenario)
        assert run.slugs == [slug], run.reports
        assert run.divergence["event"] == event
        assert isinstance(run.halted, Halt)
        return run.divergence

    def cut(self, count: int, *, end: bool) -> Made:
        """Leave the first *count* events; with *end* the supervisor has said that it was killed."""
        whole = Path(self.path).read_bytes().splitlines(keepends=True)
        Path(self.path).write_bytes(b"".join(whole[:count]))
        if end:
            finish.end(self.path, KILLED, None, "process")
        self.events = read(self.path)
        return self


def record(folder: Path, scenario: Scenario, **options: Any) -> Made:
    """Record *scenario*.  With `end=KILLED` its process was killed right after it."""
    return Made(folder, scenario, **options)


def read(path: str) -> list[dict[str, Any]]:
    """Return the events of the recording at *path*, as they stand there."""
    return [json.loads(line) for line in Path(path).read_text(encoding="ascii").splitlines()]
