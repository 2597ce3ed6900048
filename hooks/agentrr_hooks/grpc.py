"""gRPC: its core in C has the sockets, so its calls are served.

Captures      channels, calls of every kind (one or many requests, one or many answers), waiting
              for a channel; by `grpc` and by `grpc.aio`
Records       target, method, metadata (redacted), messages as they are serialized; answers, status,
              details and metadata; what became of each, in the order in which it came
Serves        the recorded events, of which grpc's own Python code makes answers and errors; nothing
              connects
Reaches       generated stubs, interceptors, futures, callbacks, streams, deadlines, cancelling
Out of reach  servers (named); call credentials that a plugin makes, in threads of C's; what a
              message says, which is compared byte by byte
"""

from __future__ import annotations

from itertools import count

from agentrr_hooks.grpc_asyncio import aio_channel
from agentrr_hooks.grpc_channels import channel
from agentrr_hooks.standin import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_C = "grpc._cython.cygrpc"


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route gRPC's calls through *boundary*."""
    numbers = count(1)
    patch.replace(_C, "SendMessageOperation", _message)
    patch.replace(_C, "Channel", partial(channel, boundary, numbers))
    patch.replace(_C, "AioChannel", partial(aio_channel, boundary, numbers))
    for name in ("Server", "AioServer"):
        patch.replace(_C, name, partial(_named, boundary))


def _message(real: Any) -> Any:
    class SendMessageOperation(real):  # type: ignore[misc]  # a type in C
        """The genuine one, which keeps what it sends where Python sees it."""

        def __init__(self, message: bytes | None, flags: int) -> None:  # noqa: ARG002  the real one's
            self.sent = message or b""

    return SendMessageOperation


def _named(boundary: Boundary, real: Any) -> Any:
    def server(*args: Any, **named: Any) -> Any:
        lane = boundary.lane()
        if lane is not None and not lane.inside:
            lane.uncaptured("grpc.server")
        return real(*args, **named)

    return server
