"""`agentrr run`: creates the recording, starts the run's interpreter, waits, writes the end."""

from __future__ import annotations

import gc
import os
import sys

from agentrr_sandbox import loading
from agentrr_sandbox.errors import CannotRecord
from agentrr_sandbox.launch import options, waiting
from agentrr_sandbox.launch.spawn import (
    ENOUGH_FILES,
    anonymous,
    hash_seed,
    spawn,
    too_few_files,
)
from agentrr_sandbox.launch.target import python_of, target_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentrr_sandbox.launch.tether import Tether
    from agentrr_sandbox.launch.waiting import Outcome


def run(words: list[str]) -> int:
    """Record what the command line *words* names; return the exit code.

    Raises `AgentrrError` before the script starts; a run killed by a signal ends us by the same.
    """
    given = options.parse(words, options.RUN, verb="run")
    options.settle_seed(given)
    target = target_of(given.rest, given.flags)
    python = python_of(given.get("python"))
    if not target.startable():
        command = target.command(python.path)
        os.execv(python.path, command)  # noqa: S606 - says what python says; nothing to record
    few = too_few_files()
    if few:
        raise CannotRecord(few, hint=f"ulimit -n {ENOUGH_FILES}")
    seed = hash_seed()
    ring, report = anonymous("agentrr-reads"), anonymous("agentrr-report")
    mask = waiting.hold()
    stage = "record" if given.get("chaos") is None else "chaos-record"
    share = {"ring": ring, "report": report}
    tether = _tether(share) if given.get("children") else None
    child = spawn(target, python.path, seed=seed, stage=stage, share=share, mask=mask)
    if tether is not None:
        tether.handed_over()
    try:
        loading.load("making")  # while the child starts
        from agentrr_sandbox.launch.making import Making

        making = Making(target, python, given, seed=seed, ring=ring, report=report)
        making.start(child)
    except BaseException:
        child.give_up()
        waiting.release(mask)
        raise
    gc.enable()
    outcome = waiting.wait(child.pid)
    if tether is not None:
        tether.cut()
    code = making.end(outcome)
    waiting.release(mask)
    return _passed_on(outcome, code)


def _tether(share: dict[str, int]) -> Tether:
    """Return what ends the run when this process is killed: a child's parent knows no other."""
    from agentrr_sandbox.launch.tether import Tether

    tether = Tether()
    share["tether"] = tether.given
    return tether


def _passed_on(outcome: Outcome, code: int | None) -> int:
    """Return the exit code, or die as the run did.  *code* stands above the run's own."""
    if code is not None:
        return code
    if outcome.signal is not None:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        return waiting.die_of(outcome.signal)
    return outcome.code or 0
