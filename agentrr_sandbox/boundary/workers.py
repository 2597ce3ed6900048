"""What a hook may know of worker processes that have recordings of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Worker(Protocol):
    """A process that is about to be started."""

    @property
    def detail(self) -> Mapping[str, object]:
        """What its parent's event says of it: its number."""
        ...

    def begin(self) -> None:
        """This process is it: what its strand crosses from now on belongs to its recording."""
        ...


class Workers(Protocol):
    """The workers of one recorded process."""

    def worker(self, lane: object, name: str, method: str) -> Worker | None:
        """Return the process called *name* that *lane* starts by *method*; None: unrecorded."""
        ...

    def entered(self, lane: object) -> Worker | None:
        """Return the worker as which this process goes on.

        It is the one whose start *lane* has just been served, where a replay is to enter it.
        """
        ...

    def forked(self) -> None:
        """Do what the interpreter does in a process that was forked: a replay forks none."""
        ...

    def ended(self, number: int, code: int) -> None:
        """Take note that worker *number* has ended with *code*; below zero by that signal."""
        ...
