"""The shapes of Ollama's own API: chat, generate, embed.

Source: docs/api.md of ollama 0.x.  A stream, which it is unless the request says otherwise, is one
JSON object a line; the last one has the counts.  Through `/v1` Ollama speaks as OpenAI does.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PROVIDER = "ollama"
_OPERATIONS = {  # the path: what it asks for, the member that a request must have, and its type
    "/api/chat": ("chat", "messages", list),
    "/api/generate": ("text_completion", "prompt", str),
    "/api/embed": ("embeddings", "input", object),
    "/api/embeddings": ("embeddings", "prompt", str),
}
PATHS = tuple(_OPERATIONS)
_OWN = frozenset({"stream", "options", "keep_alive", "format", "think", "tools"})
"""Members that only Ollama's requests have: others call their own chat `/api/chat`, too."""
_ASKED = {
    "temperature": "gen_ai.request.temperature",
    "top_p": "gen_ai.request.top_p",
    "top_k": "gen_ai.request.top_k",
    "num_predict": "gen_ai.request.max_tokens",
    "frequency_penalty": "gen_ai.request.frequency_penalty",
    "presence_penalty": "gen_ai.request.presence_penalty",
    "seed": "gen_ai.request.seed",
    "stop": "gen_ai.request.stop_sequences",
}


def operation(path: str, request: Mapping[str, Any]) -> str | None:
    """Return what a request to *path* asks for, None when its members say otherwise."""
    end = next(end for end in PATHS if path.endswith(end))
    name, member, kind = _OPERATIONS[end]
    if not isinstance(request.get("model"), str) or not isinstance(request.get(member), kind):
        return None
    return name if _OWN & request.keys() or end != "/api/chat" or len(request) == 2 else None  # noqa: PLR2004 - model and messages


def asked(request: Mapping[str, Any]) -> dict[str, object]:
    """Return the attributes of a request."""
    given = request.get("options") or {}
    return {name: given[key] for key, name in _ASKED.items() if given.get(key) is not None}


def tools(request: Mapping[str, Any]) -> list[str]:
    """Return the names of the declared functions."""
    found = [(tool.get("function") or {}).get("name") for tool in request.get("tools") or ()]
    return [name for name in found if isinstance(name, str)]


def answered(answer: Mapping[str, Any]) -> dict[str, object]:
    """Return the attributes of a whole answer."""
    found: dict[str, object] = {}
    if answer.get("model"):
        found["gen_ai.response.model"] = answer["model"]
    if answer.get("done_reason"):
        found["gen_ai.response.finish_reasons"] = [answer["done_reason"]]
    for name, key in (("input", "prompt_eval_count"), ("output", "eval_count")):
        if answer.get(key) is not None:
            found[f"gen_ai.usage.{name}_tokens"] = answer[key]
    return found


def gathered(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the last object of a stream, which says all but the text."""
    return events[-1] if events else {}
