"""Names what the kernel stopped in a replay, while the program that tried goes on or ends.

The replaying process hands the listener of its filter to the supervisor, where a thread answers
for each call that is not plainly allowed.  A call never waits for nothing: when the supervisor is
gone, or this thread, the listener is closed, and the kernel answers ENOSYS.
"""

from __future__ import annotations

import os
import sys

from agentrr_sandbox import real
from agentrr_sandbox.launch.channel import Report, of_process
from agentrr_sandbox.launch.spawn import anonymous
from agentrr_sandbox.seal.guard import WITH_LANDLOCK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.recording.reader import Recording
    from agentrr_sandbox.seal.naming import Answer

_LOOK = 500  # ms
_PATIENCE = 2.0
_SOL_SOCKET, _SCM_RIGHTS = 1, 1
_CLOEXEC = 0x40000000  # MSG_CMSG_CLOEXEC


class Watch:
    """The listener of one interpreter's filter; *given* names the descriptors that it gets.

    *watched* are the roots and the scratch folder of the replay.
    """

    def __init__(
        self, report: int, recording: Recording, watched: tuple[dict[str, str], str]
    ) -> None:
        self.given: dict[str, int] = {}
        self._end: Any = None
        self._frames = -1
        self._pid = 0
        self._over = False
        self._running = real.allocate_lock()
        self._recording = recording
        self._roots, scratch = watched
        self._scratch = os.path.realpath(scratch)
        self._say = of_process(Report(report), recording.header.get("process", {}).get("number"))
        if not sys.platform.startswith("linux"):
            return
        import _socket

        self._end, theirs = _socket.socketpair()
        self._frames = anonymous("agentrr-frames")
        self.given = {"watch": theirs.detach(), "frames": self._frames}

    def handed_over(self, pid: int) -> None:
        """The replaying process, *pid*, has its ends: begin."""
        if self.given:
            import _thread

            self._pid = pid
            real.close(self.given["watch"])
            self._running.acquire()
            _thread.start_new_thread(self._run, ())

    def end(self) -> None:
        """The replaying process has ended, or does now: wait until all is told of it."""
        self._over = True
        self._running.acquire(timeout=_PATIENCE)

    def _run(self) -> None:
        listener, landlock = self._received()
        try:
            if listener >= 0 and self._asked(listener):
                from agentrr_sandbox.launch.listening import Listening

                Listening(
                    listener,
                    self._frames,
                    self._pid,
                    self._scratch,
                    self._told,
                    self._line,
                    landlock=landlock,
                ).run(lambda: self._asked(listener))
        finally:
            if listener >= 0:
                real.close(listener)
            self._end.close()
            real.close(self._frames)
            self._running.release()

    def _received(self) -> tuple[int, bool]:
        """Return the listener, or -1, and whether Landlock keeps files as they are."""
        try:
            word, rights, _, _ = self._end.recvmsg(1, 64, _CLOEXEC)
        except OSError:
            return -1, False
        for level, kind, data in rights:
            if level == _SOL_SOCKET and kind == _SCM_RIGHTS:
                return int.from_bytes(data[:4], sys.byteorder), word == WITH_LANDLOCK
        return -1, False

    def _asked(self, listener: int) -> bool:
        """Wait until a call waits for its answer; False when no process is left to make one."""
        import select

        poll = select.poll()
        poll.register(listener, select.POLLIN)
        while True:
            found = poll.poll(_LOOK)
            if found:
                return bool(found[0][1] & select.POLLIN)
            if self._over:
                return False

    def _line(self, stack: bytes) -> str:
        """Return the innermost line of user code in a stack."""
        from agentrr_sandbox.recording.roots import Roots
        from agentrr_sandbox.seal import frames

        return frames.innermost(stack, Roots(self._roots).user)

    def _told(self, answer: Answer, line: str) -> None:
        """Report what was stopped, and which *line* was running."""
        from agentrr_sandbox.recording.cleaning import Cleaner
        from agentrr_sandbox.recording.redaction import Redactor
        from agentrr_sandbox.recording.roots import Roots

        header = self._recording.header
        roots = Roots(self._roots, header["roots"])
        cleaner = Cleaner(Redactor({}, bytes.fromhex(header["redaction"]["salt"])), roots)
        site, name = cleaner.text(line), cleaner.text(answer.name)
        if answer.note:
            at = f" at {site}" if site else ""
            self._say({"kind": "note", "message": f"{name} by C code{at} was refused"})
            return
        found = {"kind": "sealed", "call": name, "site": site, "request": None}
        self._say({**found, "lane": "main", "by": "C"})
