"""`agentrr rm`: remove recordings, with what lies beside them."""

from __future__ import annotations

import sys

import click

from agentrr_sandbox.recording import store
from agentrr_sandbox.termsafe import escape


@click.command("rm", short_help="Remove recordings.")
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
def command(runs: tuple[str, ...]) -> int:
    """Remove each recording RUN, with the payload files and the recordings of its workers."""
    # All are looked up first: one wrong name removes nothing.
    for path in [store.find(run) for run in runs]:
        store.remove(path)
        print(f"agentrr: removed {escape(path)}", file=sys.stderr)
    return 0
