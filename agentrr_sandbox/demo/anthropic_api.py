"""The wire format of Anthropic as the server speaks it: messages.

Source: the API reference; checked by the anthropic SDK in the tests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from agentrr_sandbox.demo.answers import Chance, plain, tokens

Event = tuple[str | None, Any]


def messages(request: dict[str, Any], chance: Chance) -> dict[str, Any]:
    """Return a message."""
    results = [
        plain(block.get("content"))
        for message in request["messages"]
        if isinstance(message["content"], list)
        for block in message["content"]
        if block.get("type") == "tool_result"
    ]
    tools = [
        (tool["name"], tool["input_schema"])
        for tool in request.get("tools") or ()
        if "input_schema" in tool
    ]
    calls = chance.calls(tools, results, request.get("tool_choice"))
    content: list[dict[str, Any]] = [
        {
            "type": "text",
            "text": "I will look that up."
            if calls
            else chance.text(results[-1] if results else ""),
        }
    ]
    content += [
        {"type": "tool_use", "id": chance.ident("toolu_"), "name": name, "input": arguments}
        for name, arguments in calls
    ]
    return {
        "id": chance.ident("msg_"),
        "type": "message",
        "role": "assistant",
        "model": request["model"],
        "content": content,
        "stop_reason": "tool_use" if calls else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": tokens(request["messages"]),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": tokens(content),
            "service_tier": "standard",
        },
    }


def messages_stream(request: dict[str, Any], chance: Chance) -> Iterator[Event]:
    """Yield a message event by event."""
    whole = messages(request, chance)
    usage = {**whole["usage"], "output_tokens": 1}
    begun = {**whole, "content": [], "stop_reason": None, "usage": usage}
    yield _named({"type": "message_start", "message": begun})
    for index, block in enumerate(whole["content"]):
        text = block["type"] == "text"
        empty = {**block, "text": ""} if text else {**block, "input": {}}
        yield _named({"type": "content_block_start", "index": index, "content_block": empty})
        if index == 0:
            yield _named({"type": "ping"})
        for piece in chance.pieces(block["text"] if text else json.dumps(block["input"])):
            delta = (
                {"type": "text_delta", "text": piece}
                if text
                else {"type": "input_json_delta", "partial_json": piece}
            )
            yield _named({"type": "content_block_delta", "index": index, "delta": delta})
        yield _named({"type": "content_block_stop", "index": index})
    yield _named(
        {
            "type": "message_delta",
            "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
            "usage": {"output_tokens": whole["usage"]["output_tokens"]},
        }
    )
    yield _named({"type": "message_stop"})


def _named(event: dict[str, Any]) -> Event:
    return event["type"], event
