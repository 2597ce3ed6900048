"""The files of a replay: reads from the recording, writes in a scratch folder.

What the run opens is laid out below `<scratch>/files`, under the path that the run knows.  What
it asks of the file system (status, lists) is answered by the recording, so that all times, orders
and misses are the recorded ones; here is only what must be opened.  The disk is read where it
holds what was recorded, and never written.
"""

from __future__ import annotations

import os

from agentrr_sandbox import real
from agentrr_sandbox.errors import EX_CANNOT_REPLAY, ReplayStopped
from agentrr_sandbox.matching import divergence
from agentrr_sandbox.seal import content
from agentrr_sandbox.seal.disk import Beneath, rename
from agentrr_sandbox.seal.links import Linked
from agentrr_sandbox.seal.scratch import make_folder, remove

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Lane, Opener
    from agentrr_sandbox.recording.cleaning import Cleaner

_TMPFILE_BIT = 0o20000000  # __O_TMPFILE


class OverlayFiles(Linked):
    """Implements `boundary.Files` for a replay; *scratch* is a folder of its own, and exists."""

    quiet = False

    def __init__(self, scratch: str, cleaner: Cleaner) -> None:
        super().__init__()
        self._root = os.path.realpath(scratch) + "/files"
        self._cleaner = cleaner
        self._copies: dict[str, str] = {}
        self.beneath = Beneath(self)
        self.late = Late(self)
        self.peer: Any = None  # the replayer, once it is made: the one that ends a replay
        make_folder(self._root)

    def spot(self, path: str) -> str:
        """Return where *path* is, or would be, in the scratch folder; the folder above it is."""
        spot = self._root + self.absolute(path)
        make_folder(os.path.dirname(spot))
        return spot

    # -- opening ---------------------------------------------------------------------------

    def look(self, lane: Lane, path: str, purpose: str) -> tuple[dict[str, Any], Opener | None]:
        """Return nothing: the recording knows what was found."""
        del lane, path, purpose
        return {}, None

    def opener(self, lane: Lane, path: str, purpose: str, found: dict[str, Any]) -> Opener | None:
        """Return what opens *path* as it was *found*; see `boundary.Files`."""
        place = self.place(lane, path, purpose, found)

        def opener(asked: str, flags: int) -> int:
            try:
                if flags & _TMPFILE_BIT:
                    return self._nameless(flags)
                if flags & os.O_EXCL:
                    remove(place)
                return real.os_open(place, flags | os.O_CLOEXEC, 0o666)
            except OSError as error:
                error.filename = asked
                raise

        return opener

    def place(self, lane: Lane, path: str, purpose: str, found: dict[str, Any]) -> str:
        """Return where *path* is, as it was *found*, laid out anew where need be."""
        absolute = self.absolute(path)
        spot = self._root + absolute
        kind = found.get("kind")
        if kind == "folder":
            make_folder(spot)
        elif kind == "special":
            lane.uncaptured("file.open", {"path": path})
        elif purpose == "new" or (purpose == "change" and not found):
            self._fresh(absolute, spot, keep=purpose == "new")
        elif found.get("own"):
            self._check_own(lane, absolute, spot, found)
        else:
            return self._found(lane, absolute, spot, purpose, found)
        return spot

    def _fresh(self, absolute: str, spot: str, *, keep: bool) -> None:
        """Make way for a file that the run makes; one of its own that it truncates stays."""
        if not keep or absolute not in self._own:
            remove(spot)
        self._copies.pop(absolute, None)
        self._own[absolute] = self._unsettled[absolute] = True
        make_folder(os.path.dirname(spot))

    def _check_own(self, lane: Lane, absolute: str, spot: str, found: dict[str, Any]) -> None:
        expected = found.get("content")
        if expected is None:
            return
        observed = content.written(spot, self._cleaner)
        if observed != expected and observed not in content.DATABASES:
            self._differs(lane, "file.open", {absolute: expected}, {absolute: observed})

    def _found(
        self, lane: Lane, absolute: str, spot: str, purpose: str, found: dict[str, Any]
    ) -> str:
        """Lay out what was on the recording machine before the run changed it."""
        name = found.get("content")
        if purpose == "read":
            if self._copies.get(absolute) == name and name is not None:
                return spot
            if self._same_on_disk(absolute, found):
                return absolute
        data = self._stored(lane, absolute, found)
        remove(spot)
        make_folder(os.path.dirname(spot))
        content.save(spot, data)
        self._copies.pop(absolute, None)
        if purpose == "change":
            self._own[absolute] = self._unsettled[absolute] = True
            return spot
        if absolute in self._own:
            self._own[absolute] = False  # somebody else wrote it, as the recording says
        if purpose == "read" and name is not None:
            self._copies[absolute] = name
        return spot

    def _stored(self, lane: Lane, absolute: str, found: dict[str, Any]) -> bytes:
        if self._same_on_disk(absolute, found):
            return content.load(absolute)
        held: object = None
        name = found.get("content")
        if name is not None:
            held = lane.fact(f"file:{name}", lambda: None, depth=1)
        data = content.restored(held)
        if data is not None:
            return data
        message = f"{absolute} was read, is not in the recording, and is another one on this disk"
        self.peer.stop(message, EX_CANNOT_REPLAY)
        raise ReplayStopped(message, exit_code=EX_CANNOT_REPLAY)

    def _same_on_disk(self, absolute: str, found: dict[str, Any]) -> bool:
        if "content" in found and absolute.startswith(content.CHANGING):
            return False  # it may be the same now, and another one when it is read
        try:
            status = real.stat(absolute)
            if not content.is_regular(status.st_mode):
                return False
            if "content" not in found:
                same_size = status.st_size == found.get("size")
                return same_size and content.digest(absolute) == found.get("sha256")
            if status.st_size > content.LIMIT:
                name, data = content.name_of(absolute, self._cleaner), b""
            else:
                data = content.load(absolute)
                name = content.name(data, self._cleaner)
        except OSError:
            return False
        if name != found["content"]:
            return False
        content.learn(data or content.load(absolute), self._cleaner)
        return True

    def _nameless(self, flags: int) -> int:
        """Open a file without a name, as O_TMPFILE does where the file system can."""
        spot = f"{self._root}.tmp"
        remove(spot)
        kept = flags & (os.O_ACCMODE | os.O_APPEND)
        descriptor = real.os_open(spot, kept | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        real.unlink(spot)
        return descriptor

    # -- what the run did ------------------------------------------------------------------

    def opened(self, path: str, purpose: str) -> None:
        """Nothing is opened live in a replay."""

    def made(self, path: str) -> None:
        """Make the folder in the scratch folder."""
        make_folder(self._root + self.absolute(path))

    def removed(self, path: str) -> None:
        """Remove what the run removed, if it is here."""
        self._removed(self.named(path))

    def _removed(self, name: str) -> None:
        other = self.unlinked(name)
        if other is None:
            self._own.pop(name, None)
            self._unsettled.pop(name, None)
            self._copies.pop(name, None)
            remove(self._root + name)
        elif other != name:
            self._renamed(name, other)

    def renamed(self, source: str, target: str) -> None:
        """Rename what the run renamed, if it is here."""
        old, new = self.named(source), self.named(target)
        if self.same(old, new):
            return
        self._removed(new)
        if not self.moved(old, new):
            self._renamed(old, new)

    def _renamed(self, old: str, new: str) -> None:
        rename(self._own, old, new)
        rename(self._unsettled, old, new)
        self._copies = {}
        make_folder(os.path.dirname(self._root + new))
        try:
            real.rename(self._root + old, self._root + new)
        except OSError:
            remove(self._root + new)

    def entered(self, path: str) -> None:
        """Remember the working directory; go there as far as it exists."""
        absolute = self.absolute(path)
        self.moved_to = absolute
        spot = self._root + absolute
        try:
            real.stat(absolute)
            here = absolute
        except OSError:
            make_folder(spot)
            here = spot
        _chdir(here)

    def others_wrote(self, path: str | None = None) -> None:
        """Nobody else writes in a replay."""

    def of_descriptor(self, descriptor: int) -> str | None:
        """Return the path that *descriptor* was opened under, as the run spells it."""
        try:
            path = real.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:
            return None
        if path.startswith(self._root + "/"):
            return path[len(self._root) :]
        return path if path.startswith("/") else None

    def settle(self, lane: Lane) -> None:
        """Compare what another process was about to see of what the run wrote."""
        if self._unsettled:
            own, self._unsettled = self._unsettled, {}
            self._compare(lane, own)

    def finish(self, lane: Lane) -> None:
        """Compare what the files hold that the run wrote with what they held."""
        if self._own:
            self._compare(lane, self._own)

    def _compare(self, lane: Lane, every: dict[str, bool]) -> None:
        stored: list[dict[str, Any]] = lane.cross("file.written", list)
        table: dict[str, Any] = {str(entry["path"]): entry["content"] for entry in stored}
        text = self._cleaner.text
        spelled: dict[str, str] = {
            text(path): path for path in every
        }  # a root may have two spellings here
        table = {spelled.get(text(path), path): name for path, name in table.items()}
        recorded: dict[str, Any] = {p: name for p, name in table.items() if name is not None}
        present: dict[str, object] = {
            path: content.written(self._root + path, self._cleaner) for path in recorded
        }
        extra = {
            path: content.written(self._root + path, self._cleaner)
            for path, own in sorted(every.items())
            if own and path not in table
        }
        expected = {path: name for path, name in recorded.items() if present[path] != name}
        observed = {path: present[path] for path in expected}
        if expected or extra:
            self._differs(lane, "file.written", expected, {**observed, **extra})

    def _differs(
        self, lane: Lane, call: str, expected: dict[str, object], observed: dict[str, object]
    ) -> None:
        first = next(iter({**expected, **observed}))
        report = divergence(
            "file",
            f"the run wrote something else to {self._cleaner.text(first)}",
            event=self.peer.main.latest,
            lane=lane.name,
            call=call,
            expected=self._cleaner.tree(expected),
            observed=self._cleaner.tree(observed),
            hint="the digests of what the file held are compared",
        )
        self.peer.diverge(report)


class Late(Beneath):
    """The files after the end of a replay: objects that are destroyed may still change some."""

    def outside(self, path: str) -> str:
        """Return where *path* is changed: where a replay may."""
        files = self._files
        if not files.matters(files.absolute(path), change=True):
            return path
        spot: str = files.spot(path)
        return spot


_chdir = os.chdir
