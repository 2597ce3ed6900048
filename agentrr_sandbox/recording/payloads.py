"""Payloads over 1 MB, beside the recording: `run.jsonl.d/<sha256>`."""

from __future__ import annotations

import os

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord, RecordingDamaged
from agentrr_sandbox.recording.jsontext import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LIMIT = 1 << 20
_CHUNK = 1 << 20
_HEX = frozenset("0123456789abcdef")


def folder(path: str) -> str:
    """Return the folder of the payloads of the recording at *path*."""
    return f"{path}.d"


def store(directory: str, data: bytes) -> str:
    """Write *data* once under its digest; return the digest.  Raises `CannotRecord`."""
    digest = sha256()
    view = memoryview(data)
    for start in range(0, len(data), _CHUNK):
        digest.update(view[start : start + _CHUNK])
    name = digest.hexdigest()
    try:
        try:
            real.mkdir(directory, 0o700)
        except FileExistsError:
            pass
        target = os.path.join(directory, name)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
        temporary = f"{target}.{real.getpid()}.part"
        descriptor = real.os_open(temporary, flags, 0o600)
        try:
            done = 0
            while done < len(data):
                done += real.write(descriptor, view[done : done + _CHUNK])
            real.fdatasync(descriptor)
        finally:
            real.close(descriptor)
        real.rename(temporary, target)
    except OSError as error:
        raise CannotRecord(f"cannot write a payload to {directory}: {error.strerror}") from None
    return name


def load(directory: str, reference: Any) -> bytes:
    """Return the payload that *reference* (`{"sha256", "size"}`) names.

    Raises `RecordingDamaged`: it is missing, or is not what was stored.  No other path is opened.
    """
    name = reference.get("sha256") if isinstance(reference, dict) else None
    if not isinstance(name, str) or len(name) != 64 or not _HEX.issuperset(name):
        raise RecordingDamaged("a payload's name is not a digest", code="bad-payload")
    target = os.path.join(directory, name)
    try:
        descriptor = real.os_open(target, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | os.O_CLOEXEC)
    except OSError:
        raise RecordingDamaged(
            f"payload file {name[:12]}\u2026 is missing", code="missing-payload",
            hint=f"it belongs into {os.path.basename(directory)} beside the recording",
        ) from None
    digest = sha256()
    parts: list[bytes] = []
    try:
        while data := real.read(descriptor, _CHUNK):
            digest.update(data)
            parts.append(data)
    finally:
        real.close(descriptor)
    if digest.hexdigest() != name:
        raise RecordingDamaged(f"payload file {name[:12]}\u2026 does not match its digest",
                               code="bad-payload")
    return b"".join(parts)
