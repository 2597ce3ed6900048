"""Recognises a model call by its shape, on any base URL, and names what it asks and answers.

Nothing is patched here: the hook of the transport asks.  The names are OpenTelemetry's for
generative AI (`gen_ai.*`); what it has no name for begins with `agentrr.`.
"""

from __future__ import annotations

import sys

from agentrr_hooks.llm import anthropic, openai

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Protocol

    from agentrr_sandbox.boundary import Boundary

    class Shape(Protocol):
        """A module that knows one provider's wire format."""

        def operation(self, path: str, request: Mapping[str, Any]) -> str | None:
            """Return the operation that a request to *path* asks for, None if not its shape."""
            ...

        def asked(self, request: Mapping[str, Any]) -> dict[str, object]:
            """Return the attributes of a request."""
            ...

        def tools(self, request: Mapping[str, Any]) -> list[str]:
            """Return the names of the functions that the model may ask for."""
            ...

        def answered(self, answer: Mapping[str, Any]) -> dict[str, object]:
            """Return the attributes of a whole answer."""
            ...

        def gathered(self, events: list[dict[str, Any]]) -> dict[str, Any]:
            """Return a streamed answer as the whole one that it spells out, text left away."""
            ...

        PROVIDER: str


SHAPES: tuple[Any, ...] = (openai, anthropic)

PROVIDERS = {  # by the host's domain, for those that speak another's format
    "azure.com": "azure.ai.openai",
    "cohere.ai": "cohere",
    "deepseek.com": "deepseek",
    "googleapis.com": "gcp.gemini",
    "groq.com": "groq",
    "mistral.ai": "mistral_ai",
    "perplexity.ai": "perplexity",
    "x.ai": "x_ai",
}


class ModelCall:
    """One recognised request: its attributes, and how to read its answer."""

    def __init__(self, shape: Any, operation: str, host: str, request: dict[str, Any]) -> None:
        self._shape: Shape = shape
        self.tools: list[str] = shape.tools(request)
        self.attributes: dict[str, object] = {
            "gen_ai.operation.name": operation,
            "gen_ai.provider.name": _provider(host) or shape.PROVIDER,
            "gen_ai.request.model": request["model"],
            **shape.asked(request),
        }
        if self.tools:
            self.attributes["agentrr.tools"] = self.tools

    def answered(self, body: bytes, *, sse: bool) -> dict[str, object]:
        """Return the attributes of the answer *body*, whole or cut short; none if it is odd."""
        try:
            if sse:
                return self._shape.answered(self._shape.gathered(events(body)))
            answer = _parse(body)
            return self._shape.answered(answer) if isinstance(answer, dict) else {}
        except (AttributeError, KeyError, TypeError, ValueError):
            return {}  # detail for a reader is never worth the agent's run


def _provider(host: str) -> str:
    labels = host.split(".")
    return PROVIDERS.get(".".join(labels[-2:]), "")


def recognise(method: str, host: str, path: str, body: bytes) -> ModelCall | None:
    """Return the model call that this request is, None for any other."""
    if method != "POST" or not body.startswith(b"{"):
        return None
    path = path.rstrip("/")
    for shape in SHAPES:
        if path.endswith(shape.PATHS):
            try:
                request = _parse(body)
                operation = shape.operation(path, request)
                if operation is not None:
                    return ModelCall(shape, operation, host, request)
            except (AttributeError, KeyError, TypeError, ValueError):
                return None
    return None


def declare(names: list[str], boundary: Boundary) -> None:
    """Tell the hook of tools, if it is installed, that a model may call *names*."""
    hook: Any = sys.modules.get("agentrr_hooks.tools")
    if hook is not None:
        hook.declare(names, boundary)


def events(body: bytes) -> list[dict[str, Any]]:
    """Return the JSON objects in the `data:` lines of server-sent events; a torn one is left."""
    found: list[dict[str, Any]] = []
    for block in body.replace(b"\r\n", b"\n").split(b"\n\n"):
        lines = [line[5:].strip() for line in block.split(b"\n") if line.startswith(b"data:")]
        data = b"\n".join(lines)
        if not data.startswith(b"{"):
            continue  # `[DONE]`, a comment, a ping
        try:
            found.append(_parse(data))
        except ValueError:
            break  # dropped in the middle
    return found


def _parse(body: bytes) -> Any:
    from json import loads  # the HTTP client has loaded it by now

    return loads(body)
