"""Which paths belong to the run, and which are the interpreter's and its libraries' own.

Judged by the path, not by the caller: what a library reads for the user (`.env`, a data file) is
the user's, and what the user's import reads of an installed package is not.
"""

from __future__ import annotations

import os
import sys

from agentrr_sandbox import real

_INSTALLED = ("/site-packages/", "/dist-packages/", "/__pycache__/")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/stdin", "/dev/stdout", "/dev/stderr")
_DESCRIPTORS = ("/dev/fd/", "/proc/self/fd/")
_OWN = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Paths:
    """Makes paths absolute, as the run spells them, and says which are the run's."""

    def __init__(self) -> None:
        self.moved_to: str | None = None
        """Where the run has gone by `os.chdir`, as `os.getcwd` says; None while it has not."""
        self._libraries = _library_folders()
        self._own: dict[str, bool] = {}
        """Files that the run writes; False for one that somebody else has written since."""

    def outside(self, path: str) -> str:
        """Return *path*: it is asked of quiet files only."""
        return path

    def absolute(self, path: str) -> str:
        """Return *path* from the root on, without `.` and `..`; links are not followed."""
        if not path.startswith("/"):
            path = f"{self.moved_to or _here()}/{path}"
        if "/." in path or "//" in path or path.endswith("/"):
            return os.path.normpath(path)
        return path

    def matters(self, path: str, *, change: bool = False) -> bool:
        """Tell whether *path* (absolute) is the run's; a *change* always is, but for devices."""
        if path in _DEVICES or path.startswith(_DESCRIPTORS):
            return False
        if change or path in self._own:
            return True
        if path.startswith(self._libraries) or path.endswith(".pyc") or path == sys.executable:
            return False
        return all(part not in path for part in _INSTALLED) and not path.endswith(
            ("/site-packages", "/dist-packages", "/__pycache__")
        )


def _here() -> str:
    try:
        return real.getcwd()
    except OSError:  # removed from under the run
        return "/"


def _library_folders() -> tuple[str, ...]:
    """Return the folders of the interpreter and of agentrr itself, each ending in a slash."""
    found = {os.path.dirname(os.__file__) + "/"}
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix}:
        for part in ("lib", "lib64", "include", "share"):
            found.add(f"{prefix}/{part}/")
    # Where `sysconfig` looks whether this Python runs from the folder that it was built in.
    found.add(f"{os.path.dirname(os.path.realpath(sys.executable))}/Modules/")
    for package in ("agentrr_sandbox", "agentrr_hooks"):
        module = sys.modules.get(package)
        for folder in getattr(module, "__path__", ()):
            found.add(f"{folder}/")
    found.add(f"{_OWN}/agentrr_sandbox/")
    return tuple(found)
