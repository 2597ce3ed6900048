"""Answers for the system calls that a replay's filter asks about, and has those named that left.

The line of user code: the thread that waits gets a signal, at which the interpreter's fault handler
writes its stack; the call begins anew, and is answered then.  A C library that starts a program
blocks signals meanwhile: its thread writes its stack as soon as it can, after the answer.  A thread
of a library's own has no line of the user's: then the main one's is told.
"""

from __future__ import annotations

import fcntl
import os
import struct

from agentrr_sandbox import real
from agentrr_sandbox.seal import kernel, naming
from agentrr_sandbox.seal.calls import SIZE, Call
from agentrr_sandbox.seal.frames import SIGNAL
from agentrr_sandbox.seal.seccomp import table, this_machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentrr_sandbox.seal.naming import Answer

_RECEIVE, _SEND, _VALID = 0xC0502100, 0xC0182101, 0x40082102  # SECCOMP_IOCTL_NOTIF_…
_CONTINUE = 1
_PAUSE = 0.001
_MOST_STACKS, _MOST = 10, 100
_BLOCK = 1 << 16


class Listening:
    """Answers what comes through *listener*, about process *pid*; *told* is called with each name.

    Stacks are written to *stacks*; *line* returns the line of user code in one, or "".
    """

    patience = 1.0
    """Seconds that a thread has to write its stack."""

    def __init__(
        self, listener: int, stacks: int, pid: int, scratch: str,
        told: Callable[[Answer, str], None], line: Callable[[bytes], str], *, landlock: bool,
    ) -> None:  # fmt: skip
        self._listener, self._stacks, self._pid = listener, stacks, pid
        self._scratch, self._landlock = scratch, landlock
        self._told, self._line = told, line
        self._read = 0
        self._later: list[Call] = []
        self._known: set[str] = set()
        self._ahead = False
        """Whether a thread that starts a program has been asked for its stack."""

    def run(self, asked: Callable[[], bool]) -> None:
        """Answer until *asked* says that there is nobody left to ask."""
        while True:
            call = self._later.pop(0) if self._later else self._next()
            if call is not None:
                self._answer(call)
            elif not asked():
                return

    def _next(self) -> Call | None:
        """Return the call that waits, if one does."""
        if not self._ready(0):
            return None
        held = bytearray(SIZE)
        try:
            fcntl.ioctl(self._listener, _RECEIVE, held, True)
        except OSError:
            return None  # the thread was killed, or got a signal
        return Call(bytes(held))

    def _ready(self, seconds: float) -> bool:
        import select

        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        found = poll.poll(seconds * 1000)
        return bool(found) and bool(found[0][1] & select.POLLIN)

    def _answer(self, call: Call) -> None:
        try:
            answer = naming.judge(call, self._scratch, landlock=self._landlock)
        except (OSError, ValueError, IndexError, struct.error):
            self._send(call, naming.Answer(naming.REFUSED))
            return
        if call.name in ("clone", "vfork") and not answer.name:
            self._ask_ahead(call)
        if not answer.name or not self._valid(call) or not self._new(answer.name):
            self._send(call, answer)
            return
        site, answered = "", False
        if len(self._known) <= _MOST_STACKS:
            call, site, answered = self._site_of(call, answer)
        self._told(answer, site)
        if not answered:
            self._send(call, answer)

    def _new(self, name: str) -> bool:
        if name in self._known or len(self._known) >= _MOST:
            return False
        self._known.add(name)
        return True

    def _valid(self, call: Call) -> bool:
        """Whether *call* still waits, so that what was read was of it."""
        try:
            fcntl.ioctl(self._listener, _VALID, struct.pack("<Q", call.id))
        except OSError:
            return False
        return True

    def _send(self, call: Call, answer: Answer) -> None:
        flags = 0 if answer.code else _CONTINUE
        held = struct.pack("<QqiI", call.id, 0, -answer.code, flags)
        try:
            fcntl.ioctl(self._listener, _SEND, held)
        except OSError:
            return  # it waits no more

    # -- the stack of the thread that waits ------------------------------------------------

    def _site_of(self, call: Call, answer: Answer) -> tuple[Call, str, bool]:
        """Return the call as it waits now, the line, and whether the call has been answered."""
        self._newly_written()
        if call.status("Tgid") != str(self._pid):  # a child, to be another program
            self._send(call, answer)
            return call, self._line(self._written(call.tid)) if self._ahead else "", True
        if not call.has("SigCgt", SIGNAL):
            return call, "", False
        if call.has("SigBlk", SIGNAL):
            self._signal(call.tid)
            self._send(call, answer)
            return call, self._line(self._written()) or self._of_main(call), True
        self._signal(call.tid)
        again = self._again(call)
        return again, self._line(self._newly_written()) or self._of_main(call), False

    def _of_main(self, call: Call) -> str:
        """Return the main thread's line: the calling one runs no code of the user's."""
        if call.tid == self._pid:
            return ""
        self._signal(self._pid)
        return self._line(self._written())

    def _ask_ahead(self, call: Call) -> None:
        """Let a thread that starts a program write its stack when that has failed."""
        self._ahead = call.has("SigCgt", SIGNAL) and call.has("SigBlk", SIGNAL)
        if self._ahead:
            self._newly_written()
            self._signal(call.tid)

    def _again(self, call: Call) -> Call:
        """Return *call* as it begins anew after the signal."""
        until = real.monotonic() + self.patience
        while real.monotonic() < until:
            found = self._next() if self._ready(_PAUSE) else None
            if found is not None and found.tid == call.tid:
                return found
            if found is not None:
                self._later.append(found)
        return call

    def _signal(self, tid: int) -> None:
        numbers = table(this_machine())
        assert numbers is not None
        try:
            kernel.call(numbers.numbers["tgkill"], self._pid, tid, SIGNAL)
        except OSError:
            return  # it has just ended

    def _newly_written(self) -> bytes:
        text = b""
        while piece := os.pread(self._stacks, _BLOCK, self._read):
            text += piece
            self._read += len(piece)
        return text

    def _written(self, child: int = 0) -> bytes:
        """Return what is written within a moment, when no more comes.

        Its parent writes when *child* has ended, which tries one program after another.
        """
        until = real.monotonic() + self.patience
        text = b""
        while real.monotonic() < until:
            call = self._next()
            if call is not None and call.tid == child:
                self._send(call, naming.Answer(naming.REFUSED))
            elif call is not None:
                self._later.append(call)
            more = self._newly_written()
            if text and not more:
                break
            text += more
            real.sleep(_PAUSE)
        return text
