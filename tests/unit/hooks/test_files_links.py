"""Links that the run makes: its own files under several names, in a recording and in a replay."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from unit.hooks.files_support import record, replay


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/there.txt").write_text("there")
    return tmp_path / "home"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    (tmp_path / "scratch").mkdir()
    return tmp_path / "scratch"


def latest(home: Path) -> Any:
    """A link to the newest of several folders, put in place at once."""
    seen = []
    for name in ("one", "two"):
        (home / name).mkdir()
        (home / name / "log").write_text(name)
        (home / "new").symlink_to(name)
        os.replace(home / "new", home / "latest")
        seen.append((home / "latest/log").read_text())
        with open(home / "latest/log", "a") as log:
            log.write(" more")
        seen.append((home / name / "log").read_text())
    return [*seen, os.readlink(home / "latest"), sorted(os.listdir(home / "latest"))]


def written_through(home: Path) -> Any:
    """What is written under one name is read under the other; links lead to links."""
    (home / "a").write_text("first")
    os.symlink("a", home / "b")
    os.symlink(str(home / "b"), home / "c")
    (home / "c").write_text("second")
    seen = [(home / name).read_text() for name in "abc"]
    os.unlink(home / "b")
    return [*seen, (home / "a").read_text(), os.path.exists(home / "c"), os.path.islink(home / "c")]


def lock(home: Path) -> Any:
    """A file that gets its name by a link, as locks do."""
    (home / "tmp").write_text("mine")
    os.link(home / "tmp", home / "lock")
    status = os.stat(home / "lock").st_nlink
    os.unlink(home / "tmp")
    with pytest.raises(FileExistsError):
        os.link(home / "there.txt", home / "lock")
    (home / "lock").write_text((home / "lock").read_text() + " still")
    os.rename(home / "lock", home / "kept")
    return [status, (home / "kept").read_text(), sorted(os.listdir(home))]


def hard(home: Path) -> Any:
    """Two names of a file that was there; each is written, one is replaced."""
    os.link(home / "there.txt", home / "too")
    os.link(home / "too", home / "three")
    (home / "too").write_text("changed")
    seen = [(home / "there.txt").read_text(), (home / "three").read_text()]
    (home / "other").write_text("other")
    os.replace(home / "other", home / "there.txt")
    os.rename(home / "three", home / "too")  # the same file: nothing happens
    seen += [(home / name).read_text() for name in ("there.txt", "too", "three")]
    return [*seen, sorted(os.listdir(home))]


def renamed_above(home: Path) -> Any:
    """Links within a folder that gets another name, and to one."""
    (home / "d").mkdir()
    (home / "d/file").write_text("x")
    os.link(home / "d/file", home / "d/hard")
    os.symlink("file", home / "d/soft")
    os.rename(home / "d", home / "e")
    (home / "e/soft").write_text("y")
    seen = [(home / "e" / name).read_text() for name in ("file", "soft", "hard")]
    shutil.copytree(home / "e", home / "f", symlinks=True)
    (home / "f/soft").write_text("z")
    return [*seen, (home / "f/file").read_text(), (home / "e/file").read_text()]


def in_a_circle(home: Path) -> Any:
    os.symlink("x", home / "y")
    os.symlink("y", home / "x")
    try:
        return (home / "x").read_text()
    except OSError as error:
        return error.errno


@pytest.mark.parametrize("agent", [latest, written_through, lock, hard, renamed_above, in_a_circle])
def test_they_stand_for_the_same(agent: Callable[[Path], Any], home: Path, scratch: Path) -> None:
    value, log = record(lambda: agent(home))
    assert replay(lambda: agent(home), log, str(scratch / "same")) == value
    shutil.rmtree(home)
    assert replay(lambda: agent(home), log, str(scratch / "lost")) == value
    assert not home.exists()


def test_a_replay_makes_none(home: Path, scratch: Path) -> None:
    def agent() -> None:
        os.symlink("/etc/passwd", home / "soft")
        os.link(home / "there.txt", home / "hard")

    _, log = record(agent)
    assert log.calls("file.symlink", "file.link") == [
        ("file.symlink", {"path": f"{home}/soft", "to": "/etc/passwd"}),
        ("file.link", {"path": f"{home}/there.txt", "to": f"{home}/hard"}),
    ]
    for name in ("soft", "hard"):
        (home / name).unlink()
    replay(agent, log, str(scratch))
    assert sorted(os.listdir(home)) == ["there.txt"]
    assert not [each for each in scratch.rglob("*") if each.is_symlink()]
