"""What a file holds, as it is stored and compared.

Content is named by the SHA-256 of its cleaned form: paths of this machine mapped, secrets out.
Two machines agree on the name, and nothing that is stored derives from a secret.
"""

from __future__ import annotations

import sys

from agentrr_sandbox import real
from agentrr_sandbox.recording.jsontext import sha256
from agentrr_sandbox.recording.redaction_forms import MARK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentrr_sandbox.recording.cleaning import Cleaner

CHANGING = ("/proc/", "/sys/")
"""Where files have another content at every look."""
LIMIT = 64 << 20
"""What a file holds is stored up to this size, unless `--file-limit` says another one.

A larger one is told by its size, its date and a digest, and must be there when it is replayed.
"""

PIECE = 1 << 20
"""What is read at a time, in bytes."""
_LINE = 16 << 20
"""A line of a large file that is longer is cut."""
DATABASES = ("sqlite", "duckdb")
"""Kinds of files of which only the kind is compared: a run's statements make the rest."""
_SQLITE = b"SQLite format 3\0"
_DUCKDB = b"DUCK"  # after a checksum of eight bytes
_LATIN, _APART = "latin-1", "\u0100"
_TYPE, _REGULAR, _FOLDER = 0o170000, 0o100000, 0o040000
_READ_ONLY = 0o2000000  # O_RDONLY | O_CLOEXEC on Linux
if sys.platform != "linux":
    import os

    _READ_ONLY = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def is_regular(mode: int) -> bool:
    """Tell whether the `st_mode` *mode* is a regular file's."""
    return mode & _TYPE == _REGULAR


def is_folder(mode: int) -> bool:
    """Tell whether the `st_mode` *mode* is a folder's."""
    return mode & _TYPE == _FOLDER


def load(path: str, limit: int | None = None) -> bytes:
    """Return the bytes of *path*, at most *limit*.  Raises `OSError`."""
    descriptor = real.os_open(path, _READ_ONLY)
    try:
        pieces: list[bytes] = []
        left = limit
        while left is None or left > 0:
            piece = real.read(descriptor, PIECE if left is None else min(left, PIECE))
            if not piece:
                break
            pieces.append(piece)
            left = None if left is None else left - len(piece)
        return b"".join(pieces)
    finally:
        real.close(descriptor)


def save(path: str, data: bytes) -> None:
    """Write *data* to *path*, which must not exist.  Raises `OSError`."""
    import os

    descriptor = real.os_open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        view = memoryview(data)
        while view:
            view = view[real.write(descriptor, view) :]
    finally:
        real.close(descriptor)


def value(data: bytes, cleaner: Cleaner) -> object:
    """Return *data* as it is stored; `restored` gives it back.

    As text where it is UTF-8: readable, and its paths come to mean this machine's.  In other
    formats they stay what they are, for lengths and offsets count there: a sign that no byte
    decodes to keeps each root in them apart.  Secrets are redacted in both.
    """
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    text = data.decode("latin-1")
    if not cleaner.roots.hit(text):
        return data
    for path in cleaner.roots.names.values():
        if path:
            text = text.replace(path, path[0] + _APART + path[1:])
    return [_LATIN, text]


def restored(held: object) -> bytes | None:
    """Return the bytes that `value` was given; None for what it did not make."""
    if isinstance(held, str):
        return held.encode()
    if isinstance(held, bytes):
        return held
    if isinstance(held, list) and held[0] == _LATIN:
        return str(held[1]).replace(_APART, "").encode("latin-1", "replace")
    return None


def learn(data: bytes, cleaner: Cleaner) -> None:
    """Make the secrets in *data* known, as storing it did when it was recorded."""
    try:
        cleaner.text(data.decode())
    except UnicodeDecodeError:
        cleaner.text(data.decode("latin-1"))


def name(data: bytes, cleaner: Cleaner) -> str:
    """Return the name of this content."""
    try:
        text = _unnumbered(cleaner.aside().text(data.decode()))
        data = text.encode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        pass
    digest: str = sha256(data).hexdigest()
    return digest


def _database(head: bytes) -> str | None:
    if head == _SQLITE:
        return "sqlite"
    return "duckdb" if head[8:12] == _DUCKDB else None


def written(path: str, cleaner: Cleaner) -> object:
    """Return what is compared of a file that the run wrote: the name of its content.

    None where it is no regular file, or none that can be read; the kind of a database, whose bytes
    depend on the library's version, or on chance.
    """
    try:
        status = real.stat(path)
        if not is_regular(status.st_mode):
            return None
        kind = _database(load(path, len(_SQLITE)))
        if kind is not None:
            return kind
        return name(load(path), cleaner) if status.st_size <= LIMIT else name_of(path, cleaner)
    except OSError:
        return None


def name_of(path: str, cleaner: Cleaner) -> str:
    """Return `name` of what *path* holds, some lines at a time.  Raises `OSError`.

    A secret of several lines is not seen where it is cut: its digest stands in the recording, and
    here and in a replay the same.
    """
    aside = cleaner.aside()
    plain, cleaned = sha256(b""), sha256(b"")
    text = True
    for lines in _lines(path):
        plain.update(lines)
        if text:
            try:
                clean = _unnumbered(aside.text(lines.decode()))
                cleaned.update(clean.encode("utf-8", "surrogatepass"))
            except UnicodeDecodeError:
                text = False
    answer: str = (cleaned if text else plain).hexdigest()
    return answer


def _lines(path: str) -> Iterator[bytes]:
    """Yield what *path* holds in pieces that end with a line.  Raises `OSError`."""
    descriptor = real.os_open(path, _READ_ONLY)
    try:
        pieces: list[bytes] = []
        while piece := real.read(descriptor, PIECE):
            end = piece.rfind(b"\n") + 1
            if not end and len(pieces) < _LINE // PIECE:
                pieces.append(piece)
                continue
            yield b"".join((*pieces, piece[:end] if end else piece))
            pieces = [piece[end:]] if end else []
        yield b"".join(pieces)
    finally:
        real.close(descriptor)


def _unnumbered(text: str) -> str:
    """Return cleaned *text* with every secret as `[redacted:]`.

    Which name and number a secret has depends on what was met before; its name must not.
    """
    if MARK not in text:
        return text
    first, *rest = text.split(MARK)
    return first + "".join(MARK + part[part.find("]") :] for part in rest)


def digest(path: str) -> str:
    """Return the SHA-256 of a file too large to be stored, as it is.  Raises `OSError`."""
    sum_ = sha256(b"")
    descriptor = real.os_open(path, _READ_ONLY)
    try:
        while piece := real.read(descriptor, PIECE):
            sum_.update(piece)
    finally:
        real.close(descriptor)
    answer: str = sum_.hexdigest()
    return answer
