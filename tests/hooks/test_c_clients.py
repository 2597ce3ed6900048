"""Clients in C reach the kernel past every hook: each is named in the recording, with the line."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from harness import Place

SEALED = 77
CALLS = {
    "pycurl.Curl.perform": "c = pycurl.Curl(); c.setopt(c.URL, 'http://127.0.0.1:1/'); c.perform()",
}


@pytest.mark.parametrize("call", CALLS)
def test_a_client_in_c_is_named_and_ends_a_replay(call: str, tmp_path: Path) -> None:
    library = call.partition(".")[0]
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    place = Place(tmp_path)
    (tmp_path / "agent.py").write_text(
        f"import {library}\ntry:\n    {CALLS[call]}\nexcept {library}.Error as error:\n"
        "    print(error)\n"
    )
    bare, recorded = place.bare("agent.py"), place.record("agent.py")
    assert recorded.same(bare)
    notes = [event for event in place.events() if event["t"] == "note"]
    assert [(note["call"], note["site"]) for note in notes if note["what"] == "not-captured"] == [
        (call, "[root:code]/agent.py:3")
    ]
    replayed = place.replay("run.jsonl", "--json", "verdict.json")
    assert replayed.code == SEALED
    (sealed,) = json.loads((tmp_path / "verdict.json").read_text())["sealed"]
    assert (sealed["call"], sealed["site"]) == (call, "[root:code]/agent.py:3")


def test_of_a_type_that_nobody_subclasses_each_object_is_named(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "confluent_kafka.py").write_text(
        "class Producer:\n    kind = 'client'\n    def __init__(self, server):\n"
        "        self.server = server\n\nreal = Producer\n"
    )
    (tmp_path / "agent.py").write_text(
        "import confluent_kafka as kafka\n\nmade = kafka.Producer('here')\n"
        "print(isinstance(made, kafka.Producer), made.server, kafka.Producer.kind,"
        " type(made) is kafka.real, kafka.Producer.__name__)\n"
    )
    recorded = place.record("agent.py")
    assert recorded.same(place.bare("agent.py"))
    notes = [event for event in place.events() if event["t"] == "note"]
    assert [note.get("call") for note in notes] == ["confluent_kafka.Producer"]
    assert place.replay().code == SEALED
