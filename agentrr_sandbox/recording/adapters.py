"""Forms for objects of HTTP clients, which model libraries put into their exceptions.

None of these libraries is imported: their types are known by name, and looked up when met.
Both `httpx` and `httpx2` are covered.  Exceptions and answers of the model libraries themselves
need nothing: they are exceptions and pydantic models.
"""

from __future__ import annotations

from agentrr_sandbox.recording.codec import register

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LEFT_OUT = frozenset({"_cookies", "next_request", "_decoder", "stream", "extensions"})


def fill() -> None:
    """Register the types."""
    for library in ("httpx", "httpx2"):
        register("httpx.url", f"{library}.URL", str, _made)
        register("httpx.params", f"{library}.QueryParams", str, _made)
        register("httpx.headers", f"{library}.Headers", _headers, _restored_headers)
        register("httpx.timeout", f"{library}.Timeout", lambda v: v.as_dict(), _restored_timeout)
        register("httpx.request", f"{library}.Request", _state, _restored_state)
        register("httpx.response", f"{library}.Response", _state, _restored_state)


def _made(kind: Any, text: str) -> Any:
    return kind(text)


def _headers(value: Any) -> object:
    return {"raw": value.raw, "encoding": value.encoding}


def _restored_headers(kind: Any, stored: dict[str, Any]) -> Any:
    return kind(stored["raw"], encoding=stored["encoding"])


def _restored_timeout(kind: Any, stored: dict[str, Any]) -> Any:
    return kind(**stored)


def _state(value: Any) -> object:
    """Return what the library's own pickling keeps, and those extensions that are data."""
    state = {k: v for k, v in value.__getstate__().items() if k not in _LEFT_OUT}
    if callable(state.get("default_encoding")):
        state["default_encoding"] = "utf-8"
    data = (str, bytes, int, float, dict, list, tuple)
    extensions = {k: v for k, v in value.extensions.items() if isinstance(v, data)}
    return {"state": state, "extensions": extensions}


def _restored_state(kind: Any, stored: dict[str, Any]) -> Any:
    value = kind.__new__(kind)
    value.__setstate__(stored["state"])
    value.extensions = stored["extensions"]
    return value
