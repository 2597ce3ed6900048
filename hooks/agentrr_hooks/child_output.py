"""What child processes write where nobody in Python reads it: inherited streams, the run's files.

A child that inherits stdout or stderr writes past the program.  While recording it gets the end of
a pipe instead, or of a terminal where the stream is one; what comes out of it goes on to the real
stream at once, and is kept.  What a child writes into a file that the program gave it is looked
up there.  Both are told of where the program could see them: after each crossing to a process,
and before the program's own output.  A replay then writes the same bytes at the same place.
"""

from __future__ import annotations

import os
import sys

from agentrr_hooks import stream_calls
from agentrr_hooks.child_pumps import File, Pump, is_terminal, leftovers, lock, write
from agentrr_hooks.standin import partial
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane

CALL = "process.output"
_REGULAR, _DEVICE, _TYPE = 0o100000, 0o020000, 0o170000
_TOOL = "/tool:"
_LONGEST = 8 << 10
_worlds: dict[tuple[int, str], World] = {}


class World:
    """The children of the program itself, or of one call of a tool, which a replay may serve."""

    def __init__(self) -> None:
        self.inherits = False
        """Whether some child may still write to a stream that it has inherited."""
        self.coming = 0
        """How many that will do so are being started."""
        self.alive = 0
        """How many children have not been seen to end."""
        self.files: dict[str, File] = {}
        self.pumps: list[Pump] = []
        self.pending: list[dict[str, Any]] = []
        self.shown: list[bool] = []
        """Which of these have been written where they belong already."""
        self.number = 0
        self.told: set[int] = set()
        """The numbers of the pieces that the program has been told of."""
        self.waits = False
        """Whether others may write meanwhile, of which this world is not told."""

    def pump(self, channels: list[tuple[int, int]]) -> Pump:
        """Return what carries a new child's output to *channels*."""
        return Pump(self.pumps, self.keep, channels)

    def keep(self, where: object, data: bytes) -> bool:
        """Keep what was written until it is told of; tell whether it is to be shown at once."""
        now = not self.waits
        if self.pending and self.pending[-1]["to"] == where and self.shown[-1] == now:
            self.pending[-1]["data"] += data
        else:
            self.pending.append({"to": where, "data": data})
            self.shown.append(now)
        return now

    def take(self, live: list[bool]) -> Any:
        """Return the next piece that is to be told, no larger than what a read may tell.

        Else 0, and -1 if no inherited stream is open now.  *live* takes whether it has been shown.
        """
        if not self.pending:
            return 0 if self.pumps or self.coming else -1
        self.number += 1
        first, shown = self.pending.pop(0), self.shown.pop(0)
        where, data = first["to"], first["data"]
        if len(data) > _LONGEST:
            cut = data.rfind(b"\n", 0, _LONGEST) + 1 or _LONGEST
            self.pending.insert(0, {"to": where, "data": data[cut:]})
            self.shown.insert(0, shown)
            data = data[:cut]
        live.append(shown)
        return {"n": self.number, "to": where, "data": data}

    def left(self) -> None:
        """The process ends: show what nobody was told of."""
        for place, piece in enumerate(self.pending):
            if not self.shown[place] and piece["to"] in (1, 2):
                write(piece["to"], piece["data"])
                self.shown[place] = True

    def drain(self, *, ended: bool = False) -> None:
        """Bring what children have written so far to where it belongs; *ended*: one has ended."""
        with lock:
            for pump in [*self.pumps]:
                pump.drain(ended=ended)
            for name, file in self.files.items():
                data = file.new()
                if data:
                    self.keep(name, data)


def recording_of(lane: Lane) -> int:
    """Return what tells the recordings of this process apart."""
    return id(getattr(lane, "peer", None))


def world_of(lane: Lane) -> World:
    """Return the world to which *lane* belongs."""
    name = lane.name
    at = name.rfind(_TOOL)
    key = recording_of(lane), "" if at < 0 else name[: (name + "/").index("/", at + 1)]
    found = _worlds.get(key)
    if found is None:
        found = _worlds[key] = World()
        leftovers.append(found.left)
    return found


# -- what the hooks call -----------------------------------------------------------------------


def inherited(descriptors: list[int]) -> list[tuple[int, int]]:
    """Return which of stdout and stderr (1, 2) lie behind *descriptors*, and by which of them."""
    watched = stream_calls.watched
    found = {watched[fd]: fd for fd in descriptors if watched.get(fd) in (1, 2)}
    return [(channel, fd) for channel, fd in sorted(found.items()) if _is_open(fd)]


def _is_open(descriptor: int) -> bool:
    try:
        genuine.fstat(descriptor)
    except OSError:
        return False
    return True


def is_regular(descriptor: int) -> bool:
    """Tell whether *descriptor* is a regular file's."""
    try:
        return genuine.fstat(descriptor).st_mode & _TYPE == _REGULAR
    except OSError:
        return False


def is_known(descriptor: int) -> bool:
    """Tell whether what is behind *descriptor* needs no eye on it, or has one."""
    if descriptor in stream_calls.watched:
        return True
    try:
        mode = genuine.fstat(descriptor).st_mode & _TYPE
    except OSError:
        return True  # the start itself says it better
    return mode == _REGULAR or (mode == _DEVICE and not is_terminal(descriptor))


def about_to_start(lane: Lane, boundary: Boundary, *, inherits: bool) -> None:
    """A child of *lane* is about to be started, maybe with inherited streams."""
    world = world_of(lane)
    if lane.files is not None:
        lane.files.settle(lane)
    lane.before_outward(see_first)
    world.coming += inherits
    world.waits = _TOOL in lane.name and (lane.baton is not None or _loop_runs())
    if inherits and not world.inherits:
        world.inherits = True
        _before_own_output(boundary)


def _loop_runs() -> bool:
    events = sys.modules.get("asyncio.events")
    return events is not None and events._get_running_loop() is not None


def started(lane: Lane, *, inherits: bool, files: dict[str, File] | None = None) -> None:
    """It has been started, and writes to *files* of the run's; None: it is none any more."""
    world = world_of(lane)
    world.coming -= inherits
    if files is not None:
        world.alive += 1
        world.files.update(files)


def ended(lane: Lane, names: list[str]) -> None:
    """The child that wrote the files *names* has ended, and what it wrote has been told of."""
    world = world_of(lane)
    world.alive -= 1
    for name in names:
        file = world.files.pop(name, None)
        if file is not None:
            file.close()


def see(lane: Lane) -> None:
    """Let the program find what its children have written by now."""
    if lane.files is not None:
        lane.files.others_wrote()
    world = world_of(lane)
    if world.inherits or world.files:
        _told(lane, world, None)


def see_first(lane: Lane) -> None:
    """The program is about to cross elsewhere, or at its end."""
    world = world_of(lane)
    if world.alive and lane.files is not None:
        lane.files.settle(lane)
        lane.files.others_wrote()
    if world.inherits or world.files:
        world.drain()
        _told(lane, world, None)


def _told(lane: Lane, world: World, then: Callable[[], Any] | None) -> Any:
    """Tell of what children have written, until nothing is left; call *then* before more comes.

    It is told by reads, which take no turn of the threads: no other one writes in between.  In
    another order of the threads there may be more or fewer of these.
    """
    while True:
        with lock:
            live: list[bool] = []
            piece = lane.read(CALL, partial(world.take, live), True, caller=os.__dict__)
            if type(piece) is not dict or piece["n"] in world.told:
                if piece == -1:
                    world.inherits = False
                return None if then is None else then()
            world.told.add(piece["n"])
        _deliver(lane, world, piece, live)


def _deliver(lane: Lane, world: World, piece: dict[str, Any], live: list[bool]) -> None:
    where, data = piece["to"], piece["data"]
    if where not in (1, 2):
        if not live and where in world.files:
            world.files[where].put(data)
        return
    if live != [True]:
        write(where, data)
    stream_calls.last[where] = data[-1:]
    lane.output(where, data)


_synced: list[tuple[Any, str, Any]] = []


def _before_own_output(boundary: Boundary) -> None:
    """Let the standard streams tell of children's output before their own goes out."""
    if _synced:
        return
    for stream in (sys.__stdout__, sys.__stderr__):
        buffer: Any = getattr(stream, "buffer", stream)
        for name in ("write", "flush"):
            if buffer is not None:
                before = vars(buffer).get(name)
                setattr(buffer, name, synced(getattr(buffer, name), boundary))
                _synced.append((buffer, name, before))


def forget() -> None:
    """Put the standard streams back; carry on what children still write."""
    while _synced:
        buffer, name, before = _synced.pop()
        if before is None:
            delattr(buffer, name)
        else:
            setattr(buffer, name, before)
    _worlds.clear()
    leftovers.clear()


def synced(live: Callable[..., Any], boundary: Boundary) -> Callable[..., Any]:
    """Return *live*, which tells of children's output first."""

    def first(*args: Any) -> Any:
        lane = boundary.lane()
        if lane is None or lane.inside:
            return live(*args)
        world = world_of(lane)
        if not world.inherits:
            return live(*args)
        return _told(lane, world, lambda: live(*args))

    return first
