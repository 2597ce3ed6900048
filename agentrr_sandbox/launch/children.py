"""Child Pythons of a run that are to be recorded too: `agentrr run --children`.

Such a child is started by agentrr's own `run`, which records it beside its parent's recording, as
`RUN.jsonl.d/process-N.jsonl`: a recording like any other, which is replayed alone.
"""

from __future__ import annotations

import os
import re

from agentrr_sandbox import real
from agentrr_sandbox.launch import spawn
from agentrr_sandbox.recording import beside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_PYTHON = re.compile(r"python(\d+(\.\d+)?)?")
_PLAIN = frozenset(("-u", "-B", "-O", "-OO", "-s", "-b", "-P"))
_VALUED = ("-X", "-W")
_START = (
    "import sys; sys.path[:0] = {home!r}; from agentrr_sandbox.entry import main; sys.exit(main())"
)


def command_of(
    args: list[str], executable: str | None, search: str | None
) -> tuple[str, list[str]] | None:
    """Return the Python that *args* start and what it is told; None where it cannot be recorded.

    *executable* is what runs in place of the first word, *search* the PATH by which that is found.
    """
    if not args:
        return None
    python = executable or args[0]
    if not _PYTHON.fullmatch(os.path.basename(python)):
        return None
    if os.sep not in python:
        import shutil

        python = shutil.which(python, path=search) or ""
    return (python, args[1:]) if python and _has_target(args[1:]) else None


def _has_target(words: list[str]) -> bool:
    """Whether *words* are options that `run` knows, then a script, a module or code."""
    left = [*words]
    while left:
        word = left.pop(0)
        if word in ("-c", "-m"):
            return bool(left)
        if word in _VALUED:
            left[:1] = []
        elif word.startswith(_VALUED) or word in _PLAIN:
            continue
        else:
            return not word.startswith("-") and ":" not in word
    return False


def recorded(
    run: str, first: int, python: str, words: list[str], told: Mapping[str, Any]
) -> tuple[list[str], int]:
    """Return the command that records *python* with *words*, and the number of its process.

    *run* is the recording beside which it lies; numbers from *first* on are tried.  Raises
    `OSError`: there can be no folder.
    """
    folder = beside.make_folder(run)
    number = first
    while not _taken(beside.path(folder, number)):
        number += 1
    home = list(dict.fromkeys((spawn.ENGINE, spawn.hooks_home())))
    head = [told["python"], "-P", "-c", _START.format(home=home), "run", "-q", "--children"]
    path = os.path.abspath(beside.path(folder, number))
    return [*head, "--durable", "process", "-o", path, "--python", python, *words], number


def _taken(path: str) -> bool:
    """Take *path* for a recording, by the folder beside it; False where somebody else has it."""
    if is_there(path):
        return False
    try:
        real.mkdir(beside.folder(path), 0o700)
    except FileExistsError:
        return False
    return True


def is_there(path: str) -> bool:
    """Whether something is at *path*."""
    try:
        real.lstat(path)
    except OSError:
        return False
    return True
