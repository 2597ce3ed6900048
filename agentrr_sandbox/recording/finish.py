"""The supervisor's last word on a recording: what a killed process left behind, and its end."""

from __future__ import annotations

import os

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord
from agentrr_sandbox.recording import reads
from agentrr_sandbox.recording.jsontext import JSONError, loads
from agentrr_sandbox.recording.lines import HASHED, split
from agentrr_sandbox.recording.writer import GENESIS, MAX_LINE, Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from agentrr_sandbox.recording.ring import Ring

_TORN_KEPT = 1 << 19  # in base64 less than what is kept beside the file
_BLOCK = 1 << 16
_FLAGS = os.O_RDWR | os.O_APPEND
for _flag in ("O_CLOEXEC", "O_NOFOLLOW", "O_BINARY"):
    _FLAGS |= getattr(os, _flag, 0)


def end(path: str, fields: dict[str, Any], ring: Ring | None = None, durable: str = "power") -> int:
    """Go on with the chain where the run's process left it, and write `run.end` with *fields*.

    An unterminated last line is moved into the field `torn` (base64; at most 512 KB of it) and cut
    off; reads that a killed process left in *ring* are written first (their number is the field
    `drained`).  Only the end of the file is read: damage further up is `verify`'s to find.
    Returns the number of events.  Raises `CannotRecord`: the recording is gone, damaged, full.
    """
    try:
        descriptor = real.os_open(path, _FLAGS)
    except OSError as error:
        raise CannotRecord(f"{path} cannot be finished: {error.strerror}") from None
    try:
        size, torn = _cut(descriptor, path)
        seq, chain, kind = _last(descriptor, size, path)
        writer = Writer(descriptor, path, seq + 1, chain, size, durable)
    except BaseException:
        real.close(descriptor)
        raise
    try:
        if kind == "run.end":
            return seq + 1
        fields = dict(fields)
        if torn:
            import binascii

            fields["torn"] = binascii.b2a_base64(torn, newline=False).decode("ascii")
        drained = _drain(writer, ring, size) if ring is not None else 0
        if drained:
            fields["drained"] = drained
        return writer.append("run.end", fields, sync=True) + 1
    finally:
        writer.close()


def _cut(descriptor: int, path: str) -> tuple[int, bytes]:
    """Cut off an unterminated last line; return the size without it, and its beginning."""
    size = real.fstat(descriptor).st_size
    whole = _line_start(descriptor, size, size)
    if whole == 0:
        raise CannotRecord(f"{path} cannot be finished: it holds no whole event")
    if whole == size:
        return size, b""
    torn = real.pread(descriptor, min(size - whole, _TORN_KEPT), whole)
    real.ftruncate(descriptor, whole)
    return whole, torn


def _line_start(descriptor: int, stop: int, size: int) -> int:
    """Return where the line begins that holds the byte before *stop*; *size* ends the search."""
    while stop > 0:
        start = max(stop - _BLOCK, 0)
        found = real.pread(descriptor, stop - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        stop = start
        if size - stop > MAX_LINE:
            break
    return 0


def _last(descriptor: int, size: int, path: str) -> tuple[int, str, str]:
    """Return number, hash and kind of the last event, whose hash is checked."""
    start = _line_start(descriptor, size - 1, size)
    before = real.pread(descriptor, HASHED, max(start - 1 - HASHED, 0)) if start else b""
    chain = before[-66:-2].decode("latin-1") if start else GENESIS
    line = real.pread(descriptor, size - start - 1, start)
    found = split(line, chain.encode("latin-1"))
    try:
        if found is None:
            raise JSONError("its hash does not match")  # noqa: TRY301 - caught with what loads raises
        event = loads(found[0])
        return int(event["seq"]), found[1].decode("ascii"), str(event["t"])
    except (JSONError, KeyError, TypeError, ValueError) as error:
        raise CannotRecord(
            f"{path} cannot be finished: its last line is damaged ({error})"
        ) from None


def _drain(writer: Writer, ring: Ring, size: int) -> int:
    """Write the reads of flushes that did not reach the file, or not whole; return how many."""
    left = ring.left()
    if not left:
        return 0
    written = _written(writer, size, min(fields["ring"] for fields in left))
    count = 0
    for fields in left:
        if (fields["ring"], fields["lane"]) not in written:
            count += sum(map(reads.count, fields["runs"]))
            writer.append("reads", fields)
    return count


def _written(writer: Writer, size: int, oldest: int) -> set[tuple[int, str]]:
    """Return flush and lane of each `reads` event from flush *oldest* on: the last ones."""
    found: set[tuple[int, str]] = set()
    for event in _backwards(writer.descriptor, size):
        if event.get("t") != "reads":
            continue
        if event["ring"] < oldest:
            break
        found.add((event["ring"], event["lane"]))
    return found


def _backwards(descriptor: int, size: int) -> Iterator[dict[str, Any]]:
    """Yield the events of the file from the last one on; stops at damage."""
    stop = size
    while stop > 0:
        start = _line_start(descriptor, stop - 1, stop)
        line = real.pread(descriptor, stop - start - 1, start)
        if b'"t":"reads"' in line[:64]:
            try:
                yield loads(line)
            except JSONError:
                return
        stop = start
