"""The doors of a strand that no recording holds any more: everything goes straight through."""

from __future__ import annotations

from agentrr_sandbox.inner import InnerLane

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Lane


class PassingLane(InnerLane):
    """A lane whose recording is over, or whose process is not the recorded one.

    A live lane becomes one in place (`__class__`): whoever has kept it gets through as well.
    """

    @property
    def outer(self) -> Any:
        """The lane that is told of what passes: nobody but this one."""
        return self

    @property
    def files(self) -> Any:
        """No recording's files; where a replay was, what is changed late stays in its scratch."""
        files = getattr(self.__dict__.get("replayer"), "files", None)
        return None if files is None else files.late

    def passed(self, call: str) -> None:
        """Nobody is told."""

    def interrupted(self, signal: str, handle: Callable[[], None]) -> None:
        """Nobody is told."""
        del signal
        handle()

    def interrupts(self, handler: Callable[[str], Callable[[], None] | None]) -> None:
        """There will be no replay."""

    def output(self, fd: int, data: bytes) -> None:
        """Nobody is told."""

    def before_outward(self, check: Callable[[Lane], None]) -> None:
        """There will be no crossing."""

    def enter(self, *_: object, **__: object) -> None:
        """A stream that outlived the recording is closed: there is nothing to hold back."""

    def leave(self, token: object) -> None:
        """As `enter`."""

    def pass_on(self) -> None:
        """As `enter`."""

    def step(self, name: str, phase: str) -> None:
        """Nobody is told."""
