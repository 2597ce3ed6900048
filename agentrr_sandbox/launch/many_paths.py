"""Which recordings the words of a command line name, when they name many."""

from __future__ import annotations

import os

from agentrr_sandbox.errors import RecordingNotFound, UsageError
from agentrr_sandbox.recording import locks, store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentrr_sandbox.launch.options import Parsed


def asked_for(given: Parsed, found: list[str]) -> bool:
    """Say whether the words *found* name recordings and folders, not one and its script."""
    if given.get("chaos") is not None or not found:
        return False
    if given.get("jobs") is not None:
        return True
    if len(found) == 1:
        return os.path.isdir(found[0]) and (os.sep in found[0] or not _fits(found[0]))
    return all(os.path.isdir(word) or word.endswith(store.SUFFIX) for word in found)


def one_and_its_target(found: list[str]) -> None:
    """Raise `UsageError` when *found* has a word more than a recording and its target."""
    target = found[1:]
    if len(target) > (2 if target[:1] in (["-m"], ["-c"]) else 1):
        raise UsageError(
            f"unexpected word: {target[-1]}", hint="the script's own arguments come after --"
        )


def _fits(word: str) -> bool:
    try:
        store.find(word)
    except RecordingNotFound:
        return False
    except UsageError:
        return True
    return True


def paths_of(found: list[str]) -> tuple[list[str], list[str]]:
    """Return the recordings that *found* names, each once, and why others are passed over."""
    paths: dict[str, str] = {}
    passed_over: list[str] = []
    for word in found:
        if not os.path.isdir(word):
            path = store.find(word)
            paths.setdefault(os.path.realpath(path), path)
            continue
        for path in sorted(store.listing(word)):
            why = _no_recording(path)
            if why:
                passed_over.append(f"{path}: {why}")
            else:
                paths.setdefault(os.path.realpath(path), path)
    return list(paths.values()), passed_over


def _no_recording(path: str) -> str:
    """Say why the file at *path*, found in a folder, is not replayed; empty where it is."""
    if locks.holder_of(path):
        return "it is being recorded"
    return "" if store.is_recording(path) else "it is no recording"
