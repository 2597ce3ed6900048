"""`agentrr prune`: remove recordings that are old, or more than there is room for."""

from __future__ import annotations

import os
import re
import sys
import time

import click

from agentrr_sandbox import real
from agentrr_sandbox.cli.screen import complain
from agentrr_sandbox.errors import RecordingNotFound, UsageError
from agentrr_sandbox.launch.options import size
from agentrr_sandbox.recording import locks, store
from agentrr_sandbox.termsafe import escape

_AGES = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([a-zA-Z]+)\Z")
_UNITS = ("B", "KB", "MB", "GB", "TB")
_STEP = 1000


@click.command("prune", short_help="Remove recordings that are old, or too many.")
@click.argument("folders", metavar="[FOLDER...]", nargs=-1)
@click.option("--older", metavar="AGE", help="Those last written longer ago: 90m, 12h, 14d, 2w.")
@click.option("--over", metavar="SIZE", help="The oldest, until the rest is no more: 500MB, 5GB.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
def command(folders: tuple[str, ...], *, older: str | None, over: str | None, dry_run: bool) -> int:
    """Remove recordings in each FOLDER (default: where `run` puts them), the oldest first.

    With both limits each holds for itself: agentrr prune --older 14d --over 5GB.  Payloads and
    workers' recordings go, and count, with theirs.  One that is being written stays, and so does
    every file that is no recording.
    """
    if older is None and over is None:
        raise UsageError("prune needs a limit", hint="agentrr prune --older 14d --over 5GB")
    age = None if older is None else _seconds(older)
    room = None if over is None else size(over, "--over", "5GB")
    found = _found(folders)
    chosen = _chosen(found, age, room)
    code, gone = 0, []
    for run in chosen:
        failed = 0 if dry_run else _removed(run)
        code = code or failed
        if not failed:
            gone.append(run)
            _say(f"{'would remove' if dry_run else 'removed'} {run.path} ({run.described()})")
    left = [run for run in found if run not in gone]
    _say(
        f"{'would remove' if dry_run else 'removed'} {_counted(gone)}; {_counted(left)} "
        + ("would be left" if dry_run else "left")
    )
    return code


class _Run:
    """One recording: when it was last written, its bytes, whether it is being written."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.written = real.lstat(path).st_mtime
        self.size = store.size(path)
        self.busy = any(locks.holder_of(each) for each in store.recorded_in(path))

    def described(self) -> str:
        seconds = max(time.time() - self.written, 0)
        days, hours = int(seconds // _AGES["d"]), int(seconds // _AGES["h"])
        return f"{_bytes(self.size)}, {f'{days} days' if days > 1 else f'{hours} h'} old"


def _seconds(age: str) -> float:
    matched = _NUMBER.match(age.strip())
    if matched is None or matched[2] not in _AGES:
        raise UsageError(f"--older takes an age, such as 14d, not {age!r}")
    return float(matched[1]) * _AGES[matched[2]]


def _found(folders: tuple[str, ...]) -> list[_Run]:
    """Return the recordings, the oldest first."""
    for folder in folders:
        if not os.path.isdir(folder):
            raise UsageError(f"{folder} is not a folder")
    found: dict[str, _Run] = {}
    places: tuple[str | None, ...] = folders or (None,)
    for place in places:
        for path in store.listing(place):
            if path in found or not store.is_recording(path):
                continue
            try:
                found[path] = _Run(path)
            except FileNotFoundError:
                continue  # somebody else has removed it meanwhile
    return sorted(found.values(), key=lambda run: run.written)


def _chosen(found: list[_Run], age: float | None, room: float | None) -> list[_Run]:
    """Return those to remove: past *age*, and the oldest while all are more than *room*."""
    oldest = time.time() - age if age is not None else float("-inf")
    total = sum(run.size for run in found)
    chosen: list[_Run] = []
    for run in found:
        if run.busy:
            _say(f"{run.path} is being written: it stays")
        elif run.written < oldest or (room is not None and total > room):
            chosen.append(run)
            total -= run.size
    return chosen


def _removed(run: _Run) -> int:
    """Remove *run*; return an exit code, 0 when it is gone."""
    try:
        store.remove(run.path)
    except RecordingNotFound:
        return 0
    except UsageError as error:  # it was opened meanwhile, or its folder cannot be written
        complain(error.message, error.hint)
        return error.exit_code
    return 0


def _counted(runs: list[_Run]) -> str:
    plural = "" if len(runs) == 1 else "s"
    return f"{len(runs)} recording{plural}, {_bytes(sum(run.size for run in runs))}"


def _bytes(number: float) -> str:
    for unit in _UNITS:
        if number < _STEP or unit == "TB":
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= _STEP
    raise AssertionError(number)


def _say(text: str) -> None:
    print(f"agentrr: {escape(text)}", file=sys.stderr)
