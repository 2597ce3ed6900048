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

from agentrr_sandbox import real
from agentrr_sandbox.recording import reads
from agentrr_sandbox.recording.jsontext import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
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
        return True

    def drain(self) -> list[dict[str, Any]]:
        """Return the `reads` events, one a lane, that hold what is in the ring.  See `advance`."""
        table = self._table()
        lanes: dict[str, list[list[Any]]] = {}
        i, generation = self.first, self.q[1]
        while i < WORDS - 1 and self.q[i] >> _GEN_SHIFT == generation:
            number = self.q[i] & _CODE_MASK
            if number >= len(table):
                break
            lane, call, owner, kind, elastic = table[number]
            if kind == "v":
                length = self.q[i + 1]
                start = (i + 2) * 8
                value: Any = loads(bytes(self._bytes[start : start + length]))
                i += 2 + (length + 15) // 16 * 2
            else:
                value = self.q[i + 1]
                i += 2
            runs = lanes.setdefault(lane, [])
            run = [call, owner, kind, elastic, []]
            if runs and runs[-1][:4] == run[:4]:
                runs[-1][4].append(value)
            else:
                run[4].append(value)
                runs.append(run)
        for runs in lanes.values():
            for run in runs:
                if run[2] != "v":
                    # a double is stored as its bit pattern already: same bytes, same words
                    run[4] = reads.pack_integers(run[4])
        return [{"lane": lane, "ring": generation, "runs": runs} for lane, runs in lanes.items()]

    def advance(self) -> None:
        """What `drain` gave is in the file: begin the next flush."""
        following = (self.q[1] + 1) & _GENERATIONS
        self.q[1] = following
        self.gen = following << _GEN_SHIFT
        self.i = self.first

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
