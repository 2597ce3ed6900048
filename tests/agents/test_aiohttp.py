"""An agent on aiohttp: served as bytes, understood as requests and model calls."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest
from harness import Place
from model_server import OPENAI_KEY, ModelServer

SCRIPT = Path(__file__).with_name("scripts") / "aiohttp_agent.py"
REPLAYS = int(os.environ.get("AGENTRR_REPLAYS", "3"))
FAULTS = ["ok"] * 6 + ["429", "500", "drop", "drop", "timeout", "refuse", "ok", "ok"]

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(
        importlib.util.find_spec("aiohttp") is None, reason="aiohttp is not installed"
    ),
]


def recorded_agent(folder: Path) -> Place:
    shutil.copy(SCRIPT, folder / "agent.py")
    place = Place(folder)
    with ModelServer(hang=0.7) as server:
        server.faults(*FAULTS)
        place.env = server.environment()
        recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    place.env = {}  # no key, no address; the server is gone
    for _ in range(REPLAYS):
        replayed = place.replay()
        assert replayed.same(recorded), f"recorded\n{recorded}\nreplayed\n{replayed}"
    return place


def test_an_agent_is_replayed_and_its_model_calls_are_known(tmp_path: Path) -> None:
    place = recorded_agent(tmp_path)
    assert OPENAI_KEY.encode() not in (tmp_path / "run.jsonl").read_bytes()
    events = place.events()
    intents = [e for e in events if e["t"] == "intent" and e["call"] == "http.request"]
    assert {e["detail"]["gen_ai.request.model"] for e in intents} == {"gpt-4o-mini"}
    ends = {e["of"]: e.get("detail", {}) for e in events if e["t"] == "end"}
    first, streamed = (ends[e["seq"]] for e in intents[:2])
    assert first["gen_ai.response.finish_reasons"] == ["tool_calls"]
    assert first["gen_ai.usage.input_tokens"] > 0
    assert streamed["gen_ai.usage.output_tokens"] > 0
    statuses = {detail.get("http.response.status_code") for detail in ends.values()}
    assert {200, 429, 500} <= statuses
    assert any(e.get("call", "").startswith("tool") for e in events)


def test_a_changed_prompt_is_shown_as_one(tmp_path: Path) -> None:
    place = recorded_agent(tmp_path)
    agent = tmp_path / "agent.py"
    agent.write_text(agent.read_text().replace("Tell me", "Tell us"))
    replayed = place.replay()
    assert replayed.code == 76
    assert b"message 1, user" in replayed.err
    assert b"[-me-]{+us+}" in replayed.err or b'{+"Tell us"+}' in replayed.err
