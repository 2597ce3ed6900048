"""Places between two lines of the user's code, at which a drawn schedule may interrupt a thread.

A thread that neither calls nor waits comes to no hand-over, but the system may take the processor
from it at any line: `seen = total`, and `total = seen + 1` after another thread has run.  Lines
count that touch what another thread may see: attributes, items, globals, cells, calls.
"""

from __future__ import annotations

import dis
import sys

from agentrr_sandbox import real
from agentrr_sandbox.frames import is_our_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType
    from typing import Any

_SHARED = (
    "ATTR", "SUBSCR", "SLICE", "GLOBAL", "DEREF", "NAME", "METHOD", "CALL", "BINARY_OP", "FOR_ITER",
    "JUMP_BACKWARD", "CONTAINS_OP",
)  # fmt: skip
_NOT = ("PRECALL", "LOAD_CONST")
_DEEP = 200
_IMPORTS = "<frozen importlib"
_TOOL = 4
"""The number under which we ask for lines: those of debuggers, coverage and profilers are lower."""


def places(code: CodeType) -> frozenset[int]:
    """Return the lines of *code* at which an interruption may be seen."""
    found = set()
    line = None
    for each in dis.get_instructions(code):
        line = _line(each) or line
        if line is not None and any(word in each.opname for word in _SHARED):
            found.add(line)
    return frozenset(found)


def _line(instruction: Any) -> int | None:
    positions = instruction.positions
    line: int | None = positions.lineno if positions is not None else None
    return line


class Lines:
    """Tells the baton of *peer* of each such place, from its second thread on."""

    def __init__(self, peer: Any) -> None:
        self._peer = peer
        self._places: dict[CodeType, frozenset[int]] = {}
        self._on = False
        self._monitoring: Any = getattr(sys, "monitoring", None)
        self._trace = sys.settrace

    def begin(self) -> None:
        """A second thread is about to start."""
        if self._on:
            return
        self._on = True
        if self._monitoring is not None:
            self._monitor()
        self.enter()
        frame: FrameType | None = real.getframe(1)
        while frame is not None:
            if self._monitoring is None:
                frame.f_trace = self._local if self._of(frame.f_code) else frame.f_trace
            else:
                self._started(frame.f_code)
            frame = frame.f_back

    def enter(self) -> None:
        """The calling thread is one that may be interrupted."""
        if self._on and self._monitoring is None:
            self._trace(self._called)

    # -- Python 3.12 and later -------------------------------------------------------------

    def _monitor(self) -> None:
        monitoring = self._monitoring
        events = monitoring.events
        try:
            monitoring.use_tool_id(_TOOL, "agentrr")
        except ValueError:
            return  # the program has taken it: threads change hands at calls and waits alone
        monitoring.register_callback(_TOOL, events.PY_START, lambda code, _: self._started(code))
        monitoring.register_callback(_TOOL, events.LINE, self._reached)
        monitoring.set_events(_TOOL, events.PY_START)

    def _started(self, code: CodeType) -> Any:
        if code not in self._places and self._of(code):
            self._monitoring.set_local_events(_TOOL, code, self._monitoring.events.LINE)
        return self._monitoring.DISABLE

    def _reached(self, code: CodeType, line: int) -> Any:
        if line not in self._places.get(code, ()):
            return self._monitoring.DISABLE
        self._chance(real.getframe(1))
        return None

    # -- Python 3.11 -----------------------------------------------------------------------

    def _called(self, frame: FrameType, event: str, argument: object) -> Any:
        del event, argument
        return self._local if self._of(frame.f_code) else None

    def _local(self, frame: FrameType, event: str, argument: object) -> Any:
        del argument
        if event == "line" and frame.f_lineno in self._of(frame.f_code):
            self._chance(frame)
        return self._local

    # -- both ------------------------------------------------------------------------------

    def _of(self, code: CodeType) -> frozenset[int]:
        found = self._places.get(code)
        if found is None:
            users = self._peer.cleaner.roots.user(code.co_filename) and not is_our_code(code)
            found = self._places[code] = places(code) if users else frozenset()
        return found

    def _chance(self, frame: FrameType) -> None:
        peer = self._peer
        baton = peer.baton
        if baton is None or baton.over or not baton.held():
            return
        lane = peer.gate.lane()
        if lane is not None and lane.peer is peer and not lane.inside:
            baton.line(lane, may=lambda: not _imports(frame))


def _imports(frame: FrameType | None) -> bool:
    """Whether *frame* is within an import, which holds a lock that only C code knows."""
    for _ in range(_DEEP):
        if frame is None:
            return False
        if frame.f_code.co_filename.startswith(_IMPORTS):
            return True
        frame = frame.f_back
    return False
