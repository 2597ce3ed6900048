"""Child processes of an event loop: a replay starts none.

Captures      what comes out of the pipes to a child and when, that it ended, that it reads no more
Records       pieces of output, exit code, and the turn of the loop at which each was handed over
Serves        the same at the same turns; the loop's own streams and protocols run
Reaches       `asyncio.create_subprocess_exec` and `_shell`, `loop.subprocess_exec`, what anyio and
              the client of MCP make of them
Out of reach  other loops than asyncio's own; a child watcher that the run has set
"""

from __future__ import annotations

import sys

from agentrr_hooks import child_pipes
from agentrr_hooks.child_exits import watch
from agentrr_hooks.child_start import beside
from agentrr_hooks.child_transports import Reading, Writing
from agentrr_hooks.standin import like, partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_MODULE = "asyncio.unix_events"
_LOOP = "_UnixSelectorEventLoop"


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the processes of event loops through *boundary*."""
    patch.replace(
        _MODULE, f"{_LOOP}._make_subprocess_transport", lambda real: _make(real, boundary)
    )
    patch.replace(_MODULE, "_UnixSubprocessTransport._start", lambda real: _start(real, boundary))
    for name, kind in (("read", Reading), ("write", Writing)):
        made = f"{_LOOP}._make_{name}_pipe_transport"
        patch.replace(_MODULE, made, partial(_pipe, kind, boundary))


def _make(real: Any, boundary: Boundary) -> Any:
    async def _make_subprocess_transport(
        self: Any, protocol: Any, args: Any, shell: Any, *more: Any, **named: Any
    ) -> Any:
        lane = boundary.lane()
        if lane is None or lane.inside or lane.turns(self) is None:
            return await real(self, protocol, args, shell, *more, **named)
        stdin, stdout, stderr, bufsize = more
        waiter = self.create_future()
        transport = sys.modules[_MODULE]._UnixSubprocessTransport(
            self, protocol, args, shell, stdin, stdout, stderr, bufsize, waiter=waiter, **named
        )
        watch(lane, self, transport, boundary)
        try:
            await waiter
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException:
            transport.close()
            await transport._wait()
            raise
        return transport

    return like(_make_subprocess_transport, real)


def _start(real: Any, boundary: Boundary) -> Any:
    """A process of a loop that nobody orders is not captured."""

    def _start(self: Any, *args: Any, **named: Any) -> None:
        lane = boundary.lane()
        beside.now = lane is not None and not lane.inside and lane.turns(self._loop) is None
        try:
            real(self, *args, **named)
        finally:
            beside.now = False

    return like(_start, real)


def _pipe(kind: Any, boundary: Boundary, real: Any) -> Any:
    def make(self: Any, pipe: Any, protocol: Any, waiter: Any = None, extra: Any = None) -> Any:
        lane = boundary.lane()
        if lane is not None and not lane.inside:
            tap = child_pipes.taps.pop(pipe.fileno(), None)
            if tap is not None:
                return kind(lane, self, real, tap, pipe, protocol, waiter, extra, boundary)
        return real(self, pipe, protocol, waiter, extra)

    return like(make, real)
