"""The options of `run` and `replay`: one table, and a parser small enough for the start-up budget.

`cli` makes its help from the same table.
"""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Option:
    """One option.  *value* names its value (None: a switch); *many*: may be given again.

    An *optional* value is given after `=` alone; without one the option is `True`.
    """

    __slots__ = ("choices", "flags", "help", "many", "name", "optional", "value")

    def __init__(
        self,
        flags: str,
        help: str,  # noqa: A002 - the field's name for it
        *,
        value: str | None = None,
        choices: tuple[str, ...] = (),
        many: bool = False,
        optional: bool = False,
    ) -> None:
        self.flags = tuple(flags.split())
        self.name = self.flags[-1].lstrip("-").replace("-", "_")
        self.help = help
        self.value = value
        self.choices = choices
        self.many = many
        self.optional = optional


_PYTHON = Option(
    "--python", "Python to run; default: the active virtual environment's, else agentrr's own",
    value="PATH",
)  # fmt: skip
_QUIET = Option("-q --quiet", "print no line of agentrr's own, unless something failed")
_VERBOSE = Option("-v --verbose", "say how the run ended, also when stderr is no terminal")
_CLOCK = Option(
    "--clock", "how the clock is taken: in place, or by the freezegun library",
    value="HOW", choices=("native", "freezegun"),
)  # fmt: skip

RUN = (
    Option("-o --output", "write the recording to this file", value="FILE"),
    Option(
        "--durable", "what an answer survives once the agent has it: the loss of power, or of the"
        " process alone (faster)", value="WHAT", choices=("power", "process"),
    ),
    Option(
        "--if-unrecordable", "what to do when an answer cannot be written: stop the agent, or let"
        " it go on unrecorded", value="WHAT", choices=("stop", "continue"),
    ),
    Option(
        "--chaos", "record under a drawn schedule: who goes on when several may, where a thread is"
        " interrupted, how long an answer is held back; SEED draws the same again",
        value="SEED", optional=True,
    ),
    Option(
        "--file-limit", "store the files that the agent reads up to this size; default 64MB."
        " Of a larger one, size, date and digest: a replay needs it on the disk", value="SIZE",
    ),
    Option("--pickle", "store values that JSON cannot hold as pickles, signed for this machine"),
    Option(
        "--children", "record each Python that the agent starts by subprocess too, beside its own"
        " recording: RUN.jsonl.d/process-N.jsonl is replayed alone",
    ),
    _CLOCK,
    _PYTHON,
    _QUIET,
    _VERBOSE,
)  # fmt: skip
"""Options of `agentrr run`."""

REPLAY = (
    Option("--observe", "go on after a divergence, by position, and list every one"),
    Option("--check", "exit with the verdict alone: 0 faithful, 76 not, 125 cannot be replayed"),
    Option("--json", "write the report as JSON; - for stdout instead of the agent's", value="FILE"),
    Option(
        "--process", "enter this process of the run, a worker: its number, as `agentrr show` has"
        " it; 1 is the run itself", value="N",
    ),
    Option(
        "--tools", "what becomes of a recorded tool call that changed state: run its body again"
        " under the guard, serve its answer, or decide by what was recorded",
        value="HOW", choices=("auto", "serve", "rerun"),
    ),
    Option(
        "--chaos", "replay under many drawn schedules (who goes on when several may, where a thread"
        " is interrupted) and report in which the agent behaves otherwise; with SEED, under that"
        " one", value="SEED", optional=True,
    ),
    Option("--schedules", "how many schedules --chaos tries; default 200", value="N"),
    Option("--first", "end --chaos at the first schedule in which the agent behaves otherwise"),
    Option(
        "-j --jobs", "how many schedules --chaos tries, or how many recordings are replayed, at a"
        " time; default: one a processor", value="N",
    ),
    _CLOCK,
    Option(
        "--hash-seed", "replay under another hash seed than the recorded one: what differs then"
        " follows the order of a set, or a hash", value="N",
    ),
    Option("--require-guard", "refuse to replay without this guard", value="GUARD",
           choices=("kernel",)),
    Option("--grace", "seconds that a diverged program has to end; default 2, of a stall 0.5",
           value="SECONDS"),
    Option("--live-env", "serve this variable's real value, not a stand-in", value="NAME",
           many=True),
    Option("--allow-pickle", "load pickles made on another machine: they can run any code"),
    _PYTHON,
    _QUIET,
    _VERBOSE,
)  # fmt: skip
"""Options of `agentrr replay`."""

PYTHON_VALUE = ("-X", "-W")
_PYTHON_SWITCHES = "bBdiOPRsux"
_REFUSED = {
    "-I": "isolated mode keeps agentrr out of the run's process",
    "-S": "without `site` agentrr cannot start in the run's process",
    "-E": "without the environment agentrr cannot start in the run's process",
}

_SIZES = {
    "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
    "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40,
}  # fmt: skip


class Parsed:
    """A command line, taken apart: *values* by option name, python's own *flags*, the *rest*."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.flags: list[str] = []
        self.rest: list[str] = []

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of an option that was given, else *default*."""
        return self.values.get(name, default)


def parse(words: list[str], table: tuple[Option, ...], *, verb: str, python: bool = True) -> Parsed:
    """Take the options off the front of *words*; the first word that is none begins the rest.

    With *python*, python's own options are taken too, as python has them.  Raises `UsageError`.
    """
    known = {flag: option for option in table for flag in option.flags}
    parsed = Parsed()
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "--":
            break
        if not word.startswith("-") or word in ("-", "-c", "-m"):
            left.insert(0, word)
            break
        flag, value = _split(word, known)
        option = known.get(flag)
        if option is not None:
            _take(parsed, option, flag, value, left)
        elif not python or not _python_option(parsed, word, left):
            raise UsageError(
                f"{verb} has no option {flag}", hint=f"agentrr {verb} --help lists them"
            )
    parsed.rest = left
    return parsed


def number(given: object, option: str, what: str, least: int) -> int:
    """Return *given* as the whole number that *option* takes.  Raises `UsageError`."""
    try:
        found = int(str(given))
    except ValueError:
        found = least - 1
    if found < least:
        raise UsageError(f"{option} takes {what}, not {given!r}")
    return found


def size(given: object, option: str, example: str) -> int:
    """Return the bytes of the size (`64MB`, `1.5 GiB`) *option* takes.  Raises `UsageError`."""
    text = str(given).upper()
    digits = text.rstrip("KMGTIB ")
    unit = _SIZES.get(text[len(digits) :].strip())
    try:
        found = -1 if unit is None else int(float(digits) * unit)
    except (ValueError, OverflowError):
        found = -1
    if found < 0:
        raise UsageError(f"{option} takes a size, such as {example}, not {given!r}")
    return found


def reseed(given: Parsed, header: dict[str, Any]) -> None:
    """Put the seed of a `--hash-seed` into the *header* of what is replayed."""
    asked = given.get("hash_seed")
    if asked is not None:
        header["hash_seed"] = number(asked, "--hash-seed", "a number", 0) & 0xFFFFFFFF


def settle_seed(given: Parsed) -> None:
    """Put a number in the place of a `--chaos` without one.  Raises `UsageError` for no number."""
    asked = given.get("chaos")
    if asked is True:
        given.values["chaos"] = int.from_bytes(real.urandom(3), "big")
    elif asked is not None:
        given.values["chaos"] = number(asked, "--chaos", "a seed, a number", 0)


def _split(word: str, known: dict[str, Option]) -> tuple[str, str | None]:
    """Return the flag of *word*, and its value if the word holds one."""
    if word.startswith("--"):
        flag, equals, value = word.partition("=")
        return flag, value if equals else None
    option = known.get(word[:2])
    if option is None or len(word) == len("-o"):
        return word, None
    return (word[:2], word[2:]) if option.value else (word, None)


def _take(parsed: Parsed, option: Option, flag: str, value: str | None, left: list[str]) -> None:
    if option.value is None:
        if value is not None:
            raise UsageError(f"{flag} takes no value")
        parsed.values[option.name] = True
        return
    if value is None and option.optional:
        parsed.values[option.name] = True
        return
    if value is None:
        if not left:
            raise UsageError(f"{flag} needs a value: {flag} {option.value}")
        value = left.pop(0)
    if option.choices and value not in option.choices:
        raise UsageError(f"{flag} is one of {', '.join(option.choices)}, not {value!r}")
    if option.many:
        parsed.values.setdefault(option.name, []).append(value)
    else:
        parsed.values[option.name] = value


def _python_option(parsed: Parsed, word: str, left: list[str]) -> bool:
    """Take one of python's own options; False when *word* is none."""
    for flag in PYTHON_VALUE:
        if word == flag:
            if not left:
                raise UsageError(f"python's {flag} needs a value")
            parsed.flags += [flag, left.pop(0)]
            return True
        if word.startswith(flag):
            parsed.flags.append(word)
            return True
    if word.startswith("--check-hash-based-pycs"):
        parsed.flags.append(word if "=" in word else f"{word}={left.pop(0) if left else ''}")
        return True
    for letter in word[1:]:
        why = _REFUSED.get("-" + letter)
        if why:
            raise UsageError(f"python's -{letter} is not possible here: {why}")
        if letter not in _PYTHON_SWITCHES:
            return False
    parsed.flags.append(word)
    return True
