"""Is a recording whole?  What `verify` checks beyond what every reader does.

The reader holds each line against its hash and what a replay relies on; here come the kinds of
event, references, payload files, answers to nothing, and the counts that the run itself stated.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from typing import Any

from agentrr_sandbox.errors import RecordingDamaged
from agentrr_sandbox.recording.shapes import KINDS

_PARTS = frozenset({"answer", "head", "piece", "end"})
_BLOCK = 1 << 20


class Soundness:
    """Takes the events one by one; afterwards knows what is open, missing or wrong.

    `open` are the intents whose answer the recording does not hold.
    """

    def __init__(self, path: str) -> None:
        self._folder = path + ".d"
        self.open: dict[int, str] = {}
        self.counts: dict[str, int] = {}
        self.stated: Mapping[str, Any] | None = None
        self.end: Mapping[str, Any] | None = None
        self.payloads = 0
        self._sent: set[int] = set()

    def take(self, event: Mapping[str, Any]) -> None:
        """Check one event; raises RecordingDamaged, with its line."""
        number, kind = event["seq"], event["t"]
        if kind not in KINDS:
            raise _damaged(f"event {number} is of an unknown kind, {kind!r}", "kind", number)
        if kind == "run.exit":
            self.stated = event["counts"]
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if kind == "intent":
            self.open[number] = event["call"]
            self._sent.add(number)
        elif kind in _PARTS:
            self._part(event, kind)
        elif kind == "run.end":
            self.end = event
        for reference in _references(event):
            self._refer(reference, number)

    def _part(self, event: Mapping[str, Any], kind: str) -> None:
        if event["of"] not in self._sent:
            number = event["seq"]
            raise _damaged(
                f"event {number} answers event {event['of']}, which asks nothing", "of", number
            )
        if kind in ("answer", "end") or (kind == "head" and "raised" in event):
            self.open.pop(event["of"], None)

    def _refer(self, reference: Mapping[str, Any], number: int) -> None:
        if reference["$"] == "@":
            target = reference.get("seq")
            if not isinstance(target, int) or not 0 <= target < number:
                raise _damaged(f"event {number} refers to event {target}", "reference", number)
            return
        digest = str(reference.get("sha256"))
        path = os.path.join(self._folder, os.path.basename(digest))
        try:
            found = _digest(path)
        except OSError:
            shown = os.path.join(os.path.basename(self._folder), os.path.basename(digest))
            raise _damaged(
                f"event {number}: payload file {shown} is missing", "payload-missing", number
            ) from None
        if found != digest:
            raise _damaged(
                f"event {number}: its payload file does not match its hash", "payload", number
            )
        self.payloads += 1

    def check_counts(self) -> None:
        """Raise RecordingDamaged when there are fewer events than the run says it wrote."""
        for kind, count in (self.stated or {}).items():
            found = self.counts.get(kind, 0)
            if isinstance(count, int) and found < count:
                raise RecordingDamaged(
                    f"the run wrote {count} {kind} events, {found} are here", code="counts"
                )


def _references(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the references to stored values and payload files in *value*."""
    todo = [value]
    while todo:
        value = todo.pop()
        if isinstance(value, Mapping):
            if value.get("$") in ("@", "file"):
                yield value
            else:
                todo += value.values()
        elif isinstance(value, list):
            todo += value


def _digest(path: str) -> str:
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            sha.update(block)
    return sha.hexdigest()


def _damaged(message: str, code: str, number: int) -> RecordingDamaged:
    return RecordingDamaged(message, code=code, line=number + 1)
