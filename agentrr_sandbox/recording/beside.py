"""The recordings of a run's workers: `RUN.jsonl.d/process-N.jsonl`."""

from __future__ import annotations

import os
import stat

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord
from agentrr_sandbox.recording.payloads import folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["finish", "folder", "make_folder", "number_of", "path", "recordings"]

_PREFIX, _SUFFIX = "process-", ".jsonl"
_MODE = 0o700


def make_folder(run: str) -> str:
    """Make the folder beside the recording *run*, and return it.  Raises `OSError`."""
    made = folder(run)
    try:
        real.mkdir(made, _MODE)
    except FileExistsError:
        if not stat.S_ISDIR(real.lstat(made).st_mode):
            raise
    return made


def path(beside: str, number: int) -> str:
    """Return the path of the recording of process *number*."""
    return os.path.join(beside, f"{_PREFIX}{number}{_SUFFIX}")


def number_of(name: str) -> int | None:
    """Return the number of the process whose recording is called *name*; None: it is none."""
    number = name.removeprefix(_PREFIX).removesuffix(_SUFFIX)
    plain = number.isascii() and number.isdecimal() and number[0] != "0"
    return int(number) if plain and name == f"{_PREFIX}{number}{_SUFFIX}" else None


def recordings(run: str) -> dict[int, str]:
    """Return the recordings of the workers of the recording *run*, by number, in order."""
    beside = folder(run)
    try:
        names = real.listdir(beside)
    except OSError:
        return {}
    numbers = sorted(number for name in names if (number := number_of(name)) is not None)
    return {number: path(beside, number) for number in numbers}


def finish(worker: str, fields: dict[str, Any]) -> None:
    """Write how a worker ended that could not do so itself; nothing where that cannot be."""
    from agentrr_sandbox.recording import finish as finishing
    from agentrr_sandbox.recording import locks

    if locks.holder_of(worker):
        return
    try:
        finishing.end(worker, {**fields, "ended": real.time_ns()}, durable="process")
    except CannotRecord:
        return
