"""The recorder of a run that `agentrr run` started."""

from __future__ import annotations

import os
import sys

from agentrr_sandbox import real
from agentrr_sandbox.launch.descriptors import above_the_scripts
from agentrr_sandbox.recorder import Recorder
from agentrr_sandbox.recording.cleaning import Cleaner
from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.ring import Ring
from agentrr_sandbox.recording.roots import Roots
from agentrr_sandbox.recording.writer import Writer
from agentrr_sandbox.seal.disk import DiskFiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.launch.channel import Report
    from agentrr_sandbox.recording.gate import Pickles


def peer_of(config: dict[str, Any], report: Report) -> Recorder:
    """Return the recorder: it goes on with the file that the supervisor has begun."""
    writer = _writer(config)
    config["ours"] = [writer.descriptor]
    if config.get("tether") is not None:
        from agentrr_sandbox.launch.tether import tie

        tie(config["tether"])
        config["ours"].append(config["tether"])
    if "number" in config:  # a worker
        ring = Ring.private()
    else:
        ring, mapped = above_the_scripts(lambda: Ring.create(config["ring"]))
        config["ours"] += [config["ring"], mapped]
    cleaner = Cleaner(Redactor(dict(os.environ), config["salt"]), Roots(config["roots"]))
    cleaner.words(sys.orig_argv[1:])
    return _kind(config)(
        writer, ring, cleaner, files=DiskFiles(cleaner, config["file_limit"]), report=report,
        go_on=config["go_on"], pickles=_pickles(config, cleaner),
    )  # fmt: skip


def _writer(config: dict[str, Any]) -> Any:
    if "server" in config:
        from agentrr_sandbox.launch.serving import Kept

        return Kept()
    descriptor = real.os_open(config["path"], os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW)
    return Writer.adopt(
        descriptor,
        path=config["path"],
        seq=config["seq"],
        chain=config["chain"],
        size=config["size"],
        durable=config["durable"],
    )


def _kind(config: dict[str, Any]) -> Callable[..., Recorder]:
    """Return what records: first come, first served, or under a schedule that is drawn."""
    if config.get("seed") is None:
        return Recorder
    from functools import partial

    from agentrr_sandbox.chaos.recording import ChaosRecorder

    return partial(ChaosRecorder, seed=config["seed"])


def _pickles(config: dict[str, Any], cleaner: Cleaner) -> Pickles | None:
    """Return what `--pickle` asks for."""
    if config["pickle_key"] is None:
        return None
    from agentrr_sandbox.recording.gate import Pickles

    quiet = cleaner.aside()

    def secret(data: bytes) -> bool:
        text = data.decode("latin-1")
        return quiet.redactor.text(text) != text

    return Pickles(config["pickle_key"], config["salt"], secret=secret)
