"""What was said in a model call: messages laid out for a person, whichever provider's format.

Trusts no shape: what it does not know it leaves to the caller, who prints it as JSON.  Sources:
the API references of OpenAI (chat completions, responses), Anthropic (messages), Gemini
(generateContent), Bedrock (Converse) and Ollama (chat).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from agentrr_sandbox.summary import compact

Said = tuple[str, str]
"""Who or what, and the text."""


def asked(body: Mapping[str, Any]) -> tuple[list[Said], dict[str, Any]]:
    """Return the messages of a request body, and what else is in it."""
    rest = dict(body)
    rules = [name for name in ("system", "instructions", "systemInstruction") if rest.get(name)]
    said: list[Said] = [("system", text(rest.pop(name))) for name in rules]
    for name in ("messages", "input", "contents", "prompt"):
        value = rest.get(name)
        if isinstance(value, str):
            said.append(("user", rest.pop(name)))
        elif isinstance(value, list):
            for message in rest.pop(name):
                said += _message(message)
    for name in ("tools", "toolConfig"):
        tools = _tools(rest.get(name))
        if tools:
            said.append(("tools", ", ".join(_tool(tool) for tool in tools)))
            del rest[name]
    return said, rest


def answered(body: object) -> list[Said]:
    """Return what a whole JSON answer says; nothing where its shape is not known."""
    if not isinstance(body, Mapping):
        return []
    said: list[Said] = []
    for choice in _list(body.get("choices")):
        if isinstance(choice, Mapping):
            said += _message(choice.get("message") or {"role": "assistant", **choice})
    for candidate in _list(body.get("candidates")):  # Gemini
        said += _message(_mapping(candidate).get("content"))
    for item in _list(body.get("output")):
        said += _message(item)
    for holder in (body, _mapping(body.get("output"))):  # Ollama, Bedrock
        if isinstance(holder.get("message"), Mapping):
            said += _message(holder["message"])
    if body.get("type") == "message":
        said += _message(body)
    if isinstance(body.get("error"), Mapping):
        said.append(("error", text(body["error"].get("message"))))
    return said


def streamed(body: str) -> list[Said]:
    """Return what the server-sent events, or the lines of JSON, in *body* spell out."""
    parts: dict[tuple[str, Any], list[str]] = {}
    for event in _events(body):
        for key, piece in _deltas(event):
            parts.setdefault(key, []).append(piece)
    return [(who, "".join(pieces)) for (who, _), pieces in parts.items()]


def text(content: object) -> str:
    """Return the text of a message's content: a string, or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(_part(part) for part in content)
    if isinstance(content, Mapping) and isinstance(content.get("parts"), list):
        return text(content["parts"])
    return "" if content is None else compact(content)


def _message(message: object) -> Iterator[Said]:
    if not isinstance(message, Mapping):
        yield "", compact(message)
        return
    role = str(message.get("role") or message.get("type") or "")
    if message.get("type") == "function_call":
        yield "tool call", _call(message)
        return
    if message.get("type") == "function_call_output":
        yield "tool result", text(message.get("output"))
        return
    content = message.get("content", message.get("parts", message.get("text")))
    if content not in (None, "", []):
        name = message.get("tool_call_id")
        yield (f"{role} ({name})" if name else role), text(content)
    for call in _list(message.get("tool_calls")):
        if isinstance(call, Mapping):
            yield "tool call", _call(_mapping(call.get("function")) or call)


def _part(part: object) -> str:
    if not isinstance(part, Mapping):
        return text(part)
    kind = part.get("type")
    if isinstance(part.get("text"), str):
        return str(part["text"])
    call = part if kind == "tool_use" else part.get("toolUse") or part.get("functionCall")
    if isinstance(call, Mapping):
        return f"tool call: {call.get('name')}({compact(call.get('input', call.get('args')))})"
    result = part if kind == "tool_result" else part.get("toolResult")
    if isinstance(result, Mapping):
        return f"tool result: {text(result.get('content'))}"
    if isinstance(part.get("functionResponse"), Mapping):
        return f"tool result: {compact(part['functionResponse'].get('response'))}"
    return compact(part, 200)


def _call(call: Mapping[str, Any]) -> str:
    arguments = call.get("arguments", call.get("input", ""))
    shown = arguments if isinstance(arguments, str) else compact(arguments)
    return f"{call.get('name')}({shown})"


def _tools(declared: object) -> list[Any]:
    """Return the tools of a request; Gemini has them in groups, Bedrock one level deeper."""
    found: list[Any] = []
    for tool in _list(_mapping(declared).get("tools", declared)):
        found += _list(_mapping(tool).get("functionDeclarations")) or [tool]
    return found


def _tool(tool: object) -> str:
    found = _mapping(tool)
    found = _mapping(found.get("function")) or _mapping(found.get("toolSpec")) or found
    names = ("parameters", "input_schema", "parametersJsonSchema", "inputSchema")
    schema = next((_mapping(found[name]) for name in names if found.get(name)), {})
    schema = _mapping(schema.get("json")) or schema
    shown = ", ".join(str(name) for name in _mapping(schema.get("properties")))
    called = found.get("name") or found.get("type") or next(iter(found), "")
    return f"{called}({shown})"


def _deltas(event: Mapping[str, Any]) -> Iterator[tuple[tuple[str, Any], str]]:
    if "choices" in event:
        yield from _chat_deltas(event)
        return
    yield from _other_deltas(event)
    kind, delta = event.get("type"), event.get("delta")
    index = event.get("index", event.get("output_index", 0))
    if isinstance(delta, str) and kind == "response.output_text.delta":
        yield ("assistant", index), delta
    elif isinstance(delta, str) and kind == "response.function_call_arguments.delta":
        yield ("tool call", index), delta
    elif kind == "content_block_start":  # messages
        block = _mapping(event.get("content_block"))
        if block.get("type") == "tool_use":
            yield ("tool call", index), str(block.get("name"))
    elif isinstance(delta, Mapping):
        if isinstance(delta.get("text"), str):
            yield ("assistant", index), delta["text"]
        elif isinstance(delta.get("partial_json"), str):
            yield ("tool call", index), delta["partial_json"]


def _other_deltas(event: Mapping[str, Any]) -> Iterator[tuple[tuple[str, Any], str]]:
    for candidate in _list(event.get("candidates")):  # Gemini
        yield ("assistant", 0), text(_mapping(candidate).get("content"))
    if isinstance(event.get("message"), Mapping) and "done" in event:  # Ollama
        yield ("assistant", 0), "".join(said for _, said in _message(event["message"]))


def _chat_deltas(event: Mapping[str, Any]) -> Iterator[tuple[tuple[str, Any], str]]:
    for choice in _list(event.get("choices")):
        delta = _mapping(_mapping(choice).get("delta"))
        index = _mapping(choice).get("index", 0)
        if isinstance(delta.get("content"), str):
            yield ("assistant", index), delta["content"]
        for call in _list(delta.get("tool_calls")):
            function = _mapping(_mapping(call).get("function"))
            key = "tool call", (index, _mapping(call).get("index"))
            yield key, str(function.get("name") or "") + str(function.get("arguments") or "")


def _events(body: str) -> Iterator[Mapping[str, Any]]:
    for line in body.splitlines():
        line = line[5:].strip() if line.startswith("data:") else line  # noqa: PLW2901 - the same
        if line.startswith("{"):
            try:
                found = json.loads(line)
            except ValueError:
                return  # dropped in the middle
            if isinstance(found, Mapping):
                yield found


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
