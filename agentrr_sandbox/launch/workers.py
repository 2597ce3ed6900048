"""Recordings of worker processes: made by the parent, written by the worker.

They lie beside the run's as `RUN.jsonl.d/process-N.jsonl`.  N counts the starts of the whole run,
also those by workers; the run itself is process 1.
"""

from __future__ import annotations

import marshal
import os
import sys

from agentrr_sandbox import real
from agentrr_sandbox.errors import CannotRecord
from agentrr_sandbox.launch import children, spawn
from agentrr_sandbox.recorder import Recorder
from agentrr_sandbox.recording import beside
from agentrr_sandbox.recording.jsontext import loads
from agentrr_sandbox.recording.ring import Ring
from agentrr_sandbox.recording.writer import Writer, high
from agentrr_sandbox.seal.disk import DiskFiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from agentrr_sandbox.launch.ending import Ending

_LONGEST_HEADER = 1 << 20
_OWN = ("seq", "t", "h")
_SAME = (
    "durable", "roots", "salt", "go_on", "file_limit", "pickle_key", "clock", "config", "children",
)  # fmt: skip
"""What a worker's recording does as its parent's."""


class Workers:
    """Makes the recordings of the workers that this process starts; see `boundary.Workers`."""

    def __init__(self, ending: Ending, run: str, number: int = 1) -> None:
        self.ending = ending
        self.run = run
        """The path of the recording of the run."""
        self.number = number
        """The number of this process."""
        self._next = number + 1
        self._server_seed: int | None = None
        self._header: dict[str, Any] = {}

    def worker(self, lane: Any, name: str, method: str) -> Worker | None:
        """Make the recording of a worker; None, and a note, when it cannot be made."""
        recorder = lane.recorder
        if method != "fork" and not _bootable():
            return None
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
            if children.is_there(beside.folder(path)):
                continue  # a child that is being started has it
            header = {
                **self._header, **self._seed(link["method"]),
                "id": real.urandom(6).hex(), "started": real.time_ns(),
                "process": {"run": self._run_id(), "number": number, **link},
            }  # fmt: skip
            try:
                writer = Writer.create(path, header, durable="process")
            except CannotRecord:
                if not children.is_there(path):
                    raise
                continue  # another process of this run has it, or a run before that had its name
            state = writer.state()
            writer.close()
            worker = Worker(self, number, path, state, str(header["hash_seed"]))
            worker.served = link["method"] == "forkserver"
            return worker

    def _seed(self, method: str) -> dict[str, int]:
        """Return the hash seed of a worker that does not have its parent's."""
        if method == "fork":
            return {}
        if method == "forkserver":
            self._server_seed = self._server_seed or _new_seed()
            return {"hash_seed": self._server_seed}
        return {"hash_seed": _new_seed()}

    def _run_id(self) -> str:
        own: str = self._header.get("process", {}).get("run") or self._header["id"]
        return own

    def child(
        self, args: list[str], executable: str | None, search: str | None
    ) -> tuple[list[str], int] | None:
        """Return the command that records the Python that *args* start, and its number."""
        told = self.ending.config.get("children")
        found = None if told is None else children.command_of(args, executable, search)
        if told is None or found is None:
            return None
        try:
            command, number = children.recorded(self.run, self._next, *found, told)
        except OSError:
            return None  # it runs unrecorded, as it is seen from here
        self._next = number + 1
        return command, number

    def entered(self, lane: Any) -> None:
        """No recorded process goes on as another one."""

    def forked(self) -> None:
        """The interpreter has done it."""

    def served(self) -> None:
        """This is no fork server."""

    def leaves(self, code: int) -> None:
        """Keep the exit code of this process for its recording."""
        self.ending.code = code

    def ended(self, number: int, code: int) -> None:
        """Write down how a worker was killed; one that ends by itself does so."""
        if code < 0:
            path = beside.path(beside.folder(self.run), number)
            beside.finish(path, {"how": "signal", "signal": -code})


class Worker:
    """A worker that is about to be started; see `boundary.Worker`."""

    def __init__(
        self, workers: Workers, number: int, path: str, state: tuple[int, str, int], seed: str
    ) -> None:
        self.detail = {"agentrr.process": number}
        self._workers, self._number = workers, number
        self._path, self._state, self._seed = path, state, seed
        self.served = False
        """Whether a fork server forks it."""

    def begin(self) -> None:
        """Record this process, which was forked, as that worker."""
        ending = self._workers.ending
        old = ending.peer
        old.cleaner.redactor.alone()
        writer = adopt(self._path, self._state, ending.config["durable"])
        recorder = Recorder(
            writer, Ring.private(), old.cleaner,
            files=DiskFiles(old.cleaner, ending.config["file_limit"]),
            go_on=old.go_on, pickles=old.pickles,
        )  # fmt: skip
        recorder.files.moved_to = old.files.moved_to
        recorder.checks = [*old.checks]
        recorder.workers = Workers(ending, self._workers.run, self._number)
        ending.become(recorder, [writer.descriptor])

    def _told(self) -> dict[str, Any]:
        (seq, chain, size), config = self._state, self._workers.ending.config
        return {
            **{name: config[name] for name in _SAME}, "mode": "record", "kind": "code",
            "script": None, "path": self._path, "seq": seq, "chain": chain, "size": size,
            "run": self._workers.run, "number": self._number, "ring": -1, "report": -1,
        }  # fmt: skip

    def message(self) -> bytes | None:
        """Return what a fork server is to tell the worker."""
        return marshal.dumps(self._told()) if self.served else None

    def boot(self, environment: Mapping[bytes, bytes]) -> tuple[dict[bytes, bytes], int]:
        """Return the environment and the descriptor with which an interpreter boots as it."""
        told = self._told()
        if self.served:
            told["server"] = True
        receiving, sending = os.pipe()
        receiving = high(receiving)
        real.write(sending, marshal.dumps(told))  # less than a pipe holds
        real.close(sending)
        given = {os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()}
        made = spawn.environment(given, receiving, self._seed, "record")
        return {os.fsencode(name): os.fsencode(value) for name, value in made.items()}, receiving

    def booted(self, descriptor: int) -> None:
        """Close this process's end."""
        real.close(descriptor)

    def hand_over(
        self, data: bytes, descriptors: list[int], preload: list[str] | None = None
    ) -> None:
        """A recorded process does not."""


def _bootable() -> bool:
    """Whether an interpreter with this one's options has our boot in it."""
    return not (sys.flags.ignore_environment or sys.flags.no_site or sys.flags.isolated)


def _new_seed() -> int:
    environ: Any = os.environ
    asked = environ._data.now().get(b"PYTHONHASHSEED", b"")
    return int(spawn.hash_seed({"PYTHONHASHSEED": asked.decode("latin-1")}))


def adopt(path: str, state: tuple[int, str, int], durable: str) -> Writer:
    """Go on with the recording of a worker, which its parent has begun."""
    flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    seq, chain, size = state
    descriptor = real.os_open(path, flags)
    return Writer.adopt(descriptor, path=path, seq=seq, chain=chain, size=size, durable=durable)


def _header(descriptor: int) -> dict[str, Any]:
    """Return what the header of the recording at *descriptor* says."""
    line = real.pread(descriptor, _LONGEST_HEADER, 0).partition(b"\n")[0]
    return {name: value for name, value in loads(line).items() if name not in _OWN}
