"""The pipes between an event loop and a child: see `child_loops`.

While recording, the loop's genuine transport reads or writes, outside of the program; what it says
is handed over at turns.  In a replay there is none.
"""

from __future__ import annotations

import sys
from asyncio.transports import ReadTransport, WriteTransport
from collections import deque

from agentrr_hooks import child_output
from agentrr_hooks.child_wakes import Wakes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane

_LIMIT = 64 << 10


class _Pipe:
    """What both have: a pipe, and the genuine transport of a live one."""

    def __init__(
        self, lane: Lane, loop: Any, real: Any, tap: Any, pipe: Any, protocol: Any,
        waiter: Any, extra: Any, boundary: Boundary,
    ) -> None:  # fmt: skip
        self._extra = {**(extra or {}), "pipe": pipe}
        self._loop = loop
        self._pipe = pipe
        self._protocol = protocol
        self._tap = tap
        self._closing = False
        self._lost = False
        self._paused = False
        self._kept = b""
        """A piece that came while reading was paused."""
        self._events: deque[Any] = deque()
        self._wakes = Wakes(lane, loop, tap.request["stream"], boundary, live=tap.live)
        self._live: Any = None
        loop.call_soon(protocol.connection_made, self)
        loop.call_soon(self._begin, real)
        if waiter is not None:
            loop.call_soon(
                sys.modules["asyncio.futures"]._set_result_unless_cancelled, waiter, None
            )

    def __repr__(self) -> str:
        state = "closed" if self._lost else "closing" if self._closing else "open"
        return f"<{type(self).__name__} fd={self._tap.fd} {state}>"

    def _begin(self, real: Any) -> None:
        self._wakes.arm(self._deliver)
        if self._tap.live and not self._closing:
            self._live = self._wakes.aside(real, self._loop, self._pipe, _Protocol(self))

    def _deliver(self) -> None:
        raise NotImplementedError

    def happened(self, what: Any) -> None:
        """Take note of what the genuine transport says."""
        self._events.append(what)
        self._wakes.come()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the pipe."""
        return self._extra.get(name, default)

    def is_closing(self) -> bool:
        """Tell whether it is, or will be, closed."""
        return self._closing

    def set_protocol(self, protocol: Any) -> None:
        """Set who is told."""
        self._protocol = protocol

    def get_protocol(self) -> Any:
        """Return who is told."""
        return self._protocol

    def _end(self, error: BaseException | None) -> None:
        """Nothing more comes: tell the protocol."""
        self._closing = True
        self._loop.call_soon(self._connection_lost, error)

    def _connection_lost(self, error: BaseException | None) -> None:
        if self._lost:
            return
        self._lost = True
        try:
            self._protocol.connection_lost(error)
        finally:
            self._pipe.close()


class _Protocol:
    """Hears what a genuine transport has to say."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe

    def connection_made(self, transport: Any) -> None:
        """It has begun."""

    def data_received(self, data: bytes) -> None:
        """A piece has come; the next one waits until this one is handed over."""
        self._pipe.happened(data)
        self._pipe.halt()

    def eof_received(self) -> None:
        """The child writes no more."""

    def connection_lost(self, error: BaseException | None) -> None:
        """The child reads, or writes, no more."""
        self._pipe.happened(error)

    def pause_writing(self) -> None:
        """The child is slow: the answer to the writing says so."""

    def resume_writing(self) -> None:
        """It has read enough."""
        self._pipe.happened(...)


class Reading(_Pipe, ReadTransport):
    """What the child writes."""

    def halt(self) -> None:
        """Let the genuine transport read no more for now."""
        self._live.pause_reading()

    def _deliver(self) -> None:
        """The next piece is there, or none."""
        if self._lost or self._closing:
            return
        try:
            data = self._tap.taken(self._wakes.lane, -1, self._next)
        except OSError as error:
            self._end(error)
            return
        if not data:
            self._closing = True
            self._loop.call_soon(self._protocol.eof_received)
            self._end(None)
            return
        if self._paused:
            self._kept = data
        else:
            self._received(data)

    def _received(self, data: bytes) -> None:
        self._wakes.arm(self._deliver)
        if self._live is not None and not self._closing:
            self._wakes.aside(self._live.resume_reading)
        self._protocol.data_received(data)

    def _next(self) -> bytes:
        event = self._events.popleft()
        if isinstance(event, BaseException):
            raise event
        return event or b""

    def is_reading(self) -> bool:
        """Tell whether what comes is handed on."""
        return not self._paused and not self._closing

    def pause_reading(self) -> None:
        """Keep what comes."""
        self._paused = True

    def resume_reading(self) -> None:
        """Hand on what has been kept."""
        if self._closing or not self._paused:
            return
        self._paused = False
        if self._kept:
            kept, self._kept = self._kept, b""
            self._received(kept)

    def close(self) -> None:
        """Read no more."""
        if not self._closing:
            if self._live is not None:
                self._wakes.aside(self._live.close)
            self._end(None)


class Writing(_Pipe, WriteTransport):
    """What the child reads."""

    def halt(self) -> None:
        """A child writes nothing there."""

    def _deliver(self) -> None:
        """The child reads again, or no more."""
        lane = self._wakes.lane
        try:
            again = lane.cross("process.reads", self._next, request=self._tap.request)
        except OSError as error:
            self._end(error)
            return
        finally:
            child_output.see(lane)
        if not again:
            self._closing = True
            self._connection_lost(None)
            return
        self._wakes.arm(self._deliver)
        if self._paused:
            self._paused = False
            self._protocol.resume_writing()

    def _next(self) -> bool:
        event = self._events.popleft()
        if isinstance(event, BaseException):
            raise event
        return event is not None

    def write(self, data: Any) -> None:
        """Write to the child."""
        if self._lost or self._closing or not data:
            return
        slow = self._tap.write(data, live=self._written)
        if slow is True and not self._paused:
            self._paused = True
            self._protocol.pause_writing()

    def _written(self, data: bytes) -> bool:
        """Tell whether the child is slow."""
        if self._live is None:
            return False
        self._wakes.aside(self._live.write, data)
        return bool(self._live._protocol_paused)

    def writelines(self, list_of_data: Any) -> None:
        """Write all of it."""
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        """Tell that a pipe can be closed."""
        return True

    def write_eof(self) -> None:
        """Write no more; what is still to be written is."""
        if self._closing:
            return
        self._closing = True
        if self._live is not None:
            self._wakes.aside(self._live.write_eof)

    def close(self) -> None:
        """Write no more."""
        self.write_eof()

    def abort(self) -> None:
        """Close at once."""
        self._closing = True
        if self._live is not None:
            self._wakes.aside(self._live.abort)

    def get_write_buffer_size(self) -> int:
        """Return how much is still to be written, as far as the program can know."""
        return _LIMIT if self._paused else 0

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return from when on the child is slow, and until when."""
        return _LIMIT // 4, _LIMIT

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set that."""
        if self._live is not None:
            self._live.set_write_buffer_limits(high, low)
