"""The examples are unmodified scripts: each is recorded, and does what its docstring says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from harness import ROOT, Place
from model_server import ModelServer

pytestmark = pytest.mark.once
EXAMPLES = ROOT / "examples" / "agents"
DEMO = ROOT / "agentrr_sandbox" / "demo" / "agent.py"
REPLAYABLE = [EXAMPLES / f"{name}.py" for name in ("deterministic_support", "unstable_loop")]


@pytest.mark.parametrize("script", [*REPLAYABLE, DEMO], ids=lambda path: path.stem)
def test_no_two_runs_are_the_same_and_every_replay_is(script: Path, tmp_path: Path) -> None:
    shutil.copy(script, tmp_path / "agent.py")
    place = Place(tmp_path)
    with ModelServer() as server:
        place.env = server.environment()
        first, second = place.bare("agent.py"), place.bare("agent.py")
        assert (first.code, second.code) == (0, 0), f"{first}{second}"
        assert not first.same(second)
        recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    place.env = {}
    for _ in range(2):
        replayed = place.replay()
        assert replayed.same(recorded), f"{recorded}\n{replayed}"


def test_a_letter_is_not_sent_again(tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "tool_caller.py", tmp_path / "agent.py")
    place = Place(tmp_path)
    outbox = tmp_path / "outbox.txt"
    with ModelServer() as server:
        place.env = server.environment()
        recorded = place.record("agent.py")
        for _ in range(20):  # the model decides whether a letter is sent
            if outbox.exists():
                break
            (tmp_path / "run.jsonl").unlink()
            recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    sent = outbox.read_text()
    place.env = {}
    replayed = place.replay()
    assert replayed.same(recorded), f"{recorded}\n{replayed}"
    assert outbox.read_text() == sent


def test_broken_replays_say_what_is_wrong(tmp_path: Path) -> None:
    with ModelServer() as server:
        env = {
            **Place(tmp_path).environment(),
            **server.environment(),
            "AGENTRR_COMMAND": f"{sys.executable} -P {ROOT / 'tests' / 'command.py'}",
            "TMPDIR": str(tmp_path),
        }
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / "broken_replay_cases.py")],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    assert done.returncode == 0, done
    exits = [line for line in done.stdout.splitlines() if line.startswith("(exit ")]
    assert exits == ["(exit 0)", "(exit 76)", "(exit 76)", "(exit 0)", "(exit 65)"], (
        f"{done.stdout}{os.linesep}{done.stderr}"
    )
    assert "good" in done.stderr
