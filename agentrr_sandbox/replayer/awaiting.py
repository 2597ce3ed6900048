"""The async doors of a strand, replaying: an answer is handed on at its turn of the event loop."""

from __future__ import annotations

from agentrr_sandbox.schedule.loops import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.replayer.lane import ReplayedLane
    from agentrr_sandbox.replayer.turns import ReplayedTurns


async def its_turn(
    lane: ReplayedLane, event: dict[str, Any], then: Callable[[], None] | None = None
) -> BaseException | None:
    """Wait until the turn of *event*; return the cancellation that came before it, if one did.

    *then* is called when its turn has come, before anything else of that turn.
    """
    turns = running(lane)
    if turns is not None and "turn" in event:
        cancelled: BaseException | None = await turns.turn(event["seq"], then)
        return cancelled
    if then is not None:
        then()
    if turns is None:
        return None
    if "raised" in event and isinstance(lane.replayer.error(event["raised"]), GeneratorExit):
        await never(lane, turns)
    return None


async def never(lane: ReplayedLane, turns: ReplayedTurns) -> None:
    """Wait until the waiting strand is thrown away, or the replay ends; others go on."""
    await turns.turn(("no answer", lane.name, turns.number(f"no answer {lane.name}")))
    lane.replayer.stop("the run has ended")


async def expected(lane: ReplayedLane, call: str, request: object) -> dict[str, Any]:
    """Return the recorded event that this crossing matches; wait for ever where none can be."""
    turns = running(lane)
    event = lane.expect(call, request, waits=turns is not None)
    if not event:
        await never(lane, turns)
    return event


async def answered(lane: ReplayedLane, event: dict[str, Any]) -> dict[str, Any]:
    """Return the event that holds the answer of *event*; wait for ever where none does."""
    turns = running(lane)
    if turns is not None and not lane.is_answered(event):
        await never(lane, turns)
    return lane.answer_of(event)


async def answer(lane: ReplayedLane, event: dict[str, Any]) -> Any:
    """Return, or raise, the recorded answer of *event* when its turn has come."""
    found = await answered(lane, event)
    cancelled = await its_turn(lane, found)
    return value(lane, found, cancelled)


def value(lane: ReplayedLane, found: dict[str, Any], cancelled: BaseException | None) -> Any:
    """Return or raise what *found* holds; a recorded cancellation is the present one."""
    if "raised" in found and cancelled is not None:
        from asyncio import CancelledError

        recorded = lane.replayer.error(found["raised"])
        if isinstance(recorded, CancelledError):
            # its message may name an object of this process (anyio's scopes)
            raise cancelled.with_traceback(recorded.__traceback__)
    return lane.replayer.value(found) if found["t"] == "end" else lane.handed_on(found)
