"""Where the agent's files are, as a hook may know it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from agentrr_sandbox.boundary import Lane

Opener = Callable[[str, int], int]
"""Opens a file in place of `open`: takes the path and the flags, gives the descriptor."""


class Files(Protocol):
    """The file system as a recording sees it: the disk, or the scratch overlay of a replay.

    A hook asks it before and after each crossing and never which of the two it is.  Paths may be
    relative.  *purpose* is `read`, `change` (what is there matters, and will not stay), `new`, or
    `copy` (C code reads and changes it beside a file that the hook knows).
    """

    quiet: bool
    """True below a live call and after the end: nothing is a crossing there."""

    moved_to: str | None
    """The working directory, once the run has changed it."""

    @property
    def beneath(self) -> Any:
        """The same files as a live call has them: `quiet`, with `moved_to` and `outside`."""
        ...

    def absolute(self, path: str) -> str:
        """Return *path* from the root on, as the run spells it."""
        ...

    def matters(self, path: str, *, change: bool = False) -> bool:
        """Tell whether *path* (absolute) is the run's; a *change* always is, but for devices."""
        ...

    def look(self, lane: Lane, path: str, purpose: str) -> tuple[dict[str, Any], Opener | None]:
        """Say what opening *path* will find, for the answer of the crossing.

        Content goes to the recording once, as a fact that the answer names.  An opener, if there
        is one, is what the live call opens with.
        """
        ...

    def opener(self, lane: Lane, path: str, purpose: str, found: dict[str, Any]) -> Opener | None:
        """Return what opens *path* as it was *found* while recording, when no live call did.

        Raises `ReplayStopped` (125) for content that is neither stored nor equal on the disk.
        """
        ...

    def place(self, lane: Lane, path: str, purpose: str, found: dict[str, Any]) -> str:
        """Return the path where *path* is, as it was *found*: for code that opens by itself."""
        ...

    def opened(self, path: str, purpose: str) -> None:
        """Take note that the run opened *path* live."""
        ...

    def made(self, path: str) -> None:
        """Take note that the run made the folder *path*."""
        ...

    def removed(self, path: str) -> None:
        """Take note that the run removed the file or folder *path*."""
        ...

    def renamed(self, source: str, target: str) -> None:
        """Take note that the run renamed *source* to *target*."""
        ...

    def linked(self, path: str, target: str, *, hard: bool) -> None:
        """Take note that the run made *path* another name of *target*; *hard*: of its file."""
        ...

    def entered(self, path: str) -> None:
        """Take note that the run made *path* its working directory."""
        ...

    def others_wrote(self, path: str | None = None) -> None:
        """Take note that somebody else (a tool, a process) may have written *path*, or any file."""
        ...

    def settle(self, lane: Lane) -> None:
        """A process is about to see what the run wrote since the last time: as `finish`."""
        ...

    def outside(self, path: str) -> str:
        """Where files are quiet: take note that *path* is changed, and return where."""
        ...

    def of_descriptor(self, descriptor: int) -> str | None:
        """Return the path that *descriptor* was opened under, as the run spells it."""
        ...

    def finish(self, lane: Lane) -> None:
        """Write down, or compare, what the files hold that the run wrote.  The lane's last act."""
        ...
