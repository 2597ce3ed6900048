"""`agentrr demo`: the whole of it in one go, offline and without a key."""

from __future__ import annotations

import click


@click.command("demo", short_help="Record and replay a small agent, offline and without a key.")
@click.option("--folder", metavar="DIR", help="Work in this folder, not in a new temporary one.")
def command(folder: str | None) -> int:
    """Record a small agent on the real openai SDK, replay it, edit its prompt, replay again.

    Starts a model server on this machine, which gives random answers: no key, no network.  Prints
    each command that it runs; the folder stays, so that you can go on by hand.
    """
    from agentrr_sandbox.cli.foreign import warn
    from agentrr_sandbox.demo.run import demo

    warn()  # the commands that are printed must be ours when a person types them
    return demo(folder)
