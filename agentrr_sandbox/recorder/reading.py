"""Clock reads, draws, marks and facts of one lane, on their way into the recording."""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.errors import RecordingStopped
from agentrr_sandbox.inner import InnerLane
from agentrr_sandbox.lanes import Names
from agentrr_sandbox.recording.jsontext import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.recorder import Recorder

_getframe = real.getframe
_LARGEST = 0x7FFFFFFFFFFFFFFF
_SMALLEST = -_LARGEST


class Reading:
    """The doors `read`, `mark` and `fact`."""

    inside = False

    def __init__(self, recorder: Recorder, name: str) -> None:
        self.recorder = recorder
        self.name = name
        self.names = Names(name)
        self.n = 0
        self.inner = InnerLane(self)
        self._codes: dict[str, dict[str, tuple[int, type | None]]] = {}
        ring = recorder.ring
        self._ring = ring
        self._user = recorder.user

    @property
    def files(self) -> Any:
        """Where the agent's files are."""
        return self.recorder.files

    def read(
        self,
        call: str,
        live: Callable[[], Any],
        elastic: bool = True,
        depth: int = 2,
        caller: dict[str, Any] | None = None,
    ) -> Any:
        """Read a clock or draw; kept in memory that the supervisor shares, written in bursts."""
        value: Any = live()
        try:
            # f_globals, for f_code would raise a second audit event, at 0.4 us
            module = (caller or _getframe(depth).f_globals)["__name__"]
            code, kind = self._codes[call][module]
        except KeyError:
            code, kind = self._code(call, _getframe(depth), value, elastic)
        if kind is not type(value):
            return self._read_value(call, _getframe(depth), value, elastic)
        ring = self._ring
        i = ring.i  # from here to the last store nothing is called: see `Ring`
        if kind is float:
            ring.d[i + 1] = value  # type: ignore[call-overload] # `kind` says what it is
        else:
            ring.q[i + 1] = value  # type: ignore[call-overload] # as above
        ring.q[i] = code | ring.gen
        ring.i = i + 2
        if i >= ring.limit:
            self.recorder.flush()
        return value

    def _code(self, call: str, frame: Any, value: Any, elastic: bool) -> tuple[int, type | None]:
        """Return the ring's code for such reads of this file, and the type that fits its words."""
        module = frame.f_globals.get("__name__")
        kind = type(value)
        fits = kind is float or (kind is int and _SMALLEST < value < _LARGEST)
        letter = "v" if not fits else "f" if kind is float else "i"
        owner = "user" if self._user(frame) else "lib"
        found = self._ring.code(self.name, call, owner, letter, elastic), kind if fits else None
        if module is not None:  # an `exec` with globals of its own is judged each time
            self._codes.setdefault(call, {}).setdefault(module, found)
        return found

    def _read_value(self, call: str, frame: Any, value: Any, elastic: bool) -> Any:
        """Store what is neither a double nor a small integer, or not of this call's usual type."""
        owner = "user" if self._user(frame) else "lib"
        code = self._ring.code(self.name, call, owner, "v", elastic)
        text = dumps(self.recorder.clean(value))
        if not self._ring.put_value(code, text):
            self.recorder.flush()
            if not self._ring.put_value(code, text):
                raise RecordingStopped(f"{call} answered {len(text)} bytes, too much for a read")
        return value

    def mark(self, call: str, value: object) -> None:
        """Write down what this process computed by itself."""
        recorder = self.recorder
        recorder.flush()
        fields: dict[str, object] = {"lane": self.name, "n": self.n, "call": call}
        fields["value"] = recorder.clean(value)
        self.n += 1
        recorder.append("mark", fields)

    def fact(self, name: str, live: Callable[[], Any], depth: int = 2) -> Any:
        """One answer for the whole run: the first one."""
        recorder = self.recorder
        known = recorder.facts
        if name in known:
            return known[name]
        assert recorder.gate is not None
        token = recorder.gate.enter(self.inner)
        try:
            value = live()
        finally:
            recorder.gate.leave(token)
        known[name] = value
        if name.startswith("env:") and isinstance(value, str):
            stored = recorder.cleaner.environment(name[4:], value)
        else:
            stored = recorder.clean(value)
        recorder.pending_facts[name] = stored
        if recorder.user(_getframe(depth)):
            recorder.flush()  # the user's code acts on it; what a library read is asked for again
        return value
