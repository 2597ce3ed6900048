"""Recordings of worker processes: made by the parent, written by the worker.

They lie beside the run's as `RUN.jsonl.d/process-N.jsonl`.  N counts the starts of the whole run,
also those by workers; the run itself is process 1.
"""

from __future__ import annotations

import os

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord
from agentrr_sandbox.recorder import Recorder
from agentrr_sandbox.recording import beside
from agentrr_sandbox.recording.jsontext import loads
from agentrr_sandbox.recording.ring import Ring
from agentrr_sandbox.recording.writer import Writer
from agentrr_sandbox.seal.disk import DiskFiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.launch.ending import Ending

_LONGEST_HEADER = 1 << 20
_OWN = ("seq", "t", "h")


class Workers:
    """Makes the recordings of the workers that this process starts; see `boundary.Workers`."""

    def __init__(self, ending: Ending, run: str, number: int = 1) -> None:
        self.ending = ending
        self.run = run
        """The path of the recording of the run."""
        self.number = number
        """The number of this process."""
        self._next = number + 1
        self._header: dict[str, Any] = {}

    def worker(self, lane: Any, name: str, method: str) -> Worker | None:
        """Make the recording of a worker; None, and a note, when it cannot be made."""
        recorder = lane.recorder
        link = {
            "of": self.number, "name": recorder.cleaner.aside().text(name), "method": method,
            "lane": lane.name, "n": lane.n,
        }  # fmt: skip
        try:
            return self._make(recorder, link)
        except (CannotRecord, OSError) as error:
            lane.note("worker", f"the worker {name} is not recorded: {error}")
            return None

    def _make(self, recorder: Any, link: dict[str, Any]) -> Worker:
        if not self._header:
            self._header = _header(recorder.writer.descriptor)
        folder = beside.make_folder(self.run)
        while True:
            number, self._next = self._next, self._next + 1
            path = beside.path(folder, number)
            header = {
                **self._header, "id": real.urandom(6).hex(), "started": real.time_ns(),
                "process": {"run": self._run_id(), "number": number, **link},
            }  # fmt: skip
            try:
                writer = Writer.create(path, header, durable="process")
            except CannotRecord:
                if os.path.lexists(path):
                    continue  # another process of this run has it
                raise
            state = writer.state()
            writer.close()
            return Worker(self, number, path, state)

    def _run_id(self) -> str:
        own: str = self._header.get("process", {}).get("run") or self._header["id"]
        return own

    def entered(self, lane: Any) -> None:
        """No recorded process goes on as another one."""

    def forked(self) -> None:
        """The interpreter has done it."""

    def ended(self, number: int, code: int) -> None:
        """Write down how a worker was killed; one that ends by itself does so."""
        if code < 0:
            path = beside.path(beside.folder(self.run), number)
            beside.finish(path, {"how": "signal", "signal": -code})


class Worker:
    """A worker that is about to be started; see `boundary.Worker`."""

    def __init__(
        self, workers: Workers, number: int, path: str, state: tuple[int, str, int]
    ) -> None:
        self.detail = {"agentrr.process": number}
        self._workers, self._number = workers, number
        self._path, self._state = path, state

    def begin(self) -> None:
        """Record this process, which was forked, as that worker."""
        ending = self._workers.ending
        old = ending.peer
        old.cleaner.redactor.alone()
        writer = _adopt(self._path, self._state, ending.config["durable"])
        recorder = Recorder(
            writer, Ring.private(), old.cleaner, files=DiskFiles(old.cleaner),
            go_on=old.go_on, pickles=old.pickles,
        )  # fmt: skip
        recorder.files.moved_to = old.files.moved_to
        recorder.checks = [*old.checks]
        recorder.workers = Workers(ending, self._workers.run, self._number)
        ending.become(recorder, [writer.descriptor])


def _adopt(path: str, state: tuple[int, str, int], durable: str) -> Writer:
    flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    seq, chain, size = state
    descriptor = real.os_open(path, flags)
    return Writer.adopt(descriptor, path=path, seq=seq, chain=chain, size=size, durable=durable)


def _header(descriptor: int) -> dict[str, Any]:
    """Return what the header of the recording at *descriptor* says."""
    line = real.pread(descriptor, _LONGEST_HEADER, 0).partition(b"\n")[0]
    return {name: value for name, value in loads(line).items() if name not in _OWN}
