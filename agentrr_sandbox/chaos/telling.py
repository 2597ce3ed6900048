"""Tells the supervisor what the agent writes under a drawn schedule."""

from __future__ import annotations

from agentrr_sandbox.recording.output import OutputPieces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentrr_sandbox.chaos import ChaosReplayer

_NAMES = (1, 2)


class Told:
    """What the agent writes to stdout and stderr, piece by piece, as a recording has it."""

    def __init__(self, replayer: ChaosReplayer) -> None:
        self._replayer = replayer
        self._pieces = {fd: OutputPieces(replayer.cleaner) for fd in _NAMES}

    def feed(self, fd: int, data: bytes, lane: str = "main") -> None:
        """Tell the whole pieces in *data*."""
        del lane
        with self._replayer.lock:
            for piece in self._pieces[fd].feed(data):
                self._tell(fd, piece)

    def doubt(self, who: str) -> None:
        """What *who* printed, and when, the recording does not say."""

    def finish(self) -> None:
        """Tell the unfinished last lines."""
        for fd in _NAMES:
            for piece in self._pieces[fd].rest():
                self._tell(fd, piece)

    def _tell(self, fd: int, piece: object) -> None:
        self._replayer.report({"kind": "wrote", "fd": fd, "text": piece})
