"""Clock reads and draws on their way to the file, in memory that the supervisor shares.

A write to the file costs 1.5 us, a store into shared memory 0.1 us: a read is stored here before
it is returned and goes into the file in bursts, before any outward event.  When the process is
killed, its supervisor still holds the memory and writes down what is left in it.

Layout, in 64-bit words: 0 magic, 1 flush number, 2 length of the table of codes in bytes; from
word `TABLE` the table (one JSON text `[lane, call, owner, kind, elastic]` a line; a code is a line
number); from word `first` on entries of two words: a code with the flush number above it, and the
value (a double, an integer, or the length of a text that follows in whole entries).  An entry of
another flush number ends the list.
"""

from __future__ import annotations

import os
from itertools import groupby

from agentrr_sandbox import real
from agentrr_sandbox.recording import reads
from agentrr_sandbox.recording.jsontext import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

MAGIC = 0x6167656E7472720A
TABLE = 8
TABLE_WORDS = 1 << 14
ENTRIES = 1 << 13
WORDS = TABLE + TABLE_WORDS + 2 * ENTRIES
SIZE = WORDS * 8
_GEN_SHIFT = 24
_CODE_MASK = (1 << _GEN_SHIFT) - 1
_GENERATIONS = (1 << 38) - 1


class Ring:
    """The memory.  `q` and `d` see it as integers and as doubles; `i` is the next free word.

    Hot path, inlined by the recorder: `d[i + 1] = value` (or `q`), then `q[i] = code | gen`, then
    `i += 2`, and a flush when `i >= limit`.
    """

    first = TABLE + TABLE_WORDS
    limit = WORDS - 4

    def __init__(self, descriptor: int) -> None:
        import mmap

        self.fd = descriptor
        self._map = mmap.mmap(descriptor, SIZE)
        self._bytes = memoryview(self._map)
        self.q = self._bytes.cast("q")
        self.d = self._bytes.cast("d")
        self.i = self.first
        self.gen = 0
        self._codes: list[list[Any]] = []
        self._known: dict[tuple[Any, ...], int] = {}
        self._texts: list[int] | None = None
        """Where texts stand among the entries; None when another process has written them."""

    @classmethod
    def create(cls, descriptor: int | None = None) -> Ring:
        """Make a ring in *descriptor*, or in new anonymous memory."""
        if descriptor is None:
            descriptor = _anonymous()
        real.ftruncate(descriptor, SIZE)
        ring = cls(descriptor)
        ring.q[0] = MAGIC
        ring.q[1] = 1
        ring.gen = 1 << _GEN_SHIFT
        ring._texts = []
        return ring

    @classmethod
    def attach(cls, descriptor: int) -> Ring:
        """Open a ring that another process writes or wrote."""
        ring = cls(descriptor)
        ring.gen = ring.q[1] << _GEN_SHIFT
        return ring

    @property
    def flush(self) -> int:
        """The number that the next flush has."""
        return int(self.q[1])

    def code(self, lane: str, call: str, owner: str, kind: str, elastic: bool) -> int:
        """Return the code of such a read; a new one is put into the table.

        Raises MemoryError when the table is full (some ten thousand lanes).
        """
        key = lane, call, owner, kind, elastic
        if key in self._known:
            return self._known[key]
        text = (dumps(list(key)) + "\n").encode("ascii")
        length = self.q[2]
        if length + len(text) > TABLE_WORDS * 8:
            raise MemoryError("too many kinds of reads")
        start = TABLE * 8 + length
        self._bytes[start : start + len(text)] = text
        self.q[2] = length + len(text)
        number = len(self._codes)
        self._codes.append(list(key))
        self._known[key] = number
        return number

    def put_value(self, code: int, text: str) -> bool:
        """Store a value as ASCII *text*; False when it does not fit until the next flush."""
        data = text.encode("ascii")
        words = 2 + (len(data) + 15) // 16 * 2
        i = self.i
        if i + words > self.limit:
            return False
        start = (i + 2) * 8
        self._bytes[start : start + len(data)] = data
        self.q[i + 1] = len(data)
        self.q[i] = code | self.gen
        self.i = i + words
        if self._texts is not None:
            self._texts.append(i)
        return True

    def drain(self) -> list[dict[str, Any]]:
        """Return the `reads` events, one a lane, that hold what is in the ring.  See `advance`."""
        table = self._table()
        lanes: dict[str, list[list[Any]]] = {}
        generation = self.q[1]
        for number, values in self._entries(generation, table):
            lane, *run = table[number]
            runs = lanes.setdefault(lane, [])
            if runs and runs[-1][:4] == run:
                runs[-1][4] += values
            else:
                runs.append([*run, values])
        for runs in lanes.values():
            for run in runs:
                if run[2] != "v":  # a double lies here as its bit pattern: the same words
                    run[4] = reads.pack_integers(run[4])
        return [{"lane": lane, "ring": generation, "runs": runs} for lane, runs in lanes.items()]

    def _entries(
        self, generation: int, table: list[list[Any]]
    ) -> Iterator[tuple[int, list[Any]]]:
        """Yield codes with their consecutive values."""
        if self._texts is None:
            yield from self._foreign_entries(generation, table)
            return
        start = self.first
        for at in [*self._texts, self.i]:
            codes = self.q[start:at:2].tolist()
            values = self.q[start + 1 : at : 2].tolist()
            place = 0
            for word, group in groupby(codes):
                count = len(list(group))
                yield word & _CODE_MASK, values[place : place + count]
                place += count
            if at < self.i:
                number, value, start = self._text_at(at)
                yield number, [value]

    def _foreign_entries(
        self, generation: int, table: list[list[Any]]
    ) -> Iterator[tuple[int, list[Any]]]:
        """As `_entries`, for what a killed process left: entry by entry, believing nothing."""
        i = self.first
        while i < WORDS - 1 and self.q[i] >> _GEN_SHIFT == generation:
            number = self.q[i] & _CODE_MASK
            if number >= len(table):
                return
            if table[number][3] == "v":
                number, value, i = self._text_at(i)
                yield number, [value]
            else:
                yield number, [self.q[i + 1]]
                i += 2

    def _text_at(self, i: int) -> tuple[int, Any, int]:
        length = self.q[i + 1]
        start = (i + 2) * 8
        value = loads(bytes(self._bytes[start : start + length]))
        return self.q[i] & _CODE_MASK, value, i + 2 + (length + 15) // 16 * 2

    def advance(self) -> None:
        """What `drain` gave is in the file: begin the next flush."""
        following = (self.q[1] + 1) & _GENERATIONS
        self.q[1] = following
        self.gen = following << _GEN_SHIFT
        self.i = self.first
        if self._texts is not None:
            self._texts.clear()

    def _table(self) -> list[list[Any]]:
        if self._codes:
            return self._codes
        length = min(self.q[2], TABLE_WORDS * 8)
        lines = bytes(self._bytes[TABLE * 8 : TABLE * 8 + length]).split(b"\n")
        return [loads(line) for line in lines[:-1]]

    def close(self) -> None:
        """Let go of the memory."""
        self.q.release()
        self.d.release()
        self._bytes.release()
        self._map.close()
        real.close(self.fd)


def _anonymous() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("agentrr-ring")
    import tempfile

    descriptor, path = tempfile.mkstemp()
    os.unlink(path)
    return descriptor
