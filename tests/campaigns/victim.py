"""A supervisor and its run, made to be killed: `victim.py PATH ACKNOWLEDGEMENTS SEED`.

As `agentrr run` does it: the parent writes the header and holds the ring, the child goes on with
the file.  After each event and each read the child says so on a pipe, *after* the door returned.
"""

from __future__ import annotations

import os
import sys

from agentrr_sandbox.recording import finish
from agentrr_sandbox.recording.ring import Ring
from agentrr_sandbox.recording.writer import Writer

HEADER: dict[str, object] = {
    "format": "agentrr/1", "roots": {}, "redaction": {}, "python": {}, "argv": [],
}  # fmt: skip
LARGEST = 200_000


def size_of(seed: int, number: int) -> int:
    """Return how long event *number* is: from a few bytes to 200 KB, most of them short."""
    scattered = ((seed + number * 2_654_435_761) ^ (number << 7)) % 1_000_003 / 1_000_003
    return int(20 * (LARGEST / 20) ** scattered)


def run(
    path: str, state: tuple[int, str, int], ring: Ring, acks: int, seed: int, parent: int
) -> None:
    """Write until killed; when only the parent is gone, some more events, and an end."""
    seq, chain, size = state
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    writer = Writer.adopt(descriptor, path=path, seq=seq, chain=chain, size=size, durable="process")
    code = ring.code("main", "i", "user", "i", True)
    after = value = 0
    while after < 20:
        for _ in range(3):
            i = ring.i
            ring.q[i + 1] = value
            ring.q[i] = code | ring.gen
            ring.i = i + 2
            os.write(acks, b"R %d\n" % value)
            value += 1
        if not writer.seq % 5:
            for fields in ring.drain():
                writer.append("reads", fields)
            ring.advance()
        length = size_of(seed, writer.seq)
        number = writer.append("note", {"what": "x" * length})
        os.write(acks, b"E %d %d\n" % (number, length))
        after += os.getppid() != parent
    for fields in ring.drain():
        writer.append("reads", fields)
    ring.advance()
    writer.append("run.exit", {"counts": {}, "digests": {}})


def main() -> None:
    """Create the recording, start the run, wait, and write how it ended."""
    path, acks, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    ring = Ring.create()
    writer = Writer.create(path, HEADER, durable="process")
    state = writer.state()
    own = os.getpid()
    child = os.fork()
    if child == 0:
        run(path, state, ring, acks, seed, own)
        os._exit(0)
    os.write(acks, b"P %d\n" % child)
    _, status = os.waitpid(child, 0)
    writer.close()
    how = {"how": "signal", "signal": os.WTERMSIG(status)}
    finish.end(path, how if os.WIFSIGNALED(status) else {"how": "exit", "code": 0}, ring, "process")


if __name__ == "__main__":
    main()
