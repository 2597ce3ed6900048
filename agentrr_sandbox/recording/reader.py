"""Reads `run.jsonl`, which may come from a stranger.  Nothing in it is ever run.

One pass verifies every line; events are then read again by number, so that memory stays flat.
An unterminated last line is a *state* (the run was killed while it wrote); a terminated line that
does not hold is *damage*, with its line number.
"""

from __future__ import annotations

import os
from array import array

from agentrr_sandbox import real
from agentrr_sandbox.errors import RecordingDamaged, RecordingNotFound
from agentrr_sandbox.recording import payloads
from agentrr_sandbox.recording.jsontext import JSONError, loads, sha256
from agentrr_sandbox.recording.writer import FORMAT, GENESIS, MAX_LINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any

_TAIL = len(',"h":"') + 64 + len('"}')
_HEX = frozenset(b"0123456789abcdef")
_FAMILY = "agentrr/"


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
        self._max_line = max_line
        self._offsets: array[int] = array("q")
        self._file = _open(path)
        for _ in self._verify():
            pass

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
        return len(self._offsets) - 1

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Yield every event in order."""
        for number in range(len(self)):
            yield self.event(number)

    def event(self, number: int) -> dict[str, Any]:
        """Return event *number*, without its hash."""
        if not 0 <= number < len(self):
            raise RecordingDamaged(f"there is no event {number}", code="bad-reference")
        start, stop = self._offsets[number], self._offsets[number + 1]
        line = os.pread(self._file.fileno(), stop - start, start)
        event: dict[str, Any] = loads(line[: -_TAIL - 1] + b"}")
        return event

    def payload(self, reference: Any) -> bytes:
        """Return a payload that is kept beside the recording.  Raises `RecordingDamaged`."""
        return payloads.load(payloads.folder(self.path), reference)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _verify(self) -> Iterator[None]:
        verifier = Verifier(self._max_line)
        self._file.seek(0)
        for event in verifier.events(self._file):
            self._offsets.append(verifier.start)
            kind = event["t"]
            if kind == "run.start":
                self.header = event
            elif kind == "run.exit":
                self.exit = event
            elif kind == "run.end":
                self.end = event
            yield
        self._offsets.append(verifier.offset)
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
        tail = text[-_TAIL:]
        if not (tail.startswith(b',"h":"') and tail.endswith(b'"}')) or not _HEX.issuperset(
            tail[6:-2]
        ):
            if self.seq == 0:
                raise self._foreign("line 1 has no hash")
            raise self._damage("no-hash", f"line {line} (byte {self.offset}) has no hash")
        body = text[:-_TAIL] + b"}"
        digest = sha256(self.chain + body).hexdigest().encode("ascii")
        if digest != tail[6:-2]:
            self._newer(body)
            raise self._damage(
                "hash", f"line {line} (byte {self.offset}) is damaged: its hash does not match"
            )
        self.chain = digest
        try:
            event = loads(body)
        except JSONError as error:
            raise self._damage("bad-json", f"line {line} is not agentrr JSON: {error}") from None
        self._check(event, line)
        found: dict[str, Any] = event
        return found

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

    def _newer(self, body: bytes) -> None:
        """A newer format may hash in another way: look at its name before crying damage."""
        if self.seq == 0:
            try:
                event = loads(body)
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


_TEXT, _INT, _DICT, _LIST = str, int, dict, list
_NEEDS: dict[str, tuple[tuple[str, type], ...]] = {
    "run.start": (("roots", _DICT), ("redaction", _DICT), ("python", _DICT), ("argv", _LIST)),
    "call": (("lane", _TEXT), ("call", _TEXT), ("sig", _TEXT)),
    "intent": (("lane", _TEXT), ("call", _TEXT), ("sig", _TEXT)),
    "mark": (("lane", _TEXT), ("call", _TEXT)),
    "answer": (("of", _INT), ("lane", _TEXT)),
    "head": (("of", _INT), ("lane", _TEXT)),
    "piece": (("of", _INT), ("lane", _TEXT)),
    "end": (("of", _INT), ("lane", _TEXT), ("how", _TEXT)),
    "reads": (("lane", _TEXT), ("ring", _INT), ("runs", _LIST)),
    "facts": (("facts", _DICT),),
    "output": (("fd", _INT), ("n", _INT)),
    "note": (("what", _TEXT),),
    "list": (("keep", _INT), ("add", _LIST)),
    "run.exit": (("counts", _DICT), ("digests", _DICT)),
    "run.end": (("how", _TEXT),),
}
_OWNERS = ("user", "lib")
_KINDS = ("f", "i", "v")


def complaint_of(event: dict[str, Any]) -> str:
    """Return what a replay could not bear in *event*, or an empty text."""
    kind = event["t"]
    for name, type_ in _NEEDS.get(kind, ()):
        if type(event.get(name)) is not type_:
            return f"a {kind} event needs {name!r}"
    if kind == "output" and event["fd"] not in (1, 2):
        return "output of a descriptor that is neither 1 nor 2"
    if "of" in event and not 0 <= event["of"] < event["seq"]:
        return "it refers to an event that does not stand before it"
    if kind == "reads" and not all(map(_is_run, event["runs"])):
        return "its runs are not runs"
    return ""


def _is_run(run: Any) -> bool:
    if not (isinstance(run, list) and len(run) == 5):
        return False
    call, owner, kind, elastic, values = run
    if not (type(call) is str and owner in _OWNERS and kind in _KINDS):
        return False
    if type(elastic) is not bool or type(values) is not list:
        return False
    if kind == "v":
        return True
    total = 0
    for value in values:
        if type(value) is not int:
            return False
        total += value
        if not -(1 << 63) <= total < 1 << 63:
            return False
    return True


def _open(path: str) -> IO[bytes]:
    try:
        if os.path.isdir(path):
            raise RecordingDamaged(f"{path} is a directory", code="not-a-recording")
        return real.open(path, "rb")
    except FileNotFoundError:
        raise RecordingNotFound(f"there is no recording {path}", hint="agentrr ls") from None
    except OSError as error:
        raise RecordingNotFound(f"cannot open {path}: {error.strerror}") from None
