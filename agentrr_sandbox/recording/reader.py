"""Reads `run.jsonl`, which may come from a stranger.  Nothing in it is ever run.

One pass verifies every line; events are then read again by number, so that memory stays flat.
An unterminated last line is a *state* (the run was killed while it wrote); a terminated line that
does not hold is *damage*, with its line number.
"""

from __future__ import annotations

import os
import stat

from agentrr_sandbox import real
from agentrr_sandbox.errors import RecordingDamaged, RecordingNotFound
from agentrr_sandbox.recording import payloads
from agentrr_sandbox.recording.jsontext import JSONError, loads
from agentrr_sandbox.recording.lines import HASHED, has_hash, split
from agentrr_sandbox.recording.shapes import KINDS, complaint_of
from agentrr_sandbox.recording.writer import FORMAT, GENESIS, MAX_LINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any

_FAMILY = "agentrr/"
_WIDTH = 8


class Recording:
    """A recording that has been verified.

    `state` is `complete` (its end is written), `exited` (the process ended, its supervisor did
    not say how), `cut` (it ends on a whole event) or `torn` (within one: `torn_bytes` are left
    out).  `end` and `exit` are the last events of those names, or None.
    """

    def __init__(self, path: str, max_line: int = MAX_LINE) -> None:
        self.path = path
        self.header: dict[str, Any] = {}
        self.end: dict[str, Any] | None = None
        self.exit: dict[str, Any] | None = None
        self.torn_bytes = 0
        self._offsets = bytearray()  # eight bytes each: `array` would load `collections`
        self._file = _open(path)
        try:
            self._verify(Verifier(max_line))
        except BaseException:
            self._file.close()
            raise

    @classmethod
    def open(cls, path: str, max_line: int = MAX_LINE) -> Recording:
        """Verify the recording at *path*.  Raises `RecordingNotFound`, `RecordingDamaged`."""
        return cls(path, max_line)

    @property
    def state(self) -> str:
        """How the recording ends."""
        if self.end is not None:
            return "complete"
        if self.torn_bytes:
            return "torn"
        return "exited" if self.exit is not None else "cut"

    def __len__(self) -> int:
        return len(self._offsets) // _WIDTH - 1

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield every event in order."""
        for number in range(len(self)):
            yield self.event(number)

    def event(self, number: int) -> dict[str, Any]:
        """Return event *number*, without its hash.

        Raises `RecordingDamaged`: there is none, or the file is another one since it was opened.
        """
        if type(number) is not int or not 0 <= number < len(self):
            raise RecordingDamaged(f"there is no event {number!r:.40}", code="bad-reference")
        place = number * _WIDTH
        start = int.from_bytes(self._offsets[place : place + _WIDTH], "little")
        stop = int.from_bytes(self._offsets[place + _WIDTH : place + 2 * _WIDTH], "little")
        line = real.pread(self._file.fileno(), stop - start, start)
        try:
            event: dict[str, Any] = loads(line[: -HASHED - 1] + b"}")
            if event["seq"] == number:
                return event
        except (JSONError, TypeError, KeyError):
            pass
        raise RecordingDamaged(
            f"line {number + 1} was changed while it was being read",
            code="changed",
            line=number + 1,
        )

    def payload(self, reference: Any) -> str | bytes:
        """Return a payload that is kept beside the recording.  Raises `RecordingDamaged`."""
        return payloads.load(payloads.folder(self.path), reference)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _verify(self, verifier: Verifier) -> None:
        for event in verifier.events(self._file):
            self._offsets += verifier.start.to_bytes(_WIDTH, "little")
            kind = event["t"]
            if kind == "run.start":
                self.header = event
            elif kind == "run.exit":
                self.exit = event
            elif kind == "run.end":
                self.end = event
            elif kind not in KINDS:
                raise RecordingDamaged(
                    f"event {event['seq']} is of an unknown kind, {kind[:40]!r}",
                    code="unknown-kind",
                    line=event["seq"] + 1,
                    hint="recorded by a newer agentrr?",
                )
        self._offsets += verifier.offset.to_bytes(_WIDTH, "little")
        self.torn_bytes = verifier.torn


class Verifier:
    """Checks lines one after another, as they stand in the file.

    After each event `start` is where its line began, `offset` where the next one begins, `chain`
    the hash so far, `seq` the next number; at the end `torn` is the length of an unfinished line.
    """

    def __init__(self, max_line: int = MAX_LINE) -> None:
        self.max_line = max_line
        self.chain = GENESIS.encode("ascii")
        self.seq = 0
        self.start = 0
        self.offset = 0
        self.torn = 0

    def events(self, file: IO[bytes]) -> Iterator[dict[str, Any]]:
        """Yield the events of *file*.  Raises `RecordingDamaged`, and nothing else of its own."""
        ended = False
        while raw := file.readline(self.max_line + 1):
            line = self.seq + 1
            if len(raw) > self.max_line:
                size = self.max_line >> 20
                raise self._damage("too-long", f"line {line} is longer than {size} MB")
            if ended:
                raise self._damage(
                    "after-end",
                    f"line {line} comes after the end of the run: were two recordings joined?",
                )
            if not raw.endswith(b"\n"):
                if self.seq == 0:
                    raise self._foreign("line 1 is not whole")
                self.torn = len(raw)
                return
            event = self._event(raw[:-1], line)
            ended = event["t"] == "run.end"
            self.start, self.offset = self.offset, self.offset + len(raw)
            self.seq += 1
            yield event
        if self.seq == 0:
            raise RecordingDamaged(
                "the file is empty: the run was killed before its first event,"
                " or the file was truncated",
                code="empty",
                line=0,
            )

    def _event(self, text: bytes, line: int) -> dict[str, Any]:
        found = split(text, self.chain)
        if found is None:
            self._newer(text)
            if not has_hash(text):
                if self.seq == 0:
                    raise self._foreign("line 1 has no hash")
                raise self._damage("no-hash", f"line {line} (byte {self.offset}) has no hash")
            raise self._damage(
                "hash", f"line {line} (byte {self.offset}) is damaged: its hash does not match"
            )
        body, self.chain = found
        try:
            event = loads(body)
        except JSONError as error:
            raise self._damage("bad-json", f"line {line} is not agentrr JSON: {error}") from None
        self._check(event, line)
        checked: dict[str, Any] = event
        return checked

    def _check(self, event: Any, line: int) -> None:
        """What every reader relies on; `verify` holds the rest against the schema."""
        if not isinstance(event, dict) or not isinstance(event.get("t"), str):
            raise self._damage("bad-event", f"line {line} is not an event")
        if type(event.get("seq")) is not int or event["seq"] != self.seq:
            found = str(event.get("seq"))[:40]
            raise self._damage(
                "bad-seq",
                f"line {line} does not follow line {line - 1}: expected event {self.seq},"
                f" found {found}",
            )
        kind = event["t"]
        if self.seq == 0:
            self._header(event)
        elif kind == "run.start":
            raise self._damage("bad-event", f"line {line} is a second header")
        complaint = complaint_of(event)
        if complaint:
            raise self._damage("bad-event", f"line {line}: {complaint}")

    def _header(self, event: dict[str, Any]) -> None:
        if event["t"] != "run.start" or not isinstance(event.get("format"), str):
            raise self._foreign("line 1 is no header")
        self._newer_format(event["format"])

    def _newer(self, text: bytes) -> None:
        """A newer format may hash in another way: look at its name before crying damage."""
        if self.seq == 0:
            try:
                event = loads(text)
            except JSONError:
                return
            if isinstance(event, dict) and isinstance(event.get("format"), str):
                self._newer_format(event["format"])

    def _newer_format(self, name: str) -> None:
        if name == FORMAT:
            return
        shown = name[:40]
        if name.startswith(_FAMILY):
            raise RecordingDamaged(
                f"the recording has format {shown}; this version reads {FORMAT}",
                code="newer-format",
                line=1,
                hint="upgrade: pip install -U agentrr-sandbox",
            )
        raise self._foreign(f"format {shown!r}")

    def _foreign(self, why: str) -> RecordingDamaged:
        return RecordingDamaged(
            f"this is not an agentrr recording ({why})", code="not-a-recording", line=1
        )

    def _damage(self, code: str, message: str) -> RecordingDamaged:
        hint = ""
        if self.seq > 1:
            hint = f"events 0 to {self.seq - 1} before it are intact"
        return RecordingDamaged(message, code=code, line=self.seq + 1, hint=hint)


def _open(path: str) -> IO[bytes]:
    try:
        flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        # a FIFO would keep us waiting for a writer
        descriptor = real.os_open(path, flags | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        raise RecordingNotFound(f"there is no recording {path}", hint="agentrr ls") from None
    except OSError as error:
        raise RecordingNotFound(f"cannot open {path}: {error.strerror}") from None
    except ValueError:
        raise RecordingNotFound(f"{path!r} is not a path") from None
    mode = real.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        real.close(descriptor)
        kind = "a directory" if stat.S_ISDIR(mode) else "not a file"
        raise RecordingDamaged(f"{path} is {kind}", code="not-a-recording")
    return real.open(descriptor, "rb")
