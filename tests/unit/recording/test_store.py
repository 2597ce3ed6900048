"""Where recordings live."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from forge import HEADER

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord, RecordingNotFound, UsageError
from agentrr_sandbox.recording import store
from agentrr_sandbox.recording.writer import Writer


@pytest.fixture(name="here", autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    here = tmp_path / "project"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.delenv("AGENTRR_DIR", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    return here


def put(path: str, age: int) -> str:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("x")
    os.utime(path, (1_000_000 - age, 1_000_000 - age))
    return path


def test_a_new_one_goes_below_the_current_folder_out_of_gits_sight(here: Path) -> None:
    path, note = store.new_path("agent", "aa11bb22cc33")
    assert path == str(here / ".agentrr" / "runs" / "agent-aa11bb22cc33.jsonl")
    assert note == ""
    assert (here / ".agentrr" / ".gitignore").read_text() == "*\n"
    subprocess.run(["git", "init", "-q"], check=True)
    put(path, 0)
    status = subprocess.run(
        ["git", "status", "--porcelain"], check=True, capture_output=True, text=True
    )
    assert status.stdout == ""
    assert store.new_path("agent", "x")[0].endswith("agent-x.jsonl")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("pkg.mod:fn", "pkg.mod-fn"),
        ("\u00e9\x1b[31m", "31m"),
        ("", "run"),
        ("-", "run"),
        ("x" * 300, "x" * 60),
    ],
)
def test_a_name_is_made_safe(name: str, safe: str) -> None:
    path, _ = store.new_path(name, "id")
    assert os.path.basename(path) == f"{safe}-id.jsonl"


def test_the_folder_may_be_chosen(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTRR_DIR", str(tmp_path / "all" / "runs"))
    path, note = store.new_path("agent", "id")
    assert (path, note) == (str(tmp_path / "all" / "runs" / "agent-id.jsonl"), "")
    assert store.new_path("agent", "id", "my.jsonl") == (str(here / "my.jsonl"), "")
    (here / "runs").mkdir()
    with pytest.raises(CannotRecord, match="runs is a directory") as caught:
        store.new_path("agent", "id", "runs")
    assert caught.value.hint == f"-o {here}/runs/agent-id.jsonl"
    put(str(here / "file"), 0)
    monkeypatch.setenv("AGENTRR_DIR", str(here / "file"))
    with pytest.raises(CannotRecord, match=r"cannot use AGENTRR_DIR=.*: File exists"):
        store.new_path("agent", "id")


def test_where_the_current_folder_cannot_be_written(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files stand in the way, for root may write everywhere else."""
    put(str(here / ".agentrr"), 0)
    state = tmp_path / "home" / ".local" / "state"
    path, note = store.new_path("agent", "id")
    assert path == str(state / "agentrr" / "runs" / "agent-id.jsonl")
    assert note == f"{here}/.agentrr/runs cannot be written"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert store.new_path("agent", "id")[0].startswith(str(tmp_path / "state" / "agentrr"))
    put(str(tmp_path / "blocked"), 0)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "blocked"))
    path, note = store.new_path("agent", "id")
    assert path == str(tmp_path / "tmp" / f"agentrr-{os.getuid()}" / "agent-id.jsonl")
    monkeypatch.setenv("TMPDIR", str(tmp_path / "blocked"))
    with pytest.raises(CannotRecord, match="no folder for recordings can be written") as caught:
        store.new_path("agent", "id")
    assert caught.value.hint == "choose one with -o"


def test_a_folder_that_may_not_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(CannotRecord, match="no folder"):
        store.new_path("agent", "id")


def test_finding(here: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    runs = here / ".agentrr" / "runs"
    with pytest.raises(RecordingNotFound, match="there is no recording yet"):
        store.find("last")
    old = put(str(runs / "agent-aa11.jsonl"), 20)
    new = put(str(runs / "agent-aa22.jsonl"), 10)
    home = put(str(tmp_path / "home/.local/state/agentrr/runs/other-bb33.jsonl"), 15)
    (runs / "link-cc.jsonl").symlink_to(old)
    (runs / "folder-dd.jsonl").mkdir()
    put(str(runs / "notes.txt"), 0)
    assert store.listing() == [new, home, old]
    assert store.listing(str(runs)) == [new, old]
    assert store.listing("none") == []
    for run, path in {
        "last": new,
        "aa11": old,
        "agent-aa11": old,
        "agent-aa22.jsonl": new,
        "bb": home,
        "other": home,
        str(home): home,
        ".agentrr/runs/agent-aa11.jsonl": ".agentrr/runs/agent-aa11.jsonl",
    }.items():
        assert store.find(run) == path
    with pytest.raises(UsageError, match="aa fits 2 recordings: agent-aa22.jsonl, agent-aa11"):
        store.find("aa")
    with pytest.raises(UsageError, match="which recording"):
        store.find("")
    for missing in ("zz", "none.jsonl", "a\0b"):
        with pytest.raises(RecordingNotFound, match="there is no recording"):
            store.find(missing)
    put(str(runs / "agent-aa.jsonl"), 30)
    assert store.find("aa") == str(runs / "agent-aa.jsonl"), "the whole id stands above a prefix"
    (here / "other").mkdir()
    assert store.find("other") == home, "a folder of that name is no recording"
    monkeypatch.setenv("AGENTRR_DIR", str(tmp_path / "empty"))
    assert store.listing() == []


def test_a_recording_that_goes_while_it_is_listed(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(str(here / ".agentrr/runs/a-1.jsonl"), 0)
    monkeypatch.setattr(real, "listdir", lambda place: ["gone.jsonl", "a-1.jsonl"])
    assert [os.path.basename(path) for path in store.listing()] == ["a-1.jsonl"]


def test_removing(here: Path) -> None:
    header = {key: value for key, value in HEADER.items() if key != "t"}
    writer = Writer.create("a.jsonl", header, durable="process")
    writer.append("note", {"what": "x" * (2 << 20)})
    with pytest.raises(UsageError, match=f"a.jsonl is being written by pid {os.getpid()}"):
        store.remove("a.jsonl")
    writer.close()
    digest = next(Path("a.jsonl.d").iterdir()).name
    put(f"a.jsonl.d/{digest}.0123", 0)
    store.remove("a.jsonl")
    assert not list(here.iterdir())
    with pytest.raises(RecordingNotFound):
        store.remove("a.jsonl")
    with pytest.raises(RecordingNotFound):
        store.remove("a\0b")
    (here / "folder").mkdir()
    with pytest.raises(UsageError, match="is not a recording"):
        store.remove("folder")


def test_removing_leaves_what_is_not_ours(here: Path, tmp_path: Path) -> None:
    put("a.jsonl", 0)
    put("a.jsonl.d/notes.txt", 0)
    store.remove("a.jsonl")
    assert os.listdir(here / "a.jsonl.d") == ["notes.txt"]
    put("b.jsonl", 0)
    put(str(tmp_path / "far" / ("a" * 64)), 0)
    (here / "b.jsonl.d").symlink_to(tmp_path / "far")
    store.remove("b.jsonl")
    assert os.listdir(tmp_path / "far") == ["a" * 64]
    target = put(str(tmp_path / "c.jsonl"), 0)
    (here / "c.jsonl").symlink_to(target)
    store.remove("c.jsonl")
    assert os.path.exists(target)


def test_removing_what_may_not_be_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    put("a.jsonl", 0)

    def refused(path: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(real, "unlink", refused)
    with pytest.raises(UsageError, match="cannot remove a.jsonl: Permission denied"):
        store.remove("a.jsonl")


def test_a_gitignore_that_cannot_be_made(here: Path) -> None:
    (here / ".agentrr").mkdir()
    (here / ".agentrr" / ".gitignore").mkdir()
    assert store.new_path("agent", "id")[1] == ""


def test_busy_by_another_process(here: Path) -> None:
    code = (
        "import sys; from agentrr_sandbox.recording.writer import Writer; "
        "w = Writer.create('b.jsonl', {'format': 'agentrr/1'}, durable='process');"
        "print(flush=True); sys.stdin.read()"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(UsageError, match=f"is being written by pid {process.pid}"):
            store.remove("b.jsonl")
    store.remove("b.jsonl")
