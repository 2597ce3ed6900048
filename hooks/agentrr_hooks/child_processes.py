"""Child processes: a replay starts none.

Captures      the start of a program, what goes in and what comes out, signals to it, how it ends
Records       arguments, folder, environment as far as it differs from the run's; pieces of input
              and output as they came; exit code; what it wrote to inherited streams and to files
              that the run gave it
Serves        the same, errors of a program that cannot start and expired time limits included
Reaches       `subprocess` (`run`, `Popen` and all that is made of them), `os.popen`; `os.system`
              and signals by number: see `processes`
Out of reach  files that a child changes by itself, but as the run reads them afterwards; a child
              with descriptors of its own (`pass_fds`, a pipe that the run has made); what a child
              writes after the run has ended; `os.waitpid` and its kin on a child's number
"""

from __future__ import annotations

import sys

from agentrr_hooks import child_descriptors, child_output, child_pipes
from agentrr_hooks.child_start import ARGUMENTS, Start, understood
from agentrr_hooks.mp_names import Names
from agentrr_hooks.processes import children
from agentrr_hooks.standin import like, partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane, Patcher

_MODULE = "subprocess"
_names = Names()
_started: dict[str, int] = {}
_known: dict[str, Child] = {}


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route child processes through *boundary*."""
    for name, make in (
        ("_execute_child", _execute_child),
        ("communicate", _communicate),
        ("wait", _wait),
        ("poll", _poll),
        ("send_signal", _send_signal),
    ):
        patch.replace(_MODULE, f"Popen.{name}", partial(_made, make, boundary))
    child_descriptors.install(patch, boundary)
    patch.undo_with(_forget)


def _forget() -> None:
    """No recording is open in this process any more."""
    child_output.forget()
    for kept in (_known, _started, children, child_pipes.taps):
        kept.clear()


def _made(make: Any, boundary: Boundary, real: Any) -> Any:
    return like(make(real, boundary), real)


class Child:
    """A process that the run has started: its name, and its exit code once that was told."""

    by_number = False
    """Whether only its number stands for it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.code: int | None = None
        self.live = False
        """Whether it really runs."""
        self.files: list[str] = []
        self.taps: list[child_pipes.Tap] = []


def _of(popen: Any, boundary: Boundary) -> tuple[Lane, Child] | tuple[None, None]:
    """Return the lane and the child of *popen*; nothing where a call goes straight through."""
    lane = boundary.lane()
    if lane is None or lane.inside:
        return None, None
    child = of(popen)
    return (None, None) if child is None else (lane, child)


# -- the start ---------------------------------------------------------------------------------


def _execute_child(real: Any, boundary: Boundary) -> Any:
    def _execute_child(self: Any, *args: Any) -> None:
        lane = boundary.lane()
        given: dict[str, Any] = dict(zip(ARGUMENTS, args, strict=False))
        if lane is None or lane.inside or not understood(given):
            real(self, *args)
            return
        start = Start(lane, given)
        name, key = named(lane)
        start.open_files(name)
        live: list[bool] = []

        def execute() -> int:
            live.append(True)
            pump = start.pump()
            try:
                real(self, *start.given(pump), *args[len(ARGUMENTS) :])
                if pump is not None:
                    pump.begin()
            finally:
                if pump is not None:
                    pump.let_go()
            return int(self.pid)

        inherits = bool(start.channels)
        child_output.about_to_start(lane, boundary, inherits=inherits)
        try:
            pid = lane.cross(
                "process.start",
                execute,
                request=start.request(),
                detail=start.detail(),
                outward=True,
                describe=start.answer,
            )
        except BaseException:
            start.close_files()
            child_output.started(lane, inherits=inherits)
            raise
        if not live:
            self.pid, self._child_created = pid, True
            self._close_pipe_fds(*args[10:16])
        child = children[pid] = _known[_names.new(lane, self, key)] = Child(name)
        child.files, child.live = [*start.files], bool(live)
        child_output.started(lane, inherits=inherits, files=start.files)
        child.taps = child_pipes.tap(self, name, boundary, live=child.live)
        child_output.see(lane)

    return _execute_child


def named(lane: Lane) -> tuple[str, str]:
    """Return the name of the process that *lane* starts now, and one among all recordings."""
    before = f"{child_output.recording_of(lane)} {lane.name}"
    number = _started[before] = _started.get(before, 0) + 1
    return f"{lane.name}#{number}", f"{before}#{number}"


# -- what comes after --------------------------------------------------------------------------


def of(popen: Any) -> Child | None:
    """Return what is known of *popen*'s child."""
    key = _names.of(popen)
    return None if key is None else _known.get(key)


def told(lane: Lane, popen: Any, child: Child, code: int | None) -> None:
    """Take note of what the program is told of the end of *child*, and of what it has written."""
    child_output.see(lane)
    if code is None or child.code is not None:
        return
    popen.returncode = child.code = code
    child_output.ended(lane, child.files)
    if children.get(popen.pid) is child:
        del children[popen.pid]


def _communicate(real: Any, boundary: Boundary) -> Any:
    def communicate(self: Any, input: Any = None, timeout: Any = None) -> Any:  # noqa: A002
        lane, child = _of(self, boundary)
        if lane is None or child is None:
            return real(self, input, timeout)
        if self._communication_started and input:
            raise ValueError("Cannot send input after starting communication")
        live: list[bool] = []

        def talk() -> dict[str, Any]:
            live.append(True)
            try:
                out, err = real(self, input, timeout)
            finally:
                child_output.world_of(lane).drain(ended=True)
            return {"stdout": out, "stderr": err, "code": self.returncode}

        request: dict[str, object] = {"process": child.name, "limited": timeout is not None}
        if input:
            request["input"] = input if isinstance(input, str) else bytes(input)
        pipes = [pipe for pipe in (self.stdin, self.stdout, self.stderr) if pipe is not None]
        selects = timeout is not None or len(pipes) > 1
        try:
            answer = lane.cross(
                "process.communicate",
                talk,
                request=request,
                outward=bool(input),
                describe=lambda told: {"process.exit.code": told["code"]},
            )
        except Exception:
            self._communication_started = selects or self._communication_started
            child_output.see(lane)
            raise
        if not live:
            self._communication_started = selects or self._communication_started
            _close(child, pipes)
        told(lane, self, child, answer["code"])
        return answer["stdout"], answer["stderr"]

    return communicate


def _close(child: Child, pipes: list[Any]) -> None:
    """Close the pipes as the genuine function did; what is left in them went with its answer."""
    for each in child.taps:
        each.quiet = True
    for pipe in pipes:
        pipe.close()


def _wait(real: Any, boundary: Boundary) -> Any:
    def wait(self: Any, timeout: Any = None) -> Any:
        lane, child = _of(self, boundary)
        if lane is None or child is None:
            return real(self, timeout)
        if child.code is not None:
            return child.code

        def live() -> Any:
            try:
                return real(self, timeout)
            finally:
                child_output.world_of(lane).drain(ended=True)

        request = {"process": child.name, "limited": timeout is not None}
        try:
            code = lane.cross(
                "process.wait",
                live,
                request=request,
                describe=lambda code: {"process.exit.code": code},
            )
        except Exception:
            child_output.see(lane)
            raise
        told(lane, self, child, code)
        return code

    return wait


def _poll(real: Any, boundary: Boundary) -> Any:
    def poll(self: Any) -> Any:
        lane, child = _of(self, boundary)
        if lane is None or child is None:
            return real(self)
        if child.code is not None:
            return child.code

        def live() -> Any:
            code = real(self)
            child_output.world_of(lane).drain(ended=code is not None)
            return code

        code = lane.read(f"process.poll:{child.name}", live, False, caller=sys.__dict__)
        told(lane, self, child, code)
        return code

    return poll


def _send_signal(real: Any, boundary: Boundary) -> Any:
    def send_signal(self: Any, sig: int) -> None:
        lane, child = _of(self, boundary)
        if lane is None or child is None:
            real(self, sig)
            return
        if child.code is not None:
            return

        def live() -> Any:
            real(self, sig)
            return self.returncode

        request = {"process": child.name, "signal": int(sig)}
        code = lane.cross("process.signal", live, request=request, outward=True)
        told(lane, self, child, code)

    return send_signal
