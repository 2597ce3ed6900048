"""The way to a worker of a recorded run: the processes by which it was started, one by another."""

from __future__ import annotations

import os

from agentrr_sandbox.errors import CannotReplay, UsageError
from agentrr_sandbox.recording import beside
from agentrr_sandbox.recording.reader import Recording


class Process:
    """One worker of a run, and its recording."""

    def __init__(self, number: int, path: str) -> None:
        self.number = number
        self.path = os.path.abspath(path)
        self.recording = Recording.open(path)
        self.link = self.recording.header.get("process", {})

    def __str__(self) -> str:
        return f"{self.number} ({self.link.get('name', '')})"


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


def _names(found: dict[int, str]) -> list[str]:
    return [str(Process(number, path)) for number, path in found.items()]
