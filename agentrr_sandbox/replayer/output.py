"""Compares what the agent writes to stdout and stderr with the recording, piece by piece."""

from __future__ import annotations

from agentrr_sandbox.matching import divergence
from agentrr_sandbox.recording.output import OutputPieces
from agentrr_sandbox.recording.redaction_forms import MARK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentrr_sandbox.replayer import Replayer

NAMES = {1: "stdout", 2: "stderr"}


class OutputCheck:
    """The output of one replay so far, and the place in the recorded output."""

    def __init__(self, replayer: Replayer) -> None:
        self._replayer = replayer
        self._pieces = {fd: OutputPieces(replayer.cleaner) for fd in NAMES}
        self._place = dict.fromkeys(NAMES, 0)
        self._doubt = ""

    def doubt(self, who: str) -> None:
        """What *who* printed, and when, the recording does not say: its answer never came."""
        self._doubt = self._doubt or who

    def feed(self, fd: int, data: bytes, lane: str = "main") -> None:
        """Compare the whole pieces in *data*; after a divergence nothing is compared."""
        replayer = self._replayer
        if replayer.halted is not None:
            return
        with replayer.lock:
            for piece in self._pieces[fd].feed(data):
                self._compare(fd, piece, lane)

    def finish(self) -> None:
        """Compare the unfinished last lines, and say what of the recorded output is missing."""
        for fd in NAMES:
            for piece in self._pieces[fd].rest():
                self._compare(fd, piece, "main")
        for fd, name in NAMES.items():
            recorded = self._replayer.index.output[fd]
            if self._place[fd] < len(recorded):
                number = recorded[self._place[fd]]
                self._differs(
                    divergence(
                        "output",
                        f"the recorded run wrote more to {name}",
                        event=number,
                        lane="main",
                        call=name,
                        expected=self._replayer.event(number)["text"],
                        observed=None,
                    )
                )

    def _compare(self, fd: int, piece: object, lane: str) -> None:
        replayer = self._replayer
        recorded = replayer.index.output[fd]
        place = self._place[fd]
        self._place[fd] = place + 1
        name = NAMES[fd]
        if place >= len(recorded):
            if not replayer.cut:
                self._differs(
                    divergence(
                        "output",
                        f"the run writes more to {name} than the recording holds",
                        event=None,
                        lane=lane,
                        call=name,
                        expected=None,
                        observed=piece,
                        present_site=replayer.site(),
                    )
                )
            return
        event = replayer.event(recorded[place])
        if not self._alike(event["text"], piece):
            self._differs(
                divergence(
                    "output",
                    f"line {place + 1} of {name} is not the recorded one",
                    event=event["seq"],
                    lane=lane,
                    call=name,
                    expected=event["text"],
                    observed=piece,
                    present_site=replayer.site(),
                )
            )

    def _differs(self, found: dict[str, object]) -> None:
        replayer = self._replayer
        if self._doubt:
            replayer.stop(
                f"what {self._doubt} printed before the run ended cannot be told from the rest",
                0 if replayer.cut else 125,
            )
        replayer.diverge(found)

    def _alike(self, recorded: object, piece: object) -> bool:
        """Whether at most the names differ under which the same secrets were met."""
        if not (isinstance(recorded, str) and isinstance(piece, str) and MARK in piece):
            return recorded == piece
        return self._replayer.cleaner.redactor.identity.alike(recorded, piece)
