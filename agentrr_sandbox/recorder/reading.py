"""Clock reads, draws, marks and facts of one lane, on their way into the recording."""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.errors import RecordingStopped
from agentrr_sandbox.inner import InnerLane
from agentrr_sandbox.lanes import Names
from agentrr_sandbox.recording.jsontext import dumps
from agentrr_sandbox.recording.ring_parts import MOST_BYTES
from agentrr_sandbox.schedule.doors import Scheduled
from agentrr_sandbox.sites import caller_is_user

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.recorder import Recorder

    Code = tuple[int, type | None, Any]
    Read = Callable[[dict[str, Any]], Any]

_getframe = real.getframe
_LETTERS = {float: "f", int: "i"}


class Reading(Scheduled):
    """The doors `read`, `mark` and `fact`."""

    inside = False

    def __init__(self, recorder: Recorder, name: str) -> None:
        self.recorder = self.peer = recorder
        self.name = name
        self.counted = "/tool:" not in name
        self.names = Names(name)
        self.n = 0
        self.inner = InnerLane(self)
        self._readers: dict[str, Read] = {}
        self._codes: dict[tuple[str, int], dict[str, Code]] = {}
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
        if caller is None:
            caller = _getframe(depth).f_globals
        return self._number_reader(call, live, elastic, 0)(caller)  # `live` may be another one

    def reader(
        self, call: str, live: Callable[[], Any], elastic: bool = True, size: int = 0
    ) -> Read:
        """Return the function that makes such reads; see `Ring` for the lines that store one."""
        known = self._readers.get(call)
        if known is None:
            made = self._bytes_reader if 0 < size <= MOST_BYTES else self._number_reader
            known = self._readers[call] = made(call, live, elastic, size)
        return known

    def _number_reader(self, call: str, live: Callable[[], Any], elastic: bool, size: int) -> Read:
        ring, flush = self._ring, self.recorder.flush
        words = ring.q
        codes = self._codes.setdefault((call, size), {})

        def read(caller: dict[str, Any]) -> Any:
            value: Any = live()
            try:
                code, kind, cells = codes[caller["__name__"]]
            except KeyError:
                code, kind, cells = self._code(call, codes, caller, type(value), elastic)
            if type(value) is not kind:
                return self._read_value(call, caller, value, elastic)
            i = ring.i  # from here to the last store nothing is called: see `Ring`
            try:
                cells[i + 1] = value
            except ValueError:  # an integer of more than 64 bits
                return self._read_value(call, caller, value, elastic)
            words[i] = code + ring.gen
            ring.i = i + 2
            if i >= ring.limit:
                flush()
            return value

        return read

    def _bytes_reader(self, call: str, live: Callable[[], Any], elastic: bool, size: int) -> Read:
        ring, flush = self._ring, self.recorder.flush
        words, memory = ring.q, ring.bytes
        codes = self._codes.setdefault((call, size), {})

        def read(caller: dict[str, Any]) -> Any:
            value: Any = live()
            try:
                code = codes[caller["__name__"]][0]
            except KeyError:
                code = self._code(call, codes, caller, bytes, elastic, size)[0]
            if type(value) is not bytes or len(value) != size:
                return self._read_value(call, caller, value, elastic)
            i, at = ring.i, ring.b  # from here to the last store nothing is called: see `Ring`
            memory[at : at + size] = value
            words[i + 1] = at
            words[i] = code + ring.gen
            ring.b = at + size
            ring.i = i + 2
            if i >= ring.limit:
                flush()
            return value

        return read

    def _code(
        self,
        call: str,
        codes: dict[str, Code],
        caller: dict[str, Any],
        kind: type,
        elastic: bool,
        size: int = 0,
    ) -> Code:
        """Return the ring's code for such reads of this module, the type and the words that fit."""
        letter = f"b{size}" if size else _LETTERS.get(kind, "v")
        number = self._ring.code(self.name, call, self._owner(caller), letter, elastic)
        cells = self._ring.d if kind is float else self._ring.q
        found = number, kind if letter != "v" else None, cells
        if "__name__" in caller:  # an `exec` with globals of its own is judged each time
            codes[caller["__name__"]] = found
        return found

    def _owner(self, caller: dict[str, Any]) -> str:
        return "user" if caller_is_user(self._user, caller) else "lib"

    def _read_value(self, call: str, caller: dict[str, Any], value: Any, elastic: bool) -> Any:
        """Store what is neither a double nor a small integer, or not of this call's usual type."""
        code = self._ring.code(self.name, call, self._owner(caller), "v", elastic)
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
