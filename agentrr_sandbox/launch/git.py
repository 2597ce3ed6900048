"""The commit that a run was made of, and whether the checkout had been changed since."""

from __future__ import annotations

import os

from agentrr_sandbox import real
from agentrr_sandbox.launch.places import above

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WAIT = 1.0
_HASH = 40


def checkout(folder: str) -> str | None:
    """Return the top of the git checkout that holds *folder*, or None."""
    for place in above(folder):
        if os.path.exists(os.path.join(place, ".git")):
            return place
    return None


def commit(top: str) -> str | None:
    """Return the commit that is checked out, read from git's own files; None if there is none."""
    try:
        folder = os.path.join(top, ".git")
        if os.path.isfile(folder):  # a worktree: the file says where its folder is
            folder = os.path.join(top, _text(folder).removeprefix("gitdir: "))
        head = _text(os.path.join(folder, "HEAD"))
        if not head.startswith("ref: "):
            return _hash(head)
        return _reference(folder, head.removeprefix("ref: "))
    except OSError:
        return None


def _reference(folder: str, name: str) -> str | None:
    common = os.path.join(folder, "commondir")
    folders = [folder]
    if os.path.isfile(common):
        folders.append(os.path.normpath(os.path.join(folder, _text(common))))
    for place in folders:
        path = os.path.join(place, name)
        if os.path.isfile(path):
            return _hash(_text(path))
        packed = os.path.join(place, "packed-refs")
        if os.path.isfile(packed):
            for line in _text(packed).splitlines():
                value, _, known = line.partition(" ")
                if known == name:
                    return _hash(value)
    return None


def _text(path: str) -> str:
    with real.open(path, encoding="utf-8", errors="replace") as file:
        return file.read().strip()


def _hash(text: str) -> str | None:
    return text if len(text) >= _HASH and text.isalnum() else None


class Status:
    """`git status`, running beside the agent; asked at the end, and never waited for long."""

    def __init__(self, top: str) -> None:
        self._pid = None
        read, write = os.pipe()
        self._output = read
        git = _git()
        if git is not None:
            self._pid = _start(git, top, write)
        real.close(write)

    def dirty(self) -> bool | None:
        """Return whether tracked files were changed; None when git has not said so in time."""
        if self._pid is None:
            real.close(self._output)
            return None
        import select

        until = real.monotonic() + _WAIT
        said: bytes | None = None
        if select.select([self._output], [], [], max(until - real.monotonic(), 0))[0]:
            said = real.read(self._output, 1)
        real.close(self._output)
        try:
            if said is None:
                real.kill(self._pid, 9)
            code = os.waitpid(self._pid, 0)[1]
        except OSError:
            return None
        return bool(said) if said or (said is not None and code == 0) else None


def _git() -> str | None:
    for folder in real.environ.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder, "git")
        if os.access(path, os.X_OK):
            return path
    return None


def _start(git: str, top: str, output: int) -> int | None:
    null = os.open(os.devnull, os.O_RDWR)
    actions: list[Any] = [
        (os.POSIX_SPAWN_DUP2, null, 0),
        (os.POSIX_SPAWN_DUP2, output, 1),
        (os.POSIX_SPAWN_DUP2, null, 2),
    ]
    command = [git, "-C", top, "status", "--porcelain", "--untracked-files=no"]
    try:
        return real.posix_spawn(
            git, command, {**real.environ, "GIT_OPTIONAL_LOCKS": "0"}, file_actions=actions
        )
    except OSError:
        return None
    finally:
        real.close(null)
