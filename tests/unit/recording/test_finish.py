"""The supervisor's last word: whatever the run left, the recording is whole and ended."""

from __future__ import annotations

import base64
import errno
import os
from pathlib import Path
from typing import Any

import pytest
from forge import END, EXIT, mark, recording

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord
from agentrr_sandbox.recording import finish, locks
from agentrr_sandbox.recording.reader import Recording
from agentrr_sandbox.recording.ring import Ring

HOW = {"how": "signal", "signal": 9, "ended": 1}


def end(path: Path, ring: Ring | None = None) -> int:
    return finish.end(str(path), dict(HOW), ring, "process")


def events(path: Path) -> list[dict[str, Any]]:
    found = Recording.open(str(path))
    assert found.state == "complete"
    listed = list(found)
    found.close()
    return listed


@pytest.mark.parametrize("count", [0, 1, 40])
def test_the_end_is_written(tmp_path: Path, count: int) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(recording(*map(mark, range(count)), EXIT))
    assert end(path) == count + 3
    assert events(path)[-1] == {"seq": count + 2, "t": "run.end", **HOW}
    assert locks.holder_of(str(path)) == 0


def test_twice_is_once(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(recording(mark(1), END))
    before = path.read_bytes()
    assert end(path) == 3
    assert path.read_bytes() == before


@pytest.mark.parametrize("length", [1, 7, 60, 65536, 70_000, 1_200_000])
def test_a_torn_line_is_kept_in_the_end(tmp_path: Path, length: int) -> None:
    path = tmp_path / "a.jsonl"
    whole = recording(mark(1))
    torn = b'{"seq":2,"t":"mark"' + b"x" * length
    path.write_bytes(whole + torn)
    assert end(path) == 3
    last = events(path)[-1]
    kept = base64.b64decode(last["torn"])
    assert kept == torn[: 1 << 19]


def test_at_every_byte(tmp_path: Path) -> None:
    """Wherever a kill cut the file, it can be finished, and holds each whole event."""
    path = tmp_path / "a.jsonl"
    whole = recording(mark(1), mark(2), {"t": "note", "what": "x" * 300})
    header = whole.index(b"\n") + 1
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        if cut < header:
            with pytest.raises(CannotRecord, match="holds no whole event"):
                end(path)
            continue
        end(path)
        found = events(path)
        lines = whole[:cut].count(b"\n")
        assert len(found) == lines + 1
        torn = base64.b64decode(found[-1].get("torn", ""))
        assert torn == whole[:cut].rpartition(b"\n")[2]


def test_long_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    long = {"t": "note", "what": "x" * 300_000}
    path.write_bytes(recording(long, mark(1), long))
    assert end(path) == 5
    assert len(events(path)) == 5


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (recording(mark(1)).replace(b'"value":1', b'"value":2'), "its last line is damaged"),
        (recording(mark(1)) + b"{}\n", "its last line is damaged"),
        (recording(mark(1)) + b"\n", "its last line is damaged"),
        (b"x", "holds no whole event"),
        (b"", "holds no whole event"),
    ],
)
def test_what_cannot_be_finished(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    with pytest.raises(CannotRecord, match=message):
        end(path)
    assert path.read_bytes() == data


def test_a_line_of_more_than_any_reader_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finish, "MAX_LINE", 100_000)
    path = tmp_path / "a.jsonl"
    path.write_bytes(recording(mark(1)) + b"x" * 300_000)
    with pytest.raises(CannotRecord, match="holds no whole event"):
        end(path)


def test_a_recording_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(CannotRecord, match="cannot be finished: No such file"):
        end(tmp_path / "none")


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(recording(mark(1)))
    before = path.read_bytes()

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(real, "write", full)
    with pytest.raises(CannotRecord, match="No space left"):
        end(path)
    assert path.read_bytes() == before


# -- reads that were left in shared memory -----------------------------------------------------


def left(written: str) -> tuple[Ring, list[dict[str, Any]]]:
    """Return a ring as a killed run left it, and the reads that had reached the file.

    *written* is `none`, `one lane`, `all` or `all, and more since`.
    """
    ring = Ring.create()
    codes = {name: ring.code(name, "i", "user", "i", True) for name in ("a", "b")}

    def read(lane: str, value: int) -> None:
        ring.q[ring.i + 1] = value
        ring.q[ring.i] = codes[lane] | ring.gen
        ring.i += 2

    in_file: list[dict[str, Any]] = []
    read("a", 0)
    in_file += [{"t": "reads", **fields} for fields in ring.drain()]
    ring.advance()
    for lane, value in (("a", 1), ("b", 2), ("a", 3)):
        read(lane, value)
    if written != "none":
        for fields in ring.drain():
            in_file.append({"t": "reads", **fields})
            if written == "one lane":
                break
    if written == "all, and more since":
        read("b", 4)
    return ring, in_file


@pytest.mark.parametrize(
    ("written", "drained", "expected"),
    [
        ("none", 3, {"a": [0, 1, 3], "b": [2]}),
        ("one lane", 1, {"a": [0, 1, 3], "b": [2]}),
        ("all", None, {"a": [0, 1, 3], "b": [2]}),
        ("all, and more since", 1, {"a": [0, 1, 3], "b": [2, 4]}),
    ],
)
def test_reads_that_were_left_are_written_once(
    tmp_path: Path, written: str, drained: int | None, expected: dict[str, list[int]]
) -> None:
    from agentrr_sandbox.recording.reads import unpack

    ring, in_file = left(written)
    path = tmp_path / "a.jsonl"
    path.write_bytes(recording(mark(1), *in_file, mark(2)) + b'{"seq":9')
    end(path, Ring.attach(os.dup(ring.fd)))
    found = events(path)
    assert found[-1].get("drained") == drained
    reads: dict[str, list[int]] = {}
    for event in found:
        if event["t"] == "reads":
            for run in event["runs"]:
                reads.setdefault(event["lane"], []).extend(unpack(run[2], run[4]))
    assert reads == expected
    ring.close()


def test_memory_that_is_no_ring_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(recording(mark(1)))
    ring = Ring.create()
    ring.q[0] = 0
    assert end(path, ring) == 3
    ring.close()


def test_going_back_stops_at_damage(tmp_path: Path) -> None:
    ring, in_file = left("one lane")
    path = tmp_path / "a.jsonl"
    data = recording(*in_file, mark(2)).splitlines(keepends=True)
    data.insert(2, b'{"seq":9,"t":"reads"' + b"\n")
    path.write_bytes(b"".join(data[:4]) + data[4])
    assert end(path, ring) > 0
    ring.close()
