"""Agents of frameworks, in their newest releases, recorded and replayed.

The frameworks are installed by `make frameworks`, in several environments: some need another
generation of the SDKs than the others.  Elsewhere the cases are skipped, with what is missing.
Three replays each; `AGENTRR_REPLAYS=50` for more.
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
    "autogen_team": ["autogen-agentchat"],
    "chat_loop": ["openai"],
    "crewai_crew": ["crewai"],
    "dspy_program": ["dspy"],
    "google_adk": ["google-adk", "litellm", "mcp"],
    "google_genai_chat": ["google-genai"],
    "instructor_extract": ["instructor"],
    "langchain_memory": ["langchain", "langchain-openai", "numpy"],
    "langgraph_branches": ["langgraph", "langchain-openai"],
    "langgraph_react": ["langgraph", "langchain-openai"],
    "langgraph_sqlite": ["langgraph-checkpoint-sqlite"],
    "langgraph_store": ["langgraph", "langchain-openai"],
    "litellm_calls": ["litellm"],
    "llama_index_agent": ["llama-index-llms-openai"],
    "mcp_stdio": ["mcp"],
    "mini_swe_agent": ["mini-swe-agent", "mcp"],
    "openai_agents_handoff": ["openai-agents"],
    "openai_agents_mcp": ["openai-agents", "mcp"],
    "openai_agents_tools": ["openai-agents"],
    "plain_agents": ["aiohttp", "requests"],
    "pydantic_ai_stream": ["pydantic-ai-slim"],
    "pydantic_ai_tools": ["pydantic-ai-slim"],
    "pydantic_ai_usage": ["pydantic-ai-slim"],
    "smolagents_code": ["smolagents"],
    "smolagents_tools": ["smolagents"],
    "strands_agent": ["strands-agents"],
}
TYPED = {"chat_loop": b"hello there\nwhat is the weather?\nbye\n"}
ASKS = {"mcp_stdio": "process.start"}
"""What stands in the recording where no model is asked."""
KEPT = {"agent.py", "run.jsonl", "run.jsonl.d"}
QUIET = {"CREWAI_DISABLE_TELEMETRY": "true", "OTEL_SDK_DISABLED": "true"}


@pytest.mark.parametrize("turn", range(RECORDINGS))
@pytest.mark.parametrize("name", sorted(NEEDS))
def test_an_agent_replays_exactly(name: str, turn: int, tmp_path: Path) -> None:
    for needed in NEEDS[name]:
        try:
            importlib.metadata.version(needed)
        except importlib.metadata.PackageNotFoundError:
            pytest.skip(f"{needed} is not installed: make frameworks")
    shutil.copy(SCRIPTS / f"{name}.py", tmp_path / "agent.py")
    place = Place(tmp_path, dict(QUIET))
    with ModelServer() as server:
        place.env |= server.environment()
        place.env["OPENAI_API_BASE"] = place.env["OPENAI_BASE_URL"]
        recorded = place.record("agent.py", stdin=TYPED.get(name, b""))
    assert recorded.code == 0, recorded
    asks = ASKS.get(name, "http.request")
    assert any(e["t"] == "intent" and e["call"] == asks for e in place.events())

    place.env = dict(QUIET)  # no key, no address; the server is gone, and what it wrote
    for made in tmp_path.iterdir():
        if made.name not in KEPT:
            shutil.rmtree(made) if made.is_dir() else made.unlink()
    for _ in range(REPLAYS):
        replayed = place.replay()
        assert replayed.same(recorded), f"recorded\n{recorded}\nreplayed\n{replayed}"
