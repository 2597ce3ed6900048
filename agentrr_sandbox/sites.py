"""Whose code is running, and at which line of the user's."""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.frames import is_our_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.recording.cleaning import Cleaner

MAX_FRAMES = 80
_getframe = real.getframe


def user_code(is_user: Callable[[str], bool]) -> Callable[[Any], bool]:
    """Return a test for frames: is this the user's code?  Cached by file name.

    Code belongs to the module whose globals it runs in: so does generated code (dataclasses,
    namedtuples), which has no file of its own.
    """
    known: dict[str, bool] = {}

    def test(frame: Any) -> bool:
        filename: str = frame.f_globals.get("__file__") or frame.f_code.co_filename
        answer = known.get(filename)
        if answer is None:
            answer = known[filename] = is_user(filename)
        return answer

    return test


def caller_is_user(user: Callable[[Any], bool], caller: dict[str, Any]) -> bool:
    """Whether code on the stack that runs in the globals *caller* is the user's.

    *caller* may be a dictionary of our own that names the `__file__`.
    """
    frame: Any = _getframe(2)
    if caller.get("__file__"):
        return user(_Running(caller))
    while frame is not None and frame.f_globals is not caller:
        frame = frame.f_back
    return frame is not None and user(frame)


class _Running:
    """As much of a frame as the test of `user_code` looks at, where its globals name the file."""

    __slots__ = ("f_globals",)

    def __init__(self, globals_: dict[str, Any]) -> None:
        self.f_globals = globals_


def site(user: Callable[[Any], bool], cleaner: Cleaner, depth: int = 2) -> str:
    """Return `[root:code]/agent.py:31 in plan()`: the innermost frame of user code, or ``""``."""
    return site_of(_getframe(depth), user, cleaner)


def site_of(frame: Any, user: Callable[[Any], bool], cleaner: Cleaner) -> str:
    """Return the innermost frame of user code of the stack below *frame*, as `site` does."""
    for _ in range(MAX_FRAMES):
        if frame is None:
            return ""
        if user(frame) and not is_our_code(code := frame.f_code):
            name = "" if code.co_name == "<module>" else f" in {code.co_qualname}()"
            return cleaner.text(f"{code.co_filename}:{frame.f_lineno}{name}")
        frame = frame.f_back
    return ""
