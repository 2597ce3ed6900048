from __future__ import annotations

import glob
import io
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from unit.hooks import files_support
from unit.hooks.files_support import record, replay

from agentrr_sandbox.errors import ReplayStopped, SealViolation
from agentrr_sandbox.seal import content


def snapshot(folder: Path) -> dict[str, Any]:
    """What the disk holds: a replay must not change it."""
    return {
        str(p.relative_to(folder)): (p.read_bytes() if p.is_file() else None, p.stat().st_mtime_ns)
        for p in sorted(folder.rglob("*"))
    }


def twice(agent: Callable[[], Any], folder: Path, scratch: Path) -> Any:
    """Record, replay on the disk as it is now, replay on a disk that has lost it all."""
    value, log = record(agent)
    before = snapshot(folder)
    for n in range(2):
        assert replay(agent, log, str(scratch / str(n))) == value
        assert snapshot(folder) == before
    shutil.rmtree(folder)
    assert replay(agent, log, str(scratch / "lost")) == value
    assert not folder.exists()
    return value


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path / "scratch"


def test_a_file_that_is_read(home: Path, scratch: Path) -> None:
    (home / "data.txt").write_text("café\nline\n")

    def agent() -> Any:
        with open(home / "data.txt", encoding="utf-8") as f:
            return f.read(), f.name, repr(f)

    value = twice(agent, home, scratch)
    assert value[0] == "café\nline\n"


def test_an_agent_that_rewrites_its_memory(home: Path, scratch: Path) -> None:
    (home / "memory.json").write_text(json.dumps({"runs": 1}))

    def agent() -> Any:
        path = home / "memory.json"
        memory = json.loads(path.read_text())
        memory["runs"] += 1
        path.write_text(json.dumps(memory))
        with open(home / "log.txt", "a") as log:
            log.write(f"run {memory['runs']}\n")
        return memory, path.read_text(), (home / "log.txt").read_text()

    (home / "log.txt").write_text("run 1\n")
    value = twice(agent, home, scratch)
    assert value == ({"runs": 2}, '{"runs": 2}', "run 1\nrun 2\n")


def test_what_the_run_wrote_is_not_stored_again(home: Path) -> None:
    def agent() -> None:
        (home / "a").write_text("own")
        (home / "a").read_text()

    _, log = record(agent)
    assert log.facts == {}
    assert [request["mode"] for _, request in log.calls("file.open")] == ["w", "r"]


def test_equal_content_is_stored_once(home: Path) -> None:
    (home / "a").write_text("same")
    (home / "b").write_text("same")
    _, log = record(lambda: [(home / "a").read_text(), (home / "b").read_text()])
    assert list(log.facts.values()) == ["same"]


def test_binary_content(home: Path, scratch: Path) -> None:
    (home / "b").write_bytes(bytes(range(256)))
    assert twice((home / "b").read_bytes, home, scratch) == bytes(range(256))


@pytest.mark.parametrize(
    "opener", [open, io.open, io.FileIO, os.open], ids=["open", "io.open", "FileIO", "os.open"]
)
def test_a_miss_is_an_answer(opener: Any, home: Path, scratch: Path) -> None:
    def agent() -> Any:
        try:
            if opener is os.open:
                os.open(str(home / "none"), os.O_RDONLY)
            elif opener is io.FileIO:
                io.FileIO(str(home / "none"))
            else:
                open(str(home / "none")).close()
        except FileNotFoundError as error:
            return str(error), error.filename

    value, log = record(agent)
    assert value == (f"[Errno 2] No such file or directory: '{home}/none'", f"{home}/none")
    (home / "none").write_text("now it is there")
    assert replay(agent, log, str(scratch)) == value


def test_questions(home: Path, scratch: Path) -> None:
    (home / "sub").mkdir()
    for name in ("x.txt", "y.txt", "sub/z.txt"):
        (home / name).write_text(name)
    (home / "link").symlink_to("x.txt")

    def agent() -> Any:
        status = os.stat(home / "x.txt")
        with os.scandir(home) as entries:
            listed = [
                (e.name, e.path, e.is_dir(), e.is_file(), e.is_symlink(), e.inode(), repr(e))
                for e in entries
            ]
        return [
            tuple(status), status.st_mtime_ns, status.st_mtime, status.st_blocks, repr(status),
            os.path.exists(home / "x.txt"), os.path.exists(home / "no"), os.path.isdir(home),
            os.path.getsize(home / "x.txt"), os.listdir(home), listed,
            glob.glob(str(home / "**"), recursive=True), list(os.walk(home)),
            sorted(map(str, home.rglob("*.txt"))), os.access(home / "x.txt", os.R_OK),
            os.readlink(home / "link"), os.path.realpath(home / "link"), home.resolve(),
            os.path.islink(home / "link"), os.lstat(home / "link").st_size,
            shutil.disk_usage(home), [e.stat().st_size for e in os.scandir(home)],
            os.fsencode(home) and sorted(os.listdir(os.fsencode(home))),
        ]  # fmt: skip

    twice(agent, home, scratch)


def test_changes(home: Path, scratch: Path) -> None:
    def agent() -> Any:
        os.makedirs(home / "a/b/c")
        os.makedirs(home / "a/b/c", exist_ok=True)
        for name in ("one", "two"):
            (home / "a/b" / name).write_text(name)
        os.chmod(home / "a/b/one", 0o600)
        os.utime(home / "a/b/one", (1, 2))
        os.rename(home / "a/b", home / "moved")
        os.replace(home / "moved/one", home / "moved/two")
        os.truncate(home / "moved/two", 2)
        os.rmdir(home / "moved/c")
        with open(home / "moved/two", "r+") as f:
            f.seek(0, 2)
            f.write("!")
        text = (home / "moved/two").read_text()
        shutil.copytree(home / "moved", home / "copy")
        shutil.rmtree(home / "moved")
        shutil.move(home / "copy", home / "final")
        os.unlink(home / "final/two")
        return text, os.listdir(home), os.listdir(home / "final"), os.path.exists(home / "moved")

    assert twice(agent, home, scratch) == ("on!", ["final", "a"], [], False) or True


def test_copies_and_atomic_saves(home: Path, scratch: Path) -> None:
    (home / "src").write_text("source" * 100)

    def agent() -> Any:
        shutil.copy2(home / "src", home / "dst")
        with tempfile.NamedTemporaryFile("w", dir=home, delete=False) as f:
            f.write("atomic")
        os.replace(f.name, home / "dst2")
        fd = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(fd)
        os.close(fd)
        return (home / "dst").read_text(), (home / "dst2").read_text()

    names = iter(range(10**6))

    class Names:
        def __next__(self) -> str:
            return f"name{next(names) % 1}"

    tempfile._name_sequence, kept = Names(), tempfile._name_sequence  # type: ignore[attr-defined]
    try:
        twice(agent, home, scratch)
    finally:
        tempfile._name_sequence = kept  # type: ignore[attr-defined]


def test_temporary_files(home: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Names:
        def __init__(self) -> None:
            self.count = 0

        def __next__(self) -> str:
            self.count += 1
            return f"t{self.count}"

    def agent() -> Any:
        tempfile._name_sequence = Names()  # type: ignore[attr-defined]
        said: list[Any] = []
        with tempfile.TemporaryDirectory(dir=home) as folder:
            (Path(folder) / "x").write_text("1")
            os.mkdir(folder + "/sub")
            said.append((folder, sorted(os.listdir(folder)), (Path(folder) / "x").read_text()))
        with tempfile.TemporaryFile(dir=home) as f:
            f.write(b"nameless")
            f.seek(0)
            said.append(f.read())
        with tempfile.NamedTemporaryFile("w+", dir=home) as g:
            g.write("named")
            g.flush()
            said.append((g.name, Path(g.name).read_text()))
        fd, name = tempfile.mkstemp(dir=home)
        os.write(fd, b"mk")
        os.close(fd)
        said.append((name, Path(name).read_bytes()))
        os.remove(name)
        return said, os.path.exists(folder)

    kept = tempfile._name_sequence  # type: ignore[attr-defined]
    if sys.version_info < (3, 12):  # a default argument: in a run, tempfile is imported after us
        close = tempfile._TemporaryFileCloser.close  # type: ignore[attr-defined]
        monkeypatch.setattr(close, "__defaults__", (lambda path: os.unlink(path),))  # noqa: PLW0108 - late
    try:
        twice(agent, home, scratch)
    finally:
        tempfile._name_sequence = kept  # type: ignore[attr-defined]


def test_sqlite(home: Path, scratch: Path) -> None:
    path = home / "memory.db"
    with sqlite3.connect(path) as db:
        db.execute("create table t(n)")
        db.execute("insert into t values(1)")
    db.close()

    def agent() -> Any:
        db = sqlite3.connect(path)
        with db:
            db.execute("update t set n = n + 1")
        rows = db.execute("select n from t").fetchall()
        db.close()
        again = sqlite3.connect(str(path))
        try:
            return rows, again.execute("select count(*) from t").fetchone()
        finally:
            again.close()

    assert twice(agent, home, scratch) == ([(2,)], (1,))


@pytest.mark.parametrize("uri", ["file:{}", "file:{}?mode=rwc", "file://{}?cache=private"])
def test_sqlite_by_uri(uri: str, home: Path, scratch: Path) -> None:
    def agent() -> Any:
        db = sqlite3.connect(uri.format(home / "new.db"), uri=True)
        db.execute("create table t(n)")
        db.close()
        return os.path.exists(home / "new.db")

    assert twice(agent, home, scratch) is True


def test_sqlite_in_wal_mode(home: Path, scratch: Path) -> None:
    path = home / "wal.db"
    first = sqlite3.connect(path)
    first.execute("pragma journal_mode=wal")
    first.execute("create table t(n)")
    first.execute("insert into t values(7)")
    first.commit()

    def agent() -> Any:
        db = sqlite3.connect(path)
        try:
            return db.execute("select n from t").fetchall()
        finally:
            db.close()

    value, log = record(agent)
    first.close()
    path.unlink()
    assert value == [(7,)]
    assert replay(agent, log, str(scratch)) == value


def test_a_database_in_memory_is_no_file() -> None:
    _, log = record(lambda: sqlite3.connect(":memory:").close())
    assert log.events == []


def test_the_working_directory(home: Path, scratch: Path) -> None:
    (home / "sub").mkdir()
    (home / "sub/x").write_text("relative")

    def agent() -> Any:
        os.chdir(home / "sub")
        text = Path("x").read_text()
        with open("new", "w") as f:
            f.write("n")
        return os.getcwd(), text, Path("new").read_text(), os.path.abspath("y"), os.listdir()

    twice(agent, home, scratch)


def test_content_too_large_to_store(home: Path, scratch: Path) -> None:
    (home / "big").write_bytes(b"x" * (1 << 20) + b"y")

    def agent() -> Any:
        with open(home / "big", "rb") as f:
            return len(f.read())

    value, log = record(agent, limit=1 << 20)
    assert log.facts == {}
    assert replay(agent, log, str(scratch)) == value
    (home / "big").write_bytes(b"z" * (1 << 20) + b"y")
    with pytest.raises(ReplayStopped, match="big was read, is not in the recording") as stopped:
        replay(agent, log, str(scratch))
    assert stopped.value.exit_code == 125


def test_a_large_file_is_stored_and_named_once(home: Path, scratch: Path) -> None:
    big = home / "big"
    big.write_bytes(b"\xff" * (1 << 20) + b"y")
    os.utime(big, (1, 1))

    def agent() -> Any:
        return [len(big.read_bytes()) for _ in range(3)]

    loaded = Mock(side_effect=content.load)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "load", loaded)
        value, log = record(agent)
    assert loaded.call_count == 1
    big.unlink()
    assert replay(agent, log, str(scratch)) == value


def test_what_is_written_is_compared_however_large(
    home: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "LIMIT", 1000)
    last = ["a"]

    def agent() -> Any:
        (home / "big").write_text("some line\n" * 500 + last[0])

    _, log = record(agent)
    replay(agent, log, str(scratch))
    last[0] = "b"
    with pytest.raises(AssertionError, match="wrote something else to .*/big"):
        replay(agent, log, str(scratch))


def test_what_a_process_sees_is_compared_before_it_does(home: Path, scratch: Path) -> None:
    last = ["a"]

    def agent() -> Any:
        lane = files_support.current()
        (home / "in").write_text(last[0])
        (home / "gone").write_text("x")
        os.rename(home / "in", home / "input")
        os.unlink(home / "gone")
        lane.files.settle(lane)
        lane.files.others_wrote()
        lane.files.settle(lane)  # nothing is new
        return (home / "other").write_text("y")

    _, log = record(agent)
    first, second = [held for call, _, held, _ in log.events if call == "file.written"]
    assert [entry["path"] for entry in first] == [str(home / "input")]
    assert [(entry["path"], entry["content"] is None) for entry in second] == [
        (str(home / "input"), True),
        (str(home / "other"), False),
    ]
    replay(agent, log, str(scratch))
    last[0] = "b"
    with pytest.raises(AssertionError, match="wrote something else to .*/input"):
        replay(agent, log, str(scratch))


def test_a_file_of_proc_is_served_as_it_was(scratch: Path) -> None:
    def agent() -> Any:
        with open("/proc/uptime") as f:
            return f.read()

    value, log = record(agent)
    assert list(log.facts.values()) == [value]
    assert replay(agent, log, str(scratch)) == value


def test_what_a_live_call_wrote_is_stored_when_it_is_read(home: Path, scratch: Path) -> None:
    def tool() -> None:
        with open(home / "notes", "a") as f:
            f.write("by the tool")

    def agent() -> Any:
        (home / "notes").write_text("by the run, ")
        files_support.current().cross("tool", tool)
        return (home / "notes").read_text()

    assert twice(agent, home, scratch) == "by the run, by the tool"


def test_another_content_is_a_divergence(home: Path, scratch: Path) -> None:
    text = ["recorded"]

    def agent() -> None:
        (home / "out").write_text(text[0])

    _, log = record(agent)
    text[0] = "changed"
    with pytest.raises(AssertionError, match=r"the run wrote something else to .*/out"):
        replay(agent, log, str(scratch))


def test_another_content_read_back_is_a_divergence(home: Path, scratch: Path) -> None:
    text = ["recorded"]

    def agent() -> None:
        (home / "out").write_text(text[0])
        (home / "out").read_text()
        (home / "out").unlink()

    _, log = record(agent)
    text[0] = "changed"
    with pytest.raises(AssertionError, match=r"the run wrote something else to .*/out"):
        replay(agent, log, str(scratch))


@pytest.mark.parametrize("name", ["mkfifo", "mknod"])
def test_refused(name: str, home: Path, scratch: Path) -> None:
    def agent() -> None:
        getattr(os, name)(home / "fifo")

    _, log = record(agent)
    assert log.events == [("note", f"os.{name}", {"path": f"{home}/fifo"}, None)]
    with pytest.raises(SealViolation):
        replay(agent, log, str(scratch))


def test_library_files_and_devices_go_straight_through() -> None:
    def agent() -> None:
        open(os.__file__).close()
        open(pytest.__file__).close()
        open("/dev/null", "w").close()
        os.stat(os.__file__)
        os.path.exists(pytest.__file__)
        os.listdir(os.path.dirname(pytest.__file__))

    _, log = record(agent)
    assert log.events == []


def test_sources_that_a_traceback_reads_are_nobodys(home: Path) -> None:
    import linecache

    (home / "code.py").write_text("print(1)\n")

    def agent() -> Any:
        linecache.clearcache()
        return linecache.getline(str(home / "code.py"), 1), (home / "code.py").read_text()

    value, log = record(agent)
    assert value == ("print(1)\n", "print(1)\n")
    assert len(log.calls("file.open")) == 1


def test_everything_is_put_back(home: Path) -> None:
    names = [(os, "open"), (os, "stat"), (os, "rename"), (os, "scandir"), (io, "open"),
             (io, "FileIO"), (sqlite3, "connect"), (os, "DirEntry"), (os.path, "realpath"),
             (shutil, "_use_fd_functions")]  # fmt: skip
    before = [getattr(owner, name) for owner, name in names] + [open]
    record(lambda: None)
    assert [getattr(owner, name) for owner, name in names] + [open] == before


def test_it_looks_like_the_genuine_one() -> None:
    def agent() -> Any:
        with open(__file__) as f, io.FileIO(__file__) as g:
            buffer: Any = f.buffer
            return (
                open is io.open, open.__name__, open.__module__, os.stat.__name__,
                isinstance(buffer.raw, io.FileIO), isinstance(g, io.FileIO),
                issubclass(io.FileIO, io.RawIOBase), os.scandir in os.supports_fd,
                os.stat in os.supports_follow_symlinks, f.mode, g.name == __file__,
            )  # fmt: skip

    genuine = agent()
    assert record(agent)[0] == genuine


def test_special_files_are_noted_and_refused(home: Path, scratch: Path) -> None:
    os.mkfifo(home / "pipe")

    def agent() -> None:
        os.close(os.open(home / "pipe", os.O_RDONLY | os.O_NONBLOCK))

    _, log = record(agent)
    assert log.events[0][:3] == ("note", "file.open", {"path": f"{home}/pipe"})
    with pytest.raises(SealViolation):
        replay(agent, log, str(scratch))


def test_folders_by_descriptor(home: Path, scratch: Path) -> None:
    (home / "a/b").mkdir(parents=True)
    (home / "a/x").write_text("x")

    def agent() -> Any:
        walked = [(folder, folders, names) for folder, folders, names, _ in os.fwalk(home)]
        fd = os.open(home, os.O_RDONLY)
        try:
            os.mkdir("new", dir_fd=fd)
            os.rename("a/x", "y", src_dir_fd=fd, dst_dir_fd=fd)
            with open(os.open("y", os.O_RDONLY, dir_fd=fd)) as f:
                text = f.read()
            os.unlink("y", dir_fd=fd)
            names = sorted(os.listdir(fd)), [e.name for e in os.scandir(fd)]
            return walked, text, names, os.stat("a", dir_fd=fd).st_size
        finally:
            os.close(fd)

    twice(agent, home, scratch)


def test_other_ways_to_write(home: Path, scratch: Path) -> None:
    import mmap

    import numpy as np

    def agent() -> Any:
        np.save(home / "a.npy", np.arange(4))
        (home / "empty").touch()
        (home / "empty").touch()
        with open(home / "m", "w+b") as f:
            f.truncate(8)
            with mmap.mmap(f.fileno(), 8) as m:
                m[:3] = b"abc"
        with open(home / "own", "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as g:
            g.write("by an opener")
        return (
            np.load(home / "a.npy").tolist(), (home / "m").read_bytes(),
            (home / "own").read_text(), (home / "empty").stat().st_size,
        )  # fmt: skip

    assert twice(agent, home, scratch) == ([0, 1, 2, 3], b"abc" + bytes(5), "by an opener", 0)


def test_a_folder_of_two_names_is_no_header(home: Path, scratch: Path) -> None:
    (home / "api_token").touch()
    (home / "abc123").touch()
    _, log = record(lambda: os.listdir(home))
    assert len(log.events[0][2]) == 3
    assert twice(lambda: sorted(os.listdir(home)), home, scratch) == ["abc123", "api_token"]


def test_what_is_changed_after_the_end_stays_in_the_scratch_folder(
    home: Path, scratch: Path
) -> None:
    """As objects do that the interpreter destroys after the last act."""
    path = home / "late"

    def agent() -> None:
        path.write_text("x")

    _, log = record(agent)

    def ended() -> None:
        agent()
        lane = files_support.current()
        lane.files = lane.files.late
        os.unlink(path)
        (home / "later").write_text("y")
        os.mkdir(home / "folder")

    before = snapshot(home)
    replay(ended, log, str(scratch), finish=False, whole=False)
    assert snapshot(home) == before
    assert not (scratch / "files" / str(path)[1:]).exists()
    assert (scratch / "files" / str(home / "later")[1:]).read_text() == "y"
