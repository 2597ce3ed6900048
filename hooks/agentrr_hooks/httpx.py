"""HTTP through httpx and httpx2, the clients below the model SDKs.

Captures      each request that a transport sends: model calls, retries, redirects, plain HTTP
Records       method, URL, matched headers, body; status, headers and the raw chunks of the answer;
              that an async client is closed
Serves        the recorded answer chunk by chunk, errors in the middle included, to the SDK's parser
Reaches       clients sync and async, proxies, mounts, UDS, every subclass of the two transports
Out of reach  in-process transports (mock, ASGI), `network_stream`, the `trace` extension; the very
              bytes of a compressed body, which is kept decoded so that secrets in it are seen
"""

from __future__ import annotations

import sys

from agentrr_hooks.httpx_request import Exchange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

PACKAGES = ("httpx", "httpx2")
CALL = "http.request"
CLOSE = "http.close"


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route both transports of each package through *boundary*, when it is imported."""
    for package in PACKAGES:
        patch.replace(package, "HTTPTransport.handle_request", lambda real: _sync(real, boundary))
        patch.replace(
            package,
            "AsyncHTTPTransport.handle_async_request",
            lambda real: _async(real, boundary),
        )
        for close in ("aclose", "__aexit__"):
            patch.replace(
                package, f"AsyncHTTPTransport.{close}", lambda real: _closing(real, boundary)
            )


def _sync(real: Any, boundary: Boundary) -> Any:
    if real.__code__.co_filename == __file__:
        return real  # httpx2 can stand in for httpx: the class is wrapped already
    module = _package(real)

    def handle_request(self: Any, request: Any) -> Any:
        lane = boundary.lane()
        if lane is None or not hasattr(request.stream, "__iter__"):
            return real(self, request)
        exchange = Exchange(module, request, *_read(request.stream))
        exchange.declare(boundary)

        def live() -> tuple[Any, Any]:
            own, request.stream = request.stream, exchange.outgoing(request.stream)
            try:
                return exchange.answered(real(self, request))
            finally:
                request.stream = own

        stream = lane.stream(
            CALL,
            live,
            request=exchange.matched(),
            detail=exchange.detail(),
            outward=True,
            describe=exchange.describe,
        )
        return exchange.response(stream)

    return _like(handle_request, real)


def _async(real: Any, boundary: Boundary) -> Any:
    if real.__code__.co_filename == __file__:
        return real
    module = _package(real)

    async def handle_async_request(self: Any, request: Any) -> Any:
        lane = boundary.lane()
        if lane is None or not hasattr(request.stream, "__aiter__"):
            return await real(self, request)
        exchange = Exchange(module, request, *await _read_async(request.stream))
        exchange.declare(boundary)

        async def live() -> tuple[Any, Any]:
            own, request.stream = request.stream, exchange.outgoing(request.stream)
            try:
                return exchange.answered(await real(self, request))
            finally:
                request.stream = own

        stream = await lane.stream_async(
            CALL,
            live,
            request=exchange.matched(),
            detail=exchange.detail(),
            outward=True,
            describe=exchange.describe,
        )
        return exchange.response(stream)

    return _like(handle_async_request, real)


def _closing(real: Any, boundary: Boundary) -> Any:
    """Connections are closed in some turns of the loop, and a replay has none to close."""
    if real.__code__.co_filename == __file__:
        return real

    async def close(self: Any, *args: Any) -> None:
        lane = boundary.lane()
        if lane is None or _by_itself(lane.name):
            await real(self, *args)
        else:
            await lane.cross_async(CLOSE, lambda: real(self, *args))

    return _like(close, real)


def _by_itself(lane: str) -> bool:
    """Whether a task closes the client and does nothing else.

    One that is left open is closed so when it is collected, by the SDKs: at no exact place, and
    nobody waits for it.
    """
    task = lane.rpartition("/")[2]
    return task.startswith("task:") and task.partition("#")[0].endswith(("close", "__aexit__"))


def _read(stream: Iterable[bytes]) -> tuple[list[bytes], Exception | None]:
    """Return the request body, read once, and the error that ended it, if one did."""
    parts: list[bytes] = []
    try:
        for part in stream:
            parts.append(part)  # noqa: PERF402 - what came before an error is sent
    except Exception as error:
        return parts, error
    return parts, None


async def _read_async(stream: AsyncIterable[bytes]) -> tuple[list[bytes], Exception | None]:
    parts: list[bytes] = []
    try:
        async for part in stream:
            parts.append(part)  # noqa: PERF401 - as above
    except Exception as error:
        return parts, error
    return parts, None


def _package(real: Any) -> Any:
    """Return the package that *real* belongs to; it is imported, for it is being patched."""
    return sys.modules[real.__module__.partition(".")[0]]


def _like(ours: Any, real: Any) -> Any:
    """Let *ours* look like the method that it replaces."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
        setattr(ours, name, getattr(real, name))
    return ours
