"""One line for a person about a request: what was asked of the world.

Works on stored, JSON-able data and trusts none of its shape: a recording is somebody else's file.
The result is not escaped; whoever prints it does that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_LIMIT = 600
_ROOT = "[root:code]/"


def local(text: str) -> str:
    """Return *text* with paths of the user's project relative to it."""
    return text.replace(_ROOT, "")


def command_of(header: Mapping[str, Any]) -> str:
    """Return what ran, from a recording's header, as it was typed: script and arguments."""
    target = header.get("target")
    found = target if isinstance(target, Mapping) else {}
    value = str(found.get("value", ""))
    if found.get("kind") == "code":
        value = "-c " + " ".join(value.split())[:80]
    elif found.get("kind") == "module":
        value = f"-m {value}"
    argv = header.get("argv")
    words = [str(word) for word in argv] if isinstance(argv, list) else []
    return local(" ".join([value, *words]).strip())


def asked(call: str, request: object) -> str:
    """Return one line that shows the crossing *call* with its *request*."""
    if isinstance(request, Mapping):
        if isinstance(request.get("method"), str) and isinstance(request.get("url"), str):
            return _http(request)
        if isinstance(request.get("name"), str) and _arguments(request) is not None:
            return f"{request['name']}({_arguments(request)})"
    if isinstance(request, str) and not call:
        return request
    if call in ("stdout", "stderr"):
        return f"{call}: {request if isinstance(request, str) else compact(request)}"
    return call if request is None else f"{call}({local(_members(request))})"


def _members(request: object) -> str:
    """Return a request as the arguments of a call."""
    if not isinstance(request, Mapping) or "$" in request:
        return compact(request)
    if len(request) == 1:
        return compact(*request.values())
    shown = ", ".join(f"{key}={compact(value, 160)}" for key, value in request.items())
    return shown if len(shown) <= _LIMIT else shown[: _LIMIT - 1] + "\u2026"


def compact(value: object, limit: int = _LIMIT) -> str:
    """Return *value* as JSON on one line, cut at *limit* characters."""
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    return text if len(text) <= limit else text[: limit - 1] + "\u2026"


def stands(place: Mapping[str, Any]) -> str:
    """Return where a lane of a replay stands, of what `replayer.standing` found."""
    at = f" at {place['at']}" if place.get("at") else ""
    said = [str(place["does"])] if place.get("does") else []
    if place.get("last") is not None:
        said.append(f"last event {place['last']}")
    if place.get("next") is not None:
        said.append(f"next is event {place['next']} ({place.get('next_call', '')})")
    return f"{place.get('lane', '')}{at}" + (f": {', '.join(said)}" if said else "")


def body_of(request: object) -> Any:
    """Return the JSON body of a stored HTTP request, or None."""
    body = request.get("body") if isinstance(request, Mapping) else None
    return body.get("json") if isinstance(body, Mapping) else None


def messages_of(body: object) -> list[Any] | None:
    """Return the messages of a model request's *body*, by whichever name the provider has."""
    if not isinstance(body, Mapping):
        return None
    for name in ("messages", "input", "contents"):
        if isinstance(body.get(name), list):
            return list(body[name])
    return None


def _http(request: Mapping[str, Any]) -> str:
    line = f"{request['method']} {request['url']}"
    body = body_of(request)
    facts: list[str] = []
    if isinstance(body, Mapping):
        if isinstance(body.get("model"), str):
            facts.append(body["model"])
        messages = messages_of(body)
        if messages is not None:
            facts.append(f"{len(messages)} message{'s' * (len(messages) != 1)}")
    return f"{line} ({', '.join(facts)})" if facts else line


def _arguments(request: Mapping[str, Any]) -> str | None:
    """Return the arguments of a tool call as Python would write them, or None."""
    arguments = request.get("arguments")
    if isinstance(arguments, Mapping):
        return ", ".join(f"{key}={compact(value, 120)}" for key, value in arguments.items())
    args, kwargs = request.get("args"), request.get("kwargs")
    if not isinstance(args, list) and not isinstance(kwargs, Mapping):
        return None
    shown = [compact(value, 120) for value in args] if isinstance(args, list) else []
    if isinstance(kwargs, Mapping):
        shown += [f"{key}={compact(value, 120)}" for key, value in kwargs.items()]
    return ", ".join(shown)
