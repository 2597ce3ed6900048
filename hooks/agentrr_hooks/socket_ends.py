"""Which descriptors are ends of recorded conversations, and what stands for them in a replay.

A conversation is known by the descriptor of its socket, which may go from one socket object to
another (`detach`, TLS), and named by its address and how many its lane began with it before.
"""

from __future__ import annotations

import errno
import os
import sys
from _weakref import ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Lane

known: dict[int, Conversation] = {}
"""The conversations by the descriptors of their sockets."""
showing: list[Any] = []
"""Sockets whose repr is made."""
_begun: dict[int, tuple[Any, dict[str, int]]] = {}
_AWAY = 600
"""No program of ordinary size has a descriptor of this number."""
_held: dict[int, Any] = {}  # the other ends of what stands for sockets


class Conversation:
    """One: its *name*, and the socket object *owner* that has its descriptor.

    `ends` are the names of both of its ends, as far as they are known, for the socket's repr.
    """

    __slots__ = ("closes", "ends", "name", "owner")

    def __init__(self, name: str, number: int, owner: Any) -> None:
        self.name = name
        self.ends: list[Any] = []
        self.owned(number, owner)

    def owned(self, number: int, owner: Any) -> None:
        """It is *owner*'s from now on, and ends with it at the latest."""

        def gone(_: object) -> None:
            if known.get(number) is self and self.closes is token:
                forget(number)

        token = self.closes = object()
        self.owner = ref(owner, gone)


def begin(lane: Lane, socket: Any, number: int, address: Any) -> Conversation:
    """A conversation of *lane*'s with *address* begins through *socket*, or goes on."""
    there = known.get(number)
    if there is None:
        there = known[number] = Conversation(new_name(lane, address), number, socket)
    return there


def new_name(lane: Lane, address: Any) -> str:
    """Return the name of a new conversation of *lane*'s with *address*."""
    peer: Any = getattr(lane, "peer", lane)
    kept = _begun.get(id(peer))
    if kept is None or kept[0] is not peer:
        kept = _begun[id(peer)] = peer, {}
    what = f"{spelled(address)} {lane.name}"
    count = kept[1][what] = kept[1].get(what, 0) + 1
    return f"{spelled(address)} #{count}" + ("" if lane.name == "main" else f" of {lane.name}")


def spelled(address: Any) -> str:
    """Return *address* in a word."""
    if isinstance(address, tuple):
        host, port = address[0], address[1] if len(address) > 1 else ""
        return f"{host}:{port}"
    return os.fsdecode(address) if isinstance(address, str | bytes) else str(address)


def claim(number: int, owner: Any) -> None:
    """A socket object was made of descriptor *number*: it may be an end of a conversation."""
    there = known.get(number)
    if there is not None:
        there.owned(number, owner)


def ends_of(socket: Any) -> list[Any]:
    """Return the names of the ends of a live *socket*, as values of the codec."""
    plain: Any = sys.modules["_socket"].socket
    found: list[Any] = []
    for ask in (plain.getsockname, plain.getpeername):
        try:
            name = ask(socket)
        except OSError:
            name = None
        found.append(list(name) if isinstance(name, tuple) else name)
    return found


def shown(socket: Any, which: int, real: Any) -> Any:
    """Return the name of one end, for the repr of *socket*; *real* asks for what nobody knows.

    A socket that nobody closed is shown when it is collected, at a moment that no run repeats: what
    is asked for that is no crossing.
    """
    said = known.get(socket.fileno())
    if said is None or not said.ends:
        return real(socket)
    name = said.ends[which]
    if name is None:
        raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
    return tuple(name) if isinstance(name, list) else name


def forget(number: int) -> None:
    """The descriptor is closed."""
    known.pop(number, None)
    other = _held.pop(number, None)
    if other is not None:
        other.close()


def stand_for(socket: Any) -> None:
    """Let the descriptor of *socket*, which a replay has not connected, be one that says nothing.

    It can be polled and closed as the real one; nothing leaves through it.
    """
    number = socket.fileno()
    if number in _held:
        return
    ours, other = _pair()
    os.dup2(ours.fileno(), number, inheritable=os.get_inheritable(number))
    os.set_blocking(number, socket.gettimeout() is None)
    ours.close()
    _held[number] = other


def stand_from_start(socket: Any, family: int, kind: int, proto: int) -> None:
    """Make *socket*, a new object, one that says nothing, of that family and kind by its looks."""
    ours, other = _pair()
    number = ours.detach()
    sys.modules["_socket"].socket.__init__(socket, family, kind, proto, number)
    socket._io_refs = 0
    socket._closed = False
    _held[number] = other


def _pair() -> Any:
    """Return two joined sockets, the second out of the way: descriptors count in what follows."""
    import fcntl

    plain: Any = sys.modules["_socket"]
    ours, other = plain.socketpair(plain.AF_UNIX, plain.SOCK_STREAM)
    try:
        away = fcntl.fcntl(other.fileno(), fcntl.F_DUPFD_CLOEXEC, _AWAY)
    except OSError:  # there are not so many
        return ours, other
    other.close()
    return ours, plain.socket(plain.AF_UNIX, plain.SOCK_STREAM, 0, away)
