"""Where each lane of a replay stands: the user's line, the last event, the next, what it awaits."""

from __future__ import annotations

import sys
from binascii import crc32

from agentrr_sandbox import real
from agentrr_sandbox.frames import is_our_code
from agentrr_sandbox.sites import site_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from agentrr_sandbox.replayer import Replayer
    from agentrr_sandbox.schedule.strand import Strand

MOST = 8
"""How many lanes are told of."""
_DEEP = 80


def standing(peer: Replayer, besides: str = "") -> dict[str, object]:
    """Return what a report says of the lanes *besides* one: `lanes`, and how many `more_lanes`."""
    coming = peer.coming()
    found = {name: (where, does) for name, where, does in (*_threads(peer), *_tasks(peer))}
    found |= {name: ("", "has not begun") for name in coming if name not in peer.lanes}
    places = [_told(peer, coming, name, *told) for name, told in found.items() if name != besides]
    if not places:
        return {}
    told: dict[str, object] = {"lanes": places[:MOST]}
    if len(places) > MOST:
        told["more_lanes"] = len(places) - MOST
    return told


def lines_of(peer: Replayer, strands: Mapping[int, Strand]) -> list[str]:
    """Return one line for each of *strands*: its lane, and the user's line that it is at."""
    frames = real.current_frames()
    places = {strand.base: _at(peer, frames.get(ident)) for ident, strand in strands.items()}
    return [f"{base} at {at.replace('[root:code]/', '')}" for base, at in places.items()]


def _told(
    peer: Replayer, coming: dict[str, int], name: str, where: str, does: str
) -> dict[str, Any]:
    lane, number = peer.lanes.get(name), coming.get(name)
    told: dict[str, Any] = {"lane": name, "at": where.replace("[root:code]/", ""), "does": does}
    if lane is not None and lane.latest is not None:
        told["last"] = lane.latest
    if number is not None:
        event = peer.event(number)
        told |= {"next": number, "next_call": event.get("call", event["t"])}
    return told


def _threads(peer: Replayer) -> Iterator[tuple[str, str, str]]:
    own, frames = real.get_ident(), real.current_frames()
    if peer.baton is None:
        yield "main", _at(peer, frames.get(own)), ""
        return
    strands = dict(peer.baton.strands)
    for ident, strand in strands.items():
        name = strand.key if strand.key in peer.lanes else strand.base
        does = _waits(peer.baton, strand, strands.values())
        if ident == own and strand.waits is None:
            does = ""
        yield name, _at(peer, frames.get(ident)), does
    for strand in [*peer.baton.coming]:
        yield strand.base, "", "is about to begin"


def _waits(baton: Any, strand: Any, strands: Any) -> str:
    if strand.waits is not None:
        for other in strands:
            if strand.waits is other.joining:
                return f"waits for {other.base} to end"
        return "waits for a lock, an event or a queue"
    if baton.holder is strand:
        return ""
    return "waits for its turn" if strand in baton.asking() else "is in a call of C, or computes"


def _tasks(peer: Replayer) -> Iterator[tuple[str, str, str]]:
    """Tell of the tasks of this replay's loops; a task's hash is that of its lane's name."""
    module, loops = sys.modules.get("asyncio.tasks"), sys.modules.get(_LOOPS)
    if module is None or loops is None:
        return
    names = {crc32(name.encode()): name for name in [*peer.lanes]}
    for loop, known in [*loops._known.items()]:
        if all(turns.peer is not peer for turns in known.turns):
            continue  # what another recording left there
        for task in module.all_tasks(loop):
            name = names.get(hash(task))
            if name is not None:
                frame = _innermost(task.get_coro(), peer.user)
                yield name, _at(peer, frame), _awaits(task, names)


_LOOPS = "agentrr_sandbox.schedule.loops"


def _awaits(task: Any, names: dict[int, str]) -> str:
    awaited = getattr(task, "_fut_waiter", None)
    if awaited is None:
        return ""
    if hasattr(awaited, "get_coro"):
        return f"waits for {names.get(hash(awaited), 'another task')}"
    return "waits"


def _innermost(coro: Any, user: Any) -> Any:
    """Return the frame of the user's code that a coroutine is in, through what it awaits."""
    found = None
    for _ in range(_DEEP):
        frame = getattr(coro, "cr_frame", None) or getattr(coro, "gi_frame", None)
        if frame is not None and user(frame) and not is_our_code(frame.f_code):
            found = frame
        coro = getattr(coro, "cr_await", None) or getattr(coro, "gi_yieldfrom", None)
        if coro is None:
            break
    return found


def _at(peer: Replayer, frame: Any) -> str:
    return site_of(frame, peer.user, peer.cleaner) or ("library code" if frame is not None else "")
