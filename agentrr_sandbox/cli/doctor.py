"""`agentrr doctor`: every source of difference, by line of user code, each with what to do."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from typing import Any

import click

from agentrr_sandbox.cli.findings import (
    Finding,
    differing,
    locate,
    noted,
    once,
    replayed,
    without_line,
)
from agentrr_sandbox.cli.passage import Passage
from agentrr_sandbox.cli.screen import width
from agentrr_sandbox.errors import EX_DIVERGED, EX_INTERNAL, CannotReplay, InternalFault, UsageError
from agentrr_sandbox.launch import doctoring
from agentrr_sandbox.recording import store
from agentrr_sandbox.report import as_json
from agentrr_sandbox.termsafe import clip, escape

_PERTURBED = 7
_SETTINGS: Any = {"ignore_unknown_options": True, "allow_interspersed_args": False}


@click.command(
    "doctor", short_help="List what differs from run to run.", context_settings=_SETTINGS
)
@click.option("--live", is_flag=True, help="Run a script twice, live, and compare the two as well.")
@click.option("--fail-on-findings", is_flag=True, help="Exit with 76 when there is a finding.")
@click.option("--json", "machine", is_flag=True, help="A JSON object, for machines.")
@click.argument("words", metavar="RUN | --live SCRIPT [ARGS...]", nargs=-1, required=True)
def command(
    words: tuple[str, *tuple[str, ...]], *, live: bool, fail_on_findings: bool, machine: bool
) -> int:
    """List every source of difference in RUN by line of your code, each with what to do.

    RUN is replayed twice, offline and at no cost: as recorded, and with another hash seed.  With
    --live the script runs twice, with all its calls, and the two recordings are compared too:
    agentrr doctor --fail-on-findings last; agentrr doctor --live agent.py --topic tides

    The exit code is 0, or 76 with --fail-on-findings when there is a finding; what a replay serves,
    and what is only suspected, does not count.  125 when RUN cannot be replayed here.
    """
    if live:
        findings = _live(list(words))
    elif len(words) > 1:
        raise UsageError(
            "doctor takes one recording", hint="agentrr doctor --live SCRIPT runs a script"
        )
    else:
        findings = _of_recording(store.find(next(iter(words))))
    findings = once(findings)
    failing = [finding for finding in findings if finding["counts"]]
    if machine:
        sys.stdout.write(as_json({"findings": findings, "failing": len(failing)}))
    else:
        _tell(findings, len(failing))
    return EX_DIVERGED if failing and fail_on_findings else 0


def _of_recording(path: str) -> list[Finding]:
    events = _events(path)
    findings = list(noted(events))
    header = events[0]
    seed = int(header.get("hash_seed") or 0)
    seeds = [seed, (seed ^ _PERTURBED) % (1 << 32)]
    reports = doctoring.replays(path, seeds, [])
    for report in reports:
        _judge(report)
    if any(without_line(report) for report in reports):
        # what was kept back until the end is written by no line: so by itself (-u), to see where,
        # and for no more than that, as the order of the pieces is another one then
        flags = [*header["python"]["flags"], "-u"]
        for report, told in zip(reports, doctoring.replays(path, seeds, flags), strict=True):
            locate(report, told)
    same, other = reports
    known = {finding["site"] for finding in findings if finding["kind"] == "not captured"}
    found = replayed(same, other)
    return findings + [
        each for each in found if each["kind"] != "not captured" or each["site"] not in known
    ]


def _judge(report: dict[str, Any]) -> None:
    """Raise what kept a replay from taking place."""
    for failed in report.get("failed") or []:
        message = str(failed.get("message"))
        if report.get("exit_code") == EX_INTERNAL:
            raise InternalFault(message)
        raise CannotReplay(message, hint=str(failed.get("hint") or ""))


def _live(words: list[str]) -> list[Finding]:
    print(
        f"agentrr: runs {escape(words[0])} twice, live: what it calls is called, and paid, twice",
        file=sys.stderr,
        flush=True,
    )
    folder = tempfile.mkdtemp(prefix="agentrr-doctor-")
    try:
        paths = [os.path.join(folder, f"{name}.jsonl") for name in ("first", "second")]
        start = _place()
        for path in paths:
            if start is not None:
                os.lseek(0, start, os.SEEK_SET)
            doctoring.record(words, path)
        between = differing(_events(paths[0]), _events(paths[1]))
        return [*_of_recording(paths[0]), *between]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place() -> int | None:
    """Return where stdin stands, if both runs can be given the same of it."""
    try:
        return os.lseek(0, 0, os.SEEK_CUR)
    except OSError:
        return None


def _events(path: str) -> list[dict[str, Any]]:
    with Passage(path) as passage:
        return list(passage)


def _tell(findings: list[Finding], failing: int) -> None:
    room = width()
    for finding in findings:
        where = finding["site"] or "(no line of yours)"
        times = f" ({finding['times']} times)" if finding["times"] > 1 else ""
        text = clip(f"{where}: {finding['kind']}{times}: {finding['what']}", max(room, 200))
        print(text)
        print(escape(f"    {finding['do']}"))
    plural = "" if failing == 1 else "s"
    others = len(findings) - failing
    more = f"; {others} more, served or suspected, that do not count" if others else ""
    print(f"{failing} finding{plural}{more}")
