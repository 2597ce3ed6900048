"""Agents on the real SDKs: recorded against the bundled server, replayed without it.

Three replays each; `AGENTRR_REPLAYS=50` for the nightly run.  `AGENTRR_OLDER` names a Python that
has the SDKs' older generation (openai 2, anthropic 0.x, both on httpx): it is tried too.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from harness import Place
from model_server import ANTHROPIC_KEY, OPENAI_KEY, ModelServer

SCRIPTS = Path(__file__).with_name("scripts")
OLDER = os.environ.get("AGENTRR_OLDER")
REPLAYS = int(os.environ.get("AGENTRR_REPLAYS", "3"))
FAULTS = {
    "openai_sync": ("429", "500", "ok", "drop", "ok", "drop", "timeout", "ok", "drop", "429"),
    "openai_async": ("refuse", "ok", "429", "drop", "drop", "ok", "500"),
    "anthropic_sync": ("529", "drop", "ok", "429", "drop", "timeout"),
    # It now and then leaves a stream before the drop: the one that it reads whole is dropped too.
    "anthropic_async": ("drop", "429", "ok", "drop", "drop", "drop", "drop", "refuse"),
}
EXIT = {"openai_sync": (1,), "openai_async": (1,), "anthropic_async": (1,)}
MODEL_CALLS = 4


def sent(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the intents of the HTTP requests of a recording."""
    return [e for e in events if e["t"] == "intent" and e["call"] == "http.request"]


@pytest.mark.parametrize("python", [sys.executable, *([OLDER] if OLDER else [])])
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_an_agent_replays_exactly_without_server_and_key(
    name: str, python: str, tmp_path: Path
) -> None:
    place = Place(tmp_path, python=python)
    shutil.copy(SCRIPTS / f"{name}.py", tmp_path / "agent.py")
    with ModelServer(hang=0.7) as server:
        server.faults(*FAULTS[name])
        place.env = server.environment()
        recorded = place.record("agent.py")
        asked = server.requests()
    assert recorded.code in EXIT.get(name, range(3, 10)), recorded

    events = place.events()
    intents = sent(events)
    assert len(intents) == len(asked) >= MODEL_CALLS, recorded
    statuses = {
        event["detail"]["http.response.status_code"]
        for event in events
        if event["t"] == "end" and "http.response.status_code" in event.get("detail", {})
    }
    assert statuses >= {200, 429} or statuses >= {200, 529}, "a retry is an event of its own"
    assert any(e["t"] == "end" and e["how"] == "raised" for e in events), "a dropped stream"
    text = (tmp_path / "run.jsonl").read_text()
    assert OPENAI_KEY not in text
    assert ANTHROPIC_KEY not in text

    place.env = {}  # no key, no address, and the server is gone
    for _ in range(REPLAYS):
        replayed = place.replay()
        assert replayed.same(recorded), f"recorded\n{recorded}\nreplayed\n{replayed}"


def test_a_changed_prompt_is_halted_at_its_request(tmp_path: Path) -> None:
    place = Place(tmp_path)
    agent = tmp_path / "agent.py"
    agent.write_text((SCRIPTS / "openai_sync.py").read_text())
    with ModelServer() as server:
        place.env = server.environment()
        place.record("agent.py")
    agent.write_text(agent.read_text().replace("Shorter.", "Shorter, please."))
    place.env = {}
    replayed = place.replay()
    assert replayed.code == 76, replayed
    assert b"please" in replayed.err, replayed


def test_outbound_requests_are_what_the_server_got(tmp_path: Path) -> None:
    """The body in the recording is the body on the wire, but for secrets and paths."""
    place = Place(tmp_path)
    agent = tmp_path / "agent.py"
    agent.write_text(
        "import httpx2, os\n"
        "for n in range(3):\n"
        "    url = os.environ['HTTP_BASE_URL'] + '/post'\n"
        "    httpx2.post(url, json={'n': n, 'draw': os.urandom(3).hex()})\n"
    )
    with ModelServer() as server:
        place.env = server.environment()
        recorded = place.record("agent.py")
        asked = [json.loads(request["body"]) for request in server.requests()]
    assert recorded.code == 0, recorded
    kept = [event["request"]["body"] for event in sent(place.events())]
    assert [body["json"] for body in kept] == asked
