"""What runs in the run's interpreter before the script, and its last act after it.

Loaded by `site/sitecustomize.py`, before any module of the user's.  What it imports is what the
start-up budget pays for; it must also hold whatever is beside the script (`json.py`, `click.py`),
so everything is imported here, while the script's folder is not on the path yet.
"""

from __future__ import annotations

import marshal
import os

from agentrr_sandbox import real
from agentrr_sandbox.errors import AgentrrError, Halt
from agentrr_sandbox.lanes import Gate, open_gate
from agentrr_sandbox.launch import descriptors, ending, provenance, settling
from agentrr_sandbox.launch.channel import Mute, Report
from agentrr_sandbox.patching import Patching

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_PIPE = 1 << 16


def boot(pipe: int, noted: dict[str, list[list[str]]]) -> None:
    """Do what the supervisor says through *pipe*; the script runs after this returns.

    *noted* is what `loading` has noted: the stage whose file is to be written anew.

    An error of ours ends the process: the script must not run unrecorded, or live.
    """
    config = _told(pipe)
    report = Report(config["report"]) if config["report"] >= 0 else Mute()
    try:
        if config["mode"] == "record":
            from agentrr_sandbox.launch import boot_record as mode
        else:
            from agentrr_sandbox.launch import boot_replay as mode  # type: ignore[no-redef]
        _begin(config, report, mode.peer_of(config, report), noted)
        settling.settle()
    except AgentrrError as error:
        report(
            {
                "kind": "failed",
                "message": error.message,
                "hint": error.hint,
                "exit_code": error.exit_code,
            }
        )
        os._exit(error.exit_code)
    except Halt as end:
        os._exit(end.exit_code)  # it has been reported
    except Exception as error:
        import traceback

        text = "".join(traceback.format_exception(error))
        report({"kind": "failed", "message": f"cannot start the run: {text}", "exit_code": 70})
        os._exit(70)


def _told(pipe: int) -> dict[str, Any]:
    data = b""
    while piece := real.read(pipe, _PIPE):
        data += piece
    real.close(pipe)
    if not data:  # the supervisor is gone before anything began
        os._exit(70)
    config: dict[str, Any] = marshal.loads(data)  # noqa: S302 - from our parent, by a pipe
    return config


def _taking(config: dict[str, Any], peer: Any) -> Callable[[str, str], None]:
    """Return what writes down that a hook of a library goes in."""

    def took(hook: str, library: str) -> None:
        if config["mode"] == "record":
            provenance.write_hook(peer, hook, library)

    return took


def _begin(
    config: dict[str, Any], report: Report, peer: Any, noted: dict[str, list[list[str]]]
) -> None:
    import agentrr_hooks
    from agentrr_sandbox.seal import audit

    gate: Any = Gate(peer.main)
    peer.gate = gate
    open_gate(gate)
    patching = Patching()
    descriptors.protect(patching, [report.descriptor, *config.get("ours", ())])
    agentrr_hooks.install(
        patching, gate, clock=config.get("clock", "native"), took=_taking(config, peer)
    )
    wanted = config.get("config") or {}
    if wanted:
        from agentrr_hooks import tools

        tools.configure(wanted.get("tools", []), wanted.get("boundaries", []), patching, gate)
    audit.install(gate.lane)
    ending.prepare(config, report, peer, gate, patching)
    report({"kind": "boot", "noted": noted})
    if config["mode"] == "record" and config["script"] is not None:
        provenance.write_source(peer, config["script"])
    if config["mode"] == "replay":
        from agentrr_sandbox.launch.boot_replay import seal

        seal(config, report, peer)
