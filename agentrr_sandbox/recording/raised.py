"""Exceptions that were answers: stored with their traceback below the boundary, and raised again.

A frame is stored as file, qualified name and span in the source.  Served, each becomes a frame of
a function made for it: a code object of that name, all of whose instructions stand at that span.
The interpreter's printer and `traceback` read the source lines from disk, as ever, and print the
same text.  Frames of ours are left out; those above the boundary are there in a replay by
themselves.
"""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.errors import Undecodable, Unencodable
from agentrr_sandbox.frames import is_our_code
from agentrr_sandbox.recording.codec import Decoder, Encoder
from agentrr_sandbox.recording.codec_classes import mro_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType, TracebackType
    from typing import Any

    from agentrr_sandbox.recording.gate import Pickles

MAX_FRAMES = 2000
_MAX_NEAR = 200


# -- recording -----------------------------------------------------------------------------


def encode(error: BaseException, *, pickles: Pickles | None = None) -> Any:
    """Return *error* as JSON-able data, with its traceback, causes, contexts, notes.

    Always succeeds: of a class that cannot be found again the refusal is stored.
    """
    encoder = Encoder(pickles=pickles, frames=_frames, above=_above(real.getframe(1)))
    try:
        return encoder.whole(error)
    except Unencodable as refusal:
        return {"$": "unencodable", "v": refusal.message}


def _frames(error: BaseException) -> list[dict[str, Any]]:
    """Return the frames of *error*'s traceback that are not ours, outermost first."""
    frames: list[dict[str, Any]] = []
    trace = error.__traceback__
    last: Any = None
    while trace is not None and len(frames) < MAX_FRAMES:
        code = trace.tb_frame.f_code
        if not is_our_code(code):
            frame: dict[str, Any] = {"file": code.co_filename, "name": code.co_qualname}
            if code.co_name != code.co_qualname.rpartition(".")[2]:
                frame["co_name"] = code.co_name
            frame["at"] = _span(code, trace)
            frames.append(frame)
            last = trace.tb_frame
        trace = trace.tb_next
    if frames and isinstance(error, NameError | AttributeError) and type(error.name) is str:
        frames[-1]["near"] = _near(error, error.name, last)
    return frames


def _near(error: NameError | AttributeError, name: str, frame: FrameType) -> list[str]:
    """Return the names like the wrong one: the printer says which was meant, and must find it."""
    known: set[Any] = set()
    if isinstance(error, AttributeError):
        for each in mro_of(type(error.obj)):
            known.update(type.__dict__["__dict__"].__get__(each))
        own = getattr(error.obj, "__dict__", None)
        known.update(own if type(own) is dict else ())
    else:
        known.update(frame.f_locals, frame.f_globals)
    slack = len(name) // 2 + 1
    close = [n for n in known if type(n) is str and abs(len(n) - len(name)) <= slack]
    return sorted(close)[:_MAX_NEAR]


def _span(code: CodeType, trace: TracebackType) -> list[int | None]:
    """Return line, last line, column and last column of where *trace* is."""
    wanted = trace.tb_lasti // 2
    if wanted >= 0:
        for number, span in enumerate(code.co_positions()):
            if number == wanted:
                line, last, column, end = span
                return [trace.tb_lineno if line is None else line, last, column, end]
    return [trace.tb_lineno, None, None, None]


def _above(frame: FrameType | None) -> Callable[[BaseException], bool]:
    """Return a test of whether an exception was being handled before the crossing began.

    The outermost frame of such a one is still running, above our doors.
    """
    running: set[int] = set()
    held = []
    inside = True
    while frame is not None:
        inside = inside and is_our_code(frame.f_code)
        if not inside:
            running.add(id(frame))
            held.append(frame)
        frame = frame.f_back

    def test(error: BaseException) -> bool:
        trace = error.__traceback__
        return bool(held) and trace is not None and id(trace.tb_frame) in running

    return test


# -- replaying -----------------------------------------------------------------------------


def decode(stored: Any, *, pickles: Pickles | None = None) -> BaseException:
    """Return the exception with its traceback below the boundary.  Raises `Undecodable`."""
    if type(stored) is dict and stored.get("$") == "unencodable":
        raise Undecodable(f"the recorded exception could not be stored: {stored['v']!s:.200}")
    error = Decoder(pickles=pickles, graft=_graft).whole(stored)
    if not isinstance(error, BaseException):
        raise Undecodable("the stored answer is not an exception")
    return error


def throw(error: BaseException) -> None:
    """Raise *error* with the context that it was decoded with.

    A plain `raise` puts the exception that is being handled into `__context__`, over the one
    that was recorded.
    """
    context = error.__context__
    if context is None:
        raise error
    try:
        raise error  # noqa: TRY301 - raised to be raised again: the second keeps the context
    except BaseException:
        error.__context__ = context
        raise


def missing_files(stored: Any) -> list[str]:
    """Return the source files of a stored traceback that are not here: its text will differ.

    Not those of Cython's, which nobody has who runs the code.
    """
    found: dict[str, None] = {}
    todo = [stored]
    while todo:
        node = todo.pop()
        if type(node) is dict:
            todo += node.values()
            if "at" in node and type(node.get("file")) is str:
                found[node["file"]] = None
        elif type(node) is list:
            todo += node
    sought = [file for file in found if not file.startswith("<")]
    return [file for file in sought if not file.endswith((".pyx", ".pxi")) and not _exists(file)]


def _exists(path: str) -> bool:
    try:
        real.stat(path)
    except (OSError, ValueError):
        return False
    return True


def _graft(error: BaseException, frames: Any) -> None:
    trace = None
    for frame in reversed(frames or ()):
        trace = _link(frame, trace)
    error.__traceback__ = trace
    if frames and "near" in frames[-1] and isinstance(error, AttributeError):
        error.obj = Near(frames[-1]["near"])


class Near:
    """Stands for the object that had no such attribute: the printer's advice is the same."""

    __slots__ = ("_names",)

    def __init__(self, names: list[str]) -> None:
        self._names = names

    def __dir__(self) -> list[str]:
        return self._names


class _Stop(Exception):
    """Raised by a made function, to have its frame."""


def _model() -> object:
    raise _Stop


_FUNCTION: Any = type(_model)


def _link(frame: dict[str, Any], following: TracebackType | None) -> TracebackType:
    name, span = frame["name"], frame["at"]
    line = span[0]
    if type(line) is not int or not 0 <= line < 1 << 30:
        raise Undecodable("not the line of a frame")
    code = _model.__code__
    made = code.replace(
        co_filename=frame["file"],
        co_name=frame.get("co_name", name.rpartition(".")[2]),
        co_qualname=name,
        co_firstlineno=line,
        co_linetable=line_table(len(code.co_code) // 2, line, *span),
    )
    names: dict[str, Any] = dict.fromkeys(frame.get("near", ()))
    if "__builtins__" in names:  # what the frame's own are taken from
        names["__builtins__"] = __builtins__
    function: Any = _FUNCTION(made, {**names, "__name__": "", "_Stop": _Stop})
    try:
        function()
    except _Stop as stop:
        inner: Any = stop.__traceback__
        inner = inner.tb_next
    return type(inner)(following, inner.tb_frame, inner.tb_lasti, line)  # type: ignore[no-any-return] # a traceback


def line_table(
    units: int,
    first: int,
    line: int,
    last: int | None,
    column: int | None,
    end: int | None,
) -> bytes:
    """Return a location table that puts all *units* of code at one span.

    The format is CPython's `Objects/locations.md`, the same in 3.11, 3.12 and 3.13.
    """
    table = bytearray()
    delta = line - first
    while units > 0:
        count = min(units, 8)
        if last is None or column is None or end is None:
            table.append(0x80 | 13 << 3 | count - 1)
            _signed(table, delta)
        else:
            table.append(0x80 | 14 << 3 | count - 1)
            _signed(table, delta)
            for number in (last - line, column + 1, end + 1):
                _varint(table, max(number, 0))
        units -= count
        delta = 0
    return bytes(table)


def _varint(table: bytearray, number: int) -> None:
    while number >= 64:  # noqa: PLR2004 - six bits a byte
        table.append(0x40 | number & 0x3F)
        number >>= 6
    table.append(number)


def _signed(table: bytearray, number: int) -> None:
    _varint(table, (-number << 1) | 1 if number < 0 else number << 1)
