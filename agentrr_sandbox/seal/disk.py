"""The files of a run that is being recorded: they are where they are.

Its part is to say what opening a file finds, to hand content to the recording once, and to know
which files the run itself wrote: these need not be stored when they are read back, for a replay
writes them again.
"""

from __future__ import annotations

import os

from agentrr_sandbox import real
from agentrr_sandbox.seal import content
from agentrr_sandbox.seal.links import Linked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Lane, Opener
    from agentrr_sandbox.recording.cleaning import Cleaner

_COARSE = 2_000_000_000


class DiskFiles(Linked):
    """Implements `boundary.Files` for a recording; what is larger than *limit* is not stored."""

    quiet = False

    def __init__(self, cleaner: Cleaner, limit: int = content.LIMIT) -> None:
        super().__init__()
        self._cleaner = cleaner
        self.limit = limit
        self._names: dict[tuple[object, ...], str] = {}  # of large files, as they were found
        self.beneath = Beneath(self)

    # -- opening ---------------------------------------------------------------------------

    def look(self, lane: Lane, path: str, purpose: str) -> tuple[dict[str, Any], Opener | None]:
        """Say what opening *path* will find; see `boundary.Files`."""
        if purpose == "new":
            return {}, None
        absolute = self.absolute(path)
        try:
            status = real.stat(path)
            if content.is_folder(status.st_mode):
                return {"kind": "folder"}, None
            if not content.is_regular(status.st_mode):
                lane.uncaptured("file.open", {"path": path})
                return {"kind": "special"}, None
            return self._regular(lane, absolute, status, purpose)
        except OSError:
            return {}, None  # the opening itself says it better

    def _regular(
        self, lane: Lane, path: str, status: os.stat_result, purpose: str
    ) -> tuple[dict[str, Any], Opener | None]:
        own, limit = self._own.get(path, False), self.limit
        if status.st_size > limit:
            found = self._large(path, status)
            return ({**found, "own": True} if own else found), None
        if status.st_size > content.PIECE and (known := self._names.get(_state(path, status))):
            return ({"content": known, "own": True} if own else {"content": known}), None
        data = content.load(path, limit + 1)
        if len(data) > limit:
            return self._large(path, status), None
        name = content.name(data, self._cleaner)
        if own:
            return {"content": name, "own": True}, None
        held = content.value(data, self._cleaner)
        lane.fact(f"file:{name}", lambda: held)
        if len(data) > content.PIECE and _settled(status):
            self._names[_state(path, status)] = name
        if path.startswith(content.CHANGING) and purpose == "read":
            return {"content": name}, _from_memory(data)
        return {"content": name}, None

    def _large(self, path: str, status: os.stat_result) -> dict[str, Any]:
        digest = self._names.get(_state(path, status))
        if digest is None:
            digest = content.digest(path)
            if _settled(status):
                self._names[_state(path, status)] = digest
        return {"size": status.st_size, "mtime": status.st_mtime_ns, "sha256": digest}

    def opener(self, lane: Lane, path: str, purpose: str, found: dict[str, Any]) -> Opener | None:
        """Return None: what is on the disk is what is opened."""
        del lane, path, purpose, found
        return None

    def place(self, lane: Lane, path: str, purpose: str, found: dict[str, Any]) -> str:
        """Return *path*."""
        del lane, purpose, found
        return path

    # -- what the run did ------------------------------------------------------------------

    def opened(self, path: str, purpose: str) -> None:
        """Remember a file that the run writes."""
        if purpose != "read":
            name = self.absolute(path)
            self._own[name] = self._unsettled[name] = True

    def made(self, path: str) -> None:
        """Do nothing: a folder is where it was made."""

    def removed(self, path: str) -> None:
        """Forget a file that the run removed."""
        self._removed(self.named(path))

    def _removed(self, name: str) -> None:
        other = self.unlinked(name)
        if other is None:
            self._own.pop(name, None)
            self._unsettled.pop(name, None)
        elif other != name:
            self._moved(name, other)

    def renamed(self, source: str, target: str) -> None:
        """Follow a file, or what is in a folder, to its new name."""
        old, new = self.named(source), self.named(target)
        if self.same(old, new):
            return
        self._removed(new)
        if not self.moved(old, new):
            self._moved(old, new)

    def _moved(self, old: str, new: str) -> None:
        rename(self._own, old, new)
        rename(self._unsettled, old, new)

    def truncated(self, path: str, size: int) -> None:
        """Remember a file that the run shortened."""
        del size
        self.opened(path, "change")

    def entered(self, path: str) -> None:
        """Remember that the run has changed its working directory."""
        del path
        self.moved_to = real.getcwd()

    def others_wrote(self, path: str | None = None) -> None:
        """Somebody else may have written *path* (or any file): it is stored when it is read."""
        for known in list(self._own) if path is None else [self.absolute(path)]:
            if known in self._own:
                self._own[known] = False

    def of_descriptor(self, descriptor: int) -> str | None:
        """Return the path that *descriptor* was opened under; None where that cannot be told."""
        try:
            path = real.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:
            return None
        return path if path.startswith("/") else None

    def settle(self, lane: Lane) -> None:
        """Write down what another process is about to see of what the run wrote."""
        if self._unsettled:
            own = {path: self._own.get(path, False) for path in self._unsettled}
            self._unsettled = {}
            lane.cross("file.written", lambda: self._written(own))

    def finish(self, lane: Lane) -> None:
        """Write down what the files hold that the run wrote and that are still there."""
        if self._own:
            lane.cross("file.written", lambda: self._written(self._own))

    def _written(self, every: dict[str, bool]) -> list[dict[str, object]]:
        return [
            {"path": path, "content": content.written(path, self._cleaner) if own else None}
            for path, own in sorted(every.items())
        ]


class Beneath:
    """The files below a live call: they belong to that call, and are nobody's crossing."""

    quiet = True

    def __init__(self, files: Any) -> None:
        self._files = files
        self.others_wrote = files.others_wrote
        self.beneath = self

    def outside(self, path: str) -> str:
        """Take note that *path* is changed; return where."""
        self._files.others_wrote(path)
        return path

    @property
    def moved_to(self) -> str | None:
        """The working directory, once the run has changed it."""
        moved: str | None = self._files.moved_to
        return moved

    @moved_to.setter
    def moved_to(self, moved: str | None) -> None:
        self._files.moved_to = moved


def rename(own: dict[str, bool], source: str, target: str) -> None:
    """Move the entries of *own* that are *source*, or below it, to *target*."""
    own.pop(target, None)
    for path in [known for known in own if known == source or known.startswith(source + "/")]:
        own[target + path[len(source) :]] = own.pop(path)


def _state(path: str, status: os.stat_result) -> tuple[object, ...]:
    return path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _settled(status: os.stat_result) -> bool:
    """Whether a later change shall have another date: the clocks of file systems are coarse."""
    now: int = real.time_ns()
    return now - status.st_mtime_ns > _COARSE


def _from_memory(data: bytes) -> Opener:
    """Return an opener that gives *data*: the very bytes that were written down."""

    def opener(path: str, flags: int) -> int:
        del path, flags
        descriptor = os.memfd_create("file")
        real.write(descriptor, data)
        real.lseek(descriptor, 0, os.SEEK_SET)
        return descriptor

    return opener
