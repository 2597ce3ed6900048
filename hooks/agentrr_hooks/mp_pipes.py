"""Pipes between processes, and what is made of them: queues, pools, managers.

Captures      what comes out of a pipe or connection of `multiprocessing`, and that something came
Records       the object, as the codec stores it, not its pickle: a recording that somebody else
              made runs nothing; bytes where the program asks for bytes; what is sent, to compare it
Serves        the same objects; nothing is sent
Reaches       `Connection`, `Pipe`, `Queue`, `SimpleQueue`, `JoinableQueue`, `Pool`, `Manager` and
              its proxies, `ProcessPoolExecutor`, `multiprocessing.connection.wait` and `Client`
Out of reach  objects that the codec refuses (`--pickle` stores them); what unpickling an object
              does beside making it; a `Listener` of this process; pipes that a loop watches
"""

from __future__ import annotations

import os
import sys
from _thread import _local

from agentrr_hooks.mp_memory import ask
from agentrr_hooks.mp_names import connections, processes, sentinels
from agentrr_hooks.mp_proxies import rebuilt, received
from agentrr_hooks.mp_shown import shown
from agentrr_hooks.mp_tasks import taken
from agentrr_hooks.standin import like, partial
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_MODULE = "multiprocessing.connection"
_QUEUES = "multiprocessing.queues"
_MANAGERS = "multiprocessing.managers"
_getframe = genuine.getframe
_last = _local()
"""The pickle that this thread made last, and of what."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Let what comes from other processes come through the boundary."""
    base = "_ConnectionBase"
    patch.replace(_MODULE, f"{base}.__init__", lambda real: _made(real, boundary))
    patch.replace(_MODULE, f"{base}.recv", lambda real: _recv(real, boundary))
    patch.replace(_MODULE, f"{base}.recv_bytes", lambda real: _recv_bytes(real, boundary))
    patch.replace(_MODULE, f"{base}.recv_bytes_into", lambda real: _recv_into(real, boundary))
    patch.replace(_MODULE, "Connection._send_bytes", lambda real: _send(real, boundary))
    patch.replace(_MODULE, "Connection._poll", lambda real: _poll(real, boundary))
    for module in (_MODULE, "multiprocessing.pool"):
        patch.replace(module, "wait", lambda real: _wait(real, boundary))
    patch.replace(_MODULE, "Client", lambda real: _client(real, boundary))
    patch.replace(_MANAGERS, "RebuildProxy", lambda real: rebuilt(real, boundary))
    pickler = "ForkingPickler"
    patch.replace("multiprocessing.reduction", f"{pickler}.dumps", _dumps)
    patch.replace(
        "multiprocessing.reduction", f"{pickler}.loads", lambda real: _loads(real, boundary)
    )


class Message(bytes):
    """A pickle on its way from a queue to where it is unpickled; empty in a replay."""


def _made(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def __init__(self: Any, *args: Any, **named: Any) -> None:  # noqa: N807
        real(self, *args, **named)
        lane = current()
        if lane is not None and not lane.inside:
            connections.new(lane, self)

    return like(__init__, real)


def _recv(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def recv(self: Any) -> Any:
        lane = current()
        if lane is None or lane.inside:
            return real(self)
        self._check_closed()
        self._check_readable()
        request = {"from": connections.of(self)}
        if _getframe(1).f_globals.get("__name__") == _MANAGERS:
            return received(lane, partial(real, self), request)
        asking = partial(ask, lane, "multiprocessing.recv", request=request)
        return taken(lane, asking, partial(real, self))

    return like(recv, real)


def _recv_bytes(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def recv_bytes(self: Any, maxlength: int | None = None) -> bytes:
        lane = current()
        if lane is None or lane.inside:
            return bytes(real(self, maxlength))
        self._check_closed()
        self._check_readable()
        request = {"from": connections.of(self)}
        live = partial(real, self, maxlength)
        if _getframe(1).f_globals.get("__name__") != _QUEUES:
            return bytes(ask(lane, "multiprocessing.recv_bytes", live, request))
        got: list[bytes] = []
        ask(lane, "multiprocessing.recv_bytes", lambda: got.append(live()), request)
        return Message(got[0]) if got else Message()

    return like(recv_bytes, real)


def _recv_into(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def recv_bytes_into(self: Any, buf: Any, offset: int = 0) -> int:
        lane = current()
        if lane is None or lane.inside:
            return int(real(self, buf, offset))
        data = self.recv_bytes()
        with memoryview(buf) as whole, whole.cast("B") as cells:
            if offset < 0:
                raise ValueError("negative offset")
            if offset > len(cells):
                raise ValueError("offset too large")
            if len(cells) < offset + len(data):
                raise sys.modules[_MODULE].BufferTooShort(data)
            cells[offset : offset + len(data)] = data
        return len(data)

    return like(recv_bytes_into, real)


def _send(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def _send_bytes(self: Any, buf: Any) -> None:
        lane = current()
        if lane is None or lane.inside:
            real(self, buf)
            return
        last = getattr(_last, "made", None)
        _last.made = None
        pickled = last is not None and isinstance(buf, memoryview) and buf.obj is last[0]
        message = last[1] if pickled and last else shown(bytes(buf))
        request = {"to": connections.of(self), "message": message}
        ask(lane, "multiprocessing.send", partial(real, self, buf), request)

    return like(_send_bytes, real)


def _poll(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def _poll(self: Any, timeout: Any) -> bool:
        lane = current()
        if lane is None or lane.inside:
            return bool(real(self, timeout))
        request = {"of": connections.of(self)}  # how long it may wait is told by a real clock
        live = partial(real, self, timeout)
        return bool(ask(lane, "multiprocessing.poll", live, request))

    return like(_poll, real)


def _wait(real: Any, boundary: Boundary) -> Any:
    if hasattr(real, "__wrapped__"):
        return real  # taken from a module that is patched already
    current = boundary.lane

    def wait(object_list: Any, timeout: Any = None) -> list[Any]:
        lane = current()
        if lane is None or lane.inside:
            return list(real(object_list, timeout))
        waited = list(object_list)

        def live() -> list[int]:
            places = {id(each): place for place, each in enumerate(waited)}
            return [places[id(each)] for each in real(waited, timeout)]

        request = {"of": [_name(each) for each in waited]}
        return [waited[place] for place in ask(lane, "multiprocessing.wait", live, request)]

    return like(wait, real)


def _name(waited: Any) -> Any:
    if isinstance(waited, int):
        return sentinels.get(waited, "a descriptor")
    return connections.of(waited) or processes.of(waited) or type(waited).__qualname__


def _client(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def Client(address: Any, family: Any = None, authkey: Any = None) -> Any:  # noqa: N802
        lane = current()
        if lane is None or lane.inside:
            return real(address, family, authkey)
        made: list[Any] = []

        def live() -> None:
            made.append(real(address, family, authkey))

        request = {"address": list(address) if isinstance(address, tuple) else address}
        ask(lane, "multiprocessing.connect", live, request)
        if not made:
            made.append(_nowhere())
        connections.new(lane, made[0])
        return made[0]

    return like(Client, real)


def _nowhere() -> Any:
    """Return a connection that leads nowhere: what it is asked is answered by the recording."""
    module = sys.modules[_MODULE]
    made = module.Connection.__new__(module.Connection)
    made._handle = genuine.os_open("/dev/null", os.O_RDWR)
    made._readable = made._writable = True
    return made


def _dumps(real: Any) -> Any:
    def dumps(cls: Any, obj: Any, protocol: Any = None) -> Any:
        made = real.__func__(cls, obj, protocol)
        _last.made = made.obj, shown(obj)
        return made

    return classmethod(like(dumps, real.__func__))


def _loads(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def loads(data: Any, /, **named: Any) -> Any:
        lane = current()
        if lane is None or lane.inside or type(data) is not Message:
            return real(data, **named)
        asking = partial(lane.cross, "multiprocessing.loads")
        return taken(lane, asking, partial(real, bytes(data), **named))

    return staticmethod(loads)
