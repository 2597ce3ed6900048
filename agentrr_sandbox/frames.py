"""Which frames are ours, and a traceback without them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, TracebackType


def _places() -> tuple[str, ...]:
    engine = __file__.rpartition("/")[0]
    base = engine.rpartition("/")[0]
    # installed side by side, or in a checkout
    return (f"{engine}/", f"{base}/agentrr_hooks/", f"{base}/hooks/agentrr_hooks/")


PLACES = _places()
_hidden: dict[int, CodeType] = {}
"""Code of ours that shows the user's file, by id; kept alive, so that no id comes twice."""


def is_ours(filename: str) -> bool:
    """Whether code of *filename* is agentrr's: the engine's or a hook's."""
    return filename.startswith(PLACES)


def hide(code: CodeType) -> None:
    """Say that *code* is ours, whatever file it shows."""
    _hidden[id(code)] = code


_waits: dict[int, CodeType] = {}
"""Code of ours that runs live calls, by id."""


def let_interrupt(code: CodeType) -> None:
    """Say that a signal may be handled at once while *code* (of ours) is the innermost of ours.

    Anywhere else in our code a handler could find, or leave, a recording half written.
    """
    _waits[id(code)] = code


def may_interrupt(code: CodeType) -> bool:
    """Whether `let_interrupt` was told of *code*."""
    return id(code) in _waits


def is_our_code(code: CodeType) -> bool:
    """Whether a frame of *code* is hidden from tracebacks."""
    return code.co_filename.startswith(PLACES) or id(code) in _hidden


def without_ours(trace: TracebackType | None) -> TracebackType | None:
    """Return *trace* without frames of ours; the links between the others are changed."""
    while trace is not None and is_our_code(trace.tb_frame.f_code):
        trace = trace.tb_next
    link = trace
    while link is not None:
        following = link.tb_next
        while following is not None and is_our_code(following.tb_frame.f_code):
            following = following.tb_next
        if following is not link.tb_next:
            link.tb_next = following
        link = following
    return trace


def strip(error: BaseException | None) -> None:
    """Take the frames of ours off *error*, its causes, contexts and group members."""
    seen: set[int] = set()
    todo = [error]
    while todo:
        each = todo.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        trace = each.__traceback__
        if trace is not None:
            stripped = without_ours(trace)
            if stripped is not trace:
                each.__traceback__ = stripped
        todo += (each.__cause__, each.__context__)
        if isinstance(each, BaseExceptionGroup):
            todo += each.exceptions
