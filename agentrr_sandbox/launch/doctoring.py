"""What `agentrr doctor` runs: replays of one recording, or the agent twice; each by itself.

Each has a process of its own, and nothing that an agent writes in a replay is seen.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentrr_sandbox import real
from agentrr_sandbox.errors import EX_INTERNAL, AgentrrError, CannotRecord, UsageError
from agentrr_sandbox.launch import waiting
from agentrr_sandbox.launch.many import One

if TYPE_CHECKING:
    from typing import Any

_LOOK = 0.05
_PATIENCE = 3.0


def replays(path: str, seeds: list[int], flags: list[str]) -> list[dict[str, Any]]:
    """Return the report of a replay of *path* under each of the hash *seeds*.

    *flags* are python's; without any, the recorded ones.
    """
    from agentrr_sandbox.launch.replaying import replay

    if not hasattr(os, "fork"):
        raise UsageError("doctor needs Linux or macOS")
    mask = waiting.hold()
    running: list[One] = []
    found: list[One] = []
    try:
        for seed in seeds:
            one = One(path)
            found.append(one)
            words = [*flags, "--observe", "--hash-seed", str(seed)]
            one.begin(words, mask, replay)
            running.append(one)
        ended_by = _until_over(running)
    finally:
        for one in running:
            _stop(one)
        waiting.release(mask)
    if ended_by:
        waiting.die_of(ended_by)
    return [one.report for one in found]


def record(words: list[str], path: str) -> None:
    """Run the agent that *words* name, live, and record it to *path*; its stdout is our stderr.

    It has ended when this returns, in whatever way.  Raises `CannotRecord` without a recording.
    """
    from agentrr_sandbox.launch.supervisor import run

    pid = os.fork()
    if not pid:
        code = EX_INTERNAL
        try:
            os.dup2(2, 1)
            code = run(["-q", "-o", path, *words])
        except AgentrrError as error:
            real.write(2, f"agentrr: error: {error.message}\n".encode("utf-8", "replace"))
            code = error.exit_code
        finally:
            os._exit(code)
    os.waitpid(pid, 0)
    if not os.path.exists(path):
        raise CannotRecord("the run left no recording", hint="try: agentrr run " + " ".join(words))


def _until_over(running: list[One]) -> int:
    """Wait for all; return the signal that ended the waiting, or 0."""
    while running:
        signal, _ = waiting.pause(_LOOK)
        if signal in waiting.ENDING:
            return signal
        for one in list(running):
            outcome = waiting.ended(one.pid)
            if outcome is not None:
                running.remove(one)
                one.over(outcome)
    return 0


def _stop(one: One) -> None:
    """End a replay: told to, it ends its program and its scratch folder first."""
    real.kill(one.pid, 15)
    until = real.monotonic() + _PATIENCE
    while waiting.ended(one.pid) is None:
        if real.monotonic() > until:
            real.kill(one.pid, 9)
            os.waitpid(one.pid, 0)
            return
        real.sleep(0.01)
