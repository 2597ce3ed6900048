"""The doors of one strand of a recording that is being made."""

from __future__ import annotations

from agentrr_sandbox import matching, real
from agentrr_sandbox.errors import Halt, Unencodable
from agentrr_sandbox.frames import let_interrupt
from agentrr_sandbox.recorder.reading import Reading
from agentrr_sandbox.recorder.signals import Signalled
from agentrr_sandbox.sites import site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from agentrr_sandbox.boundary import Lane
_now = real.monotonic_ns


class Ticket:
    """A crossing that is under way: what is known of it before its answer."""

    __slots__ = ("awaited", "began", "fields", "number", "signals")

    def __init__(self, fields: dict[str, object], number: int | None) -> None:
        self.awaited = False
        self.fields = fields
        self.number = number
        self.signals: list[dict[str, object]] = []
        self.began = _now()


class RecordedLane(Signalled, Reading):
    """The doors of one strand, recording.  See `boundary.Lane` for what each promises."""

    # -- crossings -------------------------------------------------------------------------

    def begin(
        self,
        call: str,
        request: object,
        detail: Mapping[str, object] | None,
        *,
        outward: bool,
    ) -> Ticket:
        """Bring the recording up to date; write the intent of what the world will see."""
        recorder = self.recorder
        for check in recorder.checks:
            check(self)
        recorder.flush()
        recorder.asked_before(self.name)
        shaped = matching.shape(request, recorder.cleaner)
        fields: dict[str, object] = {
            "lane": self.name,
            "n": self.n,
            "at": _now() - recorder.started,
            "call": call,
            "sig": matching.signature(call, shaped),
        }
        if shaped is not None:
            fields["request"] = recorder.folder.fold(shaped)
        if detail:
            fields["detail"] = recorder.clean(dict(detail))
        where = site(recorder.user, recorder.cleaner)
        if where:
            fields["site"] = where
        self.n += 1
        if not outward:
            return Ticket(fields, None)
        return Ticket({}, recorder.append("intent", fields, sync=True))

    def answered(
        self,
        ticket: Ticket,
        fields: dict[str, object],
        detail: Mapping[str, object] | None = None,
        kind: str = "answer",
    ) -> None:
        """Write the answer down; the caller hands it on afterwards."""
        fields["dur"] = _now() - ticket.began
        if ticket.awaited:  # until here: its answer is handed on after the live call has ended
            self.recorder.begun.pop(id(ticket), None)
        if ticket.signals:
            fields["signals"] = ticket.signals
            ticket.signals = []
        if ticket.number is None:
            if detail:
                known: Any = ticket.fields.get("detail", {})
                fields["detail"] = {**known, **self.recorder.clean(dict(detail))}
            self.recorder.append("call", {**ticket.fields, **fields})
            return
        if detail:
            fields["detail"] = self.recorder.clean(dict(detail))
        self.recorder.append(
            kind, {"of": ticket.number, "lane": self.name, **fields}, sync=kind != "head"
        )

    def failed(
        self,
        ticket: Ticket,
        error: BaseException,
        kind: str = "answer",
        more: Mapping[str, object] | None = None,
    ) -> None:
        """Write the exception down that was the answer, with *more* fields."""
        if isinstance(error, Halt):
            return
        fields: dict[str, object] = {"raised": self.recorder.encode_raised(error), **(more or {})}
        self.answered(ticket, fields, None, kind)

    def cross(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: object = None,
        detail: Mapping[str, object] | None = None,
        outward: bool = False,
        describe: Callable[[Any], Mapping[str, object]] | None = None,
    ) -> Any:
        """Ask, write down, hand on."""
        ticket = self.begin(call, request, detail, outward=outward)
        token = self.enter(ticket, alone=True)
        try:
            value = live()
        except BaseException as error:
            self.leave(token)
            self.failed(ticket, error)
            raise
        self.leave(token)
        self.answered(ticket, self.recorder.answer(value, call), describe and describe(value))
        return value

    async def cross_async(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: object = None,
        detail: Mapping[str, object] | None = None,
        outward: bool = False,
        describe: Callable[[Any], Mapping[str, object]] | None = None,
    ) -> Any:
        """Ask, write down, hand on."""
        from agentrr_sandbox.recorder.awaiting import ask

        ticket = self.begin(call, request, detail, outward=outward)
        return await ask(self, ticket, live, call, describe)

    def stream(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: object = None,
        detail: Mapping[str, object] | None = None,
        outward: bool = True,
        describe: Callable[[Any, list[Any]], Mapping[str, object]] | None = None,
    ) -> Any:
        """Ask for an answer in pieces."""
        from agentrr_sandbox.recorder.streams import RecordedStream

        del outward  # a stream always has its intent: its pieces refer to it
        ticket = self.begin(call, request, detail, outward=True)
        token = self.enter(ticket, alone=True)
        try:
            head, pieces = live()
        except BaseException as error:
            self.leave(token)
            self.failed(ticket, error, "head")
            raise
        self.leave(token)
        self.answered(ticket, self.recorder.answer(head, call), None, "head")
        return RecordedStream(self, ticket, head, pieces, describe)

    async def stream_async(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: object = None,
        detail: Mapping[str, object] | None = None,
        outward: bool = True,
        describe: Callable[[Any, list[Any]], Mapping[str, object]] | None = None,
    ) -> Any:
        """Ask for an answer in pieces."""
        from agentrr_sandbox.recorder.awaiting import ask
        from agentrr_sandbox.recorder.streams import RecordedAsyncStream

        del outward
        ticket = self.begin(call, request, detail, outward=True)
        head, pieces = await ask(self, ticket, live, call, None, "head")
        return RecordedAsyncStream(self, ticket, head, pieces, describe)

    def tool(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: Any,
        detail: Mapping[str, object],
        state: Callable[[], Any] | None = None,
    ) -> Any:
        """Call a tool's body and keep its answer."""
        from agentrr_sandbox.recorder.tools import ToolCall

        made = ToolCall(self, call, request, detail, state)
        try:
            value = live()
        except BaseException as error:
            self.pass_on()
            made.raised(error)
            raise
        self.pass_on()
        made.answered(value)
        return value

    async def tool_async(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: Any,
        detail: Mapping[str, object],
        state: Callable[[], Any] | None = None,
    ) -> Any:
        """Call a tool's body and keep its answer."""
        from agentrr_sandbox.recorder.tools import ToolCall
        from agentrr_sandbox.schedule.loops import order_in

        made = ToolCall(self, call, request, detail, state, order=order_in(self))
        return await made.awaited(live)

    def enter(self, ticket: Ticket, *, order: str = "stack", alone: bool = False) -> object:
        """A live call begins: crossings below it are not answers of their own.

        *alone*: the calling thread does nothing else meanwhile, so that another one may run.
        """
        recorder = self.recorder
        opened = recorder.opened(self.name, ticket.number, order=order)
        self.live = ticket
        recorder.begun[id(ticket)] = ticket
        assert recorder.gate is not None
        gave = alone and recorder.baton is not None and recorder.baton.give()
        return recorder.gate.enter(self.inner), opened, gave, ticket

    def leave(self, token: Any) -> None:
        """The live call has ended."""
        recorder = self.recorder
        assert recorder.gate is not None
        entered, opened, gave, ticket = token
        if gave:
            recorder.baton.take(self)
        recorder.gate.leave(entered)
        if not ticket.awaited:
            recorder.begun.pop(id(ticket), None)
        self.live = None
        recorder.closed(opened)

    def intent(self, call: str, request: object) -> None:
        """Write down that an outward effect is about to leave that has no answer."""
        self.begin(call, request, {"agentrr.answer": "none"}, outward=True)

    def uncaptured(self, call: str, request: object = None) -> None:
        """Note that no hook understands this call; it goes on live."""
        recorder = self.recorder
        recorder.flush()
        where = site(recorder.user, recorder.cleaner)
        fields: dict[str, object] = {"what": "not-captured", "lane": self.name, "call": call}
        if where:
            fields["site"] = where
        if request is not None:
            try:
                fields["request"] = recorder.clean(request)
            except Unencodable:
                fields["request"] = type(request).__name__
        recorder.append("note", fields)
        recorder.report({"kind": "not-captured", "call": call, "site": where or ""})

    # -- the rest --------------------------------------------------------------------------

    def output(self, fd: int, data: bytes) -> None:
        """Keep what the agent writes to stdout or stderr."""
        self.recorder.output(fd, data)

    def owns(self, filename: str) -> bool:
        """Whether *filename* is the user's code."""
        return self.recorder.cleaner.roots.user(filename)

    def note(self, what: str, message: str) -> None:
        """Say something that a person must know who relies on the recording."""
        self.recorder.append("note", {"what": what, "message": self.recorder.cleaner.text(message)})
        self.recorder.report({"kind": what, "message": message})

    def passed(self, call: str) -> None:
        """A crossing went through below a live call of this lane."""
        self.recorder.append("child", {"lane": self.name, "call": call})

    def child(self, kind: str, name: str) -> RecordedLane:
        """Return a new lane under this one."""
        return RecordedLane(self.recorder, self.names.child(kind, name))

    def before_outward(self, check: Callable[[Lane], None]) -> None:
        """Call *check* before each crossing."""
        if check not in self.recorder.checks:
            self.recorder.checks.append(check)

    def step(self, name: str, phase: str) -> None:
        """Mark a stretch of the timeline; for the person who reads, never matched."""
        self.recorder.flush()
        fields = {"lane": self.name, "name": self.recorder.cleaner.text(name), "phase": phase}
        self.recorder.append("step", dict(fields))


for _door in (
    RecordedLane.cross, RecordedLane.cross_async, RecordedLane.stream, RecordedLane.stream_async,
    RecordedLane.tool, RecordedLane.tool_async,
):  # fmt: skip
    let_interrupt(_door.__code__)
