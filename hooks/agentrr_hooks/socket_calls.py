"""What is said through a connected socket: each call of the program's is a crossing."""

from __future__ import annotations

import sys

from agentrr_hooks.socket_ends import (
    begin,
    claim,
    ends_of,
    forget,
    known,
    showing,
    shown,
    stand_for,
    stand_from_start,
)
from agentrr_hooks.standin import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_DATAGRAM, _BITS = 2, 0xF
_INTERNET = (2, 10, 30, 23)
_SENDS = ("send", "sendall", "sendto")
_ASKS = ("getpeername", "getsockopt", "setsockopt", "shutdown")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route connected sockets through *boundary*."""

    def replace(name: str, made: Any) -> None:
        patch.replace("socket", f"socket.{name}", lambda real: like(made(real, boundary), real))

    replace("__init__", _made)
    replace("__repr__", _shown)
    replace("_real_close", _closed)
    replace("detach", _detached)
    for name in ("connect", "connect_ex"):
        replace(name, _connect)
    for name in _SENDS:
        replace(name, _send)
    replace("sendmsg", _sendmsg)
    for name in _ASKS:
        replace(name, _ask)
    replace("recv", _recv)
    replace("recvfrom", _recv)
    replace("recvmsg", _recv)
    replace("recv_into", _recv_into)
    replace("recvfrom_into", _recv_into)
    replace("recvmsg_into", _unknown)
    replace("dup", _unknown)
    replace("sendfile", _sendfile)


def _said(boundary: Boundary, self: Any) -> Any:
    """Return the lane and the conversation where this call is to cross; None elsewhere."""
    said = known.get(self.fileno())
    if said is None:
        return None
    lane = boundary.lane()
    return None if lane is None or lane.inside else (lane, said.name)


def _made(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def __init__(  # noqa: N807
        self: Any,
        family: int = -1,
        type: int = -1,  # noqa: A002 - its name
        proto: int = -1,
        fileno: Any = None,
    ) -> None:
        if fileno is not None:
            real(self, family, type, proto, fileno)
            if known:
                claim(self.fileno(), self)
            return
        lane = current() if type & _BITS == _DATAGRAM else None
        if lane is None or lane.inside or family not in (-1, *_INTERNET):
            real(self, family, type, proto)
            known.pop(self.fileno(), None)  # who had it was closed behind our back
        else:
            whole = 2 if family == -1 else family, type, 0 if proto == -1 else proto
            _datagrams(lane, real, self, whole)

    return __init__


def _datagrams(lane: Any, real: Any, socket: Any, whole: tuple[int, int, int]) -> None:
    """Make a socket that could speak without connecting: a replay makes none such."""
    went: list[Any] = []
    request = dict(zip(("family", "type", "proto"), map(int, whole), strict=True))

    def live() -> None:
        real(socket, *whole)
        went.append(True)

    lane.cross("socket.socket", live, request=request)
    if not went:
        stand_from_start(socket, *whole)
    known.pop(socket.fileno(), None)
    begin(lane, socket, socket.fileno(), "datagrams")


def _shown(real: Any, boundary: Boundary) -> Any:
    del boundary

    def __repr__(self: Any) -> str:  # noqa: N807
        showing.append(self)
        try:
            return str(real(self))
        finally:
            showing.remove(self)

    return __repr__


def _closed(real: Any, boundary: Boundary) -> Any:
    del boundary

    def _real_close(self: Any, *args: Any) -> None:
        if known:
            forget(self.fileno())
        real(self, *args)

    return _real_close


def _detached(real: Any, boundary: Boundary) -> Any:
    def detach(self: Any) -> Any:
        number = self.fileno()
        said = known.get(number) if known else None
        if said is not None and said.owner() is self:
            lane = boundary.lane()
            if lane is not None and not lane.inside:
                lane.uncaptured("socket.detach", {"of": said.name})
        return real(self)

    return detach


def _connect(real: Any, boundary: Boundary) -> Any:
    current, call = boundary.lane, f"socket.{real.__name__}"

    def connect(self: Any, address: Any, /) -> Any:
        lane = current()
        if lane is None or lane.inside:
            return real(self, address)
        said = begin(lane, self, self.fileno(), address)
        went: list[Any] = []

        def live() -> list[Any]:
            went.append(True)
            return [real(self, address), *ends_of(self)]

        where = list(address) if isinstance(address, tuple) else address
        try:
            answer, *said.ends = lane.cross(call, live, request={"address": where}, outward=True)
        finally:
            if not went:
                stand_for(self)
        return answer

    return connect


def _send(real: Any, boundary: Boundary) -> Any:
    name = real.__name__
    call = f"socket.{name}"

    def send(self: Any, data: Any, *args: Any) -> Any:
        there = _said(boundary, self) if known else None
        if there is None:
            return real(self, data, *args)
        lane, said = there
        request = {"to": said, "data": bytes(memoryview(data))}
        if args and name == "sendto":
            request["address"] = _plain(args[-1])
        if args[:1] and type(args[0]) is int and args[0]:
            request["flags"] = args[0]
        return lane.cross(call, lambda: real(self, data, *args), request=request, outward=True)

    return send


def _plain(address: Any) -> Any:
    return list(address) if isinstance(address, tuple) else address


def _sendmsg(real: Any, boundary: Boundary) -> Any:
    def sendmsg(self: Any, buffers: Any, *args: Any) -> Any:
        there = _said(boundary, self) if known else None
        if there is None:
            return real(self, buffers, *args)
        lane, said = there
        buffers = [bytes(memoryview(each)) for each in buffers]
        request = {"to": said, "data": b"".join(buffers)}
        if args and args[0]:
            lane.uncaptured("socket.sendmsg", request)  # descriptors, credentials
        return lane.cross(
            "socket.sendmsg", lambda: real(self, buffers, *args), request=request, outward=True
        )

    return sendmsg


def _ask(real: Any, boundary: Boundary) -> Any:
    name = real.__name__
    call = f"socket.{name}"

    def ask(self: Any, *args: Any) -> Any:
        if showing and self in showing and name == "getpeername":
            return shown(self, 1, real)
        there = _said(boundary, self) if known else None
        if there is None:
            return real(self, *args)
        lane, said = there
        request = {"of": said, "with": [_number(each) for each in args]}
        return lane.cross(call, lambda: real(self, *args), request=request)

    return ask


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, int) else value and bytes(value)


def _recv(real: Any, boundary: Boundary) -> Any:
    name = real.__name__
    call = f"socket.{name}"

    def recv(self: Any, *args: Any) -> Any:
        there = _said(boundary, self) if known else None
        if there is None:
            return real(self, *args)
        lane, said = there
        request = {"of": said, "with": [int(each) for each in args]}
        return lane.cross(call, lambda: real(self, *args), request=request)

    return recv


def _recv_into(real: Any, boundary: Boundary) -> Any:
    base = real.__name__.removesuffix("_into")

    def recv_into(self: Any, buffer: Any, nbytes: int = 0, flags: int = 0) -> Any:
        there = _said(boundary, self) if known else None
        if there is None:
            return real(self, buffer, nbytes, flags)
        lane, said = there
        with memoryview(buffer) as whole, whole.cast("B") as cells:
            size = nbytes or len(cells)
            request = {"of": said, "with": [size, int(flags)]}
            plain = getattr(sys.modules["_socket"].socket, base)
            answer = lane.cross(f"socket.{base}", lambda: plain(self, size, flags), request=request)
            data = answer if base == "recv" else answer[0]
            cells[: len(data)] = data
        return len(data) if base == "recv" else (len(data), answer[1])

    return recv_into


def _unknown(real: Any, boundary: Boundary) -> Any:
    call = f"socket.{real.__name__}"

    def unknown(self: Any, *args: Any) -> Any:
        there = _said(boundary, self) if known else None
        if there is not None:
            there[0].uncaptured(call, {"of": there[1]})
        return real(self, *args)

    return unknown


def _sendfile(real: Any, boundary: Boundary) -> Any:
    def sendfile(self: Any, file: Any, offset: int = 0, count: Any = None) -> Any:
        if not known or _said(boundary, self) is None:
            return real(self, file, offset, count)
        return self._sendfile_use_send(file, offset, count)  # reads the file, and sends it

    return sendfile
