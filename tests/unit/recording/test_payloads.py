"""Payloads beside the recording: stored once, found again, and nothing else is ever opened."""

from __future__ import annotations

import errno
import os
import stat
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
