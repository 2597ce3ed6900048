"""`agentrr verify`: the chain, the fields, and whether the recording is complete."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from agentrr_sandbox.cli.passage import Passage
from agentrr_sandbox.cli.rows import ended
from agentrr_sandbox.cli.soundness import Soundness
from agentrr_sandbox.errors import RecordingDamaged
from agentrr_sandbox.recording import beside, store
from agentrr_sandbox.termsafe import escape


@click.command("verify", short_help="Check that a recording is whole.")
@click.argument("run", metavar="RUN")
@click.option("--json", "machine", is_flag=True, help="A JSON object, for machines.")
def command(run: str, *, machine: bool) -> int:
    """Check the recording RUN: hash chain, fields, references, payload files, completeness.

    The recordings of its workers are checked too, each with a line of its own.

    Exits 0 when nothing is damaged, also for a run that was cut short: that is a state, and its
    replay goes as far as it goes.  Exits 65 at damage, and names the line.
    """
    path = store.find(run)
    verdict, error = check(path)
    workers: list[dict[str, Any]] = []
    for worker in beside.recordings(path).values():
        found, damage = check(worker)
        workers.append(found)
        error = error or damage
    if machine:
        print(json.dumps(verdict | {"workers": workers}, indent=2))
        return error.exit_code if error else 0
    for each in (verdict, *workers):
        if not each["damaged"]:
            print(escape(_sentence(each)))
    if error:
        sys.stdout.flush()
        raise error
    return 0


def check(path: str) -> tuple[dict[str, Any], RecordingDamaged | None]:
    """Return the verdict on the recording at *path*, as plain data, and the damage found."""
    sound = Soundness(path)
    error: RecordingDamaged | None = None
    with Passage(path) as passage:
        try:
            for event in passage:
                sound.take(event)
            sound.check_counts()
        except RecordingDamaged as damage:
            error = damage
    verdict: dict[str, Any] = {
        "path": path,
        "id": passage.header.get("id"),
        "damaged": error is not None,
        "events": len(passage),
        "state": _state(passage, sound, error),
        "ended": ended(passage.end),
        "torn_bytes": passage.torn,
        "unanswered": sorted(sound.open),
        "payload_files": sound.payloads,
    }
    if error:
        verdict |= {"code": error.code, "line": error.line, "message": error.message}
    return verdict, error


def _state(passage: Passage, sound: Soundness, error: RecordingDamaged | None) -> str:
    if error:
        return "damaged"
    if passage.torn:
        return "torn"
    if passage.end is not None and sound.stated is not None:
        return "complete"
    return "exited" if sound.stated is not None else "cut"


_STATES = {
    "complete": "complete",
    "exited": "complete, but how it ended is not recorded (agentrr itself was killed)",
    "cut": "cut short: the run was killed, or is still running",
    "torn": "cut short in the middle of an event",
}


def _sentence(verdict: dict[str, Any]) -> str:
    state = _STATES[verdict["state"]]
    if verdict["state"] == "cut" and verdict["ended"] != ended(None):
        state = "cut short"
    text = f"{verdict['path']}: {verdict['events']} events, no damage, {state}"
    if verdict["ended"] != ended(None):
        text += f" ({verdict['ended']})"
    if verdict["torn_bytes"]:
        text += f" ({verdict['torn_bytes']} bytes)"
    if verdict["unanswered"]:
        text += f"; sent, outcome unknown: event {', '.join(map(str, verdict['unanswered']))}"
    return text
