"""The arguments of a tool call as they are stored."""

from __future__ import annotations

from agentrr_sandbox.errors import Unencodable
from agentrr_sandbox.recording import codec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NOT_STORED = "not stored"


def storable(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the *request* of a tool call: each argument, or the type of what nothing can store."""
    found = dict(request)
    if isinstance(found.get("arguments"), dict):
        found["arguments"] = {name: _value(held) for name, held in found["arguments"].items()}
    if "more" in found:
        found["more"] = [_value(held) for held in found["more"]]
    return found


def _value(value: Any) -> Any:
    try:
        codec.encode(value)
    except Unencodable:
        kind = type(value)
        return {NOT_STORED: f"{kind.__module__}.{kind.__qualname__}"}
    return value
