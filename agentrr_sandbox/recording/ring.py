"""Clock reads and draws on their way to the file, in memory that the supervisor shares.

A write to the file costs 1.5 us, a store into shared memory 0.1 us: a read is stored here before
it is returned and goes into the file in bursts, before any outward event.  When the process is
killed, its supervisor still holds the memory and writes down what is left in it.

Layout, in 64-bit words: 0 magic; 1 length of the table of codes in bytes; 2 and 3 the number of
the flush that each half waits for, 0 when it is in the file.  From word `TABLE` on the table (one
JSON text `[lane, call, owner, kind, elastic]` a line; a code is a line's number).  Then the two
halves: one is filled while the other is being written.  An entry has two words: a code with the
number of its flush above it, and the value: a double, an integer, the place of bytes (whose number
is in the code's kind, `b16`), or the length of a text that follows in whole entries (negative while
the text is being put there).  An entry of another flush ends the half.  Last, the bytes of both
halves.
"""

from __future__ import annotations

import _thread
from itertools import groupby

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord, RecordingStopped
from agentrr_sandbox.recording import reads
from agentrr_sandbox.recording.jsontext import JSONError, dumps, loads
from agentrr_sandbox.recording.ring_parts import MOST_BYTES, Old, anonymous

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

MAGIC = 0x6167656E7472720B
TABLE = 8
TABLE_WORDS = 1 << 21
"""16 MB of codes, some 200,000 lanes; memory that nobody touches costs nothing."""
ENTRIES = 1 << 13
"""So many reads make a flush."""
_SPARE = 1 << 12
"""One more entry for each thread that waits for the flush of another one."""
_HALF = 2 * (ENTRIES + _SPARE)
WORDS = TABLE + TABLE_WORDS + 2 * _HALF
_BYTES = MOST_BYTES * (ENTRIES + _SPARE)
SIZE = WORDS * 8 + 2 * _BYTES
_TABLE_LENGTH, _NUMBERS = 1, 2
_STARTS = (TABLE + TABLE_WORDS, TABLE + TABLE_WORDS + _HALF)
_SHIFT = 24
_CODE_MASK = (1 << _SHIFT) - 1


class Ring:
    """The memory.  `q` and `d` see it as integers and as doubles; `i` is the next free word.

    Hot path, inlined by the recorder: `i = ring.i`, `d[i + 1] = value` (or `q`), then
    `q[i] = code | gen`, then `ring.i = i + 2`, and a flush when `i >= limit`.  For bytes:
    `bytes[b : b + size] = value` and `q[i + 1] = b` instead, and `ring.b = b + size`.  These lines
    call nothing, so no thread and no signal handler comes between them.
    """

    def __init__(self, descriptor: int) -> None:
        import mmap

        self.fd = descriptor
        if descriptor < 0:
            self._map = mmap.mmap(-1, SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        else:
            self._map = mmap.mmap(descriptor, SIZE)
        self.bytes = memoryview(self._map)
        self.q = self.bytes[: WORDS * 8].cast("q")
        self.d = self.bytes[: WORDS * 8].cast("d")
        self._codes: list[list[Any]] = []
        self._known: dict[tuple[Any, ...], int] = {}
        self._lock = _thread.RLock()
        self._flushing = False
        self._old: Old | None = None
        self._half = 0
        self._number = 1
        self._texts: list[int] = []
        self.first = self.i = _STARTS[0]
        self.limit = self.first + 2 * ENTRIES
        self.gen = 1 << _SHIFT
        self.b = WORDS * 8

    @classmethod
    def create(cls, descriptor: int | None = None) -> Ring:
        """Make a ring in *descriptor*, or in new anonymous memory.  Raises `CannotRecord`."""
        try:
            if descriptor is None:
                descriptor = anonymous()
            real.ftruncate(descriptor, SIZE)
            ring = cls(descriptor)
        except OSError as error:
            raise CannotRecord(
                f"no memory can be shared with the run: {error.strerror}",
                hint="a limit on the size of files (ulimit -f) holds here too",
            ) from None
        ring.q[0] = MAGIC
        ring.q[_NUMBERS] = 1
        return ring

    @classmethod
    def private(cls) -> Ring:
        """Make one in memory that nobody else sees: it is gone with the process."""
        ring = cls(-1)
        ring.q[0] = MAGIC
        ring.q[_NUMBERS] = 1
        return ring

    @classmethod
    def attach(cls, descriptor: int) -> Ring:
        """Open a ring that another process made: to write in it, or to see what is `left`."""
        return cls(descriptor)

    def code(self, lane: str, call: str, owner: str, kind: str, elastic: bool) -> int:
        """Return the code of such a read; a new one is put into the table.

        Raises `RecordingStopped` when the table is full.
        """
        key = lane, call, owner, kind, elastic
        with self._lock:
            if key in self._known:
                return self._known[key]
            text = (dumps(list(key)) + "\n").encode("ascii")
            length = self.q[_TABLE_LENGTH]
            if length + len(text) > TABLE_WORDS * 8:
                raise RecordingStopped("the run has more lanes than its recording can name")
            start = TABLE * 8 + length
            self.bytes[start : start + len(text)] = text
            self.q[_TABLE_LENGTH] = length + len(text)
            number = len(self._codes)
            self._codes.append(list(key))
            self._known[key] = number
        return number

    def put_value(self, code: int, text: str) -> bool:
        """Store a value as ASCII *text*; False when it does not fit until the next flush."""
        data = text.encode("ascii")
        size = len(data)
        words = 2 + (size + 15) // 16 * 2
        with self._lock:
            i = self.i
            if i + words > self.limit:
                return False
            self.q[i + 1] = -words
            self.q[i] = code | self.gen
            self.i = i + words  # up to here nothing was called: the place is ours
            self._texts.append(i)
            start = (i + 2) * 8
            self.bytes[start : start + size] = data
            self.q[i + 1] = size
        return True

    def drain(self) -> Iterator[dict[str, Any]]:
        """Yield the `reads` events, one a lane, that hold what is in the ring; then `advance`.

        Reads that come meanwhile wait for the next flush.  Of a flush that an exception cut
        short, the rest is given first.
        """
        if self._flushing:  # a signal handler crosses in the middle of a flush
            if self.i >= self.limit + 2 * _SPARE - 4:
                raise RecordingStopped("too many reads while others were being written")
            return
        self._flushing = True
        try:
            if self._old is not None:
                yield from self._hand_out(self._old)
                self._free(self._old)
            with self._lock:
                self._turn_over()
            assert self._old is not None
            yield from self._hand_out(self._old)
        finally:
            self._flushing = False

    def advance(self) -> None:
        """What `drain` gave is in the file."""
        if not self._flushing and self._old is not None and self._old.events == []:
            self._free(self._old)

    def _turn_over(self) -> None:
        old = Old(self._half, self._number, self._texts)
        number = self._number + 1
        half = 1 - self._half
        self.q[_NUMBERS + half] = number
        texts: list[int] = []
        first = _STARTS[half]
        gen = number << _SHIFT
        bytes_from = WORDS * 8 + half * _BYTES
        # From here on nothing is called: no read comes between, see the hot path.
        old.end = self.i
        self._old = old
        self._half = half
        self._number = number
        self._texts = texts
        self.first = self.i = first
        self.limit = first + 2 * ENTRIES
        self.gen = gen
        self.b = bytes_from

    def _hand_out(self, old: Old) -> Iterator[dict[str, Any]]:
        if old.events is None:
            entries = self._entries(_STARTS[old.half], old.end, old.texts)
            old.events = reads.events(old.number, entries, self._codes)
        while old.events:
            yield old.events[0]
            del old.events[0]

    def _free(self, old: Old) -> None:
        self.q[_NUMBERS + old.half] = 0
        self._old = None

    def _entries(self, start: int, end: int, texts: list[int]) -> Iterator[tuple[int, list[Any]]]:
        """Yield codes with their consecutive values."""
        for at in [*texts, end]:
            words = self.q[start:at:2].tobytes()
            values = self.q[start + 1 : at : 2].tobytes()
            if words == words[:8] * (len(words) // 8):  # one call over and over
                if words:
                    yield self._entry(self.q[start], values)
            else:
                place = 0
                for word, group in groupby(memoryview(words).cast("q").tolist()):
                    after = place + 8 * len(list(group))
                    yield self._entry(word, values[place:after])
                    place = after
            if at < end:
                size = self.q[at + 1]
                start = at + (-size if size < 0 else 2 + (size + 15) // 16 * 2)
                if size >= 0:
                    yield self.q[at] & _CODE_MASK, [self._text(at, size)]

    def _entry(self, word: int, values: bytes) -> tuple[int, list[Any]]:
        """Return consecutive values of one code; bytes in one piece, for so they lie."""
        code = word & _CODE_MASK
        kind = self._codes[code][3]
        if kind[0] == "b":
            places = memoryview(values).cast("q")
            return code, [bytes(self.bytes[places[0] : places[-1] + int(kind[1:])])]
        return code, [values]

    def _text(self, at: int, size: int) -> Any:
        start = (at + 2) * 8
        return loads(bytes(self.bytes[start : start + size]))

    def left(self) -> list[dict[str, Any]]:
        """Return the `reads` events of what a killed process left, believing nothing it wrote."""
        if self.q[0] != MAGIC:
            return []
        table = self._table()
        found: list[dict[str, Any]] = []
        for half in sorted((0, 1), key=lambda half: self.q[_NUMBERS + half]):
            number = self.q[_NUMBERS + half]
            if number > 0:
                found += reads.events(number, self._left_in(half, number, table), table)
        return found

    def _left_in(
        self, half: int, number: int, table: list[list[Any]]
    ) -> Iterator[tuple[int, list[Any]]]:
        i = _STARTS[half]
        end = i + _HALF - 1
        while i < end and self.q[i] >> _SHIFT == number:
            code, value = self.q[i] & _CODE_MASK, self.q[i + 1]
            if code >= len(table):
                return
            kind = table[code][3]
            if kind[0] == "b":
                size = int(kind[1:])
                if not WORDS * 8 <= value <= SIZE - size:
                    return
                yield code, [bytes(self.bytes[value : value + size])]
                i += 2
            elif kind != "v":
                yield code, [bytes(self.bytes[i * 8 + 8 : i * 8 + 16])]
                i += 2
            elif value < 0:  # it was being put there: nobody has it
                i += max(-value, 2)
            elif value > (end - i) * 8:
                return
            else:
                try:
                    yield code, [self._text(i, value)]
                except JSONError:
                    return
                i += 2 + (value + 15) // 16 * 2

    def _table(self) -> list[list[Any]]:
        length = max(min(self.q[_TABLE_LENGTH], TABLE_WORDS * 8), 0)
        table: list[list[Any]] = []
        for line in bytes(self.bytes[TABLE * 8 : TABLE * 8 + length]).split(b"\n")[:-1]:
            try:
                code = loads(line)
            except JSONError:
                break
            if not reads.is_code(code):
                break
            table.append(code)
        return table

    def close(self) -> None:
        """Let go of the memory."""
        self.q.release()
        self.d.release()
        self.bytes.release()
        self._map.close()
        if self.fd >= 0:
            real.close(self.fd)
