"""Payloads over 1 MB, beside the recording: `run.jsonl.d/<sha256>`.

In the event stands `{"$": "file", "sha256": DIGEST, "size": BYTES, "as": "str"|"bytes"}`.  No
other name than a digest is ever opened, never through a link, and never outside that folder.
"""

from __future__ import annotations

import os
import stat

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord, RecordingDamaged
from agentrr_sandbox.recording.jsontext import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LIMIT = 1 << 20
"""A text or a stretch of bytes is kept beside the recording from this length on."""
_CHUNK = 1 << 20
_HEX = frozenset("0123456789abcdef")
_DIGEST_LENGTH = 64
_SURROGATES = "surrogatepass"
_CLOEXEC = getattr(os, "O_CLOEXEC", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0)


def folder(path: str) -> str:
    """Return the folder of the payloads of the recording at *path*."""
    return f"{path}.d"


def is_name(name: str) -> bool:
    """Whether *name* is the name of a payload."""
    return len(name) == _DIGEST_LENGTH and _HEX.issuperset(name)


def put_beside(directory: str, node: Any) -> Any:
    """Return *node* with each text and each stretch of bytes over 1 MB stored in *directory*.

    Raises `CannotRecord`.
    """
    if type(node) is str and len(node) > LIMIT:
        return store(directory, node)
    if type(node) is list or type(node) is tuple:
        return [put_beside(directory, member) for member in node]
    if type(node) is dict:
        coded = node.get("v")
        if node.get("$") == "b" and type(coded) is str and len(coded) > LIMIT and len(node) == 2:  # noqa: PLR2004
            data = _bytes_of(coded)
            return node if data is None else store(directory, data)
        return {key: put_beside(directory, member) for key, member in node.items()}
    return node


def _bytes_of(coded: str) -> bytes | None:
    """Return the bytes that *coded* is the base64 of; None where it is not exactly that."""
    import binascii

    try:
        data = binascii.a2b_base64(coded)
    except ValueError:
        return None
    return data if binascii.b2a_base64(data, newline=False) == coded.encode() else None


def store(directory: str, value: str | bytes) -> dict[str, Any]:
    """Write *value* once, under its digest, and return the reference to it.

    When this returns, the payload is on the disk.  Raises `CannotRecord`.
    """
    text = isinstance(value, str)
    data = value.encode("utf-8", _SURROGATES) if isinstance(value, str) else value
    view = memoryview(data)
    digest = sha256()
    for start in range(0, len(data), _CHUNK):
        digest.update(view[start : start + _CHUNK])
    name = digest.hexdigest()
    try:
        _write(directory, name, view)
    except OSError as error:
        raise CannotRecord(f"cannot write a payload to {directory}: {error.strerror}") from None
    return {"$": "file", "sha256": name, "size": len(data), "as": "str" if text else "bytes"}


def _write(directory: str, name: str, view: memoryview) -> None:
    try:
        real.mkdir(directory, 0o700)
    except FileExistsError:
        if not stat.S_ISDIR(real.lstat(directory).st_mode):
            raise
    target = os.path.join(directory, name)
    try:
        if real.lstat(target).st_size == len(view):
            return
    except FileNotFoundError:
        pass
    temporary = f"{target}.{real.urandom(6).hex()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _CLOEXEC | _NOFOLLOW | _BINARY
    descriptor = real.os_open(temporary, flags, 0o600)
    try:
        done = 0
        while done < len(view):
            done += real.write(descriptor, view[done : done + _CHUNK])
        real.fdatasync(descriptor)
    except BaseException:
        real.unlink(temporary)
        raise
    finally:
        real.close(descriptor)
    real.rename(temporary, target)  # over one that another thread has written meanwhile


def load(directory: str, reference: Any) -> str | bytes:
    """Return the payload that *reference* names: a text, or bytes.

    Raises `RecordingDamaged`: it is missing, or is not what was stored.
    """
    name = reference.get("sha256") if type(reference) is dict else None
    if type(name) is not str or not is_name(name):
        raise RecordingDamaged("a payload's name is not a digest", code="bad-payload")
    try:
        descriptor = real.os_open(
            os.path.join(directory, name),
            os.O_RDONLY | _CLOEXEC | _NOFOLLOW | _BINARY | getattr(os, "O_NONBLOCK", 0),
        )
    except OSError:
        raise RecordingDamaged(
            f"payload file {_shown(directory, name)} is missing",
            code="missing-payload",
            hint=f"{os.path.basename(directory)} belongs beside the recording",
        ) from None
    try:
        data = _read(descriptor, reference.get("size"))
    finally:
        real.close(descriptor)
    if data is None or sha256(data).hexdigest() != name:
        raise RecordingDamaged(
            f"payload file {_shown(directory, name)} does not match its digest", code="bad-payload"
        )
    try:
        return data.decode("utf-8", _SURROGATES) if reference.get("as") == "str" else data
    except UnicodeDecodeError:
        raise RecordingDamaged(
            f"payload file {_shown(directory, name)} is no text", code="bad-payload"
        ) from None


def _read(descriptor: int, size: object) -> bytes | None:
    """Return the content of a regular file of *size* bytes; of another one None, unread."""
    status = real.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size != size:
        return None
    parts: list[bytes] = []
    while data := real.read(descriptor, _CHUNK):
        parts.append(data)
    return b"".join(parts)


def _shown(directory: str, name: str) -> str:
    return f"{os.path.basename(directory)}/{name[:12]}..."
