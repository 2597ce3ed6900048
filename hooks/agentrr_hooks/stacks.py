"""Stacks without frames of ours.

Captures      nothing
Records       nothing
Serves        the program's own stack, while recording and while replaying
Reaches       `traceback.print_stack`, `extract_stack`, `walk_stack` and all that uses them
              (`logging` with `stack_info`), `inspect.stack`, `inspect.getouterframes`,
              `warnings.warn` and `logging` with a `stacklevel`
Out of reach  `sys._getframe(1)` and `frame.f_back` in the body of a tool or a signal's handler
"""

from __future__ import annotations

import sys

from agentrr_hooks.standin import stand_in
from agentrr_sandbox.frames import PLACES, is_our_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_PREFIXES = "skip_file_prefixes"
_getframe = sys._getframe


def install(patch: Patcher, boundary: Boundary) -> None:
    """Put the filter before whatever walks up a stack, when it is imported."""
    del boundary
    patch.replace("traceback", "walk_stack", _walk_stack)
    patch.replace("inspect", "getouterframes", _getouterframes)
    patch.replace("logging", "_is_internal_frame", _is_internal_frame)
    patch.replace("warnings", "warn", _warn)


def _like(ours: Any, real: Any) -> Any:
    for name in ("__name__", "__qualname__", "__module__", "__doc__"):
        setattr(ours, name, getattr(real, name))
    return ours


def _walk_stack(real: Any) -> Any:
    def walk_stack(f: FrameType | None) -> Iterator[tuple[FrameType, int]]:
        if f is None:  # as the genuine one has it: so far up are they who asked
            for _ in range(4):
                f = (f or _getframe()).f_back
        while f is not None:
            if not is_our_code(f.f_code):
                yield f, f.f_lineno
            f = f.f_back

    return _like(walk_stack, real)


def _getouterframes(real: Any) -> Any:
    inspect = sys.modules[real.__module__]

    def getouterframes(frame: FrameType | None, context: int = 1) -> list[Any]:
        found: list[Any] = []
        while frame:
            if not is_our_code(frame.f_code):
                info = inspect.getframeinfo(frame, context)
                found.append(inspect.FrameInfo(frame, *info, positions=info.positions))
            frame = frame.f_back
        return found

    return _like(getouterframes, real)


def _is_internal_frame(real: Callable[[FrameType], bool]) -> Any:
    def _is_internal_frame(frame: FrameType) -> bool:
        return is_our_code(frame.f_code) or real(frame)

    return _like(_is_internal_frame, real)


def _warn(real: Any) -> Any:
    def warn(
        message: Any, category: Any = None, stacklevel: int = 1, source: Any = None, **named: Any
    ) -> None:
        caller = _getframe(1)
        prefixes = named.get(_PREFIXES)
        if prefixes:
            named[_PREFIXES] = (*prefixes, *PLACES)
            stacklevel = max(2, stacklevel)
            more = int(not caller.f_code.co_filename.startswith(prefixes))
        else:
            more = 1 + _ours_below(caller, stacklevel)
        real(message, category, stacklevel + more, source, **named)

    return stand_in(real, warn, "_warnings")


def _ours_below(frame: Any, levels: int) -> int:
    """Count the frames of ours among *levels* frames of others, from *frame* on."""
    count = 0
    while frame is not None and levels > 0:
        if is_our_code(frame.f_code):
            count += 1
        else:
            levels -= 1
        frame = frame.f_back
    return count
