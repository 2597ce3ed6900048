"""The wire format of OpenAI as the server speaks it: chat, responses, embeddings.

Source: the API reference; checked by the openai SDK in the tests.
"""

from __future__ import annotations

import base64
import json
import struct
import time
from collections.abc import Iterator
from typing import Any

from agentrr_sandbox.demo.answers import Chance, plain, tokens

Event = tuple[str | None, Any]
"""One server-sent event: its name, if it has one, and its data."""

DIMENSIONS = 8


def chat(request: dict[str, Any], chance: Chance) -> dict[str, Any]:
    """Return a chat completion."""
    choices = [_choice(request, chance, index) for index in range(request.get("n") or 1)]
    asked, said = tokens(request["messages"]), tokens([c["message"] for c in choices])
    return {
        "id": chance.ident("chatcmpl-"),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request["model"],
        "choices": choices,
        "usage": {
            "prompt_tokens": asked,
            "completion_tokens": said,
            "total_tokens": asked + said,
        },
        "system_fingerprint": chance.ident("fp_", 10),
    }


def _choice(request: dict[str, Any], chance: Chance, index: int) -> dict[str, Any]:
    messages = request["messages"]
    results = [plain(m.get("content")) for m in messages if m.get("role") == "tool"]
    tools = [
        (tool["function"]["name"], tool["function"].get("parameters") or {})
        for tool in request.get("tools") or ()
        if tool.get("type") == "function"
    ]
    calls = chance.calls(tools, results, request.get("tool_choice"))
    message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
    if calls:
        message["tool_calls"] = [
            {
                "id": chance.ident("call_"),
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(arguments)},
            }
            for name, arguments in calls
        ]
    else:
        message["content"] = _content(request.get("response_format"), chance, results)
    reason = "tool_calls" if calls else "stop"
    return {"index": index, "message": message, "logprobs": None, "finish_reason": reason}


def _content(wanted: dict[str, Any] | None, chance: Chance, results: list[str]) -> str:
    if wanted and wanted.get("type") == "json_schema":
        schema = wanted.get("json_schema", wanted)["schema"]
        return json.dumps(chance.value(schema, schema))
    if wanted and wanted.get("type") == "json_object":
        return json.dumps({"answer": chance.text()})
    return chance.text(results[-1] if results else "")


def chat_stream(request: dict[str, Any], chance: Chance) -> Iterator[Event]:
    """Yield a chat completion chunk by chunk."""
    whole = chat(request, chance)
    base = {k: whole[k] for k in ("id", "created", "model", "system_fingerprint")}
    base["object"] = "chat.completion.chunk"
    usage = (request.get("stream_options") or {}).get("include_usage")
    for choice in whole["choices"]:
        index = choice["index"]

        def chunk(delta: dict[str, Any], reason: str | None = None, at: int = index) -> Event:
            entry = {"index": at, "delta": delta, "logprobs": None, "finish_reason": reason}
            return None, {**base, "choices": [entry], **({"usage": None} if usage else {})}

        yield chunk({"role": "assistant", "content": "", "refusal": None})
        message = choice["message"]
        for piece in chance.pieces(message["content"] or ""):
            yield chunk({"content": piece})
        for at, call in enumerate(message.get("tool_calls", ())):
            named = {**call["function"], "arguments": ""}
            yield chunk({"tool_calls": [{"index": at, **call, "function": named}]})
            for piece in chance.pieces(call["function"]["arguments"]):
                yield chunk({"tool_calls": [{"index": at, "function": {"arguments": piece}}]})
        yield chunk({}, choice["finish_reason"])
    if usage:
        yield None, {**base, "choices": [], "usage": whole["usage"]}
    yield None, "[DONE]"


def responses(request: dict[str, Any], chance: Chance) -> dict[str, Any]:
    """Return a response of the responses API."""
    given = request.get("input") or []
    items = given if isinstance(given, list) else []
    results = [plain(i.get("output")) for i in items if i.get("type") == "function_call_output"]
    tools = [
        (tool["name"], tool.get("parameters") or {})
        for tool in request.get("tools") or ()
        if tool.get("type") == "function"
    ]
    output: list[dict[str, Any]] = [
        {
            "id": chance.ident("fc_"),
            "type": "function_call",
            "status": "completed",
            "call_id": chance.ident("call_"),
            "name": name,
            "arguments": json.dumps(arguments),
        }
        for name, arguments in chance.calls(tools, results, request.get("tool_choice"))
    ]
    if not output:
        text = _content((request.get("text") or {}).get("format"), chance, results)
        part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
        output = [
            {
                "id": chance.ident("msg_"),
                "type": "message",
                "status": "completed",
                "role": "assistant",
                "content": [part],
            }
        ]
    asked, said = tokens(given), tokens(output)
    return {
        "id": chance.ident("resp_"),
        "object": "response",
        "created_at": int(time.time()),
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": request.get("instructions"),
        "model": request["model"],
        "output": output,
        "parallel_tool_calls": True,
        "temperature": request.get("temperature", 1.0),
        "tool_choice": request.get("tool_choice", "auto"),
        "tools": request.get("tools", []),
        "top_p": 1.0,
        "metadata": {},
        "usage": {
            "input_tokens": asked,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": said,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": asked + said,
        },
    }


def responses_stream(request: dict[str, Any], chance: Chance) -> Iterator[Event]:
    """Yield a response event by event."""
    whole = responses(request, chance)
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
    ]
    for at, item in enumerate(whole["output"]):
        events += _item_events(at, item, chance)
    events.append({"type": "response.completed", "response": whole})
    for number, event in enumerate(events):
        yield event["type"], {**event, "sequence_number": number}


def _item_events(at: int, item: dict[str, Any], chance: Chance) -> Iterator[dict[str, Any]]:
    where = {"output_index": at, "item_id": item["id"]}
    message = item["type"] == "message"
    empty: dict[str, Any] = {"content": []} if message else {"arguments": ""}
    begun = {**item, **empty, "status": "in_progress"}
    yield {"type": "response.output_item.added", "output_index": at, "item": begun}
    if message:
        where["content_index"] = 0
        (part,) = item["content"]
        yield {"type": "response.content_part.added", **where, "part": {**part, "text": ""}}
        for piece in chance.pieces(part["text"]):
            yield {"type": "response.output_text.delta", **where, "delta": piece, "logprobs": []}
        done = {"text": part["text"], "logprobs": []}
        yield {"type": "response.output_text.done", **where, **done}
        yield {"type": "response.content_part.done", **where, "part": part}
    else:
        kind = "response.function_call_arguments"
        for piece in chance.pieces(item["arguments"]):
            yield {"type": f"{kind}.delta", **where, "delta": piece}
        done = {"arguments": item["arguments"], "name": item["name"]}
        yield {"type": f"{kind}.done", **where, **done}
    yield {"type": "response.output_item.done", "output_index": at, "item": item}


def embeddings(request: dict[str, Any], chance: Chance) -> dict[str, Any]:
    """Return embeddings: random directions, as floats or as base64 of little-endian floats."""
    given = request["input"]
    texts = (
        given if isinstance(given, list) and given and not isinstance(given[0], int) else [given]
    )
    data: list[dict[str, Any]] = []
    for index in range(len(texts)):
        size = request.get("dimensions") or DIMENSIONS
        vector = [chance.random.uniform(-1, 1) for _ in range(size)]
        packed = base64.b64encode(struct.pack(f"<{size}f", *vector)).decode()
        value = packed if request.get("encoding_format") == "base64" else vector
        data.append({"object": "embedding", "index": index, "embedding": value})
    asked = tokens(given)
    usage = {"prompt_tokens": asked, "total_tokens": asked}
    return {"object": "list", "data": data, "model": request["model"], "usage": usage}
