"""What is said of an event loop that waits for what does not come."""

from __future__ import annotations

from agentrr_sandbox.matching import divergence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def stall(event: dict[str, Any] | None, wanted: Iterable[object]) -> dict[str, object]:
    """Return the divergence of a loop that *event* is to wake, and that waits for *wanted*."""
    return divergence(
        "stall",
        _message(event),
        event=None if event is None else event["seq"],
        lane="main" if event is None else event["lane"],
        call="asyncio",
        expected=None if event is None else f"woken by {_what(event)}",
        observed=f"waiting for {', '.join(map(_named, wanted)) or 'nothing'}",
        recorded_site=event and event.get("site"),
    )


def _message(event: dict[str, Any] | None) -> str:
    if event is None:
        return "the run waits, and nothing that the recording holds wakes it"
    return f"the run waits, and did not ask for what woke it here: {_what(event)}"


def _what(event: dict[str, Any]) -> str:
    if event["t"] == "wake":
        return f"{event['kind']} {event['nth']} of {event['lane']}"
    return f"the {event['t']} to event {event['of']}" if "of" in event else f"{event['call']}"


def _named(key: object) -> str:
    if isinstance(key, tuple):
        kind, lane, number = key
        return f"{kind} {number} of {lane}"
    return f"the answer in event {key}"
