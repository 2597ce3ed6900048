"""A connection of an event loop: the transport that the program has of it.

The live transport, if there is one, runs below the boundary.  What comes from it is kept, and
handed to the program's protocol one thing at a time, each at a turn of the loop.
"""

from __future__ import annotations

from asyncio import constants
from asyncio.events import Handle
from asyncio.protocols import Protocol
from asyncio.transports import Transport
from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Turns

_ASKED = ("peername", "sockname", "compression", "cipher", "peercert")
_OF_TLS = ("version", "selected_alpn_protocol", "cipher", "compression")


def facts_of(transport: Any) -> dict[str, Any]:
    """Return what a live transport can be asked, as values of the codec."""
    found = {name: transport.get_extra_info(name) for name in _ASKED}
    tls = transport.get_extra_info("ssl_object")
    if tls is not None:
        found["ssl_object"] = {name: getattr(tls, name)() for name in _OF_TLS}
        found["ssl_object"]["der"] = tls.getpeercert(True)
    socket = transport.get_extra_info("socket")
    if socket is not None:
        found["socket"] = {name: int(getattr(socket, name)) for name in ("family", "type", "proto")}
    return found


class Link:
    """What joins the program's transport to the live one, which a replay has not."""

    def __init__(self, boundary: Boundary, turns: Turns, loop: Any, name: str) -> None:
        self.boundary, self.turns, self.loop, self.name = boundary, turns, loop, name
        self.live: Any = None
        self.tap = Tap(self)
        self.inbox: deque[list[Any]] = deque()
        self.held = False
        self.transport: Any = None
        self.lost: Any = None
        """Called once the connection is lost, and the protocol was told."""
        self._ready: Any = None

    def cross(self, call: str, live: Any, *, outward: bool = False, **more: Any) -> Any:
        """Ask something of this connection; nobody records what the end of the run still does."""
        lane = self.boundary.lane()
        if lane is None or lane.inside:
            return None if self.live is None else live()
        request = {"of": self.name, **more}
        return lane.cross(call, live, request=request, outward=outward)

    def ask(self, method: str, *args: Any) -> Any:
        """Call a method of the live transport's."""
        return self.cross(f"asyncio.{method}", lambda: getattr(self.live, method)(*args))

    def wait(self) -> None:
        """Be told at a turn of the next thing that comes."""
        lane = self.boundary.lane()
        if lane is None:
            return
        ready = self.turns.call(lane, self.loop, Handle(self._arrived, (), self.loop))
        if self.live is None:
            ready()  # when it did in the recorded run
        else:
            self._ready = ready
            self.flush()

    def came(self, what: str, value: Any = None) -> None:
        """The live transport has something for the protocol.

        That it is gone is told to one that reads nothing too, which never reads what was left.
        """
        if what == "lost" and self.held:
            self.inbox.clear()
            self.held = False
        self.inbox.append([what, value])
        self.flush()

    def flush(self) -> None:
        """Let the loop know, unless the program wants nothing now."""
        if self._ready is not None and self.inbox and not self.held and not self.loop.is_closed():
            ready, self._ready = self._ready, None
            ready()

    def _arrived(self) -> None:
        try:
            what, value = self.cross("asyncio.received", self._next)
        except Exception as error:  # where it came from is told with it
            what, value = "lost", error
        if what != "lost":
            self.wait()
        self.transport.take(what, value)

    def _next(self) -> list[Any]:
        what, value = self.inbox.popleft()
        if isinstance(value, Exception):
            raise value
        return [what, value]


class Tap(Protocol):
    """The protocol of the live transport."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def data_received(self, data: bytes) -> None:
        """Keep it."""
        self._link.came("data", bytes(data))

    def eof_received(self) -> bool:
        """Keep that; who closes is the program, but for TLS, which has no half of it."""
        self._link.came("eof")
        return self._link.live is not None and not self._link.live.get_extra_info("sslcontext")

    def connection_lost(self, exc: BaseException | None) -> None:
        """Keep that."""
        self._link.came("lost", exc)

    def pause_writing(self) -> None:
        """Keep that."""
        self._link.came("pause")

    def resume_writing(self) -> None:
        """Keep that."""
        self._link.came("resume")


class Linked(Transport):
    """The program's transport."""

    _sendfile_compatible = constants._SendfileMode.FALLBACK

    def __init__(self, link: Link, protocol: Any, facts: dict[str, Any], context: Any) -> None:
        extra = {name: facts[name] for name in _ASKED if facts.get(name) is not None}
        if facts.get("ssl_object") is not None:
            extra["ssl_object"] = TlsFacts(facts["ssl_object"], facts["peercert"], context)
            extra["sslcontext"] = context
        if facts.get("socket") is not None:
            extra["socket"] = SocketFacts(link, facts)
        super().__init__(extra)
        self._link, self._protocol, self._closing = link, protocol, False
        self._tls = "ssl_object" in extra
        link.transport = self

    def take(self, what: str, value: Any) -> None:
        """Hand on to the protocol what came."""
        protocol = self._protocol
        if what == "data":
            if hasattr(protocol, "get_buffer"):
                _fill(protocol, value)
            else:
                protocol.data_received(value)
        elif what == "eof":
            if not protocol.eof_received() or self._tls:
                self.close()
        elif what == "lost":
            self._closing = True
            try:
                protocol.connection_lost(value)
            finally:
                if self._link.lost is not None:
                    self._link.lost()
        elif what == "pause":
            protocol.pause_writing()
        else:
            protocol.resume_writing()

    def write(self, data: Any) -> None:
        """Send *data*."""
        if not isinstance(data, bytes | bytearray | memoryview):
            raise TypeError(f"data: expecting a bytes-like instance, got {type(data).__name__}")
        if data:
            link, sent = self._link, bytes(data)
            link.cross("asyncio.write", lambda: link.live.write(sent), data=sent, outward=True)

    def writelines(self, list_of_data: Any) -> None:
        """Send it all."""
        self.write(b"".join(list_of_data))

    def write_eof(self) -> None:
        """Send no more."""
        self._link.ask("write_eof")

    def can_write_eof(self) -> bool:
        """Whether one end can end alone."""
        return not self._tls

    def close(self) -> None:
        """Close once all is sent."""
        if not self._closing:
            self._closing = True
            self._link.ask("close")

    def abort(self) -> None:
        """Close now."""
        self._closing = True
        self._link.ask("abort")

    def is_closing(self) -> bool:
        """Whether it is closed, or will be."""
        return self._closing

    def pause_reading(self) -> None:
        """Let nothing come."""
        self._link.held = True
        self._link.ask("pause_reading")

    def resume_reading(self) -> None:
        """Let it come again."""
        self._link.held = False
        self._link.ask("resume_reading")
        self._link.flush()

    def is_reading(self) -> bool:
        """Whether something may come."""
        return not (self._link.held or self._closing)

    def get_write_buffer_size(self) -> int:
        """Return how much is not sent yet."""
        return int(self._link.ask("get_write_buffer_size") or 0)

    def get_write_buffer_limits(self) -> Any:
        """Return when it is said that there is too much of that, and when not any more."""
        return tuple(self._link.ask("get_write_buffer_limits") or (0, 0))

    def set_write_buffer_limits(self, high: Any = None, low: Any = None) -> None:
        """Set those."""
        self._link.ask("set_write_buffer_limits", high, low)

    def get_protocol(self) -> Any:
        """Return who is told."""
        return self._protocol

    def set_protocol(self, protocol: Any) -> None:
        """Tell *protocol* from now on."""
        self._protocol = protocol


def _fill(protocol: Any, data: bytes) -> None:
    while data:
        buffer = protocol.get_buffer(len(data))
        with memoryview(buffer) as whole, whole.cast("B") as cells:
            count = min(len(cells), len(data))
            if not count:
                raise RuntimeError("get_buffer() returned an empty buffer")
            cells[:count] = data[:count]
        protocol.buffer_updated(count)
        data = data[count:]


class TlsFacts:
    """What can be asked of the TLS of a connection."""

    def __init__(self, known: dict[str, Any], certificate: Any, context: Any) -> None:
        self._known, self._certificate, self.context = known, certificate, context

    def __getattr__(self, name: str) -> Any:
        if name not in _OF_TLS:
            raise AttributeError(name)
        return lambda: self._known[name]

    def getpeercert(self, binary_form: bool = False) -> Any:
        """Return the server's certificate."""
        return self._known["der"] if binary_form else self._certificate


class SocketFacts:
    """What can be asked of the socket of a connection."""

    def __init__(self, link: Link, facts: dict[str, Any]) -> None:
        self._link, self._facts = link, facts
        self.family, self.type, self.proto = (
            facts["socket"][name] for name in ("family", "type", "proto")
        )

    def getpeername(self) -> Any:
        """Return the other end's address."""
        return self._facts["peername"]

    def getsockname(self) -> Any:
        """Return this end's address."""
        return self._facts["sockname"]

    def fileno(self) -> int:
        """Return that there is no descriptor to be had."""
        return -1

    def setsockopt(self, *args: Any) -> None:
        """Set an option."""
        self._link.cross("socket.setsockopt", lambda: self._live().setsockopt(*args))

    def getsockopt(self, *args: Any) -> Any:
        """Return an option."""
        return self._link.cross("socket.getsockopt", lambda: self._live().getsockopt(*args))

    def _live(self) -> Any:
        return self._link.live.get_extra_info("socket")
