"""What `psutil` asks the system in C: interfaces, partitions, users, priorities of processes.

Captures: the functions of psutil's C part; the rest of it reads `/proc`, which are `files`
Records: each call with its arguments, and its answer or error
Serves: the recorded answers; on replay no process gets another priority
Reaches: `psutil` in any version that has one C part for a system; on Linux seen whole
Out of reach: psutil of before 6, whose second C part answers a part of the questions
"""

from __future__ import annotations

from agentrr_hooks.standin import partial
from agentrr_hooks.usage import call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_PARTS = ("psutil._psutil_linux", "psutil._psutil_osx", "psutil._psutil_windows")
_OWN = frozenset({"check_pid_range", "getpagesize", "set_debug"})
"""What is the process's own, and the same everywhere."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the functions of the C part through *boundary*."""
    for part in _PARTS:
        patch.on_import(part, partial(_imported, part, patch, boundary))


def _imported(part: str, patch: Patcher, boundary: Boundary, module: Any) -> None:
    for name, found in sorted(vars(module).items()):
        if type(found) is type(len) and name not in _OWN:
            patch.replace(part, name, partial(call, f"psutil.{name}", boundary))
