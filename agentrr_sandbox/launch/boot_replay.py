"""The replayer of a run that `agentrr replay` started, and its seal."""

from __future__ import annotations

import os
import sys

from agentrr_sandbox import real
from agentrr_sandbox.launch.channel import of_process
from agentrr_sandbox.launch.descriptors import above_the_scripts
from agentrr_sandbox.launch.tether import tie
from agentrr_sandbox.recording.cleaning import Cleaner
from agentrr_sandbox.recording.gate import Pickles
from agentrr_sandbox.recording.reader import Recording
from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.roots import Roots
from agentrr_sandbox.replayer import Replayer
from agentrr_sandbox.seal import frames, guard
from agentrr_sandbox.seal.overlay import OverlayFiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.launch.channel import Report

_STDERR = 2


def peer_of(config: dict[str, Any], report: Report) -> Replayer:
    """Return the replayer of the recording that the supervisor has opened before."""
    tie(config["tether"])
    shared = [
        config[name] for name in ("tether", "handover", "data", "watch", "frames") if name in config
    ]
    guard.close_inherited([report.descriptor, *shared])  # an open socket would be a way out
    sys.dont_write_bytecode = True  # a first import would write beside the user's modules
    recording, file = above_the_scripts(lambda: Recording.open(config["path"]))
    config["ours"] = [file, config["tether"]]
    if "frames" in config:
        config["ours"].append(config["frames"])
    if "inherited" in config:
        from agentrr_sandbox.launch import entering

        entering.receive(config)
    if config["enter"]:
        from agentrr_sandbox.launch import entering

        config["ours"] += [config["handover"], *entering.hide()]
    roots = Roots(config["roots"], recording.header["roots"])
    cleaner = Cleaner(Redactor(_live(config), config["salt"]), roots)
    for word in cleaner.words(sys.orig_argv[1:]):
        cleaner.localize(word)  # it is served: its secrets are known
    replayer = _kind(config)(
        recording,
        cleaner,
        files=OverlayFiles(config["scratch"], cleaner),
        report=of_process(report, recording.header.get("process", {}).get("number")),
        observe=config["observe"],
        tools=config["tools"],
        pickles=_pickles(config),
    )
    for name, value in _live(config).items():
        replayer.facts[f"env:{name}"] = value
    return replayer


def _kind(config: dict[str, Any]) -> Callable[..., Replayer]:
    """Return what replays: in the recorded order, or in one that is drawn."""
    if config.get("seed") is None:
        return Replayer
    from functools import partial

    from agentrr_sandbox.chaos import ChaosReplayer

    return partial(ChaosReplayer, seed=config["seed"])


def _pickles(config: dict[str, Any]) -> Pickles:
    """Return the gate for the pickles of the recording."""
    return Pickles(
        config["pickle_key"],
        config["salt"],
        allow=config["allow_pickle"],
        refused=config["pickle_refused"],
        say=lambda text: real.write(_STDERR, f"agentrr: {text}\n".encode()),
    )


def _live(config: dict[str, Any]) -> dict[str, str]:
    """Return the variables that are served as they are here, and are secret here."""
    return {name: os.environ[name] for name in config["live_env"] if name in os.environ}


def seal(config: dict[str, Any], report: Report, peer: Replayer) -> None:
    """Close the guard, and say so: the last thing before the script."""
    listener = config.get("watch", -1)
    if listener >= 0:
        frames.tell(config["frames"])
    name = guard.enter(config["scratch"], require=config["require_guard"], listener=listener)
    if listener >= 0:
        real.close(listener)
    peer.sealed = name.startswith("kernel")
    report({"kind": "guard", "name": name})
    if config["first_line"]:
        stderr = config["ours"][-1] if config["enter"] else _STDERR
        real.write(stderr, f"{config['first_line']}{name}\n".encode())
    peer.main.halt_before_signal()  # the program may do nothing but wait for it
