"""One forward pass over a recording that checks as it goes and keeps next to nothing.

`Recording.open` checks the whole file before it answers.  A person who looks at the head of a
large recording wants the first lines at once: here each event is checked when it is reached, and
damage further on is an error only there.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Iterator
from typing import Any, Self

from agentrr_sandbox.errors import RecordingDamaged, RecordingNotFound
from agentrr_sandbox.recording.jsontext import loads

FORMAT = "agentrr/1"
MAX_LINE = 64 << 20
_GENESIS = b"0" * 64
_SEAL = len(b',"h":"') + 64 + len(b'"}')


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
        self._file = _opened(path)

    def __len__(self) -> int:
        """Return how many events have been passed."""
        return len(self._offsets)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield each event; the first is the header."""
        chain, place = _GENESIS, 0
        self._file.seek(0)
        del self._offsets[:]
        while line := self._file.readline(MAX_LINE + 1):
            number = len(self._offsets) + 1
            if not line.endswith(b"\n"):
                if len(line) > MAX_LINE:
                    raise _damaged(f"line {number} is longer than 64 MB", "too-long", number)
                self.torn = len(line)
                break
            event, chain = _checked(line, chain, number)
            self._offsets.append(place)
            place += len(line)
            if event.get("t") == "run.end":
                self.end = event
            elif self.end is not None:
                raise _damaged(
                    f"line {number} comes after the end: two recordings joined?", "joined", number
                )
            if number == 1:
                self.header = event
            yield event
        if not self._offsets:
            name = os.path.basename(self.path)
            raise _damaged(
                f"{name} holds no event: the run was killed before its first", "empty", 1
            )

    def event(self, number: int) -> dict[str, Any]:
        """Return an event that has been passed."""
        if not 0 <= number < len(self._offsets):
            raise _damaged(
                f"an event refers to event {number}, which comes later", "reference", None
            )
        with open(self.path, "rb") as file:
            file.seek(self._offsets[number])
            found: dict[str, Any] = loads(file.readline(MAX_LINE + 1))
        return found

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _opened(path: str) -> Any:
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise RecordingNotFound(f"no recording at {path}", hint="see `agentrr ls`") from None
    except OSError as error:
        raise RecordingNotFound(f"cannot open {path}: {error.strerror}") from None


def _checked(line: bytes, chain: bytes, number: int) -> tuple[dict[str, Any], bytes]:
    body, seal = line[: -_SEAL - 1] + b"}", line[-_SEAL - 1 : -1]
    stated = seal[len(b',"h":"') : -2]
    if not (seal.startswith(b',"h":"') and seal.endswith(b'"}')):
        code = "not-a-recording" if number == 1 else "hash"
        raise _damaged(f"line {number} has no hash: not an agentrr recording?", code, number)
    if hashlib.sha256(chain + body).hexdigest().encode() != stated:
        raise _damaged(
            f"line {number} is damaged: its hash does not match; {number - 1} events before it"
            " are whole",
            "hash",
            number,
        )
    try:
        event = loads(body)
    except (ValueError, RecursionError) as error:
        raise _damaged(
            f"line {number} is not valid agentrr JSON: {error}", "json", number
        ) from None
    if not isinstance(event, dict) or event.get("seq") != number - 1:
        raise _damaged(f"line {number} does not follow the line before it", "order", number)
    if number == 1 and event.get("format") != FORMAT:
        raise _damaged(
            f"format {event.get('format')!r}; this version reads {FORMAT}", "format", number
        )
    return event, stated


def _damaged(message: str, code: str, line: int | None) -> RecordingDamaged:
    return RecordingDamaged(message, code=code, line=line)
