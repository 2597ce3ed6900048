"""Payloads beside the recording: stored once, found again, and nothing else is ever opened."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from forge import HEADER

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord, RecordingDamaged
from agentrr_sandbox.recording import codec, payloads
from agentrr_sandbox.recording.once import unfold
from agentrr_sandbox.recording.reader import Recording
from agentrr_sandbox.recording.writer import Writer

BIG = payloads.LIMIT + 1
COMMAND = Path(__file__).resolve().parents[2] / "command.py"


def test_a_value_over_a_megabyte_is_beside_the_file_and_comes_back(tmp_path: Path) -> None:
    path = str(tmp_path / "a.jsonl")
    header: dict[str, Any] = {key: value for key, value in HEADER.items() if key != "t"}
    writer = Writer.create(path, header, durable="process")
    value = {"text": "\u00e9" * BIG, "bytes": bytes(range(256)) * 8192, "small": ["x", 1, None]}
    numbers = [writer.append("value", {"v": codec.encode(value)}) for _ in range(2)]
    writer.close()
    assert os.path.getsize(path) < 4000
    beside = tmp_path / "a.jsonl.d"
    assert len(list(beside.iterdir())) == 2, "each once"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in beside.iterdir()} == {0o600}
    recording = Recording.open(path)
    for number in numbers:
        stored = recording.event(number)["v"]
        assert codec.decode(unfold(stored, recording.event, recording.payload)) == value
    recording.close()


def test_what_only_looks_like_base64_stays_a_text(tmp_path: Path) -> None:
    node = {"$": "b", "v": "not base64!" + "A" * BIG}
    assert payloads.put_beside(str(tmp_path / "d"), node) == node
    odd = {"$": "b", "v": "====" * BIG}
    assert payloads.put_beside(str(tmp_path / "d"), odd) == odd
    assert not list(tmp_path.iterdir())


def test_lone_surrogates_come_back(tmp_path: Path) -> None:
    text = "\ud800\udfff" + "x" * BIG
    reference = payloads.put_beside(str(tmp_path / "d"), [(text,)])[0][0]
    assert payloads.load(str(tmp_path / "d"), reference) == text


@pytest.mark.parametrize(
    "reference",
    [
        None,
        {},
        {"sha256": 7},
        {"sha256": "../../etc/passwd"},
        {"sha256": "A" * 64},
        {"sha256": "a" * 63},
        {"sha256": "a" * 65},
    ],
)
def test_no_other_name_is_opened(
    tmp_path: Path, reference: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(real, "os_open", None)
    with pytest.raises(RecordingDamaged, match="is not a digest"):
        payloads.load(str(tmp_path), reference)


def test_a_missing_one_and_a_changed_one(tmp_path: Path) -> None:
    folder = str(tmp_path / "run.jsonl.d")
    reference = payloads.store(folder, b"content")
    file = tmp_path / "run.jsonl.d" / reference["sha256"]
    assert payloads.load(folder, reference) == b"content"
    for other in (b"CONTENT", b"longer content", b""):
        file.write_bytes(other)
        with pytest.raises(RecordingDamaged, match="does not match its digest"):
            payloads.load(folder, reference)
    file.unlink()
    with pytest.raises(RecordingDamaged, match=r"payload file run.jsonl.d/\w{12}... is missing"):
        payloads.load(folder, reference)
    secret = tmp_path / "secret"
    secret.write_bytes(b"content")
    file.symlink_to(secret)
    with pytest.raises(RecordingDamaged, match="is missing"):
        payloads.load(folder, reference)
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(RecordingDamaged, match="does not match"):
        payloads.load(folder, reference)


def test_bytes_that_are_said_to_be_a_text(tmp_path: Path) -> None:
    reference = {**payloads.store(str(tmp_path / "d"), b"\xff"), "as": "str"}
    with pytest.raises(RecordingDamaged, match="is no text"):
        payloads.load(str(tmp_path / "d"), reference)


def test_a_folder_that_is_a_link_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "d").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotRecord, match="cannot write a payload"):
        payloads.store(str(tmp_path / "d"), b"x")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_full_disk_leaves_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(real, "write", full)
    with pytest.raises(CannotRecord, match="No space left on device"):
        payloads.store(str(tmp_path / "d"), b"x")
    assert not list((tmp_path / "d").iterdir())


def test_a_run_that_reads_much_replays(tmp_path: Path) -> None:
    """Writing the payload is no crossing of the run's own."""
    (tmp_path / "agent.py").write_text("import sys; t = sys.stdin.read(); print(len(t), t[-5:])")

    def agentrr(*words: str, given: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(COMMAND), *words],
            cwd=tmp_path,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    recorded = agentrr("run", "-q", "-o", "a.jsonl", "agent.py", given="z" * 2 * BIG + "end")
    assert recorded.stdout == f"{2 * BIG + 3} zzend\n", recorded.stderr
    assert len(list((tmp_path / "a.jsonl.d").iterdir())) == 1
    replayed = agentrr("replay", "--check", "a.jsonl", given="")
    assert (replayed.returncode, replayed.stdout) == (0, recorded.stdout), replayed.stderr


FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
from agentrr_sandbox.errors import CannotRecord
from agentrr_sandbox.recording.writer import Writer
writer = Writer.create(sys.argv[1], {"format": "agentrr/1", "roots": {}, "redaction": {},
    "python": {}, "argv": []}, durable="power")
try:
    while True:
        last = writer.append("note", {"what": "x" * 777}, sync=True)
except CannotRecord as error:
    print(last, error)
"""


def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    """The kernel writes a part of the line, then refuses: the file ends on a whole event."""
    path = tmp_path / "a.jsonl"
    found = subprocess.run(
        [sys.executable, "-c", FULL, str(path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    last, _, message = found.stdout.partition(" ")
    assert "File too large; the recording is whole up to event " + last in message
    recording = Recording.open(str(path))
    assert (len(recording), recording.state) == (int(last) + 1, "cut")
    recording.close()
