"""Where the output of a tool's body stands: by itself, or among that of others.

A replay that serves the answer writes what the body printed in one piece: when the tool is called,
and, of an async one, what it printed after it had first waited when the answer comes.  What others
printed in between has no place then, so such a body is run again.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Printing:
    """The output of one body; *written* counts what the whole run has written, by descriptor."""

    def __init__(self, written: dict[int, int]) -> None:
        self._written = written
        self._own = dict.fromkeys(written, 0)
        self._others: dict[int, int] = dict(written)
        """How much others had written at the place where a replay writes the next of the body's."""
        self._waited = False
        self.mixed = False
        """Whether something of others' stands in between."""

    def printed(self, fd: int) -> None:
        """The body is about to write a piece."""
        others = self._written[fd] - self._own[fd]
        if self._others.setdefault(fd, others) != others:
            self.mixed = True
        self._own[fd] += 1

    def waits(self) -> None:
        """The body has first waited: what it prints from now on is written with the answer."""
        self._others = {}
        self._waited = True

    def answered(self) -> None:
        """The answer is handed on now."""
        if self._waited and any(
            self._written[fd] - self._own[fd] != others for fd, others in self._others.items()
        ):
            self.mixed = True


class Unbuffered:
    """Lets each strand's text through at once, so that it is known whose it is.

    Text waits in the standard streams until somebody, maybe another strand, writes enough of it.
    """

    def __init__(self) -> None:
        self._users = 0
        self._before: list[tuple[Any, Any]] = []

    def enter(self) -> None:
        """A body begins beside other strands."""
        self._users += 1
        if self._users == 1:
            self._before = [
                (stream, getattr(stream, "write_through", None))
                for stream in (sys.__stdout__, sys.__stderr__)
            ]
            for stream, _ in self._before:
                _set(stream, write_through=True)

    def leave(self) -> None:
        """It is over."""
        self._users -= 1
        if self._users == 0:
            for stream, before in self._before:
                _set(stream, write_through=bool(before))


def _set(stream: Any, *, write_through: bool) -> None:
    try:
        stream.reconfigure(write_through=write_through)
    except (AttributeError, ValueError, OSError):
        pass  # none, closed, or nobody reads it: the agent will see for itself


def flush_streams() -> None:
    """Bring what was printed so far to the raw streams: what comes next is the body's."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, ValueError, OSError, RuntimeError):
            continue  # none, closed, broken, or being flushed: the agent will see for itself
