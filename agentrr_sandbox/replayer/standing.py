"""Where in the user's code each thread stands."""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.sites import site_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentrr_sandbox.replayer import Replayer
    from agentrr_sandbox.schedule.strand import Strand


def standing(peer: Replayer, strands: Mapping[int, Strand]) -> list[str]:
    """Return one line for each of *strands*: its lane, and the user's line that it is at."""
    frames = real.current_frames()
    lines = []
    for ident, strand in strands.items():
        where = site_of(frames.get(ident), peer.user, peer.cleaner)
        lines.append(f"{strand.base} at {where.replace('[root:code]/', '') or 'library code'}")
    return lines
