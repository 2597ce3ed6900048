"""`run` and `replay` as the command line sees them: help from launch's table, the rest to launch.

Their options are not click's: a run must start within a budget that has no room for click, and
what follows the target belongs to the agent, word for word.
"""

from __future__ import annotations

import click

from agentrr_sandbox.launch.options import Option

_WIDTH = 90
_HELP = ("-h", "--help")


class Launching(click.Command):
    """A verb whose words go to launch untouched; `--help` is made from launch's table."""

    def __init__(
        self, name: str, *, usage: str, about: str, notes: str, table: tuple[Option, ...]
    ) -> None:
        super().__init__(name, short_help=about, add_help_option=False)
        self.usage, self.about, self.notes, self.table = usage, about, notes, table

    def main(self, words: list[str]) -> int:  # type: ignore[override] # launch takes the words as they are
        """Hand *words* to launch."""
        if self.name == "run":
            from agentrr_sandbox.launch.supervisor import run as verb
        else:
            from agentrr_sandbox.launch.replaying import replay as verb
        return verb(words)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the words; only a leading `--help` is ours."""
        ctx.args = args
        if not args:
            raise click.exceptions.NoArgsIsHelpError(ctx)
        if asks_for_help(args, self.table):
            click.echo(self.get_help(ctx))
            ctx.exit(0)
        return args

    def invoke(self, ctx: click.Context) -> int:
        """Hand the words to launch."""
        return self.main(ctx.args)

    def get_help(self, ctx: click.Context) -> str:
        """Return the help text."""
        formatter = ctx.make_formatter()
        formatter.write_usage(ctx.command_path, self.usage)
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.about)
        for paragraph in self.notes.split("\n\n"):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(paragraph)
        with formatter.section("Options"):
            rows = [_row(option) for option in self.table]
            formatter.write_dl([*rows, (", ".join(_HELP), "Show this and exit.")])
        return formatter.getvalue().rstrip("\n")


def _row(option: Option) -> tuple[str, str]:
    value = "|".join(option.choices) if option.choices else option.value
    flags = ", ".join(option.flags)
    said = option.help[:1].upper() + option.help[1:]
    if option.optional:
        return f"{flags}[={value}]", said + ("." if said[-1] != "." else "")
    return (f"{flags} {value}" if value else flags), said + ("." if said[-1] != "." else "")


def asks_for_help(words: list[str], table: tuple[Option, ...]) -> bool:
    """Say whether a word of ours, before the target begins, asks for help."""
    takes_value = {
        flag for option in table if option.value and not option.optional for flag in option.flags
    }
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in _HELP:
            return True
        elif word in ("--", "-c", "-m") or not word.startswith("-"):
            return False
        else:
            skip = word in takes_value or word in ("-X", "-W")
    return False
