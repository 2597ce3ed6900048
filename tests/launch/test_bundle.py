"""The file that holds our modules' code: made by a run, never believed when a source changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from harness import ROOT

COMMAND = "import sys; sys.path[:0] = {}; from agentrr_sandbox.entry import main; main()"


@pytest.fixture
def engine(tmp_path: Path) -> Path:
    kept = shutil.ignore_patterns("__pycache__", "demo", "cli")
    for name in ("agentrr_sandbox", "hooks"):
        shutil.copytree(ROOT / name, tmp_path / "engine" / name, ignore=kept)
    (tmp_path / "agent.py").write_text("print('ran')\n")
    return tmp_path / "engine"


def ran(engine: Path) -> tuple[bytes, bytes]:
    here = engine.parent
    (here / "run.jsonl").unlink(missing_ok=True)
    code = COMMAND.format([str(engine), str(engine / "hooks")])
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", code, "run", "-q", "-o", "run.jsonl", "agent.py"],
        cwd=here,
        env=env,
        capture_output=True,
        check=False,
    )
    return done.stdout, done.stderr


def test_bundle(engine: Path) -> None:
    assert ran(engine) == (b"ran\n", b"")
    (held,) = (engine / "agentrr_sandbox" / "__pycache__").glob("boot.*.bundle")
    whole = held.read_bytes()
    assert ran(engine) == (b"ran\n", b"")
    assert held.read_bytes() == whole, "nothing changed, so nothing is written"

    hook = engine / "hooks" / "agentrr_hooks" / "streams.py"
    hook.write_text(hook.read_text() + "\nsys.stderr.write('changed\\n')\n")
    assert ran(engine) == (b"ran\n", b"changed\n")
    assert held.read_bytes() != whole
    assert ran(engine) == (b"ran\n", b"changed\n")

    for damage in (b"", b"nonsense", whole[:1000]):
        held.write_bytes(damage)
        assert ran(engine) == (b"ran\n", b"changed\n")
        assert len(held.read_bytes()) > len(whole) // 2, "a damaged one is written anew"


def test_a_fault_of_ours_runs_no_script(engine: Path) -> None:
    (engine / "agentrr_sandbox" / "lanes.py").write_text("1 / 0\n")
    out, err = ran(engine)
    assert out == b""
    assert b"ZeroDivisionError" in err
