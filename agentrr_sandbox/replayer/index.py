"""What a recording holds for each lane: numbers of events, in order; the events stay on disk."""

from __future__ import annotations

from array import array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.recording.reader import Recording

MATCHED = frozenset({"call", "intent", "mark", "reads"})
PARTS = frozenset({"answer", "head", "piece", "end"})


class Index:
    """One pass over the recording.

    `lanes`: for each lane the numbers of what must match, and of its packed reads, in order.
    `parts`: for each intent the numbers of its answer, or of its stream's head, pieces and end.
    `output`: for each descriptor the numbers of its pieces.  `facts`: their stored values.
    `signals`: for each lane the numbers of its notes of a signal, which are in `lanes` as well.
    `turns`: for each event loop the numbers of what woke it, in order.
    `closings`: for each wake that ends the closing of a stream whether that was cancelled.
    `batons`: the numbers of the events that hold the order of threads.
    `concurrent_from`: the first event that cannot be served exactly, or None.
    """

    def __init__(self, recording: Recording) -> None:
        self.lanes: dict[str, array[int]] = {}
        self.parts: dict[int, array[int]] = {}
        self.output: dict[int, array[int]] = {1: array("q"), 2: array("q")}
        self.facts: dict[str, Any] = {}
        self.signals: dict[str, array[int]] = {}
        self.turns: dict[str, array[int]] = {}
        self.closings: dict[tuple[str, str, int], bool] = {}
        self.batons = array("q")
        self.concurrent_from: int | None = None
        self.matched = 0
        for event in recording:
            kind = event["t"]
            if "turn" in event:
                self._turn(event)
            if kind in MATCHED:
                self.lanes.setdefault(event["lane"], array("q")).append(event["seq"])
                self.matched += kind != "reads"
            elif kind in PARTS:
                self.parts.setdefault(event["of"], array("q")).append(event["seq"])
            elif kind == "output":
                self.output[event["fd"]].append(event["seq"])
            elif kind == "facts":
                for name, value in event["facts"].items():
                    self.facts.setdefault(name, value)
            elif kind == "baton":
                self.batons.append(event["seq"])
            elif kind == "note":
                self._note(event)

    def _turn(self, event: dict[str, Any]) -> None:
        self.turns.setdefault(event["turn"][0], array("q")).append(event["seq"])
        if event["t"] == "wake" and event["kind"] == "closed":
            key = "closed", event["lane"], event["nth"]
            self.closings[key] = "cancelled" in event

    def _note(self, event: dict[str, Any]) -> None:
        if event["what"] == "signal":
            self.lanes.setdefault(event["lane"], array("q")).append(event["seq"])
            self.signals.setdefault(event["lane"], array("q")).append(event["seq"])
        elif event["what"] == "concurrent" and self.concurrent_from is None:
            self.concurrent_from = event["from"]
