"""Whether the other threads of this process are at rest.

A thread at rest neither runs nor is ready to, and was not woken between two looks.  The kernel
tells, so that a busy machine, on which a ready thread waits long for its turn, does not deceive.
"""

from __future__ import annotations

from agentrr_sandbox import real as genuine

_TASKS = "/proc/self/task"
_TOLD = (b"State:", b"voluntary_ctxt_switches:", b"nonvoluntary_ctxt_switches:")
_SLEEPS = b"State:\tS"
LOOKS = 5
"""How many looks in a row must find a thread at rest."""
_ours: set[str] = set()


def ignore() -> None:
    """Do not look at the calling thread, which is ours."""
    _ours.add(str(genuine.get_native_id()))


def look(thread: int | None = None) -> dict[str, bytes] | None:
    """Return what the kernel tells of each other thread, or of *thread*; None for nothing."""
    own = str(genuine.get_native_id())
    try:
        if thread is not None:
            return {str(thread): _status(str(thread))}
        tasks = genuine.listdir(_TASKS)
        return {task: _status(task) for task in tasks if task != own and task not in _ours}
    except OSError:
        return None


class Rest:
    """Whether threads have been at rest for several looks in a row.

    One that waits for the interpreter's lock wakes every few milliseconds to ask for it.
    """

    def __init__(self) -> None:
        self._before: dict[str, bytes] | None = None
        self._looks = 0

    def begin(self) -> None:
        """Something has happened."""
        self._before, self._looks = None, 0

    def lasts(self, now: dict[str, bytes] | None) -> bool:
        """Return whether they are, by this look too."""
        self._looks = self._looks + 1 if at_rest(self._before, now) else 0
        self._before = now
        return self._looks >= LOOKS


def at_rest(before: dict[str, bytes] | None, after: dict[str, bytes] | None) -> bool:
    """Whether no thread did anything between two looks, or is about to."""
    if before is None or before != after:
        return False
    return all(status.startswith(_SLEEPS) for status in before.values())


def computed(thread: int) -> float | None:
    """Return for how many seconds *thread* has run on a processor; None where nothing tells."""
    try:
        descriptor = genuine.os_open(f"{_TASKS}/{thread}/schedstat", 0)
        try:
            return int(genuine.read(descriptor, 100).split()[0]) / 1e9
        finally:
            genuine.close(descriptor)
    except (OSError, ValueError, LookupError):
        return None


def _status(task: str) -> bytes:
    try:
        descriptor = genuine.os_open(f"{_TASKS}/{task}/status", 0)
    except FileNotFoundError:  # it has just ended
        return b""
    try:
        lines = genuine.read(descriptor, 4096).splitlines()
    except ProcessLookupError:
        return b""
    finally:
        genuine.close(descriptor)
    return b"\n".join(line for line in lines if line.startswith(_TOLD))
