"""Tracebacks without frames of ours.

Captures      nothing
Records       nothing
Serves        tracebacks as the bare run prints them, while recording and while replaying
Reaches       ``traceback`` and all that prints through it (``logging.exception``, ``warnings``,
              asyncio's handler), ``sys.excepthook``, ``threading.excepthook``,
              ``sys.unraisablehook``, and the interpreter's own printer behind them
Out of reach  code that walks ``__traceback__`` link by link before anything has printed it
"""

from __future__ import annotations

from agentrr_hooks.stream_calls import printing
from agentrr_sandbox.errors import Halt
from agentrr_sandbox.frames import strip, without_ours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

WALKERS = ("walk_tb", "_walk_tb_with_full_positions")
"""Every function of ``traceback`` goes through one of these, for causes and contexts too."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Put the filter before whatever prints a traceback; ``traceback`` when it is imported."""
    del boundary
    made: dict[int, Any] = {}

    def same(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """Give `sys.excepthook` and `sys.__excepthook__` one replacement, as they are one."""

        def replacement(real: Any) -> Any:
            return made.setdefault(id(real), make(real))

        return replacement

    for name in ("excepthook", "__excepthook__"):
        patch.replace("sys", name, same(_excepthook))
    for name in ("unraisablehook", "__unraisablehook__"):
        patch.replace("sys", name, same(_args_hook))
    for name in ("excepthook", "__excepthook__"):
        patch.replace("threading", name, same(_args_hook))
    for name in WALKERS:
        patch.replace("traceback", name, _walker)


def _excepthook(real: Callable[..., None]) -> Callable[..., None]:
    def excepthook(
        exctype: type[BaseException],
        value: BaseException,
        traceback: TracebackType | None,
        /,
    ) -> None:
        if isinstance(value, Halt):
            return  # the supervisor reports what ended the run
        strip(value)
        printing.append(True)
        try:
            real(exctype, value, without_ours(traceback))
        finally:
            printing.pop()

    return excepthook


def _args_hook(real: Callable[[Any], None]) -> Callable[[Any], None]:
    """Wrap a hook that takes one tuple: type, value, traceback, and two more."""

    def excepthook(args: Any, /) -> None:
        if isinstance(args.exc_value, Halt):
            return
        strip(args.exc_value)
        trace = without_ours(args.exc_traceback)
        if trace is not args.exc_traceback:
            kind, value, _, *rest = args
            args = type(args)((kind, value, trace, *rest))
        real(args)

    return excepthook


def _walker(real: Callable[..., Any]) -> Callable[..., Any]:
    def walk_tb(tb: TracebackType | None) -> Any:
        return real(without_ours(tb))

    return walk_tb
