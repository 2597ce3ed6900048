"""The way to a worker of a recorded run: the processes by which it was started, one by another."""

from __future__ import annotations

import os

from agentrr_sandbox.errors import CannotReplay, UsageError
from agentrr_sandbox.recording import beside
from agentrr_sandbox.recording.reader import Recording

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentrr_sandbox.launch.options import Parsed


class Process:
    """One worker of a run, and its recording."""

    def __init__(self, number: int, path: str) -> None:
        self.number = number
        self.path = os.path.abspath(path)
        self.recording = Recording.open(path)
        self.link = self.recording.header.get("process", {})

    def __str__(self) -> str:
        name = self.link.get("name") or self.recording.header.get("name", "")
        return f"{self.number} ({name})"


def way_to(run: Recording, asked: str) -> list[Process]:
    """Return the processes from the run's first worker on the way to that numbered *asked*.

    Raises `UsageError`: there is none; `CannotReplay`: it cannot be entered.
    """
    found = beside.recordings(run.path)
    number = int(asked) if asked.isascii() and asked.isdecimal() else 0
    if number != 1 and number not in found:
        known = ", ".join(["1 (the run itself)", *_names(found)])
        raise UsageError(f"the run has no process {asked}", hint=f"its processes: {known}")
    way: list[Process] = []
    while number != 1:
        process = Process(number, found[number])
        before = process.link.get("of")
        if process.link.get("run") != run.header["id"] or type(before) is not int:
            raise CannotReplay(f"{process.path} is no recording of a worker of this run")
        if not 0 < before < number or (before > 1 and before not in found):
            raise CannotReplay(f"process {number} was started by process {before}: it is not here")
        way.insert(0, process)
        number = before
    return way


def entered(run: Recording, given: Parsed) -> tuple[Recording, list[Process]]:
    """Return what `--process` asks for: *run* and the way to its worker, or a child's recording.

    That is replayed alone: the option is gone then.  Raises what `way_to` does.
    """
    asked = str(given.get("process"))
    found = beside.recordings(run.path)
    path = found.get(int(asked)) if asked.isascii() and asked.isdecimal() else None
    process = None if path is None else Process(int(asked), path)
    if process is None or process.link:
        return run, way_to(run, asked)
    given.values.pop("process")
    return process.recording, []


def _names(found: dict[int, str]) -> list[str]:
    return [str(Process(number, path)) for number, path in found.items()]
