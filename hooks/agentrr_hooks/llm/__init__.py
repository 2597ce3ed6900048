"""Recognises a model call by its shape, on any base URL, and names what it asks and answers.

Nothing is patched here: the hook of the transport asks.  The names are OpenTelemetry's for
generative AI (`gen_ai.*`); what it has no name for begins with `agentrr.`.
"""

from __future__ import annotations

import sys

from agentrr_hooks.llm import anthropic, bedrock, gemini, ollama, openai
from agentrr_hooks.llm.streamed import parse, reader

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

        # `model(path, request)` too, where the model is not the request's member of that name

        PROVIDER: str
        PATHS: tuple[str, ...]


SHAPES: tuple[Any, ...] = (ollama, openai, anthropic, gemini, bedrock)

PROVIDERS = {  # by the host's domain, for those that speak another's format
    "amazonaws.com": "aws.bedrock",
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

    def __init__(
        self, shape: Any, operation: str, host: str, path: str, request: dict[str, Any]
    ) -> None:
        self._shape: Shape = shape
        model = shape.model(path, request) if hasattr(shape, "model") else request["model"]
        self.tools: list[str] = shape.tools(request)
        self.attributes: dict[str, object] = {
            "gen_ai.operation.name": operation,
            "gen_ai.provider.name": _provider(host) or shape.PROVIDER,
            "gen_ai.request.model": model,
            **shape.asked(request),
        }
        if self.tools:
            self.attributes["agentrr.tools"] = self.tools

    def answered(self, body: bytes, kind: str = "") -> dict[str, object]:
        """Return the attributes of the answer *body*, whole or cut short; none if it is odd.

        *kind* is its content type, which tells whether it is a stream.
        """
        try:
            apart = reader(kind)
            answer = apart(body) if apart is not None else parse(body)
            if isinstance(answer, list):
                answer = self._shape.gathered(answer)
            return self._shape.answered(answer) if isinstance(answer, dict) else {}
        except (AttributeError, KeyError, TypeError, ValueError):
            return {}  # detail for a reader is never worth the agent's run


def _provider(host: str) -> str:
    if host.endswith("aiplatform.googleapis.com"):
        return "gcp.vertex_ai"
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
                request = parse(body)
                operation = shape.operation(path, request)
                if operation is not None:
                    return ModelCall(shape, operation, host, path, request)
            except (AttributeError, KeyError, TypeError, ValueError):
                return None
    return None


def declare(names: list[str], boundary: Boundary) -> None:
    """Tell the hook of tools, if it is installed, that a model may call *names*."""
    hook: Any = sys.modules.get("agentrr_hooks.tools")
    if hook is not None:
        hook.declare(names, boundary)
