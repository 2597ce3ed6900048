"""What runs: a script, `-m` a module, `-c` code or `module:callable`; and in which Python."""

from __future__ import annotations

import os
import sys

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotReplay, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CALL = """\
import importlib, sys
del sys.argv[0]
called = importlib.import_module(sys.argv[0].partition(":")[0])
for name in sys.argv[0].partition(":")[2].split("."):
    called = getattr(called, name)
called = called()
if hasattr(called, "__await__"):
    import asyncio
    called = asyncio.run(called)
sys.exit(called if type(called) is int else None)
"""
"""Calls what argv names, as an installed script would; a coroutine runs to its end."""

_NO_TARGET = "nothing to run: name a script, -m MODULE, -c CODE or MODULE:CALLABLE"


class Target:
    """What runs: *kind* is `script`, `module`, `code` or `callable`; *args* are its own."""

    __slots__ = ("args", "flags", "kind", "value")

    def __init__(self, kind: str, value: str, args: list[str], flags: list[str]) -> None:
        self.kind = kind
        self.value = value
        self.args = args
        self.flags = flags

    def command(self, python: str) -> list[str]:
        """Return the command line that runs this with *python*, as a person would."""
        flags = [flag for flag in self.flags if flag != "-R"]  # would undo the recorded hash seed
        head = [python, *flags]
        if self.kind == "script":
            return [*head, self.value, *self.args]
        if self.kind == "module":
            return [*head, "-m", self.value, *self.args]
        if self.kind == "code":
            return [*head, "-c", self.value, *self.args]
        return [*head, "-c", _CALL, self.value, *self.args]

    @property
    def name(self) -> str:
        """A short name for the recording's file."""
        if self.kind == "script":
            base = os.path.basename(os.path.abspath(self.value))
            return base.removesuffix(".py") or "run"
        if self.kind == "code":
            return "code"
        return self.value.replace(":", ".")

    def folder(self) -> str:
        """Return the folder of the code that runs: the script's, else the working directory."""
        if self.kind != "script":
            return real.getcwd()
        path = os.path.abspath(self.value)
        return path if os.path.isdir(path) else os.path.dirname(path)

    def startable(self) -> bool:
        """Whether python can open it; False only for a script that it cannot read."""
        if self.kind != "script" or os.path.isdir(self.value):
            return True
        return os.access(self.value, os.R_OK)


def target_of(rest: list[str], flags: list[str]) -> Target:
    """Return the target that the command line's *rest* names.  Raises `UsageError`."""
    if not rest:
        raise UsageError(_NO_TARGET)
    first, *args = rest
    if first in ("-m", "-c"):
        if not args:
            raise UsageError(f"python's {first} needs a value")
        return Target("module" if first == "-m" else "code", args[0], args[1:], flags)
    if first == "-":
        raise UsageError("a program on stdin cannot be recorded", hint="save it to a file")
    kind = "callable" if _names_a_callable(first) else "script"
    return Target(kind, first, args, flags)


def _names_a_callable(word: str) -> bool:
    module, colon, path = word.partition(":")
    if not colon or os.path.exists(word):
        return False
    return all(part.isidentifier() for part in [*module.split("."), *path.split(".")])


class Python:
    """An interpreter: its *path*, *version* (`3.12.1`), *implementation* and *prefix*."""

    __slots__ = ("implementation", "path", "prefix", "stdlib", "version")

    def __init__(
        self, path: str, version: str, implementation: str, prefix: str, stdlib: str
    ) -> None:
        self.path = path
        self.version = version
        self.implementation = implementation
        self.prefix = prefix
        self.stdlib = stdlib


def python_of(named: str | None) -> Python:
    """Return the Python to run: *named*, else the active environment's, else ours.

    Raises `UsageError` when it is not there or answers nothing.
    """
    path = named
    if path is None:
        active = real.environ.get("VIRTUAL_ENV")
        if active:
            candidate = os.path.join(active, "bin", "python")
            path = candidate if os.access(candidate, os.X_OK) else None
    elif os.sep not in path:
        path = _on_path(path)
    if path is None or _same(path):
        return Python(
            path or sys.executable, sys.version.split()[0], sys.implementation.name,
            sys.prefix, os.path.dirname(os.__file__),
        )  # fmt: skip
    return _asked(os.path.abspath(path))


def _on_path(name: str) -> str:
    for folder in real.environ.get("PATH", os.defpath).split(os.pathsep):
        candidate = os.path.join(folder, name)
        if os.access(candidate, os.X_OK) and not os.path.isdir(candidate):
            return candidate
    raise UsageError(f"there is no {name} on the PATH", hint="--python takes a path, too")


def _same(path: str) -> bool:
    """Whether *path* is the interpreter of this very environment."""
    folder = os.path.dirname(os.path.abspath(path))
    if folder != os.path.dirname(os.path.abspath(sys.executable)):
        return False
    try:
        return os.path.samefile(path, sys.executable)
    except OSError:
        return False


_QUESTION = (
    "import os, sys; print(sys.version.split()[0], sys.implementation.name, sys.prefix,"
    " os.path.dirname(os.__file__), sep='\\n')"
)


def _asked(path: str) -> Python:
    """Ask an interpreter that is not ours what it is."""
    import subprocess

    try:
        done = subprocess.run(  # noqa: S603 - the interpreter that the user named
            [path, "-I", "-c", _QUESTION], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise UsageError(f"cannot start {path}: {error.strerror}") from None
    answer: list[Any] = done.stdout.splitlines()
    if done.returncode or len(answer) != len(("version", "name", "prefix", "stdlib")):
        raise UsageError(f"{path} is no Python that agentrr can use")
    return Python(path, *answer)


def python_for(recorded: dict[str, Any], asked: str | None) -> Python:
    """Return the Python to replay with.  Raises `CannotReplay` when it is another minor version."""
    python = python_of(asked)
    here = python.version.split(".")[:2]
    if recorded["version"].split(".")[:2] != here or (
        recorded["implementation"] != python.implementation
    ):
        raise CannotReplay(
            f"recorded with {recorded['implementation']} {recorded['version']}, this is"
            f" {python.implementation} {python.version}",
            hint="--python PATH names another Python",
        )
    return python
