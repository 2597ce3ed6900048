"""Folders and files of the scratch folder: made and removed, whatever is there."""

from __future__ import annotations

import os

from agentrr_sandbox import real

_rmdir = os.rmdir


def make_folder(spot: str) -> None:
    """Make a folder and those above it."""
    try:
        real.mkdir(spot)
    except FileExistsError:
        return
    except FileNotFoundError:
        make_folder(os.path.dirname(spot))
        real.mkdir(spot)
    except NotADirectoryError:
        remove(os.path.dirname(spot))
        make_folder(spot)


def remove(spot: str) -> None:
    """Remove a file, or a folder with all that is in it, if it is there."""
    try:
        real.unlink(spot)
    except (IsADirectoryError, PermissionError):
        for name in real.listdir(spot):
            remove(f"{spot}/{name}")
        _rmdir(spot)
    except (FileNotFoundError, NotADirectoryError):
        return
