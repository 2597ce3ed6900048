"""The async doors of a strand, recording: an answer is handed on at a turn of the event loop.

A live call ends in the middle of a turn that no replay has.  Its answer is kept until the head of
the next one, and written down there, with the turn's count; then the waiting strand goes on.
"""

from __future__ import annotations

from agentrr_sandbox.errors import Halt
from agentrr_sandbox.frames import let_interrupt
from agentrr_sandbox.schedule.loops import order_in, running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any

    from agentrr_sandbox.recorder.lane import RecordedLane, Ticket

    Write = Callable[[dict[str, object]], None]
    Fail = Callable[[BaseException, dict[str, object]], None]


async def handed_on(
    lane: RecordedLane, write: Write, fail: Fail, error: BaseException | None = None
) -> None:
    """Call *write* with where the answer is handed on, and wait until then.

    *error* is what the live call raised, if it did.  *fail* writes that the strand was cancelled
    before, which is the answer then.
    """
    turns = running(lane)
    if turns is None or isinstance(error, GeneratorExit | Halt):
        write({})
    else:
        await turns.outcome(write, fail)


async def ask(
    lane: RecordedLane,
    ticket: Ticket,
    live: Callable[[], Awaitable[Any]],
    call: str,
    describe: Callable[[Any], Mapping[str, object]] | None,
    kind: str = "answer",
) -> Any:
    """Run *live*, hand its answer on at a turn, and return or raise it.

    For the head of a stream (*kind* `head`) the answer is the first of the two things that *live*
    returns; both are returned.
    """

    def fail(cancelled: BaseException, more: dict[str, object]) -> None:
        lane.failed(ticket, cancelled, kind, more)

    ticket.awaited = ticket.number is None
    token = lane.enter(ticket, order=order_in(lane))
    try:
        value = await live()
    except BaseException as error:
        lane.leave(token)
        raised = error
        await handed_on(lane, lambda more: fail(raised, more), fail, error)
        raise
    lane.leave(token)

    def write(more: dict[str, object]) -> None:
        head = value[0] if kind == "head" else value
        fields = {**lane.recorder.answer(head, call), **more}
        lane.answered(ticket, fields, describe and describe(value), kind)

    await handed_on(lane, write, fail)
    return value


let_interrupt(ask.__code__)
