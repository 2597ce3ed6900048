"""Agents of frameworks that run tools and branches at once, recorded and replayed.

The frameworks are installed by `make frameworks`, each in an environment of its own: some need
another generation of the SDKs than the others.  Elsewhere the cases are skipped, with what is
missing.  Three replays each; `AGENTRR_REPLAYS=50` for more.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
from pathlib import Path

import pytest
from harness import Place
from model_server import ModelServer

SCRIPTS = Path(__file__).with_name("scripts") / "frameworks"
REPLAYS = int(os.environ.get("AGENTRR_REPLAYS", "3"))
RECORDINGS = int(os.environ.get("AGENTRR_RECORDINGS", "1"))
NEEDS = {
    "autogen_team": "autogen-agentchat",
    "crewai_crew": "crewai",
    "langgraph_branches": "langgraph",
    "langgraph_react": "langgraph",
    "openai_agents_tools": "openai-agents",
    "pydantic_ai_tools": "pydantic-ai-slim",
}
QUIET = {"CREWAI_DISABLE_TELEMETRY": "true", "OTEL_SDK_DISABLED": "true"}


@pytest.mark.parametrize("turn", range(RECORDINGS))
@pytest.mark.parametrize("name", sorted(NEEDS))
def test_what_runs_at_once_replays_exactly(name: str, turn: int, tmp_path: Path) -> None:
    try:
        importlib.metadata.version(NEEDS[name])
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{NEEDS[name]} is not installed: make frameworks")
    shutil.copy(SCRIPTS / f"{name}.py", tmp_path / "agent.py")
    place = Place(tmp_path, dict(QUIET))
    with ModelServer() as server:
        place.env |= server.environment()
        place.env["OPENAI_API_BASE"] = place.env["OPENAI_BASE_URL"]
        recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    assert any(e["t"] == "intent" and e["call"] == "http.request" for e in place.events())

    place.env = dict(QUIET)  # no key, no address, and the server is gone
    for _ in range(REPLAYS):
        replayed = place.replay()
        assert replayed.same(recorded), f"recorded\n{recorded}\nreplayed\n{replayed}"
