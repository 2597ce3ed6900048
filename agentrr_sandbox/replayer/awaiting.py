"""The async doors of a strand, replaying: an answer is handed on at its turn of the event loop."""

from __future__ import annotations

from agentrr_sandbox.schedule.loops import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.replayer.lane import ReplayedLane
    from agentrr_sandbox.replayer.turns import ReplayedTurns


async def its_turn(lane: ReplayedLane, event: dict[str, Any]) -> BaseException | None:
    """Wait until the turn of *event*; return the cancellation that came before it, if one did."""
    turns = running(lane)
    if turns is None:
        return None
    if "turn" in event:
        cancelled: BaseException | None = await turns.turn(event["seq"])
        return cancelled
    if "raised" in event and isinstance(lane.replayer.error(event["raised"]), GeneratorExit):
        await _never(turns, event)
    return None


async def _never(turns: ReplayedTurns, event: dict[str, Any]) -> None:
    """Wait until the waiting strand is thrown away: so the recorded one was."""
    await turns.turn(("no answer", event["seq"]))


async def answer(lane: ReplayedLane, event: dict[str, Any]) -> Any:
    """Return, or raise, the recorded answer of *event* when its turn has come."""
    turns = running(lane)
    if (
        event["t"] == "intent"
        and turns is not None
        and event["seq"] not in lane.replayer.index.parts
    ):
        await _never(turns, event)  # others go on
    found = lane.answer_of(event)
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
