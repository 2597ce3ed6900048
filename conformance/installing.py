"""A virtual environment for each tool, made once and kept."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

from rivals import Tool

_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"
_PREFIX = "import sys; print('%d.%d.%d' % sys.version_info[:3])"


class NotInstalledError(Exception):
    """The registry, or this machine, does not have it; the text says why."""


def python_of(wanted: tuple[str, ...]) -> str:
    """Return the first interpreter on this machine of a version in *wanted*."""
    for version in wanted:
        pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
        uv = os.path.expanduser("~/.local/share/uv/python")
        candidates = [
            sys.executable,
            shutil.which(f"python{version}") or "",
            *glob.glob(f"{pyenv}/versions/{version}*/bin/python"),
            *glob.glob(f"{uv}/cpython-{version}*/bin/python"),
        ]
        for candidate in candidates:
            if candidate and os.access(candidate, os.X_OK) and _said(candidate) == version:
                return candidate
    raise NotInstalledError(f"no Python {' or '.join(wanted)} on this machine")


def _said(python: str, question: str = _VERSION) -> str:
    done = subprocess.run([python, "-c", question], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def full_version(python: str) -> str:
    """Return the interpreter's version, with all three numbers."""
    return _said(python, _PREFIX)


def installed(tool: Tool, environments: Path) -> tuple[str, str]:
    """Return the interpreter of *tool*'s environment, made if need be, and its version."""
    folder = environments / tool.package
    python = folder / "bin" / "python"
    mark = folder / ".ready"
    if not mark.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([python_of(tool.pythons), "-m", "venv", str(folder)], check=True)
        _pip(python, tool)
        mark.touch()
    found = f"import importlib.metadata as m; print(m.version({tool.package!r}))"
    return str(python), _said(str(python), found)


def _pip(python: Path, tool: Tool) -> None:
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    for more in ((), ("--pre",)):  # a tool whose every release is an early one
        words = [*pip, *more, tool.package, *tool.beside]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
    raise NotInstalledError(errors[-1] if errors else f"pip: exit {done.returncode}")
