"""One forward pass over a recording that checks as it goes and keeps next to nothing.

`Recording.open` checks the whole file before it answers.  A person who looks at the head of a
large recording wants the first lines at once: here each event is checked when it is reached, and
damage further on is an error only there.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from typing import Any, Self

from agentrr_sandbox.errors import RecordingDamaged, RecordingNotFound
from agentrr_sandbox.recording.jsontext import loads
from agentrr_sandbox.recording.reader import Verifier


class Passage:
    """The events of the file at *path*, in order; those already passed can be asked for again.

    After the pass: `torn` is the number of bytes of an unfinished last line, `end` the `run.end`.
    Raises RecordingNotFound, or RecordingDamaged at the line that is damaged.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.torn = 0
        self.end: dict[str, Any] | None = None
        self.header: dict[str, Any] = {}
        self._offsets = array("q")
        try:
            self._file = open(path, "rb")  # noqa: SIM115 - `close` closes it
        except OSError as error:
            raise RecordingNotFound(f"cannot open {path}: {error.strerror}") from None

    def __len__(self) -> int:
        """Return how many events have been passed."""
        return len(self._offsets)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield each event; the first is the header."""
        verifier = Verifier()
        self._file.seek(0)
        del self._offsets[:]
        for event in verifier.events(self._file):
            self._offsets.append(verifier.start)
            if event["t"] == "run.start":
                self.header = event
            elif event["t"] == "run.end":
                self.end = event
            yield event
        self.torn = verifier.torn

    def event(self, number: int) -> dict[str, Any]:
        """Return an event that has been passed."""
        if not 0 <= number < len(self._offsets):
            raise RecordingDamaged(
                f"an event refers to event {number}, which is not before it", code="bad-reference"
            )
        start = self._offsets[number]
        stop = self._offsets[number + 1] if number + 1 < len(self._offsets) else self._file.tell()
        line = os.pread(self._file.fileno(), stop - start, start)
        event: dict[str, Any] = loads(line[: line.rindex(b',"h":"')] + b"}")
        return event

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
