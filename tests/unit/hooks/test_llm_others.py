"""Model calls in the shapes of Gemini, Bedrock and Ollama, told in OpenTelemetry's words."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

import pytest

from agentrr_hooks import llm
from agentrr_sandbox.cli import spoken

TOOL: dict[str, Any] = {"type": "object", "properties": {"city": {}}}
GEMINI: dict[str, Any] = {
    "systemInstruction": {"parts": [{"text": "be kind"}]},
    "contents": [
        {"role": "user", "parts": [{"text": "hi"}]},
        {"role": "model", "parts": [{"functionCall": {"name": "look", "args": {"city": "X"}}}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "look", "response": {"r": 2}}}]},
    ],
    "generationConfig": {"temperature": 0, "topK": 3, "maxOutputTokens": 9},
    "tools": [{"functionDeclarations": [{"name": "look", "parameters": TOOL}]}, {"urlContext": {}}],
}
CONVERSE: dict[str, Any] = {
    "system": [{"text": "be kind"}],
    "messages": [
        {"role": "user", "content": [{"text": "hi"}]},
        {"role": "assistant", "content": [{"toolUse": {"name": "look", "input": {"city": "X"}}}]},
        {"role": "user", "content": [{"toolResult": {"content": [{"text": "2"}]}}]},
    ],
    "inferenceConfig": {"temperature": 0, "maxTokens": 9},
    "toolConfig": {"tools": [{"toolSpec": {"name": "look", "inputSchema": {"json": TOOL}}}]},
}
OLLAMA: dict[str, Any] = {
    "model": "llama",
    "messages": [{"role": "user", "content": "hi"}],
    "options": {"temperature": 0, "num_predict": 9},
    "tools": [{"type": "function", "function": {"name": "look", "parameters": TOOL}}],
    "stream": False,
}
GEMINI_PATH = "/v1beta/models/gemini-x:generateContent"


def ask(path: str, request: object, host: str = "localhost") -> Any:
    return llm.recognise("POST", host, path, json.dumps(request).encode())


def frame(kind: str, payload: object) -> bytes:
    name, value = b":event-type", kind.encode()
    headers = bytes([len(name)]) + name + b"\7" + struct.pack(">H", len(value)) + value
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + body
    return message + struct.pack(">I", zlib.crc32(message))


@pytest.mark.parametrize(
    ("path", "request_", "host", "expected"),
    [
        (GEMINI_PATH, GEMINI, "localhost", ("generate_content", "gcp.gemini", "gemini-x")),
        (
            "/v1/projects/p/locations/l/publishers/google/models/gemini-y:streamGenerateContent",
            GEMINI,
            "europe-west1-aiplatform.googleapis.com",
            ("generate_content", "gcp.vertex_ai", "gemini-y"),
        ),
        (
            "/v1beta/models/e:embedContent",
            {"content": {"parts": []}},
            "generativelanguage.googleapis.com",
            ("embeddings", "gcp.gemini", "e"),
        ),
        (
            "/model/anthropic.claude-x%3A0/converse",
            CONVERSE,
            "bedrock-runtime.eu-west-1.amazonaws.com",
            ("chat", "aws.bedrock", "anthropic.claude-x:0"),
        ),
        ("/model/m/converse-stream", CONVERSE, "localhost", ("chat", "aws.bedrock", "m")),
        ("/api/chat", OLLAMA, "localhost", ("chat", "ollama", "llama")),
        (
            "/api/generate",
            {"model": "m", "prompt": "p"},
            "localhost",
            ("text_completion", "ollama", "m"),
        ),
        ("/api/embed", {"model": "m", "input": "p"}, "localhost", ("embeddings", "ollama", "m")),
        (
            "/api/embeddings",
            {"model": "m", "prompt": "p"},
            "localhost",
            ("embeddings", "ollama", "m"),
        ),
    ],
)
def test_a_model_call_is_known(
    path: str, request_: dict[str, Any], host: str, expected: tuple[str, str, str]
) -> None:
    found = ask(path, request_, host).attributes
    names = ("gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model")
    assert tuple(found[name] for name in names) == expected


@pytest.mark.parametrize(
    ("path", "request_"),
    [
        (GEMINI_PATH, {"prompt": "hi"}),
        ("/v1beta/models/:generateContent", GEMINI),
        ("/converse", CONVERSE),
        ("/rooms/m/converse", CONVERSE),
        ("/model/m/converse", {"messages": "hi"}),
        ("/api/chat", {"messages": [], "id": "7"}),
        ("/api/chat", {"model": "m", "messages": [], "room": "7"}),
        ("/api/generate", {"model": "m", "prompt": ["p"]}),
        (GEMINI_PATH, {"contents": [], "tools": [7]}),
    ],
)
def test_anything_else_is_plain_http(path: str, request_: dict[str, Any]) -> None:
    assert ask(path, request_) is None


@pytest.mark.parametrize(
    ("path", "request_"),
    [(GEMINI_PATH, GEMINI), ("/model/m/converse", CONVERSE), ("/api/chat", OLLAMA)],
)
def test_what_is_asked(path: str, request_: dict[str, Any]) -> None:
    call = ask(path, request_)
    assert call.tools == ["look"]
    assert call.attributes["agentrr.tools"] == ["look"]
    assert call.attributes["gen_ai.request.temperature"] == 0
    assert call.attributes["gen_ai.request.max_tokens"] == 9
    said, rest = spoken.asked(request_)
    assert ("user", "hi") in said
    assert "look(city)" in dict(said)["tools"]
    assert not {"contents", "messages", "tools", "toolConfig", "systemInstruction"} & rest.keys()
    if request_ is not OLLAMA:
        assert [text for _, text in said][:3] == ["be kind", "hi", 'tool call: look({"city": "X"})']


GEMINI_ANSWER = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "hello"}]},
                    "finishReason": "STOP"}],
    "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 4, "thoughtsTokenCount": 5},
    "modelVersion": "gemini-x-1", "responseId": "r",
}  # fmt: skip
GEMINI_PIECES = [
    {"candidates": [{"content": {"role": "model", "parts": [{"text": "hel"}]}}]},
    {**GEMINI_ANSWER, "candidates": [{"content": {"parts": [{"text": "lo"}]},
                                      "finishReason": "STOP"}]},
]  # fmt: skip
CONVERSE_ANSWER = {
    "output": {"message": {"role": "assistant", "content": [{"text": "hello"}]}},
    "stopReason": "end_turn", "usage": {"inputTokens": 3, "outputTokens": 9},
}  # fmt: skip
OLLAMA_ANSWER = {
    "model": "llama", "message": {"role": "assistant", "content": "hello"}, "done": True,
    "done_reason": "stop", "prompt_eval_count": 3, "eval_count": 9,
}  # fmt: skip
STREAMS = {
    "gemini, events": (
        GEMINI_PATH, GEMINI, GEMINI_ANSWER, "text/event-stream",
        b"".join(b"data: " + json.dumps(each).encode() + b"\r\n\r\n" for each in GEMINI_PIECES),
    ),
    "gemini, array": (
        GEMINI_PATH, GEMINI, GEMINI_ANSWER, "application/json; charset=UTF-8",
        json.dumps(GEMINI_PIECES).encode(),
    ),
    "bedrock": (
        "/model/m/converse", CONVERSE, CONVERSE_ANSWER, "application/vnd.amazon.eventstream",
        frame("contentBlockDelta", {"delta": {"text": "hello"}})
        + frame("messageStop", {"stopReason": "end_turn"})
        + frame("metadata", {"usage": CONVERSE_ANSWER["usage"]}),
    ),
    "ollama": (
        "/api/chat", OLLAMA, OLLAMA_ANSWER, "application/x-ndjson",
        json.dumps({"message": {"role": "assistant", "content": "hello"}, "done": False}).encode()
        + b"\n" + json.dumps({**OLLAMA_ANSWER, "message": {"content": ""}}).encode() + b"\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STREAMS)
def test_a_streamed_answer_tells_what_the_whole_one_tells(name: str) -> None:
    path, request_, whole, kind, stream = STREAMS[name]
    call = ask(path, request_)
    found = call.answered(json.dumps(whole).encode(), "application/json")
    assert found["gen_ai.usage.input_tokens"] == 3
    assert found["gen_ai.usage.output_tokens"] == 9
    assert len(found["gen_ai.response.finish_reasons"]) == 1
    assert call.answered(stream, kind) == found
    for cut in range(0, len(stream), 7):
        torn = call.answered(stream[:cut], kind)
        assert torn.items() <= found.items()
    assert spoken.answered(whole)[0][1] == "hello"
    if kind.startswith(("text/", "application/x")):
        (said,) = spoken.streamed(stream.decode())
        assert said == ("assistant", "hello")


@pytest.mark.parametrize("body", [b"", b"[]", b"[7]", b'{"usage": 7}', b'{"candidates": [1]}'])
@pytest.mark.parametrize("name", STREAMS)
def test_an_odd_answer_tells_nothing(name: str, body: bytes) -> None:
    path, request_, _, kind, _ = STREAMS[name]
    call = ask(path, request_)
    assert call.answered(body) == {}
    assert call.answered(body, kind) == {}
