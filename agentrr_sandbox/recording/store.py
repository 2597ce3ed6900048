"""Where recordings live: names, finding one, listing, removing."""

from __future__ import annotations

import errno
import os
import stat

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord, RecordingNotFound, UsageError
from agentrr_sandbox.recording.beside import number_of
from agentrr_sandbox.recording.payloads import folder as payload_folder
from agentrr_sandbox.recording.payloads import is_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIX = ".jsonl"
LAST = "last"
LOCAL = os.path.join(".agentrr", "runs")
_NAME_LENGTH = 60
_HEAD = b'"format":"agentrr/'
_HEAD_LENGTH = 4096
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
    chosen = os.environ.get("AGENTRR_DIR")
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
    state = os.environ.get("XDG_STATE_HOME")
    home = os.environ.get("HOME")
    if state:
        yield os.path.join(state, "agentrr", "runs")
    elif home:
        yield os.path.join(home, ".local", "state", "agentrr", "runs")
    yield os.path.join(os.environ.get("TMPDIR") or "/tmp", f"agentrr-{_user()}")  # noqa: S108 - the last resort, 0700


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
    chosen = os.environ.get("AGENTRR_DIR")
    places = [os.path.abspath(chosen)] if chosen else list(_places())
    return [place for place in places if os.path.isdir(place)]


def listing(place: str | None = None) -> list[str]:
    """Return the paths of the recordings in *place*, or in all known folders, newest first."""
    found: list[tuple[int, str]] = []
    for where in [place] if place else folders():
        try:
            names = real.listdir(where)
        except OSError:
            continue
        for name in names:
            if name.endswith(SUFFIX):
                path = os.path.join(where, name)
                written = _written(path)
                if written is not None:
                    found.append((written, path))
    return [path for _, path in sorted(found, reverse=True)]


def _written(path: str) -> int | None:
    """Return when the file at *path* was last written; None when it is none, or is gone."""
    try:
        status = real.lstat(path)
    except OSError:
        return None
    return status.st_mtime_ns if stat.S_ISREG(status.st_mode) else None


def is_recording(path: str) -> bool:
    """Say whether the file at *path* begins as a recording does, whole or damaged further on."""
    try:
        with real.open(path, "rb") as file:
            return _HEAD in file.read(_HEAD_LENGTH)
    except OSError:
        return False


def find(run: str) -> str:
    """Return the path of *run*: a path, a run id, a prefix of an id or of a name, or `last`.

    Raises `RecordingNotFound`, `UsageError` when a prefix fits several.
    """
    paths = listing()
    if run == LAST:
        if not paths:
            raise RecordingNotFound(
                "there is no recording yet", hint="make one: agentrr run script.py"
            )
        return paths[0]
    if _is_path(run):
        return run
    if not run:
        raise UsageError("which recording? A path, a run id, the beginning of one, or last")
    whole = [path for path in paths if run in _names(path)]
    matching = whole or [path for path in paths if any(n.startswith(run) for n in _names(path))]
    if not matching:
        raise RecordingNotFound(f"there is no recording {run}", hint="see: agentrr ls")
    if len(matching) > 1:
        shown = ", ".join(os.path.basename(path) for path in matching[:4])
        raise UsageError(f"{run} fits {len(matching)} recordings: {shown}", hint="give more of it")
    return matching[0]


def _is_path(run: str) -> bool:
    """Whether *run* is meant as a path: it is a file, or it is there and looks like one."""
    return os.path.isfile(run) or (os.path.exists(run) and (os.sep in run or run.endswith(SUFFIX)))


def _names(path: str) -> tuple[str, str, str]:
    """Return what a recording is called by: its id, its name with the id, its file's name."""
    filename = os.path.basename(path)
    stem = filename[: -len(SUFFIX)]
    return stem.rpartition("-")[2], stem, filename


def remove(path: str) -> None:
    """Remove the recording at *path* and its payloads; the link, where it is one.

    Raises `RecordingNotFound`, `UsageError` when it is being written or is no file.
    """
    from agentrr_sandbox.recording import locks

    try:
        mode = real.lstat(path).st_mode
    except (OSError, ValueError):
        raise RecordingNotFound(f"there is no recording {path}", hint="see: agentrr ls") from None
    if not stat.S_ISREG(mode) and not stat.S_ISLNK(mode):
        raise UsageError(f"{path} is not a recording")
    holder = locks.holder_of(path)
    if holder:
        who = f" by pid {holder}" if holder > 0 else ""
        raise UsageError(f"{path} is being written{who}", hint="wait until the run has ended")
    try:
        real.unlink(path)
        _remove_payloads(payload_folder(path))
    except OSError as error:
        raise UsageError(f"cannot remove {path}: {error.strerror}") from None


def recorded_in(path: str) -> list[str]:
    """Return the recording at *path* and those of its workers, and of theirs."""
    beside = payload_folder(path)
    found = [path]
    if os.path.isdir(beside) and not os.path.islink(beside):
        for name in real.listdir(beside):
            if number_of(name) is not None:
                found += recorded_in(os.path.join(beside, name))
    return found


def size(path: str) -> int:
    """Return the bytes of the recording at *path* with all that lies beside it."""
    total = real.lstat(path).st_size
    beside = payload_folder(path)
    if os.path.isdir(beside) and not os.path.islink(beside):
        for folder, _, names in os.walk(beside):
            total += sum(real.lstat(os.path.join(folder, name)).st_size for name in names)
    return total


def _remove_payloads(beside: str) -> None:
    """Remove payloads and workers' recordings in *beside*.

    The folder goes too, unless somebody put more into it.
    """
    if not os.path.isdir(beside) or os.path.islink(beside):
        return
    for name in real.listdir(beside):
        if is_name(name.partition(".")[0]):  # one that was being written has more behind it
            real.unlink(os.path.join(beside, name))
        elif number_of(name) is not None:
            remove(os.path.join(beside, name))
    if not real.listdir(beside):
        os.rmdir(beside)
