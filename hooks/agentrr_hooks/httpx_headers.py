"""Which request headers take part in the signature: all that are not in these two tables."""

from __future__ import annotations

FRAMING = "how the transport frames the message; follows from the URL and the body"
CLIENT = "describes the client library or the machine, not what is asked"
TRACING = "an id of the tracing that watches, new in every run"

VOLATILE = {
    "accept-encoding": CLIENT,  # which decoders happen to be installed
    "baggage": TRACING,
    "connection": FRAMING,
    "content-length": FRAMING,
    "host": FRAMING,
    "keep-alive": FRAMING,
    "proxy-connection": FRAMING,
    "sentry-trace": TRACING,
    "te": FRAMING,
    "traceparent": TRACING,
    "tracestate": TRACING,
    "transfer-encoding": FRAMING,
    "user-agent": CLIENT,
    "x-claude-code-session-id": TRACING,
    "x-cloud-trace-context": TRACING,
}
VOLATILE_PREFIXES = {
    "x-b3-": TRACING,
    "x-datadog-": TRACING,
    "x-goog-api-client": CLIENT,
    "x-stainless-": CLIENT,  # OS, architecture, Python, versions, timeouts, count of retries
}
SECRETS = frozenset(
    (
        "api-key",
        "authorization",
        "cookie",  # the jar holds what servers set, which is redacted where it came in
        "ocp-apim-subscription-key",
        "proxy-authorization",
        "x-amz-security-token",
        "x-api-key",
        "x-auth-token",
        "x-goog-api-key",
        "x-subscription-token",
    )
)
"""Credentials: redacted, so they cannot be matched; only their names are kept."""


RETRY_COUNT = "x-stainless-retry-count"
_PREFIXES = tuple(VOLATILE_PREFIXES)


_MOST = 1000
_judged: dict[bytes, tuple[str, bool]] = {}


def is_matched(name: str) -> bool:
    """Say whether the header *name*, in lower case, takes part in the signature."""
    return not (name in VOLATILE or name in SECRETS or name.startswith(_PREFIXES))


def sorted_out(raw: list[tuple[bytes, bytes]]) -> tuple[list[list[str]], list[tuple[str, str]]]:
    """Return the headers that are matched, and the others; names in lower case."""
    matched: list[list[str]] = []
    others: list[tuple[str, str]] = []
    for key, value in raw:
        known = _judged.get(key)
        if known is None:  # names repeat from request to request
            name = key.decode("latin-1").lower()
            known = name, is_matched(name)
            if len(_judged) < _MOST:
                _judged[key] = known
        if known[1]:
            matched.append([known[0], value.decode("latin-1")])
        else:
            others.append((known[0], value.decode("latin-1")))
    return matched, others


def told(headers: list[tuple[str, str]]) -> dict[str, object]:
    """Return what is kept for a reader of the *headers* that are not matched."""
    detail: dict[str, object] = {}
    credentials = [name for name, _ in headers if name in SECRETS]
    if credentials:
        detail["agentrr.credentials"] = credentials
    for name, value in headers:
        if name == RETRY_COUNT and value.isdigit() and int(value):
            detail["http.request.resend_count"] = int(value)
        elif name == "user-agent" or VOLATILE.get(name) is TRACING:
            detail[f"http.request.header.{name}"] = [value]
    return detail
