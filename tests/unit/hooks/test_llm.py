"""Model calls are known by their shape, and told in OpenTelemetry's words."""

from __future__ import annotations

import json
import sys
import types
from typing import Any

import pytest

from agentrr_hooks import llm
from agentrr_sandbox.demo import anthropic_api, openai_api
from agentrr_sandbox.demo.answers import Chance

CHAT: dict[str, Any] = {"model": "gpt-x", "messages": [{"role": "user", "content": "hi"}]}
MESSAGES: dict[str, Any] = {**CHAT, "model": "claude-x", "max_tokens": 9}


def ask(path: str, request: object, host: str = "localhost", method: str = "POST") -> Any:
    return llm.recognise(method, host, path, json.dumps(request).encode())


def sse(events: Any) -> bytes:
    return b"".join(
        (f"event: {name}\n" if name else "").encode()
        + f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()
        for name, data in events
    )


@pytest.mark.parametrize(
    ("path", "request_", "operation", "provider"),
    [
        ("/v1/chat/completions", CHAT, "chat", "openai"),
        ("/openai/deployments/x/chat/completions/", CHAT, "chat", "openai"),
        ("/v1/responses", {"model": "m", "input": "hi"}, "chat", "openai"),
        ("/any/where/embeddings", {"model": "m", "input": ["a"]}, "embeddings", "openai"),
        ("/v1/completions", {"model": "m", "prompt": "a"}, "text_completion", "openai"),
        ("/v1/messages", MESSAGES, "chat", "anthropic"),
    ],
)
def test_a_model_call_is_known_on_any_base_url(
    path: str, request_: dict[str, Any], operation: str, provider: str
) -> None:
    call = ask(path, request_)
    assert call.attributes["gen_ai.operation.name"] == operation
    assert call.attributes["gen_ai.provider.name"] == provider
    assert call.attributes["gen_ai.request.model"] == request_["model"]


@pytest.mark.parametrize(
    ("host", "provider"),
    [
        ("api.groq.com", "groq"),
        ("x.ai", "x_ai"),
        ("phoenix.ai", "openai"),  # ends with `x.ai`, but is another's
        ("me.openai.azure.com", "azure.ai.openai"),
    ],
)
def test_the_provider_is_told_by_the_host(host: str, provider: str) -> None:
    call = ask("/v1/chat/completions", CHAT, host)
    assert call.attributes["gen_ai.provider.name"] == provider


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", b""),
        ("/v1/chat/completions", b"{torn"),
        ("/v1/chat/completions", b"[1]"),
        ("/v1/chat/completions", b'{"model": 3, "messages": []}'),
        ("/v1/chat/completions", b'{"model": "m"}'),
        ("/v1/messages", b'{"text": "a chat of people"}'),
        ("/v1/orders", json.dumps(CHAT).encode()),
        ("/v1/chat/completions", b'{"model": "m", "messages": [], "tools": [7]}'),
    ],
)
def test_anything_else_is_plain_http(path: str, body: bytes) -> None:
    assert llm.recognise("POST", "localhost", path, body) is None


def test_reading_is_no_model_call() -> None:
    assert ask("/v1/responses", {"model": "m", "input": ""}, method="GET") is None


def test_what_was_asked_is_told() -> None:
    asked = {**CHAT, "temperature": 0.2, "max_completion_tokens": 7, "n": 2, "stop": ["x"]}
    attributes = ask("/v1/chat/completions", asked).attributes
    assert attributes["gen_ai.request.temperature"] == 0.2
    assert attributes["gen_ai.request.max_tokens"] == 7
    assert attributes["gen_ai.request.choice.count"] == 2
    assert attributes["gen_ai.request.stop_sequences"] == ["x"]


@pytest.mark.parametrize(
    ("path", "request_", "tools"),
    [
        (
            "/v1/chat/completions",
            {**CHAT, "tools": [{"type": "function", "function": {"name": "f"}}]},
            ["f"],
        ),
        ("/v1/chat/completions", {**CHAT, "functions": [{"name": "g"}]}, ["g"]),
        (
            "/v1/responses",
            {"model": "m", "input": "", "tools": [{"type": "function", "name": "f"}]},
            ["f"],
        ),
        (
            "/v1/responses",
            {"model": "m", "input": "", "tools": [{"type": "web_search"}]},
            [],
        ),
        (
            "/v1/messages",
            {
                **MESSAGES,
                "tools": [
                    {"name": "f", "input_schema": {}},
                    {"type": "bash_20250124", "name": "bash"},
                ],
            },
            ["f"],
        ),
    ],
)
def test_declared_tools_are_named(path: str, request_: dict[str, Any], tools: list[str]) -> None:
    call = ask(path, request_)
    assert call.tools == tools
    assert call.attributes.get("agentrr.tools", []) == tools


@pytest.mark.parametrize(
    ("path", "request_", "whole", "streamed"),
    [
        ("/v1/chat/completions", CHAT, openai_api.chat, openai_api.chat_stream),
        (
            "/v1/responses",
            {"model": "m", "input": "hi"},
            openai_api.responses,
            openai_api.responses_stream,
        ),
        ("/v1/messages", MESSAGES, anthropic_api.messages, anthropic_api.messages_stream),
    ],
)
def test_a_streamed_answer_tells_what_the_whole_one_tells(
    path: str, request_: dict[str, Any], whole: Any, streamed: Any
) -> None:
    request_ = {**request_, "stream_options": {"include_usage": True}}
    call = ask(path, request_)
    expected = call.answered(json.dumps(whole(request_, Chance(7))).encode())
    assert call.answered(sse(streamed(request_, Chance(7))), "text/event-stream") == expected
    assert set(expected) == {
        "gen_ai.response.id",
        "gen_ai.response.model",
        "gen_ai.response.finish_reasons",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
    }


def test_a_stream_that_broke_tells_what_it_got_to() -> None:
    body = sse(anthropic_api.messages_stream(MESSAGES, Chance(7)))
    found = ask("/v1/messages", MESSAGES).answered(body[: len(body) // 2], "text/event-stream")
    assert found["gen_ai.response.model"] == "claude-x"
    assert "gen_ai.response.finish_reasons" not in found


def test_cached_tokens_are_input_tokens() -> None:
    answer = {"usage": {"input_tokens": 3, "cache_read_input_tokens": 40, "output_tokens": 1}}
    found = ask("/v1/messages", MESSAGES).answered(json.dumps(answer).encode())
    assert found["gen_ai.usage.input_tokens"] == 43


def test_declared_tools_reach_their_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[list[str], object]] = []
    boundary: Any = object()
    monkeypatch.delitem(sys.modules, "agentrr_hooks.tools", raising=False)
    llm.declare(["f"], boundary)  # there is none: nothing happens
    hook: Any = types.ModuleType("agentrr_hooks.tools")
    hook.declare = lambda names, where: told.append((names, where))
    monkeypatch.setitem(sys.modules, "agentrr_hooks.tools", hook)
    llm.declare(["f"], boundary)
    assert told == [(["f"], boundary)]


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'{"usage": 7}', b'{"choices": [1]}'])
def test_an_odd_answer_tells_nothing(body: bytes) -> None:
    assert ask("/v1/chat/completions", CHAT).answered(body) == {}
