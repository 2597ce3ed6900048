"""Telemetry: what tracers and counters send home from threads of their own.

Captures      that a request is telemetry: OpenTelemetry's OTLP exporters, the tracers of
              openai-agents and LangSmith, PostHog, Sentry, by name
Records       such a request as any other, but for its body and headers
Serves        the recorded answer of that address; what was to be sent is not compared
Reaches       subclasses of those exporters (crewai's, langfuse's), where the client below is hooked
Out of reach  other telemetry, which is a request like any other
"""

from __future__ import annotations

from agentrr_hooks.standin import like
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_HTTP = "opentelemetry.exporter.otlp.proto.http"
SENDING = {
    f"{_HTTP}.trace_exporter": ("OTLPSpanExporter.export",),
    f"{_HTTP}.metric_exporter": ("OTLPMetricExporter.export",),
    f"{_HTTP}._log_exporter": ("OTLPLogExporter.export",),
    "agents.tracing.processors": ("BackendSpanExporter.export",),
    "langsmith.client": (
        "Client._post_batch_ingest_runs",
        "Client._send_multipart_req",
        "Client._send_compressed_multipart_req",
    ),
    "sentry_sdk.transport": ("BaseHttpTransport._send_request",),
    "posthog.consumer": ("batch_post",),
    "posthog.client": ("batch_post",),
}
"""By module: the functions that send."""

_sending: set[int] = set()
"""The threads that are within one of them."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Know who sends."""
    del boundary
    for module, names in SENDING.items():
        for name in names:
            patch.replace(module, name, _known)


def is_sent() -> bool:
    """Whether what this thread sends now is telemetry."""
    return genuine.get_ident() in _sending


def _known(real: Any) -> Any:
    def send(*args: Any, **named: Any) -> Any:
        strand = genuine.get_ident()
        if strand in _sending:
            return real(*args, **named)
        _sending.add(strand)
        try:
            return real(*args, **named)
        finally:
            _sending.discard(strand)

    return like(send, real)
