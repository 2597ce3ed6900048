"""Where the program is when a signal comes: whether its handler may run there, and what it sees.

Code of ours may be half way through writing a recording down; what raises there would tear it.
The handler then runs as soon as that code is left: for the program, the same moment.
"""

from __future__ import annotations

import sys

from agentrr_sandbox.frames import is_our_code, may_interrupt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_HOOKS = "/agentrr_hooks/"


def outside(frame: Any) -> Any:
    """Return *frame*, or the nearest one below it that is not ours."""
    if frame is None:
        frame = sys._getframe(1)
    while frame is not None and is_our_code(frame.f_code):
        frame = frame.f_back
    return frame


def place_of(frame: Any, owns: Callable[[str], bool], *, inner: bool) -> Any:
    """Return None where a handler may run at once, else our frame whose end it must wait for.

    *inner*: a live call is under way, which is the place of the signal.
    """
    while frame is not None:
        code = frame.f_code
        if is_our_code(code):
            if may_interrupt(code) or (inner and _HOOKS in code.co_filename):
                return None
            return _edge(frame)
        if owns(code.co_filename):
            return None
        frame = frame.f_back
    return None


def _edge(frame: Any) -> Any:
    """Return the last of the frames of ours that *frame* is called by."""
    while frame.f_back is not None and is_our_code(frame.f_back.f_code):
        frame = frame.f_back
    return frame


class Later:
    """Signals that wait for the end of a frame."""

    def __init__(self, handle: Callable[[int, Any], None]) -> None:
        self._handle = handle
        self._waiting: list[int] = []

    def after(self, edge: Any, number: int) -> None:
        """Handle signal *number* when frame *edge* ends; the interpreter tells its profiler."""
        self._waiting.append(number)
        if len(self._waiting) > 1:
            return
        before = sys.getprofile()

        def left(frame: Any, event: Any, argument: object) -> None:
            if before is not None:
                before(frame, event, argument)
            if frame is edge and event == "return":
                sys.setprofile(before)
                self._all(frame.f_back)

        sys.setprofile(left)

    def _all(self, frame: Any) -> None:
        while self._waiting:
            self._handle(self._waiting.pop(0), frame)
