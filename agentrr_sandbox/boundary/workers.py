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

    def boot(self, environment: Mapping[bytes, bytes]) -> tuple[Mapping[bytes, bytes], int]:
        """Return the environment in which a fresh interpreter is it from the start.

        It is to inherit the descriptor that comes with it; give that to `booted` afterwards.
        """
        ...

    def booted(self, descriptor: int) -> None:
        """The interpreter has been started."""
        ...

    def message(self) -> bytes | None:
        """Return what a fork server is to tell the worker of its recording; None: there is none."""
        ...

    def hand_over(
        self, data: bytes, descriptors: list[int], preload: list[str] | None = None
    ) -> None:
        """End this process, for a fresh interpreter to go on as the worker, which reads *data*.

        *descriptors* are those that it has inherited, *preload* the modules that its fork server
        has loaded.
        """
        ...


class Workers(Protocol):
    """The workers of one recorded process."""

    def worker(self, lane: object, name: str, method: str) -> Worker | None:
        """Return the process called *name* that *lane* starts by *method*; None: unrecorded."""
        ...

    def child(
        self, args: list[str], executable: str | None, search: str | None
    ) -> tuple[list[str], int] | None:
        """Return the command that records the Python that *args* start, and its number.

        *executable* runs in place of their first word; *search* is the PATH for that.  None: it is
        no Python, or children are not to be recorded.
        """
        ...

    def entered(self, lane: object) -> Worker | None:
        """Return the worker as which this process goes on.

        It is the one whose start *lane* has just been served, where a replay is to enter it.
        """
        ...

    def forked(self) -> None:
        """Do what the interpreter does in a process that was forked: a replay forks none."""
        ...

    def served(self) -> tuple[int, list[int]] | None:
        """Take note that a fork server has loaded what it is to load.

        Where a replay is to go on as a worker of it: return where that reads what it is sent, and
        the descriptors that it has inherited.
        """
        ...

    def leaves(self, code: int) -> None:
        """Take note that this process, a worker, has come to its end with *code*."""
        ...

    def ended(self, number: int, code: int) -> None:
        """Take note that worker *number* has ended with *code*; below zero by that signal."""
        ...
