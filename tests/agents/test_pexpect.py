"""An agent that talks to programs through pexpect, replayed without them."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest
from harness import Place

SCRIPT = Path(__file__).with_name("scripts") / "pexpect_talks.py"
REPLAYS = int(os.environ.get("AGENTRR_REPLAYS", "3"))

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(
        importlib.util.find_spec("pexpect") is None, reason="pexpect is not installed"
    ),
    pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash"),
]


def test_what_is_said_at_a_terminal_is_served(tmp_path: Path) -> None:
    shutil.copy(SCRIPT, tmp_path / "agent.py")
    place = Place(tmp_path)
    recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    assert b"tok-1234567890abcdef" not in (tmp_path / "run.jsonl").read_bytes()
    for _ in range(REPLAYS):
        replayed = place.replay()
        assert replayed.same(recorded), f"recorded\n{recorded}\nreplayed\n{replayed}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("hello $n", "hallo $n", b"process.start asks"),
        ('sendline("bob")', 'sendline("ann")', b"process.write asks"),
    ],
    ids=["program", "typed"],
)
def test_what_is_started_and_typed_is_compared(
    old: str, new: str, said: bytes, tmp_path: Path
) -> None:
    agent = tmp_path / "agent.py"
    shutil.copy(SCRIPT, agent)
    place = Place(tmp_path)
    assert place.record("agent.py").code == 0
    agent.write_text(agent.read_text().replace(old, new))
    replayed = place.replay()
    assert replayed.code == 76
    assert said in replayed.err
