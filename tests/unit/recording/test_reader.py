"""The reader: what it says of a file that is not a whole recording."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from forge import END, EXIT, HEADER, bodies, chained, mark, recording

from agentrr_sandbox import real
from agentrr_sandbox.errors import RecordingDamaged, RecordingNotFound
from agentrr_sandbox.recording.reader import Recording
from agentrr_sandbox.recording.shapes import complaint_of


def opened(tmp_path: Path, data: bytes, **options: Any) -> Recording:
    path = tmp_path / "a.jsonl"
    path.write_bytes(data)
    return Recording.open(str(path), **options)


def damage(tmp_path: Path, data: bytes, **options: Any) -> RecordingDamaged:
    with pytest.raises(RecordingDamaged) as caught:
        opened(tmp_path, data, **options)
    assert caught.value.exit_code == 65
    return caught.value


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([mark(1)], "cut"),
        ([mark(1), EXIT], "exited"),
        ([mark(1), EXIT, END], "complete"),
        ([mark(1), END], "complete"),
    ],
)
def test_states(tmp_path: Path, events: list[dict[str, Any]], state: str) -> None:
    found = opened(tmp_path, recording(*events))
    assert found.state == state
    assert found.torn_bytes == 0
    assert len(found) == len(events) + 1
    assert (found.end is not None) == (END in events)
    assert (found.exit is not None) == (EXIT in events)
    assert next(iter(found)) == found.header == found.event(0) == {"seq": 0, **HEADER}
    assert found.event(1) == {"seq": 1, **mark(1)}
    found.close()


def test_a_torn_last_line_is_a_state(tmp_path: Path) -> None:
    data = recording(mark(1), mark(2))
    found = opened(tmp_path, data[:-10])
    assert (found.state, len(found)) == ("torn", 2)
    assert found.torn_bytes == len(data.splitlines(keepends=True)[2]) - 10
    assert [event["seq"] for event in found] == [0, 1]
    found.close()


@pytest.mark.parametrize("number", [-1, 3, True, "1", None])
def test_there_is_no_such_event(tmp_path: Path, number: Any) -> None:
    found = opened(tmp_path, recording(mark(1), mark(2)))
    with pytest.raises(RecordingDamaged, match="there is no event"):
        found.event(number)
    found.close()


def nested(deep: int) -> Any:
    return [] if deep <= 1 else [nested(deep - 1)]


LINES = recording(mark(1), mark(2), mark(3), EXIT, END).splitlines(keepends=True)
OTHER = {**HEADER, "format": "notes/1"}


@pytest.mark.parametrize(
    ("data", "code", "line", "message"),
    [
        (b"", "empty", 0, "the file is empty: the run was killed before its first event"),
        (b"\n", "not-a-recording", 1, r"not an agentrr recording \(line 1 has no hash\)"),
        (b"hello\nworld\n", "not-a-recording", 1, "line 1 has no hash"),
        (b"hello", "not-a-recording", 1, "line 1 is not whole"),
        (b'{"a":1}\n', "not-a-recording", 1, "line 1 has no hash"),
        (b"\x7fELF" + bytes(200), "not-a-recording", 1, "line 1 is not whole"),
        (chained(['{"seq":0,"t":"mark"}']), "not-a-recording", 1, "line 1 is no header"),
        (chained(['{"seq":0,"t":"run.start"}']), "not-a-recording", 1, "line 1 is no header"),
        (chained([json.dumps({"seq": 0, **OTHER})]), "not-a-recording", 1, "format 'notes/1'"),
        (
            chained([json.dumps({"seq": 0, **HEADER, "format": "agentrr/3"})]),
            "newer-format",
            1,
            "the recording has format agentrr/3; this version reads agentrr/1",
        ),
        (b'{"t":"run.start","format":"agentrr/2"}\n', "newer-format", 1, "format agentrr/2"),
        (
            LINES[0] + LINES[1] + LINES[2].replace(b'"value":2', b'"value":7') + LINES[3],
            "hash",
            3,
            r"line 3 \(byte \d+\) is damaged: its hash does not match",
        ),
        (LINES[0] + b"{}\n", "no-hash", 2, r"line 2 \(byte \d+\) has no hash"),
        (LINES[0] + LINES[2], "hash", 2, "line 2 .* is damaged"),
        (LINES[0] + LINES[1] + LINES[1], "hash", 3, "line 3 .* is damaged"),
        (LINES[0] + LINES[2] + LINES[1], "hash", 2, "line 2 .* is damaged"),
        (
            chained([b for n, b in enumerate(bodies(mark(1), mark(2))) if n != 1]),
            "bad-seq",
            2,
            "line 2 does not follow line 1: expected event 1, found 2",
        ),
        (
            chained([bodies()[0], *bodies(mark(1))[1:], *bodies(mark(1))[1:]]),
            "bad-seq",
            3,
            "line 3 does not follow line 2: expected event 2, found 1",
        ),
        (chained([bodies()[0], '{"t":"mark"}']), "bad-seq", 2, "expected event 1, found None"),
        (chained([bodies()[0], "[]"]), "hash", 2, "is damaged"),
        (chained([bodies()[0], '{"seq":1}']), "bad-event", 2, "line 2 is not an event"),
        (b"".join(LINES) + LINES[1], "after-end", 7, "comes after the end of the run"),
        (b"".join(LINES) + b"x", "after-end", 7, "comes after the end of the run"),
        (recording(HEADER), "bad-event", 2, "line 2 is a second header"),
        (recording({"t": "mark", "lane": 1}), "bad-event", 2, "a mark event needs 'lane'"),
        (recording({"t": "new.kind"}), "unknown-kind", 2, "unknown kind, 'new.kind'"),
        (
            recording({"t": "note", "what": nested(250)}),
            "bad-json",
            2,
            "line 2 is not agentrr JSON: nested deeper than 200",
        ),
        (
            chained([bodies()[0], '{"seq":1,"t":"note","what":"x","what":"y"}']),
            "bad-json",
            2,
            "a key comes twice",
        ),
        (chained([bodies()[0], '{"seq":1,"v":NaN}']), "bad-json", 2, "NaN is not JSON"),
        (chained([bodies()[0], f'{{"seq":{"1" * 5000}}}']), "bad-json", 2, "a long integer"),
        (chained([bodies()[0], '{"seq":1,"v":"\u00e9"}']), "bad-json", 2, "not ASCII"),
    ],
)
def test_what_is_said_of_it(
    tmp_path: Path, data: bytes, code: str, line: int, message: str
) -> None:
    error = damage(tmp_path, data)
    assert (error.code, error.line) == (code, line)
    import re

    assert re.search(message, error.message), error.message


def test_a_hint_says_what_is_intact(tmp_path: Path) -> None:
    error = damage(tmp_path, LINES[0] + LINES[1] + b"{}\n")
    assert error.hint == "events 0 to 1 before it are intact"
    newer = chained([json.dumps({"seq": 0, **HEADER, "format": "agentrr/9"})])
    assert damage(tmp_path, newer).hint == "upgrade: pip install -U agentrr-sandbox"


def test_a_line_that_is_too_long(tmp_path: Path) -> None:
    data = recording({"t": "note", "what": "x" * (2 << 20)})
    error = damage(tmp_path, data, max_line=1 << 20)
    assert (error.code, error.message) == ("too-long", "line 2 is longer than 1 MB")
    opened(tmp_path, data).close()


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(RecordingNotFound, match="there is no recording"):
        Recording.open(str(tmp_path / "none"))
    with pytest.raises(RecordingNotFound, match="cannot open .*Not a directory"):
        Recording.open("/dev/null/a")
    with pytest.raises(RecordingNotFound, match="is not a path"):
        Recording.open("a\0b")


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, kind in ((tmp_path, "a directory"), (tmp_path / "pipe", "not a file")):
        with pytest.raises(RecordingDamaged, match=kind):
            Recording.open(str(path))


def test_a_file_that_changes_after_it_was_verified(tmp_path: Path) -> None:
    found = opened(tmp_path, recording(mark(1), mark(2)))
    (tmp_path / "a.jsonl").write_bytes(LINES[0])
    assert found.event(0)["t"] == "run.start"
    with pytest.raises(RecordingDamaged, match="line 3 was changed while it was being read"):
        found.event(2)
    found.close()


def test_without_pread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = opened(tmp_path, recording(mark(1), mark(2)))

    def pread(fd: int, length: int, offset: int) -> bytes:
        os.lseek(fd, offset, os.SEEK_SET)
        return os.read(fd, length)

    monkeypatch.setattr(real, "pread", pread)
    assert [event["seq"] for event in found] == [0, 1, 2]
    found.close()


@pytest.mark.parametrize(
    ("event", "complaint"),
    [
        ({"t": "output", "fd": 3, "n": 0}, "neither 1 nor 2"),
        ({"t": "child", "of": "x"}, "does not stand before it"),
        ({"t": "answer", "lane": "main", "of": 7}, "does not stand before it"),
        ({"t": "answer", "lane": "main", "of": -1}, "does not stand before it"),
        ({"t": "reads", "lane": "main", "ring": 1, "runs": [1]}, "runs are not runs"),
        ({"t": "value"}, "needs 'v'"),
        ({"t": "note", "what": "concurrent"}, "needs 'from'"),
        ({"t": "facts", "facts": []}, "needs 'facts'"),
        ({"t": "answer", "lane": "main", "of": True}, "needs 'of'"),
        ({"t": "value", "v": None}, ""),
        ({"t": "answer", "lane": "main", "of": 6}, ""),
    ],
)
def test_shapes_that_no_replay_could_bear(event: dict[str, Any], complaint: str) -> None:
    found = complaint_of({"seq": 7, **event})
    assert complaint in found
    assert bool(found) == bool(complaint)
