"""Starts the run's interpreter, with our boot in it.

The child is started first and told what to do later, through a pipe: it loads its modules while
the supervisor makes the recording.  Descriptors of ours have high numbers there, so that the
script's own are numbered as under bare python.
"""

from __future__ import annotations

import marshal
import os

from agentrr_sandbox import real
from agentrr_sandbox.errors import AgentrrError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from agentrr_sandbox.launch.target import Target

_HERE = os.path.dirname(os.path.abspath(__file__))
SITE = os.path.join(_HERE, "site")
ENGINE = os.path.dirname(os.path.dirname(_HERE))
_SPARE = 16
_FEWEST, ENOUGH_FILES = 64, 256
_HIGHEST = 4096
_MARSHAL = 2  # readable by every Python 3: the run's may be another minor version than ours
_MOST_SEED = 4294967295


INTERPRETER = (
    "PYTHONASYNCIODEBUG", "PYTHONCASEOK", "PYTHONCOERCECLOCALE", "PYTHONDEBUG", "PYTHONDEVMODE",
    "PYTHONFAULTHANDLER", "PYTHONINTMAXSTRDIGITS", "PYTHONIOENCODING", "PYTHONNODEBUGRANGES",
    "PYTHONNOUSERSITE", "PYTHONOPTIMIZE", "PYTHONSAFEPATH", "PYTHONTRACEMALLOC",
    "PYTHONUNBUFFERED", "PYTHONUTF8", "PYTHONVERBOSE", "PYTHONWARNINGS", "PYTHON_CPU_COUNT",
    "PYTHON_GIL",
)  # fmt: skip
"""Variables by which an interpreter does the same otherwise, as by a flag: recorded, and set."""


def hooks_home() -> str:
    """Return the folder that holds `agentrr_hooks`: beside the engine, or the checkout's."""
    for home in (ENGINE, os.path.join(ENGINE, "hooks")):
        if os.path.isdir(os.path.join(home, "agentrr_hooks")):
            return home
    raise AgentrrError("the package agentrr_hooks is missing", hint="install agentrr again")


def anonymous(name: str) -> int:
    """Return a descriptor of a file in memory that has no path."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create(name)
    import tempfile

    descriptor, path = tempfile.mkstemp()
    os.unlink(path)
    return descriptor


def hash_seed(env: Mapping[str, str] = real.environ) -> str:
    """Return the seed for this run: the one that *env* asks for, else a random one.

    Never 0 by chance: with 0, `sys.flags.hash_randomization` would tell.
    """
    asked = env.get("PYTHONHASHSEED", "")
    if asked.isdecimal() and int(asked) <= _MOST_SEED:
        return asked
    return str(int.from_bytes(real.urandom(4), "big") % _MOST_SEED + 1)


def too_few_files() -> str:
    """Say that too few files may be open for a run beside ours; empty where enough may."""
    limit = os.sysconf("SC_OPEN_MAX")
    if limit < 0 or limit >= _FEWEST:
        return ""
    return f"only {limit} files may be open at a time, and agentrr and the program need {_FEWEST}"


class Child:
    """The run's process: *pid*, and the pipe by which it is told what to do."""

    def __init__(self, pid: int, pipe: int, numbers: dict[str, int]) -> None:
        self.pid = pid
        self.numbers = numbers
        """Numbers of the descriptors in the child, by name."""
        self._pipe = pipe

    def tell(self, config: dict[str, Any]) -> None:
        """Send the boot configuration; the child goes on when it has it."""
        data = marshal.dumps(config, _MARSHAL)
        try:
            while data:
                data = data[real.write(self._pipe, data) :]
        except BrokenPipeError:
            pass  # the child is dead: waiting for it will say how
        finally:
            real.close(self._pipe)

    def give_up(self) -> None:
        """Kill the child before it was told anything."""
        real.kill(self.pid, 9)
        real.close(self._pipe)
        os.waitpid(self.pid, 0)


def numbers_of(share: Iterable[str]) -> dict[str, int]:
    """Return the numbers of the descriptors that a child gets, by name."""
    base = min(os.sysconf("SC_OPEN_MAX"), _HIGHEST) - _SPARE
    return {name: base + place for place, name in enumerate(["boot", *share])}


def spawn(
    target: Target,
    python: str,
    *,
    seed: str,
    stage: str,
    share: dict[str, int],
    mask: Any,
    recorded: Mapping[str, str] | None = None,
    stdin: int | None = None,
    silent: tuple[int, ...] = (),
) -> Child:
    """Start *python* on *target*, to load *stage*; *share* names descriptors of ours that it gets.

    *recorded* holds the values of `INTERPRETER` that it gets in place of ours; *mask* is the signal
    mask it starts with, *stdin* stands in for ours; what is written to a
    descriptor in *silent* goes nowhere.  Raises `UsageError` when it cannot be started.
    """
    receiving, sending = os.pipe()
    numbers = numbers_of(share)
    descriptors = {"boot": receiving, **share}
    actions: list[Any] = [
        (os.POSIX_SPAWN_DUP2, descriptors[name], number) for name, number in numbers.items()
    ]
    if stdin is not None:
        actions.append((os.POSIX_SPAWN_DUP2, stdin, 0))
    actions += [(os.POSIX_SPAWN_OPEN, each, os.devnull, os.O_WRONLY, 0) for each in silent]
    command = target.command(python)
    env = real.environ
    if recorded is not None:
        env = {name: value for name, value in env.items() if name not in INTERPRETER}
        env.update(recorded)
    try:
        pid = os.posix_spawn(
            python, command, environment(env, numbers["boot"], seed, stage),
            file_actions=actions, setsigmask=mask,
        )  # fmt: skip
    except OSError as error:
        real.close(sending)
        raise UsageError(f"cannot start {python}: {error.strerror}") from None
    finally:
        real.close(receiving)
    return Child(pid, sending, numbers)


def environment(env: dict[str, str], descriptor: int, seed: str, stage: str) -> dict[str, str]:
    """Return *env* with the boot in it; `site/sitecustomize.py` takes it out again."""
    env = dict(env)
    path, before = env.get("PYTHONPATH"), env.get("PYTHONHASHSEED")
    env["PYTHONPATH"] = f"{SITE}{os.pathsep}{path}" if path else SITE
    env["PYTHONHASHSEED"] = seed
    env["AGENTRR_BOOT"] = "\x1f".join(
        [
            str(descriptor), stage, ENGINE, hooks_home(),
            "" if path is None else "1", path or "",
            "" if before is None else "1", before or "",
        ]
    )  # fmt: skip
    return env
