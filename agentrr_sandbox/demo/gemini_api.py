"""The wire format of Gemini as the server speaks it: `generateContent`, whole and streamed.

Source: the API reference (v1beta); checked by google-genai in the tests of frameworks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from agentrr_sandbox.demo.answers import Chance, tokens

Event = tuple[str | None, Any]
MODES = {"ANY": "required", "NONE": "none"}


def content(request: dict[str, Any], chance: Chance) -> dict[str, Any]:
    """Return what the model answers."""
    parts = [part for each in request["contents"] for part in each.get("parts", ())]
    results = [
        json.dumps(part["functionResponse"].get("response"))
        for part in parts
        if "functionResponse" in part
    ]
    tools = [
        (declared["name"], _schema(declared))
        for tool in request.get("tools") or ()
        for declared in tool.get("functionDeclarations") or ()
    ]
    config = (request.get("toolConfig") or {}).get("functionCallingConfig") or {}
    calls = chance.calls(tools, results, MODES.get(config.get("mode", ""), "auto"))
    said: list[dict[str, Any]] = [
        {"functionCall": {"name": name, "args": arguments}} for name, arguments in calls
    ]
    return _answer(request, said or [{"text": _text(request, chance, results)}], chance)


def _schema(declared: dict[str, Any]) -> dict[str, Any]:
    for name in ("parametersJsonSchema", "parameters_json_schema", "parameters"):
        if name in declared:  # the SDK sends the second, which the API takes too
            lowered: dict[str, Any] = _lowered(declared[name])
            return lowered
    return {"type": "object"}


def _lowered(value: Any) -> Any:
    """Return a schema as JSON Schema spells it: Gemini's own names its types in capitals."""
    if isinstance(value, dict):
        return {
            key: each.lower() if key == "type" and isinstance(each, str) else _lowered(each)
            for key, each in value.items()
        }
    return [_lowered(each) for each in value] if isinstance(value, list) else value


def _text(request: dict[str, Any], chance: Chance, results: list[str]) -> str:
    config = request.get("generationConfig") or {}
    wanted = config.get("responseJsonSchema") or config.get("responseSchema")
    if wanted:
        schema = _lowered(wanted)
        return json.dumps(chance.value(schema, schema))
    return chance.text(results[-1] if results else "")


def _answer(request: dict[str, Any], parts: list[dict[str, Any]], chance: Chance) -> dict[str, Any]:
    asked, said = tokens(request["contents"]), tokens(parts)
    return {
        "candidates": [
            {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}
        ],
        "usageMetadata": {
            "promptTokenCount": asked,
            "candidatesTokenCount": said,
            "totalTokenCount": asked + said,
        },
        "modelVersion": request["model"],
        "responseId": chance.ident("", 22),
    }


def content_stream(request: dict[str, Any], chance: Chance) -> Iterator[Event]:
    """Yield the answer in parts; the last one tells why it ends."""
    whole = content(request, chance)
    (part,) = whole["candidates"][0]["content"]["parts"][:1]
    pieces = chance.pieces(part.get("text", ""))
    for piece in pieces[:-1]:
        said = {"content": {"role": "model", "parts": [{"text": piece}]}, "index": 0}
        yield None, {**whole, "candidates": [said]}
    if pieces:
        whole["candidates"][0]["content"]["parts"] = [{"text": pieces[-1]}]
    yield None, whole
