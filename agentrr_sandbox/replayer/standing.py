"""Where in the user's code each thread stands."""

from __future__ import annotations

import sys

from agentrr_sandbox.sites import site_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentrr_sandbox.replayer import Replayer
    from agentrr_sandbox.schedule.baton import Strand

_frames = sys._current_frames


def standing(peer: Replayer, strands: Mapping[int, Strand]) -> list[str]:
    """Return one line for each of *strands*: its lane, and the user's line that it is at."""
    frames = _frames()
    lines = []
    for ident, strand in strands.items():
        where = site_of(frames.get(ident), peer.user, peer.cleaner)
        lines.append(f"{strand.key} waits at {where or 'library code'}")
    return lines
