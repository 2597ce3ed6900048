"""The writer: every event whole and in order, whatever happens in between."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from forge import HEADER

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord
from agentrr_sandbox.recording import locks
from agentrr_sandbox.recording.reader import Recording
from agentrr_sandbox.recording.writer import FORMAT, MAX_LINE, Writer, high

START: dict[str, Any] = {key: value for key, value in HEADER.items() if key != "t"}


def create(path: Path, durable: str = "process") -> Writer:
    return Writer.create(str(path), dict(START), durable=durable)


def note(writer: Writer, text: str = "x", *, sync: bool = False) -> int:
    return writer.append("note", {"what": text}, sync=sync)


def whats(path: Path) -> list[str]:
    recording = Recording.open(str(path))
    found = [event["what"] for event in recording if event["t"] == "note"]
    recording.close()
    return found


def test_events_are_in_the_file_before_append_returns(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    writer = create(path, "power")
    for number in range(1, 20):
        assert writer.seq == number
        assert note(writer, f"event {number}", sync=number % 2 == 0) == number
        assert whats(path)[-1] == f"event {number}"
    assert writer.state() == (20, writer.state()[1], path.stat().st_size)
    writer.sync()
    writer.close()
    recording = Recording.open(str(path))
    assert recording.header["format"] == FORMAT
    assert (len(recording), recording.state) == (20, "cut")
    recording.close()


def test_the_file_is_mine_alone_and_new(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    writer = create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(CannotRecord, match="is being written by pid"):
        create(path)
    writer.close()
    with pytest.raises(CannotRecord, match="already exists; a recording is never overwritten"):
        create(path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: path.symlink_to(path.parent / "elsewhere"), "is a symbolic link"),
        (lambda path: path.parent.rmdir(), "No such file or directory"),
    ],
)
def test_where_a_recording_cannot_be(tmp_path: Path, make: Any, message: str) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    make(folder / "a.jsonl")
    with pytest.raises(CannotRecord, match=message):
        create(folder / "a.jsonl")
    assert not (folder / "elsewhere").exists()


def test_a_path_that_is_none() -> None:
    with pytest.raises(CannotRecord, match="not a path"):
        Writer.create("a\0b", dict(START))


def test_levels_have_names(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="durable is one of power, process"):
        create(tmp_path / "a.jsonl", "perhaps")


def test_a_header_that_cannot_be_written_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(CannotRecord, match="event 0 .run.start. cannot be stored"):
        Writer.create(str(tmp_path / "a.jsonl"), {**START, "argv": [b"x"]})
    assert not list(tmp_path.iterdir())


def test_another_goes_on_where_one_stopped(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    first = create(path)
    note(first, "first")
    seq, chain, size = first.state()
    first.close()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    second = Writer.adopt(
        descriptor, path=str(path), seq=seq, chain=chain, size=size, durable="process"
    )
    note(second, "second")
    second.close()
    assert whats(path) == ["first", "second"]


def test_the_descriptor_is_high_and_not_inherited(tmp_path: Path) -> None:
    writer = create(tmp_path / "a.jsonl")
    limit = min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 4096)
    assert writer.descriptor >= limit - 16
    assert not os.get_inheritable(writer.descriptor)
    assert high(writer.descriptor) == writer.descriptor
    writer.close()


def test_where_no_number_is_free_the_low_one_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.EMFILE, "no number is free")

    monkeypatch.setattr(locks.fcntl, "fcntl", full)
    descriptor = os.open(os.devnull, os.O_RDONLY)
    assert high(descriptor) == descriptor
    os.close(descriptor)


def test_eight_threads(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    writer = create(path)
    numbers: list[int] = []

    def work(name: int) -> None:
        numbers.extend(note(writer, f"{name}:{k}" + "x" * (k * 37 % 500)) for k in range(100))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    assert sorted(numbers) == list(range(1, 801))
    found = whats(path)
    for name in range(8):
        own = [text for text in found if text.startswith(f"{name}:")]
        assert [int(text.split(":")[1].rstrip("x")) for text in own] == list(range(100))


def test_a_forked_child_is_refused_and_holds_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    writer = create(path)
    readable, writable = os.pipe()
    with writer._lock:  # as if another thread wrote at this moment
        child = os.fork()
        if child == 0:
            try:
                note(writer)
            except CannotRecord as error:
                os.write(writable, str(error).encode())
            os._exit(0)
    os.waitpid(child, 0)
    assert b"a forked child may not write" in os.read(readable, 200)
    note(writer, "parent")
    for descriptor in (readable, writable):
        os.close(descriptor)
    writer.close()
    assert whats(path) == ["parent"]


BUSY = """
import os, sys, time
from agentrr_sandbox.recording.writer import Writer
writer = Writer.create(sys.argv[1], {"format": "agentrr/1", "roots": {}, "redaction": {},
    "python": {}, "argv": []}, durable="process")
child = os.fork()
if child == 0:
    time.sleep(60)
    os._exit(0)
print(os.getpid(), child, flush=True)
sys.stdin.read()
os._exit(0)
"""


def test_busy_while_the_writer_lives_not_while_its_forked_child_does(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-c", BUSY, str(path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    with process:
        pid, child = map(int, process.stdout.readline().split())
        try:
            assert locks.holder_of(str(path)) == pid
            with pytest.MonkeyPatch.context() as patch:  # a system that tells no pid
                patch.setattr(locks, "_QUERY", "")
                assert locks.holder_of(str(path)) == -1
            process.stdin.close()
            process.wait()
            assert locks.holder_of(str(path)) == 0
        finally:
            os.kill(child, signal.SIGKILL)


def test_busy_in_this_process_also_after_somebody_read_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    writer = create(path)
    Recording.open(str(path)).close()
    assert locks.holder_of(str(path)) == os.getpid()
    writer.close()
    assert locks.holder_of(str(path)) == 0
    assert locks.holder_of(str(tmp_path / "none")) == 0


def test_without_locks_in_the_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("")
    descriptor = os.open(path, os.O_RDWR)
    monkeypatch.setattr(locks, "_QUERY", "")
    assert locks.holder(descriptor) == 0
    monkeypatch.setattr(locks, "fcntl", None)
    assert locks.holder(descriptor) == 0
    writer = create(tmp_path / "b.jsonl")
    note(writer, "as ever")
    writer.close()
    os.close(descriptor)


def test_a_file_system_that_knows_no_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    path = tmp_path / "a.jsonl"
    path.write_text("")
    monkeypatch.setattr(locks.fcntl, "lockf", refused)
    monkeypatch.setattr(locks.fcntl, "fcntl", refused)
    assert locks.holder_of(str(path)) == 0
    writer = create(tmp_path / "b.jsonl")
    assert locks.holder_of(str(tmp_path / "b.jsonl")) == os.getpid()
    note(writer)
    writer.close()


def test_where_the_limit_of_descriptors_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> int:
        raise ValueError(name)

    monkeypatch.setattr(os, "sysconf", unknown)
    assert locks.high_number() == 240


def test_a_folder_that_cannot_be_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(descriptor: int) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(real, "fsync", refused)
    writer = create(tmp_path / "a.jsonl", "power")
    note(writer)
    writer.close()


# -- failures ----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EFBIG])
@pytest.mark.parametrize("done", [0, 1, 40])
def test_a_write_that_fails_is_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, done: int
) -> None:
    """The part that was written is cut off, and no later event pretends to follow."""
    path = tmp_path / "a.jsonl"
    writer = create(path)
    note(writer, "whole")
    writes: list[int] = []

    def failing(descriptor: int, data: bytes) -> int:
        writes.append(len(data))
        if len(writes) == 1 and done:
            return os.write(descriptor, data[:done])
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(real, "write", failing)
    with pytest.raises(CannotRecord) as caught:
        note(writer, "lost" * 100)
    assert "cannot write event 2" in str(caught.value)
    assert os.strerror(code) in str(caught.value)
    assert "the recording is whole up to event 1" in str(caught.value)
    monkeypatch.undo()
    with pytest.raises(CannotRecord, match="cannot write event 2"):
        note(writer)
    writer.sync()
    writer.close()
    assert whats(path) == ["whole"]


def test_short_writes_are_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    writer = create(path)
    monkeypatch.setattr(real, "write", lambda fd, data: os.write(fd, data[:7]))
    note(writer, "piece by piece")
    note(writer, "again")
    writer.close()
    assert whats(path) == ["piece by piece", "again"]


def test_a_failed_sync_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    writer = create(path, "power")
    calls = []

    def failing(descriptor: int) -> None:
        calls.append(descriptor)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(real, "fdatasync", failing)
    with pytest.raises(CannotRecord, match="Input/output error"):
        note(writer, sync=True)
    with pytest.raises(CannotRecord):
        note(writer, sync=True)
    assert len(calls) == 1
    writer.close()


def test_power_syncs_and_process_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(real, "fdatasync", calls.append)
    for durable, expected in (("process", 0), ("power", 2)):
        calls.clear()
        writer = create(tmp_path / durable, durable)
        note(writer, sync=True)
        note(writer)
        writer.close()
        assert len(calls) == expected


def test_a_removed_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    writer = create(path)
    path.unlink()
    with pytest.raises(CannotRecord, match="it was removed while recording"):
        note(writer)
    writer.close()


def test_a_descriptor_that_is_another_files_is_not_written_on(tmp_path: Path) -> None:
    path, other = tmp_path / "a.jsonl", tmp_path / "user.txt"
    writer = create(path)
    other.write_text("mine")
    taken = os.open(other, os.O_RDWR | os.O_APPEND)
    os.dup2(taken, writer.descriptor)
    with pytest.raises(CannotRecord, match="its descriptor was taken by another file"):
        note(writer)
    number = writer.descriptor
    writer.close()
    assert os.fstat(number).st_ino == other.stat().st_ino, "it is theirs: not ours to close"
    assert other.read_text() == "mine"
    os.close(number)
    os.close(taken)
    assert whats(path) == []


def test_a_closed_descriptor_is_noticed(tmp_path: Path) -> None:
    writer = create(tmp_path / "a.jsonl")
    os.close(writer.descriptor)
    with pytest.raises(CannotRecord, match="Bad file descriptor"):
        note(writer)
    writer.close()


def test_what_another_program_adds_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    writer = create(path)
    note(writer, "ours")
    with path.open("ab") as file:
        file.write(b"{}\n")
    with pytest.raises(CannotRecord, match="another program has changed it"):
        note(writer)
    writer.close()
    assert whats(path) == ["ours"]


def test_a_closed_writer_refuses(tmp_path: Path) -> None:
    writer = create(tmp_path / "a.jsonl")
    writer.close()
    writer.close()
    with pytest.raises(CannotRecord, match="the recording is closed"):
        note(writer)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"what": float("nan")}, "cannot be stored"),
        ({"what": {1, 2}}, "cannot be stored"),
        ({"what": "x", "v": ["y" * (1 << 20)] * 64}, "has 64 MB, 64 are the most"),
    ],
)
def test_what_no_reader_would_take_is_refused_and_nothing_is_lost(
    tmp_path: Path, fields: dict[str, Any], message: str
) -> None:
    path = tmp_path / "a.jsonl"
    writer = create(path)
    with pytest.raises(CannotRecord, match=message):
        writer.append("note", fields)
    note(writer, "after")
    writer.close()
    assert whats(path) == ["after"]
    assert MAX_LINE == 64 << 20


def test_what_is_nested_too_deep_is_refused(tmp_path: Path) -> None:
    writer = create(tmp_path / "a.jsonl")
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    with pytest.raises(CannotRecord, match="nested deeper than 200"):
        writer.append("note", {"what": deep})
    writer.close()


# -- interruptions -----------------------------------------------------------------------------


class Interrupted(Exception):
    pass


@pytest.mark.parametrize("place", ["before", "half", "after"])
@pytest.mark.parametrize("then", ["append", "close"])
def test_an_exception_in_the_middle_of_a_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, then: str
) -> None:
    """^C may come at any moment: the event is then finished by whoever comes next."""
    path = tmp_path / "a.jsonl"
    writer = create(path)

    def interrupted(descriptor: int, data: bytes) -> int:
        written = {"before": 0, "half": len(data) // 2, "after": len(data)}[place]
        if written:
            os.write(descriptor, data[:written])
        raise Interrupted

    monkeypatch.setattr(real, "write", interrupted)
    with pytest.raises(Interrupted):
        note(writer, "interrupted")
    monkeypatch.undo()
    if then == "append":
        assert note(writer, "next") == 2
    writer.close()
    assert whats(path) == ["interrupted", "next"][: 2 if then == "append" else 1]


@pytest.mark.parametrize("place", ["fstat", "before", "half", "after", "hash"])
def test_a_signal_handler_that_appends_in_the_middle_of_an_append(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    path = tmp_path / "a.jsonl"
    writer = create(path)
    once = ["handler"]

    def handler() -> None:
        if once:
            note(writer, once.pop())

    def fstat(descriptor: int) -> os.stat_result:
        found = os.fstat(descriptor)
        handler()
        return found

    def write(descriptor: int, data: bytes) -> int:
        if place == "before" and once:
            handler()
            return 0
        if place == "half" and once:
            written = os.write(descriptor, data[: len(data) // 2])
            handler()
            return written
        written = os.write(descriptor, data)
        handler()
        return written

    def sha(data: bytes) -> Any:
        found = real_sha(data)
        handler()
        return found

    from agentrr_sandbox.recording import writer as module

    real_sha: Any = module.sha256  # type: ignore[attr-defined]
    if place == "fstat":
        monkeypatch.setattr(real, "fstat", fstat)
    elif place == "hash":
        monkeypatch.setattr(module, "sha256", sha)
    else:
        monkeypatch.setattr(real, "write", write)
    note(writer, "outer")
    note(writer, "last")
    monkeypatch.undo()
    writer.close()
    assert sorted(whats(path)[:2]) == ["handler", "outer"]
    assert whats(path)[2:] == ["last"]


def test_real_signals_at_every_moment(tmp_path: Path) -> None:
    """A handler that appends, and one that raises, some hundred times, at moments not chosen."""
    path = tmp_path / "a.jsonl"
    writer = create(path)
    seen: list[int] = []
    busy: list[int] = []

    def handler(_: int, frame: Any) -> None:
        if busy or frame.f_code.co_filename != Writer.append.__code__.co_filename:
            return
        busy.append(0)
        seen.append(0)
        note(writer, "handler")
        busy.clear()
        if len(seen) % 2:
            raise Interrupted

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0007)
    returned = 0
    try:
        while len(seen) < 200:
            try:
                note(writer, "x" * 200)
                returned += 1
            except Interrupted:
                pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    writer.close()
    found = whats(path)
    assert found.count("handler") == len(seen)
    assert found.count("x" * 200) >= returned
