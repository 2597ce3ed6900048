"""The shapes of Gemini: generateContent, streamed or not, and embedContent.

Source: the reference of the Gemini API and of Vertex AI, and what google-genai 1 sends.  The model
stands in the path; a stream is server-sent events, or one JSON array.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PROVIDER = "gcp.gemini"
_OPERATIONS = {  # the end of the path: what it asks for, and the member that a request must have
    ":generateContent": ("generate_content", "contents"),
    ":streamGenerateContent": ("generate_content", "contents"),
    ":embedContent": ("embeddings", "content"),
    ":batchEmbedContents": ("embeddings", "requests"),
}
PATHS = tuple(_OPERATIONS)
_ASKED = {
    "temperature": "gen_ai.request.temperature",
    "topP": "gen_ai.request.top_p",
    "topK": "gen_ai.request.top_k",
    "maxOutputTokens": "gen_ai.request.max_tokens",
    "frequencyPenalty": "gen_ai.request.frequency_penalty",
    "presencePenalty": "gen_ai.request.presence_penalty",
    "seed": "gen_ai.request.seed",
    "candidateCount": "gen_ai.request.choice.count",
    "stopSequences": "gen_ai.request.stop_sequences",
}
_COUNTED = (("input", "promptTokenCount"), ("output", "candidatesTokenCount"))


def operation(path: str, request: Mapping[str, Any]) -> str | None:
    """Return what a request to *path* asks for, None when its members say otherwise."""
    name, member = _OPERATIONS[f":{path.rpartition(':')[2]}"]
    return name if isinstance(request.get(member), list | dict) and model(path, request) else None


def model(path: str, request: Mapping[str, Any]) -> str:
    """Return the model, which is the last part of the path."""
    del request
    return path.rpartition(":")[0].rpartition("/")[2]


def asked(request: Mapping[str, Any]) -> dict[str, object]:
    """Return the attributes of a request."""
    given = request.get("generationConfig") or {}
    return {name: given[key] for key, name in _ASKED.items() if given.get(key) is not None}


def tools(request: Mapping[str, Any]) -> list[str]:
    """Return the names of the declared functions; what the server runs has other members."""
    return [
        function["name"]
        for tool in request.get("tools") or ()
        for function in tool.get("functionDeclarations") or ()
        if isinstance(function.get("name"), str)
    ]


def answered(answer: Mapping[str, Any]) -> dict[str, object]:
    """Return the attributes of a whole answer.  Thoughts are output that is counted apart."""
    found: dict[str, object] = {}
    if answer.get("responseId"):
        found["gen_ai.response.id"] = answer["responseId"]
    if answer.get("modelVersion"):
        found["gen_ai.response.model"] = answer["modelVersion"]
    reasons = [c["finishReason"] for c in answer.get("candidates") or () if c.get("finishReason")]
    if reasons:
        found["gen_ai.response.finish_reasons"] = reasons
    usage = answer.get("usageMetadata") or {}
    for name, key in _COUNTED:
        if usage.get(key) is not None:
            extra = usage.get("thoughtsTokenCount") or 0 if name == "output" else 0
            found[f"gen_ai.usage.{name}_tokens"] = usage[key] + extra
    return found


def gathered(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a streamed answer as the whole one that it spells out, text left away."""
    whole: dict[str, Any] = {}
    reasons: dict[int, str] = {}
    for event in events:
        for key in ("responseId", "modelVersion", "usageMetadata"):
            if event.get(key):
                whole[key] = event[key]
        for candidate in event.get("candidates") or ():
            if candidate.get("finishReason"):
                reasons[candidate.get("index", 0)] = candidate["finishReason"]
    if reasons:
        whole["candidates"] = [{"finishReason": reasons[index]} for index in sorted(reasons)]
    return whole
