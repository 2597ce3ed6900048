"""The command line: one file a verb, each imported when it is asked for.

`main` is what the entry calls for every verb but a plain `run`, for errors and for help.  A user's
mistake is told in one `agentrr: error:` line and a hint, never in a traceback.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence

import click

from agentrr_sandbox.cli.screen import complain
from agentrr_sandbox.errors import EX_INTERNAL, EX_USAGE, AgentrrError

VERBS = {
    "run": "Run a script and record it.",
    "replay": "Run a script again, every answer served from a recording.",
    "show": "Show a recording as a timeline, or one event whole.",
    "ls": "List recordings.",
    "doctor": "List what differs from run to run, by line of your code.",
    "verify": "Check that a recording is whole.",
    "rm": "Remove recordings.",
    "prune": "Remove recordings that are old, or more than there is room for.",
    "demo": "Record and replay a small agent, offline and without a key.",
}
_INTERRUPTED = 130
_BROKEN_PIPE = 141


class _Verbs(click.Group):
    """A group whose commands live in modules of their name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in the order a person meets them."""
        del ctx
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of the verb."""
        del ctx
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"agentrr_sandbox.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs from the table, without importing them."""
        del ctx
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Show the version and exit."""
    if wanted:
        from agentrr_sandbox.cli.foreign import warn

        print(f"agentrr {version()} (agentrr-sandbox, Python {sys.version.split()[0]})")
        warn()
        context.exit()


def version() -> str:
    """Return the version of the installed distribution, or `unknown` in a bare checkout."""
    from importlib import metadata

    try:
        return metadata.version("agentrr-sandbox")
    except metadata.PackageNotFoundError:
        return "unknown"


EPILOG = (
    "RUN is a path, a run id, the beginning of one, or `last`.  "
    "`agentrr VERB --help` says more about a verb."
)


@click.command(
    cls=_Verbs,
    name="agentrr",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="VERB ...",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    callback=_version,
    expose_value=False,
    help="Show the version and exit.",
)
def group() -> None:
    """Record an agent's run once; replay it exactly, offline, with no change to the script."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line *argv* (without the program's name); return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    outcome: object = 0
    try:
        # Not click's own `main`: it turns a reader that has gone into exit code 1.
        with group.make_context("agentrr", arguments) as context:
            outcome = group.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        outcome = done.exit_code
    except click.ClickException as error:
        outcome = _usage(error)
    except (click.Abort, KeyboardInterrupt):
        outcome = _INTERRUPTED
    except AgentrrError as error:
        complain(error.message, error.hint)
        outcome = error.exit_code
    except BrokenPipeError:
        # The reader has gone; the interpreter must not complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        outcome = _BROKEN_PIPE
    except Exception:
        complain(
            "this is a fault of agentrr itself",
            hint="please report it, with the lines below and the output of agentrr --version",
        )
        traceback.print_exc()
        outcome = EX_INTERNAL
    return outcome if isinstance(outcome, int) else 0


def _usage(error: click.ClickException) -> int:
    from agentrr_sandbox.cli.foreign import warn

    context = getattr(error, "ctx", None)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        print(context.get_help() if context is not None else "", file=sys.stderr)
        warn()
        return EX_USAGE
    path = context.command_path if context is not None else "agentrr"
    complain(error.format_message().rstrip("."), paste=f"{path} --help")
    warn()
    return EX_USAGE
