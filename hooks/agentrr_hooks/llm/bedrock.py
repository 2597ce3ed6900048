"""The shape of Amazon Bedrock: Converse, streamed or not.

Source: the API reference, and what boto3 1.4x sends.  The model stands in the path; a stream is
frames of `application/vnd.amazon.eventstream`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PROVIDER = "aws.bedrock"
PATHS = ("/converse", "/converse-stream")
_ASKED = {
    "temperature": "gen_ai.request.temperature",
    "topP": "gen_ai.request.top_p",
    "maxTokens": "gen_ai.request.max_tokens",
    "stopSequences": "gen_ai.request.stop_sequences",
}


def operation(path: str, request: Mapping[str, Any]) -> str | None:
    """Return what a request to *path* asks for, None when its members say otherwise."""
    return "chat" if isinstance(request.get("messages"), list) and model(path, request) else None


def model(path: str, request: Mapping[str, Any]) -> str:
    """Return the model of `/model/MODEL/converse`, which is percent-encoded there."""
    del request
    from urllib.parse import unquote  # the HTTP client has loaded it by now

    before, _, name = path.rpartition("/")[0].rpartition("/")
    return unquote(name) if before.endswith("/model") else ""


def asked(request: Mapping[str, Any]) -> dict[str, object]:
    """Return the attributes of a request."""
    given = request.get("inferenceConfig") or {}
    return {name: given[key] for key, name in _ASKED.items() if given.get(key) is not None}


def tools(request: Mapping[str, Any]) -> list[str]:
    """Return the names of the declared tools."""
    declared = (request.get("toolConfig") or {}).get("tools") or ()
    found = [(tool.get("toolSpec") or {}).get("name") for tool in declared]
    return [name for name in found if isinstance(name, str)]


def answered(answer: Mapping[str, Any]) -> dict[str, object]:
    """Return the attributes of a whole answer."""
    found: dict[str, object] = {}
    if answer.get("stopReason"):
        found["gen_ai.response.finish_reasons"] = [answer["stopReason"]]
    usage = answer.get("usage") or {}
    for name in ("input", "output"):
        if usage.get(f"{name}Tokens") is not None:
            found[f"gen_ai.usage.{name}_tokens"] = usage[f"{name}Tokens"]
    return found


def gathered(events: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a streamed answer as the whole one that it spells out, text left away."""
    whole: dict[str, Any] = {}
    for event in events:  # `messageStop` and `metadata` hold these
        whole.update({key: event[key] for key in ("stopReason", "usage") if event.get(key)})
    return whole
