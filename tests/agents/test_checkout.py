"""An agent that edits a git checkout, replayed where there is none."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from harness import Place
from model_server import ModelServer

SCRIPT = Path(__file__).with_name("scripts") / "checkout_edits.py"
TEST = """import calc, unittest
class T(unittest.TestCase):
    def test(self): self.assertEqual(calc.add(1, 2), 3)
"""
GIT = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


def checkout(folder: Path) -> None:
    folder.mkdir()
    (folder / "calc.py").write_text("def add(a, b):\n    return a - b\n")
    (folder / "test_calc.py").write_text(TEST)
    for words in ("init -q", "add -A", "-c user.name=a -c user.email=a@b commit -q -m first"):
        subprocess.run(["git", *words.split()], cwd=folder, check=True)


def held(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.once
@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_a_replay_needs_no_checkout_and_leaves_no_trace(tmp_path: Path) -> None:
    here, there = Place(tmp_path / "here", dict(GIT)), Place(tmp_path / "there", dict(GIT))
    for place in (here, there):
        place.folder.mkdir()
        shutil.copy(SCRIPT, place.folder / "agent.py")
    checkout(here.folder / "repo")
    with ModelServer() as server:
        here.env |= server.environment()
        recorded = here.record("agent.py", "repo")
    assert recorded.code == 0, recorded
    assert b"$ git log [0]" in recorded.out
    assert b"-m [0]" in recorded.out  # the tests pass, as patched
    here.env = dict(GIT)
    before = held(here.folder)

    assert here.replay().same(recorded)
    assert held(here.folder) == before

    shutil.copy(here.folder / "run.jsonl", there.folder)
    before = held(there.folder)
    elsewhere = there.replay("run.jsonl", "agent.py")
    assert elsewhere.same(recorded), elsewhere
    assert held(there.folder) == before
    assert not (there.folder / "repo").exists()

    agent = there.folder / "agent.py"
    agent.write_text(agent.read_text().replace('"a + b"', '"b + a"'))
    diverged = there.agentrr("replay", "run.jsonl", "agent.py")
    assert diverged.code == 76
    assert b"the run wrote something else to [root:code]/repo/calc.py" in diverged.err, diverged
