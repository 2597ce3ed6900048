"""Enters a worker: replays its parent up to its start, and goes on there as the worker.

A forked worker begins with its parent's memory, so its parent's code is run first, served from the
parent's recording, its output shown to nobody.  No process is forked for it: at the fork this one
becomes the worker.  Threads of the parent stand still from then on, as they would be gone.
"""

from __future__ import annotations

import os
import stat
import sys

from agentrr_hooks.standin import stand_in
from agentrr_sandbox import real
from agentrr_sandbox.launch.channel import of_process
from agentrr_sandbox.launch.descriptors import above_the_scripts
from agentrr_sandbox.launch.spawn import anonymous
from agentrr_sandbox.recording.jsontext import dumps
from agentrr_sandbox.recording.reader import Recording
from agentrr_sandbox.replayer import Replayer
from agentrr_sandbox.seal.overlay import OverlayFiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from agentrr_sandbox.launch.ending import Ending
    from agentrr_sandbox.patching import Patching

_STREAMS = (1, 2)
_MOST = 200
"""Descriptors from here on are ours."""
_shown: list[int] = []
"""What stdout and stderr were, while they show nothing."""
_in_child: list[Callable[[], object]] = []
"""What a forked child is to do first."""


def hide() -> list[int]:
    """Show nothing on stdout and stderr until the worker begins; return what keeps them."""
    nowhere = real.os_open(os.devnull, os.O_WRONLY)
    for stream in _STREAMS:
        kept = above_the_scripts(lambda stream=stream: os.dup(stream))[0]  # type: ignore[misc]
        _shown.append(kept)
        real.dup2(nowhere, stream)
    real.close(nowhere)
    return _shown


def _show() -> None:
    for stream, kept in zip(_STREAMS, _shown, strict=True):
        real.dup2(kept, stream)


def note_handlers(patching: Patching) -> None:
    """Take note of what the program wants done in forked children."""

    def make(live: Callable[..., None]) -> Any:
        def register_at_fork(**given: Any) -> None:
            live(**given)
            if given.get("after_in_child") is not None:
                _in_child.append(given["after_in_child"])

        return stand_in(live, register_at_fork, "os")

    patching.replace("os", "register_at_fork", make)


class Entering:
    """Looks for the start of the worker to be entered; see `boundary.Workers`.

    *way* are the processes to be entered one after another, each started by the one before:
    `number` and `path` of its recording.
    """

    def __init__(self, ending: Ending, way: list[dict[str, Any]]) -> None:
        self.ending = ending
        self.way = way

    def worker(self, lane: Any, name: str, method: str) -> None:
        """No recording is made."""

    def child(self, args: list[str], executable: str | None, search: str | None) -> None:
        """A replay starts no process."""

    def entered(self, lane: Any) -> Entered | None:
        """Return the worker that *lane* has just started, if it is the one."""
        if not self.way:
            return None
        event = lane.replayer.event(lane.latest)
        number = event.get("detail", {}).get("agentrr.process")
        return Entered(self) if number == self.way[0]["number"] else None

    def served(self) -> tuple[int, list[int]] | None:
        """Return what a worker of a fork server is given, once."""
        config = self.ending.config
        served = config.pop("served", None)
        return None if served is None else (config["data"], served["order"])

    def leaves(self, code: int) -> None:
        """The process ends so."""

    def forked(self) -> None:
        """Do in this process what the interpreter does in a forked child."""
        if "threading" in sys.modules:
            _leave_one_thread(sys.modules["threading"])
        for handler in _in_child:
            if getattr(handler, "__module__", None) != "threading":
                try:
                    handler()
                except Exception:  # noqa: S112 - the interpreter ignores it, and says so
                    continue

    def ended(self, number: int, code: int) -> None:
        """Nothing to write."""


class Entered:
    """The worker that this process is from its beginning on; see `boundary.Worker`."""

    def __init__(self, entering: Entering) -> None:
        self.detail: dict[str, object] = {}
        self._ending, self._way = entering.ending, entering.way

    def begin(self) -> None:
        """Replay the worker's recording from here on."""
        ending, (own, *further) = self._ending, self._way
        old = ending.peer
        _still(old)
        recording, file = above_the_scripts(lambda: Recording.open(own["path"]))
        scratch = os.path.join(ending.config["scratch"], f"process-{own['number']}")
        real.mkdir(scratch, 0o700)
        new = Replayer(
            recording, old.cleaner, files=OverlayFiles(scratch, old.cleaner),
            report=of_process(ending.report, own["number"]),
            observe=old.observe, tools=old.tools, sealed=old.sealed, pickles=old.pickles,
        )  # fmt: skip
        new.files.moved_to = old.files.moved_to
        new.checks, new.handler = [*old.checks], old.handler
        for name in ending.config["live_env"]:
            if f"env:{name}" in old.facts:
                new.facts[f"env:{name}"] = old.facts[f"env:{name}"]
        new.workers = Entering(ending, further)
        ending.become(new, [file])
        ending.report({"kind": "entered", "number": own["number"]})
        if not further:
            _show()

    def boot(self, environment: Mapping[bytes, bytes]) -> tuple[Mapping[bytes, bytes], int]:
        """A replay starts no process."""
        raise NotImplementedError

    def booted(self, descriptor: int) -> None:
        """A replay starts no process."""

    def message(self) -> None:
        """A replay starts no process."""

    def hand_over(
        self, data: bytes, descriptors: list[int], preload: list[str] | None = None
    ) -> None:
        """Tell the supervisor what the worker is sent, and end: it starts the next interpreter."""
        from agentrr_sandbox.recording.scalars import base64

        _still(self._ending.peer)
        inherited = [[number, _size(number)] for number in sorted(set(descriptors))]
        found: dict[str, Any] = {"data": base64(data), "inherited": inherited}
        if preload is not None:
            found["served"] = {"preload": preload, "order": descriptors}
        said = dumps(found).encode("ascii")
        while said:
            said = said[real.write(self._ending.config["handover"], said) :]
        self._ending.report({"kind": "handed", "number": self._way[0]["number"]})
        os._exit(0)


def _size(descriptor: int) -> int | None:
    """Return the size of a file that processes share as memory; None of something else."""
    try:
        status = real.fstat(descriptor)
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def receive(config: dict[str, Any]) -> None:
    """Put something in the place of each descriptor that the worker has inherited."""
    taken = {config["data"], *config["ours"]}
    for number, size in config["inherited"]:
        if number <= _STREAMS[-1] or number in taken or number >= _MOST:
            continue
        if size is None:
            made = real.os_open(os.devnull, os.O_RDWR)
        else:
            made = anonymous("agentrr-shared")
            real.ftruncate(made, size)
        if made != number:
            os.dup2(made, number)
            real.close(made)


def _still(replayer: Replayer) -> None:
    """Let no other strand of *replayer* go on, nor say anything."""
    replayer.over = True
    replayer.report = lambda _: None
    if replayer.baton is not None:
        replayer.baton.mutex.acquire()  # for ever: nobody hands the baton on


def _leave_one_thread(threading: Any) -> None:
    """Let `threading` know of the calling thread alone."""
    ident = real.get_ident()
    if sys.version_info >= (3, 13):  # there it insists that the others have ended
        for thread in [*threading._enumerate(), *threading._dangling]:
            if thread.ident != ident:
                threading._active.pop(thread.ident, None)
                threading._dangling.discard(thread)
        threading._limbo.clear()
        threading._thread_shutdown = _joiner(threading)
    threading._after_fork()


def _joiner(threading: Any) -> Callable[[], None]:
    """Return what waits, at the end, for the threads that are known."""

    def join() -> None:
        for thread in threading.enumerate():
            if not thread.daemon and thread is not threading.current_thread():
                thread.join()

    return join
