"""Agents that are watched by OpenTelemetry or Sentry, recorded and replayed.

The libraries are installed by `make frameworks`; elsewhere the cases are skipped.  Three replays
each; `AGENTRR_REPLAYS=50` for more.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
from pathlib import Path

import pytest
from harness import Place
from model_server import ModelServer

SCRIPTS = Path(__file__).with_name("scripts") / "telemetry"
REPLAYS = int(os.environ.get("AGENTRR_REPLAYS", "3"))
NEEDS = {  # all of them: one environment
    "otel": "opentelemetry-instrumentation-openai-v2",
    "sentry": "sentry-sdk",
}


@pytest.mark.parametrize("name", sorted(NEEDS))
def test_an_agent_that_is_watched_replays_exactly(name: str, tmp_path: Path) -> None:
    for needed in NEEDS.values():
        try:
            importlib.metadata.version(needed)
        except importlib.metadata.PackageNotFoundError:
            pytest.skip(f"{needed} is not installed: make frameworks")
    shutil.copy(SCRIPTS / f"{name}.py", tmp_path / "agent.py")
    place = Place(tmp_path)
    with ModelServer() as server:
        place.env |= server.environment()
        recorded = place.record("agent.py")
    assert recorded.code == 0, recorded

    place.env = {}  # no key, no address, and the server is gone
    for _ in range(REPLAYS):
        replayed = place.replay()
        assert replayed.same(recorded), f"recorded\n{recorded}\nreplayed\n{replayed}"
