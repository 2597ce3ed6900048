"""TLS over a socket of the program's: what is said in the clear above it.

Captures      the handshake, every read and write, the shutdown; certificate, version, cipher, ALPN
Records       the bytes in the clear, and errors such as `SSLCertVerificationError`
Serves        the recorded answers; no handshake is made, no key is drawn
Reaches       `SSLContext.wrap_socket` over a connected socket, `SSLSocket` and what is made of it
Out of reach  TLS over `MemoryBIO` (`wrap_bio`) by the program itself: its records are random, so
              that a replay diverges there; `SSLSocket.session`; chains of certificates as objects
"""

from __future__ import annotations

from agentrr_hooks.socket_ends import known
from agentrr_hooks.standin import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher


def install(patch: Patcher, boundary: Boundary) -> None:
    """Put the boundary between each `SSLSocket` and its TLS."""
    patch.replace("ssl", "SSLContext._wrap_socket", lambda real: _wrap(real, boundary))


def _wrap(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def _wrap_socket(self: Any, sock: Any, *args: Any, **named: Any) -> Any:
        made = real(self, sock, *args, **named)
        said = known.get(sock.fileno())
        lane = current()
        if said is None or lane is None or lane.inside:
            return made
        return Tls(made, said.name, boundary)

    return like(_wrap_socket, real)


class Tls:
    """Stands where an `SSLSocket` keeps its `_ssl._SSLSocket`."""

    def __init__(self, real: Any, said: str, boundary: Boundary) -> None:
        self._real, self._said, self._lane = real, said, boundary.lane

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if not callable(found) or name == "context":
            return found

        def ask(*args: Any, **named: Any) -> Any:
            lane = self._lane()
            if lane is None or lane.inside:
                return found(*args, **named)
            request: dict[str, Any] = {"of": self._said}
            if args or named:
                request["with"] = [*args, *named.values()]
            return lane.cross(f"ssl.{name}", lambda: found(*args, **named), request=request)

        return ask

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
        else:
            setattr(self._real, name, value)

    @property
    def session_reused(self) -> Any:
        """Whether the server took the session that it was offered."""
        lane = self._lane()
        if lane is None or lane.inside:
            return self._real.session_reused
        request = {"of": self._said}
        return lane.cross("ssl.session_reused", lambda: self._real.session_reused, request=request)

    def do_handshake(self) -> None:
        """Agree with the server."""
        lane = self._lane()
        if lane is None or lane.inside:
            self._real.do_handshake()
            return
        name = self._real.server_hostname
        request = {"of": self._said, "server": name}
        lane.cross("ssl.do_handshake", self._real.do_handshake, request=request, outward=True)

    def read(self, size: int = 1024, buffer: Any = None) -> Any:
        """Read at most *size* bytes, into *buffer* if there is one."""
        lane = self._lane()
        if lane is None or lane.inside:
            more = () if buffer is None else (buffer,)
            return self._real.read(size, *more)
        request = {"of": self._said, "size": size}
        if buffer is None:
            return lane.cross("ssl.read", lambda: self._real.read(size), request=request)
        with memoryview(buffer) as whole, whole.cast("B") as cells:
            most = min(size, len(cells)) if size > 0 else len(cells)
            request["size"] = most
            data = lane.cross("ssl.read", lambda: self._real.read(most), request=request)
            cells[: len(data)] = data
        return len(data)

    def write(self, data: Any) -> Any:
        """Send *data*."""
        lane = self._lane()
        if lane is None or lane.inside:
            return self._real.write(data)
        request = {"to": self._said, "data": bytes(data)}
        return lane.cross(
            "ssl.write", lambda: self._real.write(data), request=request, outward=True
        )

    def shutdown(self) -> Any:
        """Say good-bye; return the socket below."""
        lane = self._lane()
        if lane is None or lane.inside:
            return self._real.shutdown()
        below: list[Any] = []
        request = {"of": self._said}
        lane.cross("ssl.shutdown", lambda: below.append(self._real.shutdown()), request=request)
        return below[0] if below else self._real.owner
