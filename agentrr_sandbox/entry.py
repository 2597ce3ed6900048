"""The command's entry: imports nothing but what the verb needs.

`run` and `replay` are on the way of every run, so they reach the supervisor without click, json or
argparse; every other verb, and help, goes to `cli`.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_HELP = ("--help", "-h")
_ENDS = ("-c", "-m", "--")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line *argv* (default: this process's); return its exit code.

    After a run or a replay of this process's own command line it does not return: taking the
    interpreter apart costs a third of a bare start, and nothing is left to do.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if words and words[0] in ("run", "replay") and not _asks_for_help(words[1:]):
        if argv is None:
            import gc

            from agentrr_sandbox import loading

            gc.disable()  # until the run has begun: nothing is garbage before
            loading.load(words[0])
        code = _launched(words)
        if argv is None:
            _leave(code)
        return code
    from agentrr_sandbox.cli import main as cli

    return cli(words)


def _launched(words: list[str]) -> int:
    try:
        if words[0] == "run":
            from agentrr_sandbox.launch.supervisor import run as verb
        else:
            from agentrr_sandbox.launch.replaying import replay as verb
        return verb(words[1:])
    except Exception as error:
        return _failed(error)


def _leave(code: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            continue  # closed by whoever started us, or nobody reads it
    if "coverage" not in sys.modules:  # what measures this process must see its end
        os._exit(code)


def _asks_for_help(words: list[str]) -> bool:
    """Whether help is asked of us, not of the script."""
    if not words:
        return True
    for word in words:
        if word in _HELP:
            return True
        if word in _ENDS or not word.startswith("-"):
            return False
    return False


def _failed(error: Exception) -> int:
    """Say what went wrong, in one sentence and a hint; a fault of ours shows its traceback."""
    from agentrr_sandbox.errors import EX_INTERNAL, AgentrrError

    if isinstance(error, AgentrrError):
        text = f"agentrr: error: {error.message}\n"
        if error.hint:
            text += f"agentrr: hint: {error.hint}\n"
        _say(text)
        return error.exit_code
    import traceback

    _say("agentrr: error: this is a fault of agentrr itself\n" + traceback.format_exc())
    return EX_INTERNAL


def _say(text: str) -> None:
    if sys.stderr is not None:  # closed by whoever started us
        sys.stderr.write(text)


if __name__ == "__main__":
    sys.exit(main())
