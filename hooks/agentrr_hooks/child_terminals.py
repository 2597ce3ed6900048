"""Programs that are started with a terminal of their own.

Captures      `pty.spawn`; `ptyprocess`, on which pexpect stands: the start, what is read and
              written, waiting, signals
Records       the program and its arguments, the changed environment, the folder; the output piece
              by piece as it was read; what was typed; the terminal's attributes when asked for
Serves        the same; no program starts, and the terminal that is there leads nowhere
Reaches       callbacks of `pty.spawn`, pexpect's `spawn` and `run`, `PtyProcess` and its subclasses
Out of reach  `pty.fork` and `os.forkpty` by themselves (named), a `preexec_fn`
"""

from __future__ import annotations

import io
import os
import sys

from agentrr_hooks import child_output
from agentrr_hooks.child_pipes import Output, taps
from agentrr_hooks.child_processes import named
from agentrr_hooks.child_spawned import Spawned
from agentrr_hooks.child_start import environment, words
from agentrr_hooks.processes import children
from agentrr_hooks.standin import like, partial, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Lane, Patcher

ASKED = (
    ("termios", "tcgetattr"), ("termios", "tcsetattr"), ("fcntl", "ioctl"), ("os", "isatty"),
    ("os", "get_terminal_size"),
)  # fmt: skip
"""Functions that ask something of a terminal, or change it, by its descriptor."""
_FAILED = 1
_far: list[int] = []


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route what starts a program with a terminal through *boundary*."""
    import select

    __import__("subprocess")  # whose hook has reading, writing and waiting by descriptor
    patch.replace("pty", "select", lambda _: select.select)  # it took the genuine one
    patch.replace("pty", "spawn", partial(_spawning, boundary))
    patch.replace("ptyprocess.ptyprocess", "PtyProcess.spawn", partial(_spawning_process, boundary))
    for module, name in ASKED:
        patch.replace(module, name, partial(_asked, name, boundary))


class Terminal(Output):
    """Stands before the near end of a child's terminal, which is read and written."""

    pid = 0
    kept: Any = None

    def __init__(self, fd: int, process: str, boundary: Boundary) -> None:
        self.raw = io.FileIO(fd, "rb", closefd=False)
        super().__init__(self.raw, process, "terminal", boundary)

    def shut(self) -> None:
        """Close it, and its descriptor."""
        self.close()
        if self.kept is None:
            os.close(self.fd)
        else:
            self.kept.close()

    def write(self, data: Any, /, live: Callable[[Any], Any]) -> Any:
        """Type *data*."""
        lane = self.lane()
        if lane is None:
            return len(data) if self.quiet else live(data)
        piece = bytes(data)
        request = {"process": self.request["process"], "data": piece}
        return lane.cross("process.write", lambda: live(piece), request=request, outward=True)


def _start(
    lane: Lane, boundary: Boundary, live: Callable[[], tuple[int, int]], request: dict[str, Any]
) -> Terminal:
    """Cross to *live*, which returns the child's number and the near end of its terminal."""
    ends: list[int] = []

    def started() -> int:
        pid, fd = live()
        ends.append(fd)
        return pid

    name = request["args"][0].rpartition("/")[2]
    child_output.about_to_start(lane, boundary, inherits=False)
    try:
        detail: dict[str, object] = {"process.executable.name": name}
        request = {**request, "terminal": True}
        pid = int(
            lane.cross("process.start", started, request=request, detail=detail, outward=True)
        )
    finally:
        child_output.started(lane, inherits=False, files={})
    child = children[pid] = Spawned(named(lane)[0])
    child.live = bool(ends)
    terminal = Terminal(ends[0] if ends else _placeholder(), child.name, boundary)
    terminal.live, terminal.pid = child.live, pid
    return terminal


def _placeholder() -> int:
    """Return a descriptor that stands for the near end of a terminal: the seal lets none be made.

    It is the reading end of a pipe: whatever a program asks of it is asked of the recording.
    """
    near, far = os.pipe()
    _far.append(far)  # an end that is closed would be one that is ready
    return near


def _spawning(boundary: Boundary, real: Any) -> Any:
    module = sys.modules["pty"]

    def spawn(argv: Any, master_read: Any = module._read, stdin_read: Any = module._read) -> int:
        lane = boundary.lane()
        if lane is None or lane.inside:
            return int(real(argv, master_read, stdin_read))
        argv = (argv,) if isinstance(argv, str) else argv
        terminal = _start(lane, boundary, lambda: _forked(module, argv), {"args": words(argv)})
        return _joined(module, terminal, master_read, stdin_read)

    return like(spawn, real)


def _forked(module: Any, argv: Any) -> tuple[int, int]:
    pid, fd = module.fork()
    if pid == module.CHILD:
        try:
            os.execlp(argv[0], *argv)  # noqa: S606  that is what is asked for
        except BaseException:
            import traceback

            traceback.print_exc()
        os._exit(_FAILED)
    return int(pid), int(fd)


def _joined(module: Any, terminal: Terminal, master_read: Any, stdin_read: Any) -> int:
    """Let what is typed and what comes through, as `pty.spawn` does; return the child's status."""
    fd = terminal.fd
    try:
        mode = module.tcgetattr(module.STDIN_FILENO)
        module.setraw(module.STDIN_FILENO)
    except module.tty.error:  # no terminal
        mode = None
    try:
        module._copy(fd, master_read, stdin_read)
    finally:
        if mode is not None:
            module.tcsetattr(module.STDIN_FILENO, module.tty.TCSAFLUSH, mode)
    terminal.shut()
    return os.waitpid(terminal.pid, 0)[1]


def _spawning_process(boundary: Boundary, real: Any) -> Any:
    function = real.__func__

    def spawn(
        cls: Any, argv: Any, cwd: Any = None, env: Any = None, *args: Any, **named: Any
    ) -> Any:
        lane = boundary.lane()
        asked = partial(function, cls, argv, cwd, env, *args, **named)
        if lane is None or lane.inside or not isinstance(argv, list | tuple):
            return asked()
        kept: list[Any] = []

        def live() -> tuple[int, int]:
            kept.append(asked())
            return kept[0].pid, kept[0].fd

        request: dict[str, Any] = {"args": words(argv)}
        changed = environment(env)
        if changed:
            request["environment"] = changed
        if cwd is not None:
            request["cwd"] = os.fsdecode(cwd)
        terminal = _start(lane, boundary, live, request)
        made = kept[0] if kept else _made(cls, terminal, argv, cwd, env)
        _tapped(made, terminal)
        return made

    return classmethod(like(spawn, function))


def _made(cls: Any, terminal: Terminal, argv: Any, cwd: Any, env: Any) -> Any:
    made = cls(terminal.pid, terminal.fd)
    made.argv = [*argv]
    made.env, made.launch_dir = (env or cls.env), (cwd or cls.launch_dir)
    return made


def _tapped(made: Any, terminal: Terminal) -> None:
    """Let the file of *made* read and write by *terminal*."""
    writer: Any = io.FileIO(terminal.fd, "wb", closefd=False)
    typed = writer.write
    writer.write = lambda data: terminal.write(data, typed)
    terminal.kept = made.fileobj  # whose descriptor it is
    made.fileobj = _Pair(terminal, writer)


class _Pair(io.BufferedRWPair):
    """The file of a `PtyProcess`; closing it closes the terminal."""

    def __init__(self, terminal: Terminal, writer: Any) -> None:
        super().__init__(terminal.raw, writer)
        self._terminal: Terminal | None = terminal

    def close(self) -> None:
        """Close the terminal."""
        super().close()
        terminal, self._terminal = self._terminal, None
        if terminal is not None:
            terminal.shut()


def _asked(name: str, boundary: Boundary, real: Any) -> Any:
    """Return what stands for *real*, which asks something of a terminal, or changes it."""

    def ask(fd: Any, /, *args: Any) -> Any:
        number = fd if isinstance(fd, int) else getattr(fd, "fileno", int)()
        terminal, lane = taps.get(number), boundary.lane()
        if not isinstance(terminal, Terminal) or lane is None or lane.inside:
            return real(fd, *args)
        request = {**terminal.request, "of": [_plain(each) for each in args]}
        answer = lane.cross(f"process.{name}", lambda: _plain(real(fd, *args)), request=request)
        return os.terminal_size(answer) if name == "get_terminal_size" else answer

    return stand_in(real, ask)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
