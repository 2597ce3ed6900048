"""Tool calls, recording: the answer, what the body printed, and which state it changed."""

from __future__ import annotations

from agentrr_sandbox.errors import Halt, Unencodable
from agentrr_sandbox.frames import let_interrupt
from agentrr_sandbox.recorder import signals
from agentrr_sandbox.recorder.lane import RecordedLane
from agentrr_sandbox.recorder.printing import Printing, flush_streams
from agentrr_sandbox.recording.arguments import storable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from agentrr_sandbox.recorder import Open, Recorder
    from agentrr_sandbox.recorder.lane import Ticket

_PATHS = 20
SIGNAL = 0
"""Stands in what a body printed, in place of a descriptor, where a signal came."""
_READING = frozenset("rbtU")
_LOOKING = frozenset(f"file.{name}" for name in (
    "access", "fstat", "listdir", "lstat", "readlink", "realpath", "scandir", "stat", "statvfs",
    "written",
))  # fmt: skip
_OUTCOMES = frozenset({"ok", "raised", "unencodable"})


class BodyLane(RecordedLane):
    """The lane of a tool's body: its crossings are kept whole, so that it can be run again.

    Lanes below it (a task, a thread that the body starts) belong to the same call, *above*'s.  What
    it does, the body that called the tool (*caller*) does too: that one may be served as a whole.
    """

    def __init__(
        self,
        recorder: Recorder,
        name: str,
        *,
        above: BodyLane | None = None,
        caller: BodyLane | None = None,
    ) -> None:
        super().__init__(recorder, name)
        self.printed: list[tuple[int, Any]] = above.printed if above else []
        self.first: list[tuple[int, Any]] = above.first if above else []
        self.missed: list[dict[str, object]] = above.missed if above else []
        self.changed: list[str] = above.changed if above else []
        self.printing: Printing = above.printing if above else Printing(recorder.written)
        self.signals: list[dict[str, object]] = above.signals if above else []
        """Those that came while the body ran: a replay that serves the answer delivers them."""
        self.caller: BodyLane | None = above.caller if above else caller

    def bodies(self) -> Iterator[BodyLane]:
        """Yield this body, the one that called it, and so on up."""
        body: BodyLane | None = self
        while body is not None:
            yield body
            body = body.caller

    def child(self, kind: str, name: str) -> BodyLane:
        """Return a new lane under this one, of the same call."""
        return BodyLane(self.recorder, self.names.child(kind, name), above=self)

    def output(self, fd: int, data: bytes) -> None:
        """Keep what the body writes: a replay that serves the answer writes it in its place."""
        for body in self.bodies():
            body.printing.printed(fd)
            printed = body.printed
            if printed and printed[-1][0] == fd:
                printed[-1] = fd, printed[-1][1] + bytes(data)
            else:
                printed.append((fd, bytes(data)))
        super().output(fd, data)

    def begin(
        self,
        call: str,
        request: object,
        detail: Mapping[str, object] | None,
        *,
        outward: bool,
    ) -> Ticket:
        """Files that the body changes are state too: later code may read them."""
        if call.startswith("file.") and call not in _LOOKING and isinstance(request, dict):
            mode = request.get("mode", "w")
            if not (isinstance(mode, str) and set(mode) <= _READING):
                for body in self.bodies():
                    body.changed.append(f"{call} {request.get('path', '')}".strip())
        return super().begin(call, request, detail, outward=outward)

    def interrupted(self, signal: str, handle: Callable[[], None]) -> None:
        """The signal came within the tool's call; a body that runs again cannot be there again."""
        signals.noted(self, signal)
        self._handled(signal, handle)

    def interrupted_within(self, signal: str, handle: Callable[[], None]) -> None:
        """The signal came within a live call of the body."""
        self._handled(signal, handle, *([self.live.signals] if self.live else []))

    def _handled(
        self, signal: str, handle: Callable[[], None], *kept: list[dict[str, object]]
    ) -> None:
        """Handle it outside of the body: what its handler prints is not the body's."""
        flush_streams()
        strand = RecordedLane(self.recorder, self.names.child("signal", signal))
        for body in self.bodies():
            body.printed.append((SIGNAL, len(body.signals)))

        def flushed() -> None:
            try:
                handle()
            finally:
                flush_streams()

        signals.handled(strand, signal, flushed, *(each.signals for each in self.bodies()), *kept)

    def uncaptured(self, call: str, request: object = None) -> None:
        """Below a tool call, which is answered whole; it matters only if the body runs again."""
        del request
        for body in self.bodies():
            body.missed.append({"call": call})
        self.recorder.append("child", {"lane": self.name, "call": call})


class ToolCall:
    """One call of a tool, from before its body to after."""

    def __init__(
        self,
        lane: RecordedLane,
        call: str,
        request: Any,
        detail: Mapping[str, object],
        state: Callable[[], Any] | None,
        *,
        order: str = "stack",
    ) -> None:
        flush_streams()
        self._lane = lane
        self._call = call
        self._name = request["name"]
        self._state = state
        self._waited = False
        self._before = state() if state is not None else None
        self._ticket: Ticket = lane.begin(call, storable(request), detail, outward=True)
        self._body = BodyLane(
            lane.recorder,
            lane.names.child("tool", request["name"]),
            caller=lane if isinstance(lane, BodyLane) else None,
        )
        gate = lane.recorder.gate
        assert gate is not None
        self._gate = gate
        self._opened: Open | None = None
        if not order or _in_threads(lane.name, *(name for name, _, _ in tuple(lane.recorder.open))):
            number = self._ticket.number
            self._opened = lane.recorder.opened(lane.name, number, order=order)
        self._beside = order == "turns" or lane.recorder.baton is not None
        if self._beside:
            lane.recorder.unbuffered.enter()
        self._token = gate.enter(self._body)

    def answered(self, value: object) -> None:
        """The body has returned *value*; one that cannot be stored is made again on replay."""
        self._write(self._ended(self._stored(value), value))

    def raised(self, error: BaseException) -> None:
        """The body has raised *error*."""
        if isinstance(error, Halt):
            self._leave()
            return
        self._write(self._ended({"raised": self._encoded(error)}))

    async def awaited(self, live: Callable[[], Any]) -> Any:
        """Run the body of an async tool; its answer is handed on at a turn of the loop."""
        self._after_first_step()
        try:
            value = await live()
        except (Halt, GeneratorExit) as halt:
            self.raised(halt)
            raise
        except BaseException as raised:
            await self._hand_on(self._ended({"raised": self._encoded(raised)}))
            raise
        await self._hand_on(self._ended(self._stored(value), value))
        return value

    async def _hand_on(self, ended: tuple[dict[str, object], dict[str, object]]) -> None:
        """Wait for the turn of the answer; who is cancelled before has none of the body's."""
        from agentrr_sandbox.recorder.awaiting import handed_on

        def fail(error: BaseException, more: dict[str, object]) -> None:
            fields = {key: value for key, value in ended[0].items() if key not in _OUTCOMES}
            fields["raised"] = self._encoded(error)
            self._write((fields, {**ended[1], "agentrr.withheld": True}), more)

        await handed_on(self._lane, lambda more: self._write(ended, more), fail)

    def _after_first_step(self) -> None:
        """What the body prints before it first waits is printed as soon as it is called."""
        from asyncio import _get_running_loop

        body, loop = self._body, _get_running_loop()

        def note() -> None:
            self._waited = True
            body.printing.waits()
            body.first += body.printed
            body.printed.clear()

        if loop is not None:
            loop.call_soon(note, context=self._lane.recorder.inside())

    def _stored(self, value: object) -> dict[str, object]:
        try:
            return {"ok": self._lane.recorder.stored(value)}
        except Unencodable as error:
            self._body.changed.append("the answer, which cannot be stored")
            return {"unencodable": error.message}

    def _encoded(self, error: BaseException) -> Any:
        return self._lane.recorder.encode_raised(error)

    def _write(
        self,
        ended: tuple[dict[str, object], dict[str, object]],
        more: dict[str, object] | None = None,
    ) -> None:
        fields, detail = ended
        self._body.printing.answered()
        if self._body.printing.mixed and self._state is not None:
            self._changed(detail, "what it printed stands among what others did")
        self._lane.answered(self._ticket, {**fields, **(more or {})}, detail)

    def _ended(
        self, fields: dict[str, object], value: object = None
    ) -> tuple[dict[str, object], dict[str, object]]:
        """The body is over: return the fields and the detail of its answer."""
        flush_streams()
        self._leave()
        recorder, body = self._lane.recorder, self._body
        recorder.flush()
        if body.signals:
            fields["signals"] = body.signals
        at_once, later = (body.first, body.printed) if self._waited else (body.printed, [])
        if at_once:
            fields["output"] = recorder.clean([[fd, data] for fd, data in at_once])
        if later:
            fields["output_later"] = recorder.clean([[fd, data] for fd, data in later])
        return fields, self._detail(value)

    def _detail(self, value: object) -> dict[str, object]:
        recorder = self._lane.recorder
        detail: dict[str, object] = {"agentrr.body": self._body.name}
        if self._before is None or self._state is None:
            return detail
        after = self._state()
        paths = self._body.changed + self._before.changed(after)
        shared = after.shared(value)
        if shared is not None:
            paths.append(f"{shared} is in the answer")
        if paths:
            self._changed(detail, *paths[:_PATHS])
        unknown = sorted(after.unknown | ({"too much to walk"} if after.cut else set()))
        if unknown:
            detail["agentrr.state.unknown"] = unknown[:_PATHS]
            again = not self._body.missed
            if again:  # whether it changed anything cannot be told; running it again tells
                self._changed(detail, f"what {unknown[0]} holds is not compared")
            told = {"name": self._name, "types": unknown, "again": again}
            recorder.report({"kind": "tool-unknown", **told})
        return detail

    def _changed(self, detail: dict[str, object], *paths: str) -> None:
        """A replay is to run the body again, for these reasons."""
        if "agentrr.state" not in detail:
            detail["agentrr.state"] = "changed"
            detail["agentrr.state.paths"] = list(paths)
            self._note_missed()

    def _leave(self) -> None:
        self._gate.leave(self._token)
        if self._beside:
            self._lane.recorder.unbuffered.leave()
        if self._opened is not None:
            self._lane.recorder.closed(self._opened)

    def _note_missed(self) -> None:
        """A body that will run again must not meet what nothing captures."""
        recorder = self._lane.recorder
        for missed in self._body.missed:
            recorder.append("note", {"what": "not-captured", "lane": self._body.name, **missed})
            recorder.report({"kind": "not-captured", **missed, "site": f"tool {self._name}"})


let_interrupt(ToolCall.awaited.__code__)


def _in_threads(*lanes: str) -> bool:
    """Whether one of these runs in a thread; tasks that call tools end in the recorded order."""
    return any("/thread:" in name or "/work:" in name for name in lanes)
