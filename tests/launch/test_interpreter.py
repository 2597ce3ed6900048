"""Variables that an interpreter reads by itself are the recorded ones in a replay."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import Place

pytestmark = pytest.mark.once
AGENT = """\
import os, sys, warnings
print("one", sys.flags.utf8_mode, sys.flags.optimize, sys.warnoptions)
os.system("echo two")
print("three", os.environ.get("PYTHONUNBUFFERED"), file=sys.stderr)
"""
SETTINGS = {
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
    "PYTHONOPTIMIZE": "2",
    "PYTHONWARNINGS": "ignore::ImportWarning",
}


@pytest.mark.parametrize("settings", [{}, SETTINGS], ids=["recorded without", "recorded with"])
def test_a_replay_has_the_recorded_ones(tmp_path: Path, settings: dict[str, str]) -> None:
    (tmp_path / "agent.py").write_text(AGENT)
    place = Place(tmp_path, dict(settings))
    recorded = place.record("agent.py")
    assert (b"two\none" in recorded.out) is not bool(settings), recorded
    assert place.events()[0]["python"]["environment"] == settings
    for env in ({}, SETTINGS):
        place.env = dict(env)
        replayed = place.replay()
        assert replayed.same(recorded), replayed
