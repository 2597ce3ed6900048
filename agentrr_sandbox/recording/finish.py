"""The supervisor's last word on a recording: what a killed process left behind, and its end."""

from __future__ import annotations

import binascii
import fcntl
import os

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord, RecordingDamaged
from agentrr_sandbox.recording.reader import Verifier
from agentrr_sandbox.recording.writer import Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.recording.ring import Ring

_TORN_KEPT = 1 << 20


def end(path: str, fields: dict[str, Any], ring: Ring | None = None, durable: str = "power") -> int:
    """Go on with the chain where the run's process left it, and write `run.end` with *fields*.

    An unterminated last line is moved into the field `torn` (base64) and cut off; reads that a
    killed process left in *ring* are written first (their number is the field `drained`).
    Returns the number of events.  Raises `CannotRecord`: the recording is gone, damaged, full.
    """
    try:
        descriptor = real.os_open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    except OSError as error:
        raise CannotRecord(f"{path} cannot be finished: {error.strerror}") from None
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX)
    except OSError:
        pass  # a file system without locks
    verifier, flushed, lanes, ended = _scan(path, descriptor)
    if ended:
        real.close(descriptor)
        return verifier.seq
    fields = dict(fields)
    if verifier.torn:
        kept = os.pread(descriptor, min(verifier.torn, _TORN_KEPT), verifier.offset)
        fields["torn"] = binascii.b2a_base64(kept, newline=False).decode("ascii")
        real.ftruncate(descriptor, verifier.offset)
    chain = verifier.chain.decode("ascii")
    writer = Writer(descriptor, path, verifier.seq, chain, verifier.offset, durable)
    try:
        if ring is not None:
            drained = _drain(writer, ring, flushed, lanes)
            if drained:
                fields["drained"] = drained
        return writer.append("run.end", fields, sync=True) + 1
    finally:
        writer.close()


def _scan(path: str, descriptor: int) -> tuple[Verifier, int, set[str], bool]:
    """Return where the chain stands, the last flush in the file with its lanes, and if it ended."""
    verifier = Verifier()
    flushed, ended = 0, False
    lanes: set[str] = set()
    try:
        with real.open(os.dup(descriptor), "rb") as file:
            file.seek(0)
            for event in verifier.events(file):
                if event["t"] == "reads":
                    if event["ring"] != flushed:
                        lanes.clear()
                    flushed = event["ring"]
                    lanes.add(event["lane"])
                ended = event["t"] == "run.end"
    except RecordingDamaged as error:
        real.close(descriptor)
        raise CannotRecord(f"{path} cannot be finished: {error.message}") from None
    return verifier, flushed, lanes, ended


def _drain(writer: Writer, ring: Ring, flushed: int, lanes: set[str]) -> int:
    """Write the reads of a flush that did not reach the file, or not whole; return how many."""
    count = 0
    for fields in ring.drain():
        if fields["ring"] < flushed or (fields["ring"] == flushed and fields["lane"] in lanes):
            continue
        count += sum(len(run[4]) for run in fields["runs"])
        writer.append("reads", fields)
    return count
