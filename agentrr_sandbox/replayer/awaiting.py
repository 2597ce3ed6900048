"""The async doors of a strand, replaying: an answer is handed on at its turn of the event loop."""

from __future__ import annotations

from agentrr_sandbox.schedule.loops import running

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.replayer.lane import ReplayedLane


async def its_turn(lane: ReplayedLane, event: dict[str, Any]) -> BaseException | None:
    """Wait until the turn of *event*; return the cancellation that came before it, if one did."""
    turns = running(lane) if "turn" in event else None
    return None if turns is None else await turns.turn(event["seq"])


async def answer(lane: ReplayedLane, event: dict[str, Any]) -> Any:
    """Return, or raise, the recorded answer of *event* when its turn has come."""
    parts = lane.replayer.index.parts.get(event["seq"])
    if event["t"] == "intent" and not parts:
        turns = running(lane)
        if turns is not None:
            await turns.turn(("no answer", event["seq"]))  # others may go on until they end too
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
