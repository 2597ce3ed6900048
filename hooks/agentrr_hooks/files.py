"""Files: what the run reads, asks and changes of the file system.

Captures: `open`, `io.open`, `io.FileIO`, `os.open`, and so pathlib, codecs, tempfile, shutil and
    zipfile; `os.stat`, `listdir`, `scandir`, `access`, `readlink` and their kin, and so
    `os.path`, glob and `os.walk`; `os.mkdir`, `unlink`, `rename`, `truncate`, `chmod`, `utime`,
    `chdir`, `symlink`, `link` and their kin; `fcntl.flock`, `lockf`; `sqlite3.connect`.
Records: each call with its path and its answer, misses too; what a regular file held when it was
    opened for reading or changing, once by its digest, up to 64 MB (`--file-limit`);
    digests of what was written, before another process may see it and at the end.
Serves: answers from the recording; content from the disk where it is the recorded one, else from
    the recording; changes go to a scratch folder, and names and messages keep the run's paths.
Reaches: Python code, by attribute; library files (prefix, site-packages, bytecode) go straight
    through, and so do sources that the standard library reads for a traceback.
Out of reach: what C code opens by itself (`ATTACH` in SQL, dbm, parsers of binary formats), one
    file under two names, a file that another process changes while the run holds it open.
"""

from __future__ import annotations

from agentrr_hooks import files_changes, files_links, files_locks, files_open, files_questions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the file system through *boundary*."""
    files_open.install(patch, boundary)
    files_questions.install(patch, boundary)
    files_changes.install(patch, boundary)
    files_links.install(patch, boundary)
    files_locks.install(patch, boundary)
    for module in ("_sqlite3", "sqlite3.dbapi2", "sqlite3"):
        patch.on_import(module, lambda loaded: _sqlite(loaded, patch, boundary))


def _sqlite(module: Any, patch: Patcher, boundary: Boundary) -> None:
    from agentrr_hooks import files_sqlite

    files_sqlite.install(module, patch, boundary)
