"""Signals that come from outside, recording: where each one came, so that it can come again.

Within a live call the place is that call: the signal is kept with its answer, and what its
handler does is a lane of its own.  While the program's own code runs there is no such place.
"""

from __future__ import annotations

import sys

from agentrr_sandbox.errors import Halt
from agentrr_sandbox.sites import site

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.recorder import Recorder
    from agentrr_sandbox.recorder.lane import Ticket


class Signalled:
    """The doors `interrupted` and `interrupts` of a lane."""

    recorder: Recorder
    child: Callable[[str, str], Any]
    live: Ticket | None = None
    """The crossing whose live call is under way."""

    def interrupted(self, signal: str, handle: Callable[[], None]) -> None:
        """A signal came while the program's own code runs, or while its event loop waits."""
        loops = sys.modules.get("agentrr_sandbox.schedule.loops")
        turns = None if loops is None else loops.waiting(self.recorder)
        if turns is not None:
            turns.interrupted(self, signal, handle)
            return
        noted(self, signal)
        handle()

    def interrupted_within(self, signal: str, handle: Callable[[], None]) -> None:
        """A signal came within the live call; below a live fact there is no answer to keep it."""
        if self.live is None:
            self.interrupted(signal, handle)
        else:
            handled(self.child("signal", signal), signal, handle, self.live.signals)

    def interrupts(self, handler: Callable[[str], Callable[[], None] | None]) -> None:
        """Only a replay asks for handlers."""


def noted(lane: Any, signal: str) -> None:
    """Mark the recording: a replay cannot find this place."""
    recorder = lane.recorder
    recorder.flush()
    where = site(recorder.user, recorder.cleaner)
    fields: dict[str, object] = {"what": "signal", "lane": lane.name, "signal": signal}
    if where:
        fields["site"] = where
    recorder.append("note", fields)
    recorder.report({"kind": "signal", "signal": signal, "site": where})


def handled(
    strand: Any, signal: str, handle: Callable[[], None], *kept: list[dict[str, object]]
) -> None:
    """Handle *signal* in lane *strand*, and keep what a replay must know in each of *kept*."""
    told: dict[str, object] = {"signal": signal, "lane": strand.name}
    for each in kept:
        each.append(told)
    gate = strand.recorder.gate
    token = gate.enter(strand)
    try:
        handle()
    except BaseException as error:
        if not isinstance(error, Halt):
            told["raised"] = True
        raise
    finally:
        gate.leave(token)
