"""The shape of Anthropic: messages.

Source: the API reference, and what anthropic 0.x to 2.x send.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PROVIDER = "anthropic"
PATHS = ("/messages",)
_ASKED = {
    "temperature": "gen_ai.request.temperature",
    "top_p": "gen_ai.request.top_p",
    "top_k": "gen_ai.request.top_k",
    "max_tokens": "gen_ai.request.max_tokens",
    "stop_sequences": "gen_ai.request.stop_sequences",
}


def operation(path: str, request: Mapping[str, Any]) -> str | None:
    """Return what a request to *path* asks for, None when its members say otherwise."""
    del path
    known = "messages" in request and isinstance(request.get("model"), str)
    return "chat" if known else None


def asked(request: Mapping[str, Any]) -> dict[str, object]:
    """Return the attributes of a request."""
    return {name: request[key] for key, name in _ASKED.items() if request.get(key) is not None}


def tools(request: Mapping[str, Any]) -> list[str]:
    """Return the names of the declared tools; those that the server runs have no schema."""
    return [
        tool["name"]
        for tool in request.get("tools") or ()
        if "input_schema" in tool and isinstance(tool.get("name"), str)
    ]


def answered(answer: Mapping[str, Any]) -> dict[str, object]:
    """Return the attributes of a whole answer.

    Tokens read from or written to the cache are counted apart on the wire; OpenTelemetry has
    them in the input tokens.
    """
    found: dict[str, object] = {}
    if answer.get("id"):
        found["gen_ai.response.id"] = answer["id"]
    if answer.get("model"):
        found["gen_ai.response.model"] = answer["model"]
    if answer.get("stop_reason"):
        found["gen_ai.response.finish_reasons"] = [answer["stop_reason"]]
    usage = answer.get("usage") or {}
    if "input_tokens" in usage:
        cached = ("cache_read_input_tokens", "cache_creation_input_tokens")
        extra = sum(usage.get(key) or 0 for key in cached)
        found["gen_ai.usage.input_tokens"] = usage["input_tokens"] + extra
    if "output_tokens" in usage:
        found["gen_ai.usage.output_tokens"] = usage["output_tokens"]
    return found


def gathered(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a streamed answer as the whole one that it spells out, text left away."""
    whole: dict[str, Any] = {}
    usage: dict[str, Any] = {}
    for event in events:
        if event.get("type") == "message_start":
            whole = {**event["message"]}
            usage.update(whole.get("usage") or {})
        elif event.get("type") == "message_delta":
            whole.update({k: v for k, v in event["delta"].items() if v is not None})
            usage.update({k: v for k, v in (event.get("usage") or {}).items() if v is not None})
    whole["usage"] = usage
    return whole
