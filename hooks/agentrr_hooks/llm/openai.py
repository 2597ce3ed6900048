"""The shapes of OpenAI: chat completions, responses, embeddings, completions.

Source: the API reference, and what openai 2 and 3 send.  Many other servers speak the same.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PROVIDER = "openai"
PATHS = ("/chat/completions", "/responses", "/embeddings", "/completions")
_OPERATIONS = {  # the end of the path: what it asks for, and the member that a request must have
    "/chat/completions": ("chat", "messages"),
    "/responses": ("chat", "input"),
    "/embeddings": ("embeddings", "input"),
    "/completions": ("text_completion", "prompt"),
}
_ASKED = {
    "temperature": "gen_ai.request.temperature",
    "top_p": "gen_ai.request.top_p",
    "max_tokens": "gen_ai.request.max_tokens",
    "max_completion_tokens": "gen_ai.request.max_tokens",
    "max_output_tokens": "gen_ai.request.max_tokens",
    "frequency_penalty": "gen_ai.request.frequency_penalty",
    "presence_penalty": "gen_ai.request.presence_penalty",
    "seed": "gen_ai.request.seed",
    "n": "gen_ai.request.choice.count",
    "stop": "gen_ai.request.stop_sequences",
    "dimensions": "gen_ai.embeddings.dimension.count",
}


def operation(path: str, request: Mapping[str, Any]) -> str | None:
    """Return what a request to *path* asks for, None when its members say otherwise."""
    for end, (name, member) in _OPERATIONS.items():
        if path.endswith(end):
            known = member in request or (member == "input" and "prompt" in request)
            return name if known and isinstance(request.get("model"), str) else None
    return None


def asked(request: Mapping[str, Any]) -> dict[str, object]:
    """Return the attributes of a request."""
    return {name: request[key] for key, name in _ASKED.items() if request.get(key) is not None}


def tools(request: Mapping[str, Any]) -> list[str]:
    """Return the names of the declared functions; chat nests them, responses do not."""
    found = [tool.get("function", tool).get("name") for tool in request.get("tools") or ()]
    found += [function.get("name") for function in request.get("functions") or ()]
    return [name for name in found if isinstance(name, str)]


def answered(answer: Mapping[str, Any]) -> dict[str, object]:
    """Return the attributes of a whole answer."""
    found: dict[str, object] = {}
    if answer.get("id"):
        found["gen_ai.response.id"] = answer["id"]
    if answer.get("model"):
        found["gen_ai.response.model"] = answer["model"]
    reasons = [c["finish_reason"] for c in answer.get("choices") or () if c.get("finish_reason")]
    if not reasons and answer.get("object") == "response" and answer.get("status"):
        reasons = [answer["status"]]
    if reasons:
        found["gen_ai.response.finish_reasons"] = reasons
    usage = answer.get("usage") or {}
    counts = (("input", "prompt"), ("output", "completion"))  # responses, chat
    for name, older in counts:
        count = usage.get(f"{name}_tokens", usage.get(f"{older}_tokens"))
        if count is not None:
            found[f"gen_ai.usage.{name}_tokens"] = count
    return found


def gathered(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a streamed answer as the whole one that it spells out, text left away."""
    whole: dict[str, Any] = {}
    reasons: dict[int, str] = {}
    for event in events:
        if "response" in event:  # the responses API: the last such event is the fullest
            whole = {**whole, **event["response"]}
            continue
        for key in ("id", "model", "usage"):
            if event.get(key):
                whole[key] = event[key]
        for choice in event.get("choices") or ():
            if choice.get("finish_reason"):
                reasons[choice.get("index", 0)] = choice["finish_reason"]
    if reasons:
        whole["choices"] = [{"finish_reason": reasons[index]} for index in sorted(reasons)]
    return whole
