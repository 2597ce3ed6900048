"""The roots of a run, whose place differs from machine to machine, and its configuration."""

from __future__ import annotations

import os

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from agentrr_sandbox.launch.target import Python, Target

_MARK = b"[tool.agentrr"


def roots_of(target: Target, python: Python) -> dict[str, str]:
    """Return the roots of a run of *target* here, by name."""
    home = real.environ.get("HOME") or os.path.expanduser("~")
    return {
        "code": target.folder(),
        "cwd": real.getcwd(),
        "prefix": python.prefix,
        "stdlib": python.stdlib,
        "home": home,
        "tmp": temporary(),
    }


def temporary() -> str:
    """Return the folder for temporary files that this environment asks for."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        path = real.environ.get(name)
        if path and os.path.isdir(path):
            return os.path.abspath(path)
    return "/tmp"  # noqa: S108 - a folder to make private ones in


def above(folder: str) -> Iterator[str]:
    """Yield *folder* and the folders above it."""
    folder = os.path.abspath(folder)
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def config_of(folder: str) -> dict[str, Any]:
    """Return the configuration found upward from *folder*: agentrr.toml, or [tool.agentrr].

    `{}` when there is none.  Raises `UsageError` when it cannot be read.
    """
    for place in above(folder):
        own = os.path.join(place, "agentrr.toml")
        if os.path.isfile(own):
            return _checked(_toml(own), own)
        project = os.path.join(place, "pyproject.toml")
        if os.path.isfile(project):
            with real.open(project, "rb") as file:
                if _MARK in file.read():
                    return _checked(_toml(project).get("tool", {}).get("agentrr", {}), project)
    return {}


def _toml(path: str) -> dict[str, Any]:
    import tomllib

    try:
        with real.open(path, "rb") as file:
            return tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}") from None


def _checked(config: dict[str, Any], path: str) -> dict[str, Any]:
    for name, value in config.items():
        if name not in ("tools", "boundaries"):
            raise UsageError(
                f"{path}: agentrr has no setting {name}", hint="there are `tools` and `boundaries`"
            )
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise UsageError(f'{path}: {name} is a list of names: {name} = ["pkg.mod:fn"]')
    return config


def remove(folder: str) -> None:
    """Remove *folder* with all that is in it."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    remove(entry.path)
                else:
                    os.unlink(entry.path)
        os.rmdir(folder)
    except OSError:
        pass  # what cannot be removed lies in the folder for temporary files


def pickle_key() -> dict[str, Any]:
    """Return the key of this machine, which proves pickles, or why there is none."""
    from agentrr_sandbox.recording import gate

    try:
        key = gate.machine_key(gate.key_path(dict(real.environ)), create=False)
    except CannotRecord as error:
        return {"pickle_key": None, "pickle_refused": f"{error.message} ({error.hint})"}
    return {"pickle_key": key, "pickle_refused": ""}
