"""Answers in pieces, recording: each piece is written down before it is handed on."""

from __future__ import annotations

from agentrr_sandbox.frames import let_interrupt
from agentrr_sandbox.recording import codec
from agentrr_sandbox.recording.holding import Holding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from typing import Any

    from agentrr_sandbox.recorder.lane import RecordedLane, Ticket

    Describe = Callable[[Any, list[Any]], Mapping[str, object]]


class _Stream:
    """What the two kinds of stream share: the writing down."""

    def __init__(
        self,
        lane: RecordedLane,
        ticket: Ticket,
        head: Any,
        pieces: Any,
        describe: Describe | None,
    ) -> None:
        self.head = head
        self._lane = lane
        self._ticket = ticket
        self._live = pieces
        self._describe = describe
        self._kept: list[Any] = []
        self._ended = False
        self._holding = Holding(lane.recorder.cleaner)

    def _piece(self, piece: Any, more: dict[str, object] | None = None) -> None:
        recorder = self._lane.recorder
        fields: dict[str, object] = {"of": self._ticket.number, "lane": self._lane.name}
        fields.update(more or {})
        if self._ticket.signals:
            fields["signals"], self._ticket.signals = self._ticket.signals, []
        if type(piece) is bytes:
            self._bytes(fields, piece)
        else:
            self._late(fields)
            recorder.append("piece", {**fields, **recorder.answer(piece, "piece")})
        if self._describe is not None:
            self._kept.append(piece)

    def _bytes(self, fields: dict[str, object], piece: bytes) -> None:
        """Write the piece down but for the end that may be half a secret."""
        recorder = self._lane.recorder
        own, tail, late = self._holding.feed(piece)
        fields["ok"] = recorder.folder.fold(codec.encode(own))
        if tail:
            fields["held"] = True
        self._add_late(fields, late)
        number = recorder.append("piece", fields)
        if tail:
            self._holding.keep(number, tail)
            recorder.held[id(self)] = self
        else:
            recorder.held.pop(id(self), None)

    def _late(self, fields: dict[str, object]) -> None:
        """Add to *fields* what was held back."""
        self._lane.recorder.held.pop(id(self), None)
        self._add_late(fields, self._holding.rest())

    def _add_late(self, fields: dict[str, object], late: list[tuple[int, bytes]]) -> None:
        if late:
            fold = self._lane.recorder.folder.fold
            fields["late"] = [[number, fold(codec.encode(data))] for number, data in late]

    def left(self) -> None:
        """The run is over, and nobody has closed this stream."""
        self._end("closed")

    def _end(
        self, how: str, error: BaseException | None = None, more: dict[str, object] | None = None
    ) -> None:
        if self._ended:
            return
        self._ended = True
        fields: dict[str, object] = {"how": how, **(more or {})}
        self._late(fields)
        if error is not None:
            fields["raised"] = self._lane.recorder.encode_raised(error)
        detail = None
        if self._describe is not None:
            detail = self._describe(self.head, self._kept)
        self._lane.answered(self._ticket, fields, detail, "end")


class RecordedStream(_Stream):
    """Implements `boundary.Stream`."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the pieces; a reader that walks away closes the stream."""
        pieces = iter(self._live)
        lane = self._lane
        while True:
            token = lane.enter(self._ticket, alone=True)
            try:
                piece = next(pieces)
            except StopIteration:
                lane.leave(token)
                self._end("end")
                return
            except BaseException as error:
                lane.leave(token)
                self._end("raised", error)
                raise
            lane.leave(token)
            self._piece(piece)
            yield piece

    def close(self) -> None:
        """Say that the reader wants no more."""
        self._end("closed")
        close = getattr(self._live, "close", None)
        if close is None:
            self._lane.pass_on()
        else:
            token = self._lane.enter(self._ticket, alone=True)
            try:
                close()
            finally:
                self._lane.leave(token)


class RecordedAsyncStream(_Stream):
    """Implements `boundary.AsyncStream`."""

    async def __aiter__(self) -> AsyncIterator[Any]:
        """Yield the pieces."""
        from agentrr_sandbox.recorder.awaiting import handed_on
        from agentrr_sandbox.schedule.loops import order_in

        pieces = aiter(self._live)
        lane, ticket = self._lane, self._ticket
        while True:
            token = lane.enter(ticket, order=order_in(lane))
            try:
                piece = await anext(pieces)
            except StopAsyncIteration:
                lane.leave(token)
                await handed_on(lane, lambda more: self._end("end", None, more), self._failed)
                return
            except BaseException as error:
                lane.leave(token)
                await handed_on(lane, self._writing(self._failed, error), self._failed, error)
                raise
            lane.leave(token)
            await handed_on(lane, self._writing(self._piece, piece), self._failed)
            try:
                yield piece
            except GeneratorExit:  # what the loop does to end the live one is not the program's
                gate = lane.recorder.gate
                assert gate is not None
                inside = gate.enter(lane.inner)
                del pieces
                gate.leave(inside)
                raise

    def _writing(self, write: Callable[..., None], what: Any) -> Callable[[Any], None]:
        return lambda more: write(what, more)

    def _failed(self, error: BaseException, more: dict[str, object]) -> None:
        self._end("raised", error, more)

    async def aclose(self) -> None:
        """Say that the reader wants no more."""
        self._end("closed")
        close = getattr(self._live, "aclose", None)
        if close is None:
            return
        from agentrr_sandbox.schedule.loops import order_in

        token = self._lane.enter(self._ticket, order=order_in(self._lane))
        try:
            await close()
        except GeneratorExit:
            self._lane.leave(token)
            raise
        except BaseException as error:
            self._lane.leave(token)
            await self._closed(error)
            raise
        self._lane.leave(token)
        await self._closed()

    async def _closed(self, error: BaseException | None = None) -> None:
        from asyncio import CancelledError

        from agentrr_sandbox.schedule.loops import running

        turns = running(self._lane)
        if turns is not None:
            was = isinstance(error, CancelledError)
            await turns.closed(self._lane, self._ticket.number, cancelled=was)


for _door in (RecordedStream.__iter__, RecordedAsyncStream.__aiter__):
    let_interrupt(_door.__code__)
