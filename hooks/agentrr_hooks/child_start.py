"""What a program is started with.  See `child_processes`."""

from __future__ import annotations

import os
from _thread import _local

from agentrr_hooks import child_output, child_pipes
from agentrr_hooks.child_pumps import File
from agentrr_hooks.stream_calls import watched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Lane

ARGUMENTS = (
    "args", "executable", "preexec_fn", "close_fds", "pass_fds", "cwd", "env", "startupinfo",
    "creationflags", "shell", "p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite",
)  # fmt: skip
"""The first arguments of `Popen._execute_child`."""


beside = _local()
"""`now` is true in a thread that starts a process of which we understand too little."""


def understood(told: dict[str, Any]) -> bool:
    """Tell whether all ways to the child are known; else it is as if it were not captured."""
    if told["pass_fds"] or getattr(beside, "now", False):
        return False
    for way, end in (("p2cread", "p2cwrite"), ("c2pwrite", "c2pread"), ("errwrite", "errread")):
        fd = told[way]
        if fd == -1 or told[end] != -1 or fd in child_pipes.taps:
            continue
        if way == "errwrite" and fd == told["c2pwrite"]:
            continue  # to where stdout goes
        if not child_output.is_known(fd):
            return False
    return True


class Start:
    """What is started, and how."""

    def __init__(self, lane: Lane, told: dict[str, Any]) -> None:
        self._lane = lane
        self._told = told
        self._out = 1 if told["c2pwrite"] == -1 else told["c2pwrite"]
        self._err = 2 if told["errwrite"] == -1 else told["errwrite"]
        self.channels = child_output.inherited([self._out, self._err])
        self.files: dict[str, File] = {}
        self.number: int | None = None
        """That of the child's own recording."""

    def pump(self) -> Any:
        """Return what carries the output to inherited streams."""
        if not self.channels:
            return None
        return child_output.world_of(self._lane).pump(self.channels)

    def given(self, pump: Any) -> list[Any]:
        """Return the arguments of the genuine function; *pump* is in place of the streams."""
        told = {**self._told, **self._recorded()}
        if pump is not None:
            for name, fd in (("c2pwrite", self._out), ("errwrite", self._err)):
                told[name] = pump.ends.get(watched.get(fd), told[name])
        return [*told.values()]

    def _recorded(self) -> dict[str, Any]:
        """Return what starts the child so that it is recorded too, where it is to be."""
        told, workers = self._told, self._lane.workers
        if workers is None or told["shell"] or isinstance(told["args"], str | bytes):
            return {}
        executable = told["executable"]
        search = (told["env"] or os.environ).get("PATH") if executable is None else None
        args = words(told["args"])
        found = workers.child(args, executable and os.fsdecode(executable), search)
        if found is None:
            return {}
        command, self.number = found
        return {"args": command, "executable": None}

    def open_files(self, name: str) -> None:
        """Keep an eye on the files of the run's that the child called *name* will write."""
        found: set[int] = set()
        for label, fd, piped in (
            ("stdout", self._out, self._told["c2pread"]),
            ("stderr", self._err, self._told["errread"]),
        ):
            streams = dict(self.channels).values()
            if piped == -1 and fd not in streams and child_output.is_regular(fd):
                if fd not in found:  # both may go there
                    self.files[f"{name} {label}"] = File(fd)
                found.add(fd)

    def close_files(self) -> None:
        """It was not started."""
        for file in self.files.values():
            file.close()

    def request(self) -> dict[str, object]:
        """Return what takes part in the signature."""
        told = self._told
        request: dict[str, object] = {"args": words(told["args"])}
        if told["shell"]:
            request["shell"] = True
        for name in ("executable", "cwd"):
            if told[name] is not None:
                request[name] = os.fsdecode(told[name])
        changed = environment(told["env"])
        if changed:
            request["environment"] = changed
        return request

    def answer(self, pid: int) -> dict[str, object]:
        """Return what the event tells of the child."""
        told: dict[str, object] = {"process.pid": pid}
        return told if self.number is None else {**told, "agentrr.child": self.number}

    def detail(self) -> dict[str, object]:
        """Return the OpenTelemetry attributes of the start."""
        args = words(self._told["args"])
        first = "/bin/sh" if self._told["shell"] else args[:1] and args[0]
        executable = os.fsdecode(self._told["executable"] or first or "")
        return {"process.executable.name": executable.rpartition("/")[2]}


def words(args: Any) -> Any:
    """Return the arguments of a program as text."""
    if isinstance(args, str | bytes | os.PathLike):
        return [os.fsdecode(args)]
    return [os.fsdecode(word) for word in args]


def environment(given: Any) -> dict[str, object]:
    """Return in what the environment of a child differs from the run's own."""
    environ: Any = os.environ
    if given is None:
        own = environ._data.own() if hasattr(environ._data, "own") else {}
        return {"set": own} if own else {}
    texts = {os.fsdecode(name): os.fsdecode(value) for name, value in given.items()}
    changed: dict[str, object] = {}
    new = {name: value for name, value in texts.items() if environ.get(name) != value}
    gone = sorted(name for name in environ if name not in texts)
    if new:
        changed["set"] = new
    if gone:
        changed["removed" if len(gone) < len(texts) else "kept"] = (
            gone if len(gone) < len(texts) else sorted(set(texts) - set(new))
        )
    return changed
