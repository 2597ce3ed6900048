"""`agentrr ls`: the recordings, newest last."""

from __future__ import annotations

import json
import os
import sys
import time

import click

from agentrr_sandbox.cli import screen
from agentrr_sandbox.cli.glance import Glance
from agentrr_sandbox.errors import UsageError
from agentrr_sandbox.recording import store
from agentrr_sandbox.termsafe import clip, pad

_LIST = "{}  {}  {}  {:>6}  {:>6}  {:>15}  {}"
_ID, _WHEN, _ENDED = 12, 16, 19
_FIXED = _ID + 2 + _WHEN + 2 + _ENDED + 2 + 6 + 2 + 6 + 2 + 15 + 2


@click.command("ls", short_help="List recordings.")
@click.argument("folder", metavar="[FOLDER]", required=False)
@click.option("--json", "machine", is_flag=True, help="A JSON array, for machines.")
def command(folder: str | None, *, machine: bool) -> int:
    """List the recordings in FOLDER (default: where `run` puts them), newest last.

    Columns: id, when it began, how it ended, events, model calls, tokens in and out, the script.
    """
    if folder is not None and not os.path.isdir(folder):
        raise UsageError(f"{folder} is not a folder")
    found = sorted((Glance(path) for path in store.listing(folder)), key=lambda g: g.started)
    if machine:
        print(json.dumps([glance.as_dict() for glance in found], indent=2))
        return 0
    if not found:
        print("agentrr: no recordings here; make one with `agentrr run SCRIPT`", file=sys.stderr)
        return 0
    heading = _LIST.format(
        pad("id", _ID),
        pad("when", _WHEN),
        pad("ended", _ENDED),
        "events",
        "models",
        "tokens",
        "script",
    )
    colour, width = screen.colour(), screen.width()
    print(screen.styled(heading, "2", on=colour))
    for glance in found:
        print(_row(glance, width))
    return 0


def _row(glance: Glance, width: int) -> str:
    name = str(glance.header.get("id") or os.path.basename(glance.path))
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(glance.started))
    used = "{} \u2192 {}".format(*glance.tokens) if any(glance.tokens) else ""
    row = _LIST.format(
        pad(name, _ID),
        pad(when, _WHEN),
        pad(glance.ended, _ENDED),
        glance.events,
        glance.models,
        used,
        clip(glance.script, max(width - _FIXED, 20)),
    )
    return row.rstrip()
