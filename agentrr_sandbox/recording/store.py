"""Where recordings live: names, finding one, listing, removing."""

from __future__ import annotations

import errno
import os

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord, RecordingNotFound, UsageError
from agentrr_sandbox.recording.payloads import folder as payload_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIX = ".jsonl"
LOCAL = os.path.join(".agentrr", "runs")
_NAME_LENGTH = 60
_MODE = 0o700


def _safe(name: str) -> str:
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in name)
    return kept.strip(".-")[:_NAME_LENGTH] or "run"


def new_path(name: str, run_id: str, output: str | None = None) -> tuple[str, str]:
    """Return the path of a new recording, and a note when it is not where one would look.

    *output* as given (`-o`); else `AGENTRR_DIR`, else `.agentrr/runs` of the current folder, else
    the user's state folder, else the folder for temporary files.  Folders are made.
    Raises `CannotRecord` when a folder that was asked for by name cannot be had.
    """
    if output is not None:
        return _asked(os.path.abspath(output), name, run_id), ""
    filename = f"{_safe(name)}-{run_id}{SUFFIX}"
    chosen = real.environ.get("AGENTRR_DIR")
    if chosen:
        problem = _make(chosen)
        if problem:
            raise CannotRecord(f"cannot use AGENTRR_DIR={chosen}: {problem}")
        return os.path.join(os.path.abspath(chosen), filename), ""
    places = list(_places())
    for place in places:
        if not _make(place):
            note = "" if place == places[0] else f"{places[0]} cannot be written"
            return os.path.join(place, filename), note
    raise CannotRecord(
        f"no folder for recordings can be written: {', '.join(places)}", hint="choose one with -o"
    )


def _asked(path: str, name: str, run_id: str) -> str:
    if os.path.isdir(path) and not os.path.islink(path):
        raise CannotRecord(
            f"{path} is a directory", hint=f"-o {os.path.join(path, _safe(name))}-{run_id}{SUFFIX}"
        )
    return path


def _places() -> Iterator[str]:
    yield os.path.abspath(LOCAL)
    state = real.environ.get("XDG_STATE_HOME")
    home = real.environ.get("HOME")
    if state:
        yield os.path.join(state, "agentrr", "runs")
    elif home:
        yield os.path.join(home, ".local", "state", "agentrr", "runs")
    yield os.path.join(real.environ.get("TMPDIR") or "/tmp", f"agentrr-{_user()}")  # noqa: S108 - the last resort, 0700


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "runs"


def _make(place: str) -> str:
    """Make *place*; return what is wrong with it, or an empty text."""
    try:
        os.makedirs(place, _MODE, exist_ok=True)
        _ignored_by_git(place)
    except OSError as error:
        return os.strerror(error.errno or errno.EIO)
    if not os.access(place, os.W_OK | os.X_OK):
        return os.strerror(errno.EACCES)
    return ""


def _ignored_by_git(place: str) -> None:
    parent = os.path.dirname(place)
    if os.path.basename(parent) != ".agentrr":
        return
    try:
        descriptor = real.os_open(
            os.path.join(parent, ".gitignore"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
        )
    except OSError:
        return  # it is there, or the folder cannot be written: `_make` says which
    real.write(descriptor, b"*\n")
    real.close(descriptor)


def folders() -> list[str]:
    """Return the folders in which recordings are looked for, the nearest first."""
    chosen = real.environ.get("AGENTRR_DIR")
    places = [os.path.abspath(chosen)] if chosen else list(_places())
    return [place for place in places if os.path.isdir(place)]


def listing(place: str | None = None) -> list[str]:
    """Return the paths of the recordings in *place*, or in all known folders, newest first."""
    found: list[tuple[float, str]] = []
    for where in [place] if place else folders():
        try:
            names = real.listdir(where)
        except OSError:
            continue
        for name in names:
            path = os.path.join(where, name)
            if name.endswith(SUFFIX) and os.path.isfile(path) and not os.path.islink(path):
                found.append((real.stat(path).st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]


def find(run: str) -> str:
    """Return the path of *run*: a path, a run id, a prefix of an id or of a name, or `last`.

    Raises `RecordingNotFound`, `UsageError` when a prefix fits several.
    """
    if os.path.exists(run):
        return run
    paths = listing()
    if run == "last":
        if not paths:
            raise RecordingNotFound(
                "there is no recording yet", hint="make one: agentrr run script.py"
            )
        return paths[0]
    matching = [path for path in paths if _matches(path, run)]
    if not matching:
        raise RecordingNotFound(f"there is no recording {run}", hint="see: agentrr ls")
    if len(matching) > 1:
        shown = ", ".join(os.path.basename(path) for path in matching[:4])
        raise UsageError(f"{run} fits {len(matching)} recordings: {shown}", hint="give more of it")
    return matching[0]


def _matches(path: str, run: str) -> bool:
    stem = os.path.basename(path)[: -len(SUFFIX)]
    run_id = stem.rpartition("-")[2]
    return stem.startswith(run) or run_id.startswith(run) or os.path.basename(path) == run


def remove(path: str) -> None:
    """Remove the recording at *path* and its payloads.  Raises `RecordingNotFound`, `UsageError`
    when it is being written."""
    from agentrr_sandbox.recording.writer import busy

    try:
        descriptor = real.os_open(path, os.O_RDWR | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        raise RecordingNotFound(f"cannot remove {path}: {error.strerror}") from None
    try:
        if busy(descriptor):
            raise UsageError(f"{path} is being written", hint="wait until the run has ended")
        beside = payload_folder(path)
        if os.path.isdir(beside) and not os.path.islink(beside):
            for name in real.listdir(beside):
                real.unlink(os.path.join(beside, name))
            os.rmdir(beside)
        real.unlink(path)
    finally:
        real.close(descriptor)
