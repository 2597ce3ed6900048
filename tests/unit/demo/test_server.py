"""The bundled model server: what it answers, and what it breaks."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from model_server import ModelServer

from agentrr_sandbox.demo.answers import Chance
from agentrr_sandbox.demo.server import Server

CHAT = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
PATH = "/v1/chat/completions"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(latency=0.001, hang=0.1)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def ask(server: Server, path: str, value: object, **headers: str) -> tuple[int, bytes, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    try:
        connection.request("POST", path, json.dumps(value), headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def test_two_answers_are_never_the_same(server: Server) -> None:
    first, second = (json.loads(ask(server, PATH, CHAT)[1]) for _ in range(2))
    assert first["object"] == second["object"] == "chat.completion"
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("none", set[str]()),
        ({"type": "none"}, set[str]()),
        ("required", {"look", "buy"}),
        ({"type": "any"}, {"look", "buy"}),
        ({"type": "tool", "name": "buy"}, {"buy"}),
        ({"type": "function", "function": {"name": "look"}}, {"look"}),
    ],
)
def test_a_choice_of_tools_is_kept(choice: object, names: set[str]) -> None:
    tools: list[tuple[str, dict[str, object]]] = [("look", {}), ("buy", {})]
    results = ["a", "b", "c"]  # after as many it talks, unless it must not
    made = [Chance(seed).calls(tools, results, choice) for seed in range(20)]
    assert {name for calls in made for name, _ in calls} == names
    assert all(calls or not names for calls in made)


def test_a_seed_makes_them_the_same() -> None:
    assert Chance(5).text() == Chance(5).text()
    assert Chance(5).ident("x") == Chance(5).ident("x")


def test_faults_come_in_the_order_of_the_script(server: Server) -> None:
    server.faults = ["429", "500", "refuse", "ok"]
    assert ask(server, PATH, CHAT)[0] == 429
    assert ask(server, PATH, CHAT)[0] == 500
    with pytest.raises(http.client.RemoteDisconnected):
        ask(server, PATH, CHAT)
    assert ask(server, PATH, CHAT)[0] == 200
    assert ask(server, PATH, CHAT)[0] == 200
    assert server.hits == 5


def test_a_stream_is_dropped_in_the_middle(server: Server) -> None:
    server.faults = ["drop", "ok"]
    with pytest.raises(http.client.IncompleteRead) as caught:
        ask(server, PATH, {**CHAT, "stream": True})
    assert caught.value.partial.startswith(b"data: {")
    whole = ask(server, PATH, {**CHAT, "stream": True})[1]
    assert whole.endswith(b"data: [DONE]\n\n")


def test_a_timeout_answers_nothing(server: Server) -> None:
    server.faults = ["timeout"]
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        ask(server, PATH, CHAT)


def test_answers_are_compressed_for_who_accepts_it(server: Server) -> None:
    status, body, headers = ask(server, PATH, CHAT, **{"accept-encoding": "gzip"})
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert json.loads(gzip.decompress(body))["model"] == "m"
    assert ask(server, PATH, CHAT)[2]["content-encoding"] is None


@pytest.mark.parametrize("body", [{}, {"model": None, "messages": []}, {"model": "m"}, [1]])
def test_a_bad_request_is_an_error_of_the_api(server: Server, body: object) -> None:
    status, answer, _ = ask(server, PATH, body)
    assert status == 400
    assert json.loads(answer)["error"]["type"] == "invalid_request_error"


def test_values_fit_the_schema() -> None:
    schema = {
        "$defs": {"Line": {"type": "object", "properties": {"n": {"type": "integer"}}}},
        "type": "object",
        "properties": {
            "kind": {"enum": ["a", "b"]},
            "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}},
            "note": {"anyOf": [{"type": "null"}, {"type": "string"}]},
            "sure": {"type": "boolean"},
            "v": {"const": 3},
        },
    }
    value = Chance(1).value(schema, schema)
    assert value["kind"] in ("a", "b")
    assert all(isinstance(line["n"], int) for line in value["lines"])
    assert isinstance(value["note"], str)
    assert isinstance(value["sure"], bool)
    assert value["v"] == 3


def test_a_schema_that_holds_itself_ends() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {"more": {"$ref": "#"}}}
    assert Chance(1).value(schema, schema)["more"]


def test_the_process_prints_its_address_and_takes_faults(tmp_path: Path) -> None:
    with ModelServer(latency=0.001) as server:
        assert server.url.startswith("http://127.0.0.1:")
        server.faults("503")
        port = int(server.url.rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("POST", PATH, json.dumps(CHAT))
        assert connection.getresponse().status == 503
        connection.close()
        assert server.hits() == 1
        assert json.loads(server.requests()[0]["body"]) == CHAT


def test_gemini_is_spoken_whole_and_streamed(server: Server) -> None:
    path = "/v1beta/models/gemini-9:generateContent"
    asked = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
    whole = json.loads(ask(server, path, asked)[1])
    assert whole["modelVersion"] == "gemini-9"
    assert whole["candidates"][0]["content"]["parts"][0]["text"]
    declared = {"name": "look", "parameters": {"type": "OBJECT", "properties": {}}}
    tools = [{"functionDeclarations": [declared]}]
    must = {"functionCallingConfig": {"mode": "ANY"}}
    called = json.loads(ask(server, path, {**asked, "tools": tools, "toolConfig": must})[1])
    (part,) = called["candidates"][0]["content"]["parts"]
    assert part == {"functionCall": {"name": "look", "args": {}}}
    path = path.replace("generate", "streamGenerate") + "?alt=sse"
    status, body, _ = ask(server, path, asked)
    assert (status, body[:6]) == (200, b"data: ")
    assert b'"totalTokenCount"' in body
