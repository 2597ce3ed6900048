"""The standard streams: what the program writes to stdout and stderr, and reads from stdin.

Captures      print, sys.stdout/stderr with their buffers, logging, tracebacks; os.write, os.writev,
              os.sendfile and open() on 1, 2 and their duplicates; input(), sys.stdin, os.read on 0
Records       the bytes written, as output; each read of stdin, as `stdin.read` or `stdin.input`;
              which of the three are terminals, and their encodings, as a fact
Serves        stdin without waiting for anybody, the same terminals and encodings; compares output
Reaches       below the text layer (methods of the very objects of bare python), so that buffering,
              order and types stay as they are, to what a `__del__` prints as the interpreter ends
Out of reach  bytes written below Python (C code, a fatal error), `sys.stdout.buffer.raw`
              and `io.FileIO(1)` by name, when select() says that stdin has data, and an error of
              writing, such as a closed pipe
"""

from __future__ import annotations

import sys

from agentrr_hooks import stream_calls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_STREAMS = ("stdin", "stdout", "stderr")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Tap the raw files below the standard streams, and the calls that reach past them."""
    lane = boundary.lane()
    if lane is None:
        return
    watched = stream_calls.watched
    watched.clear()
    watched.update({0: 0, 1: 1, 2: 2})
    nature: Any = lane.fact("streams", _nature)
    ttys = [bool(entry and entry[0]) for entry in nature]
    for number, name in enumerate(_STREAMS):
        stream = getattr(sys, f"__{name}__")
        if stream is None or nature[number] is None:
            continue
        _restore(stream, nature[number], patch)
        if number == 0:
            stream_calls.tap_input(raw_of(stream), boundary, patch)
        else:
            tap_output(buffer_of(stream), number, watched, boundary, patch)
    stream_calls.install(patch, boundary, watched, ttys)

    def tap(opened: Any, fd: int) -> None:
        if watched[fd] == 0:
            stream_calls.tap_input(raw_of(opened), boundary, patch)
        else:
            tap_output(buffer_of(opened), fd, watched, boundary, patch)

    stream_calls.tap_opened(patch, watched, tap)
    if ttys[0] and ttys[1]:
        patch.replace("builtins", "input", lambda live: _asking(live, boundary))


def buffer_of(stream: Any) -> Any:
    """Return the bytes layer below a text stream; other streams are that themselves."""
    return getattr(stream, "buffer", stream)


def raw_of(stream: Any) -> Any:
    """Return the raw file below a text or a buffered stream; unbuffered ones are raw themselves."""
    buffer = buffer_of(stream)
    return getattr(buffer, "raw", buffer)


def _nature() -> list[list[Any] | None]:
    """Return what each standard stream is; None for one that was closed before the start."""
    found: list[list[Any] | None] = []
    for name in _STREAMS:
        stream = getattr(sys, f"__{name}__")
        found.append(
            stream and [stream.isatty(), stream.encoding, stream.errors, stream.line_buffering]
        )
    return found


def _restore(stream: Any, nature: list[Any], patch: Patcher) -> None:
    """Make *stream* what it was in the recorded run; while recording it is that already."""
    tty, encoding, errors, line_buffering = nature
    if [stream.encoding, stream.errors, stream.line_buffering] != nature[1:]:
        stream.reconfigure(encoding=encoding, errors=errors, line_buffering=line_buffering)
    if stream.isatty() != tty:
        raw = raw_of(stream)
        raw.isatty = lambda: tty
        patch.undo_with(lambda: raw.__dict__.pop("isatty", None))


def tap_output(
    buffer: Any, fd: int, watched: dict[int, int], boundary: Boundary, patch: Patcher
) -> None:
    """Let the boundary know what is written to *buffer*, or to a raw file that has none above.

    The text layer calls `buffer.write`, which is found in the instance first; it holds no lock
    while it does, so that a signal handler may run here, and print.  Between the live write and
    its place in the queue there is no call on purpose: after a call the interpreter runs handlers,
    and what these print would be told of first.  Everything needed is in this closure: the
    interpreter empties modules before the last line is written.
    """
    live = buffer.write
    subscribed: Any = type("write", (), {"__getitem__": live})()
    queue, tell = stream_calls.written, stream_calls.tell

    def write(data: Any, /) -> int | None:
        nonlocal queue
        channel = watched.get(fd)
        lane = boundary.lane()
        if lane is None or channel is None:
            return live(data)  # type: ignore[no-any-return] # a stream's own
        piece = bytes(data)
        count: int | None = subscribed[data]
        queue += [(lane, channel, piece[: count or 0])]
        tell()
        return count

    buffer.write = write
    patch.undo_with(lambda: buffer.__dict__.pop("write", None))


def _asking(live: Callable[..., str], boundary: Boundary) -> Callable[..., str]:
    """`input()` at a terminal: the interpreter reads the line below Python, with line editing."""

    def input(prompt: object = "", /) -> str:  # noqa: A001 - it stands in for it
        lane = boundary.lane()
        if lane is None or sys.stdin is not sys.__stdin__ or sys.stdout is not sys.__stdout__:
            return live(prompt)
        asked = False

        def ask() -> str:
            nonlocal asked
            asked = True
            return live(prompt)

        line = lane.cross("stdin.input", ask)
        if not asked:  # the terminal shows what was asked and typed, as it did then
            stream_calls.show(f"{prompt}{line}\n")
        return line

    return input
