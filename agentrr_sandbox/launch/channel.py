"""Lines from the run's process to the supervisor, in memory that outlives a kill."""

from __future__ import annotations

import os

from agentrr_sandbox import real
from agentrr_sandbox.recording.jsontext import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Report:
    """The run's end: appends one line a call, at once."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._pid = real.getpid()

    def __call__(self, line: dict[str, object]) -> None:
        """Append *line*.  A forked child says nothing."""
        if real.getpid() == self._pid:
            real.write(self.descriptor, (dumps(line) + "\n").encode("ascii"))


class Mute(Report):
    """The end of a worker, for which no supervisor waits."""

    def __init__(self) -> None:
        super().__init__(-1)

    def __call__(self, line: dict[str, object]) -> None:
        """Say only why the worker cannot begin."""
        if line["kind"] == "failed":
            real.write(2, f"agentrr: error: {line['message']}\n".encode())


def of_process(
    report: Callable[[dict[str, object]], None], number: int | None
) -> Callable[[dict[str, object]], None]:
    """Return a report whose lines say that they are of process *number*; None: of the run."""
    if number is None:
        return report
    return lambda line: report({**line, "process": number})


class Lines:
    """The supervisor's end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._place = 0
        self._rest = b""
        self.all: list[dict[str, Any]] = []

    def read(self) -> list[dict[str, Any]]:
        """Return the lines that came since the last call; `all` keeps every one."""
        came: list[dict[str, Any]] = []
        while data := os.pread(self._descriptor, 1 << 16, self._place):
            self._place += len(data)
            *lines, self._rest = (self._rest + data).split(b"\n")
            came += [loads(line) for line in lines]
        self.all += came
        return came

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return every line of that *kind* so far."""
        return [line for line in self.all if line.get("kind") == kind]
