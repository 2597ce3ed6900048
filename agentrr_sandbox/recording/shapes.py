"""What every reader relies on in an event; `schema.json` says the rest."""

from __future__ import annotations

from agentrr_sandbox.recording import reads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TEXT, _INT, _DICT, _LIST = str, int, dict, list
_NEEDS: dict[str, tuple[tuple[str, type], ...]] = {
    "run.start": (("roots", _DICT), ("redaction", _DICT), ("python", _DICT), ("argv", _LIST)),
    "call": (("lane", _TEXT), ("call", _TEXT), ("sig", _TEXT)),
    "intent": (("lane", _TEXT), ("call", _TEXT), ("sig", _TEXT)),
    "mark": (("lane", _TEXT), ("call", _TEXT)),
    "answer": (("of", _INT), ("lane", _TEXT)),
    "head": (("of", _INT), ("lane", _TEXT)),
    "piece": (("of", _INT), ("lane", _TEXT)),
    "end": (("of", _INT), ("lane", _TEXT), ("how", _TEXT)),
    "reads": (("lane", _TEXT), ("ring", _INT), ("runs", _LIST)),
    "facts": (("facts", _DICT),),
    "output": (("fd", _INT), ("n", _INT)),
    "note": (("what", _TEXT),),
    "wake": (("lane", _TEXT), ("kind", _TEXT), ("nth", _INT), ("turn", _LIST)),
    "baton": (("order", _LIST),),
    "list": (("keep", _INT), ("add", _LIST)),
    "run.exit": (("counts", _DICT), ("digests", _DICT)),
    "run.end": (("how", _TEXT),),
    "package": (("name", _TEXT),),
    "hook": (("name", _TEXT), ("of", _TEXT)),
    **dict.fromkeys(("value", "child", "step", "lane", "source"), ()),
}
MOST_HANDS = 1_000_000
"""Of hand-overs to one thread in a row, in one entry."""
KINDS = frozenset(_NEEDS)
"""The kinds of events that this version knows."""


def complaint_of(event: dict[str, Any]) -> str:  # noqa: C901, PLR0911 - one answer a complaint
    """Return what a replay could not bear in *event*, or an empty text."""
    kind = event["t"]
    for name, type_ in _NEEDS.get(kind, ()):
        if type(event.get(name)) is not type_:
            return f"a {kind} event needs {name!r}"
    if kind == "output" and event["fd"] not in (1, 2):
        return "output of a descriptor that is neither 1 nor 2"
    if (
        kind != "hook"
        and "of" in event
        and not (type(event["of"]) is int and 0 <= event["of"] < event["seq"])
    ):
        return "it refers to an event that does not stand before it"
    if "late" in event and not _is_late(event["late"]):
        return "what came late is not numbers and values"
    if "turn" in event and not _is_place(event["turn"], event.get("bodies", {})):
        return "where its loop was is not a name and numbers"
    if kind == "baton" and not all(map(_is_hand, event["order"])):
        return "its order of threads is not names and numbers"
    if kind == "reads" and not all(map(reads.is_run, event["runs"])):
        return "its runs are not runs"
    if kind == "value" and "v" not in event:
        return "a value event needs 'v'"
    if kind == "note" and event["what"] == "concurrent" and type(event.get("from")) is not int:
        return "a note of a concurrent stretch needs 'from'"
    if kind == "note" and event["what"] == "signal" and not _is_signal(event):
        return "a note of a signal needs 'signal' and 'lane'"
    if "signals" in event and not (
        type(event["signals"]) is list and all(map(_is_signal, event["signals"]))
    ):
        return "its signals are not signals"
    return ""


def _is_signal(told: object) -> bool:
    return type(told) is dict and type(told.get("signal")) is type(told.get("lane")) is str


def _is_late(late: Any) -> bool:
    return type(late) is list and all(
        type(each) is list and len(each) == 2 and type(each[0]) is int  # noqa: PLR2004
        for each in late
    )


def _is_place(turn: Any, bodies: Any) -> bool:
    if type(bodies) is not dict or any(type(turns) is not int for turns in bodies.values()):
        return False
    return type(turn) is list and [type(part) for part in turn] == [str, int]


def _is_hand(hand: Any) -> bool:
    if type(hand) is not list or [type(part) for part in hand[:2]] != [str, int]:
        return False
    return (
        1 <= hand[1] <= MOST_HANDS
        and (
            len(hand) == 2  # noqa: PLR2004 - in the usual way
            or (hand[2] in (1, 2, 3, 4, 5) and all(type(more) is int for more in hand[3:]))
            or (hand[2] in (8, 9, 10, 11) and [type(more) is str for more in hand[3:]] == [True])
        )
    )
