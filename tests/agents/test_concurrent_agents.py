"""Agents that ask many things at once, by threads and by tasks, on the real SDKs.

Three replays each; `AGENTRR_REPLAYS=50` for the nightly run, which also has 64 calls under way.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from harness import Place
from model_server import ModelServer

SCRIPTS = Path(__file__).with_name("scripts")
REPLAYS = int(os.environ.get("AGENTRR_REPLAYS", "3"))
AT_ONCE = [8, 64] if "AGENTRR_NIGHTLY" in os.environ else [8]
FAULTS = ["ok", "ok", "429", "500", "529", "drop"]
NAMES = ["anthropic_many", "anthropic_threads", "openai_many", "openai_threads"]


@pytest.mark.parametrize("at_once", AT_ONCE)
@pytest.mark.parametrize("name", NAMES)
def test_calls_under_way_at_once_replay_exactly(name: str, at_once: int, tmp_path: Path) -> None:
    place = Place(tmp_path)
    shutil.copy(SCRIPTS / f"{name}.py", tmp_path / "agent.py")
    calls = str(2 * at_once)
    with ModelServer(hang=0.7) as server:
        server.faults(*random.choices(FAULTS, k=2 * at_once))
        place.env = {**server.environment(), "IN_FLIGHT": str(at_once)}
        recorded = place.record("agent.py", calls)
    assert recorded.code == 0, recorded
    lines = recorded.out.splitlines()
    assert len(lines) == 2 * at_once + name.endswith("threads"), recorded
    sent = [e for e in place.events() if e["t"] == "intent" and e["call"] == "http.request"]
    assert len({event["lane"] for event in sent}) > at_once

    place.env = {"IN_FLIGHT": str(at_once)}  # no key, no address, and the server is gone
    for _ in range(REPLAYS):
        replayed = place.replay()
        assert replayed.same(recorded), f"recorded\n{recorded}\nreplayed\n{replayed}"
