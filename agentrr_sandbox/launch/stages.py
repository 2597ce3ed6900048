"""The interpreters of one replay: one, and another for each worker by spawn that is entered.

A worker that was forked is entered in its parent's interpreter.  One by spawn began in a fresh one,
which read from a pipe what it was to do; so the interpreter that replays its parent ends at its
start, and leaves for the next one what it would have written there.
"""

from __future__ import annotations

import os

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotReplay
from agentrr_sandbox.launch.spawn import anonymous, numbers_of, spawn
from agentrr_sandbox.launch.target import Target
from agentrr_sandbox.launch.tether import Tether
from agentrr_sandbox.launch.watching import Watch
from agentrr_sandbox.recording.jsontext import JSONError, loads
from agentrr_sandbox.recording.scalars import unbase64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.launch.spawn import Child
    from agentrr_sandbox.launch.ways import Process
    from agentrr_sandbox.recording.reader import Recording

_BLOCK = 1 << 20
_CODE = (
    "from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd={tracker}, "
    "pipe_handle={data})"
)
_SERVED = "from multiprocessing.forkserver import main; main(-1, -1, {preload!r})"


class Stage:
    """One interpreter: it replays *recording*, and enters the processes on the *way* from there.

    *share* names the descriptors of ours that it gets, *config* is more of what it is told,
    *watched* are the roots and the scratch folder, for who names what is stopped.
    """

    def __init__(
        self,
        recording: Recording,
        target: Target,
        way: list[Process],
        share: dict[str, int],
        config: dict[str, Any],
        watched: tuple[dict[str, str], str],
    ) -> None:
        self.recording = recording
        self.target = target
        self.way = way
        self.config = config
        self._watched = watched
        self._share = share
        self._tether: Tether | None = None
        self._watch: Watch | None = None
        if way:
            share["handover"] = anonymous("agentrr-handover")

    def start(
        self, python: str, mask: Any, null: int, *, stage: str, silent: tuple[int, ...]
    ) -> Child:
        """Start it, to load *stage*; give the child its configuration with `tell`."""
        self._tether = Tether()
        self._watch = Watch(self._share["report"], self.recording, self._watched)
        share = {**self._share, "tether": self._tether.given, **self._watch.given}
        target = self.target
        if "data" in share:
            known = numbers_of(share)
            code = _CODE.format(tracker=known["tracker"], data=known["data"])
            if "served" in self.config:
                code = _SERVED.format(preload=self.config["served"]["preload"])
            target = Target("code", code, ["--multiprocessing-fork"], target.flags)
        child = spawn(
            target, python, seed=str(self.recording.header["hash_seed"]), stage=stage,
            share=share, mask=mask, stdin=null, silent=silent,
            recorded=self.recording.header["python"].get("environment", {}),
        )  # fmt: skip
        self._tether.handed_over()
        self._watch.handed_over(child.pid)
        return child

    def told(self, numbers: dict[str, int]) -> dict[str, Any]:
        """Return its part of the configuration."""
        given = self._watch.given if self._watch is not None else ()
        return {
            **self.config,
            **{name: numbers[name] for name in (*self._share, "tether", *given)},
            "path": os.path.abspath(self.recording.path),
            "enter": [{"number": each.number, "path": each.path} for each in self.way],
        }

    def after(self, number: int, scratch: str) -> Stage:
        """Return the next one: it is process *number*, which this one has come to."""
        given = self._handed_over()
        place = next(place for place, each in enumerate(self.way) if each.number == number)
        share = {"report": self._share["report"], "data": anonymous("agentrr-data")}
        share["tracker"] = os.open(os.devnull, os.O_RDWR)
        data = given["data"]
        while data:
            data = data[real.write(share["data"], data) :]
        os.lseek(share["data"], 0, os.SEEK_SET)
        folder = os.path.join(scratch, f"process-{number}")
        real.mkdir(folder, 0o700)
        config = {"scratch": folder, "inherited": given["inherited"], "first_line": ""}
        if "served" in given:
            config["served"] = given["served"]
        process, *further = self.way[place:]
        return Stage(process.recording, self.target, further, share, {**self.config, **config},
                     self._watched)  # fmt: skip

    def _handed_over(self) -> dict[str, Any]:
        """Return what the interpreter left, believing nothing: the agent's code ran in it."""
        text, place = b"", 0
        while piece := os.pread(self._share["handover"], _BLOCK, place):
            text += piece
            place += len(piece)
        try:
            return _checked(loads(text))
        except (JSONError, KeyError, TypeError, ValueError) as error:
            raise CannotReplay(f"the worker cannot be started: {error}") from None

    def end(self) -> None:
        """The interpreter has ended; if it has not, it does now."""
        if self._tether is not None:
            self._tether.cut()
        if self._watch is not None:
            self._watch.end()
        for name, descriptor in self._share.items():
            if name != "report":
                real.close(descriptor)


def _checked(said: Any) -> dict[str, Any]:
    """Return what was *said* with the types that it is to have."""
    inherited = [
        [int(number), None if size is None else int(size)] for number, size in said["inherited"]
    ]
    found: dict[str, Any] = {"data": unbase64(said["data"]), "inherited": inherited}
    if "served" in said:
        found["served"] = {
            "preload": [str(name) for name in said["served"]["preload"]],
            "order": [int(number) for number in said["served"]["order"]],
        }
    return found
