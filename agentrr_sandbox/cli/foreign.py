"""Tells when another project's `agentrr` is in the way.

The registry has a package `agentrr` that is not ours: ours is `agentrr-sandbox`.  Both install a
command of that name.
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib import metadata

_HEAD = 4096
_OURS = b"agentrr_sandbox"


def foreign() -> str:
    """Return what is in the way and what to do, in one line; ``""`` when nothing is."""
    ours = f"{sys.executable} -m agentrr_sandbox"
    found = shutil.which("agentrr")
    if found is not None and not _is_ours(found):
        return f"{found} is another project's command; this one is: {ours}"
    try:
        metadata.distribution("agentrr")
    except metadata.PackageNotFoundError:
        return ""
    return (
        "the package agentrr, another project, is installed beside agentrr-sandbox and may replace"
        f" its command; this one is always: {ours}"
    )


def warn() -> None:
    """Say on stderr what is in the way, if anything is."""
    text = foreign()
    if text:
        print(f"agentrr: note: {text}", file=sys.stderr)


def _is_ours(path: str) -> bool:
    """Look into the script; a binary launcher carries the script at its end."""
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD)
            file.seek(max(os.fstat(file.fileno()).st_size - _HEAD, 0))
            return _OURS in head or _OURS in file.read(_HEAD) or b"pyenv" in head
    except OSError:
        return True  # unreadable: nothing can be said against it
