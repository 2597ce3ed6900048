"""Nothing gets out: each escape is tried with and without the guard, and the truth is looked at."""

from __future__ import annotations

import importlib.util
import os
import select
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from seal.escapes import ESCAPES, LIBRARY, NAMED

from agentrr_sandbox.launch.listening import Listening
from agentrr_sandbox.seal import frames, landlock
from agentrr_sandbox.seal.guard import WITH_LANDLOCK

if TYPE_CHECKING:
    from agentrr_sandbox.seal.naming import Answer

HERE = Path(__file__).parent

pytestmark = [
    pytest.mark.once,  # what C code may do is the kernel's
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or not landlock.abi(), reason="no kernel guard here"
    ),
]


class World:
    """Listeners, files and a process, and what happened to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heard: list[str] = []
        self.sockets: list[socket.socket] = []
        port = self.port = self._both()
        self._socket(socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "u.sock"))
        self._socket(socket.AF_UNIX, socket.SOCK_DGRAM, str(folder / "d.sock"))
        self._socket(socket.AF_UNIX, socket.SOCK_STREAM, f"\0rrabs{port}")
        (folder / "f1").write_text("original")
        with sqlite3.connect(folder / "db") as db:
            db.execute("create table t(x)")
        db.close()
        for name in (".", "f1", "db", "u.sock", "d.sock"):
            (folder / name).chmod(0o666 if name == "f1" else 0o777)
        if os.getuid() == 0:
            os.chown(folder / "f1", 65534, 65534)
        os.utime(folder / "f1", (1000, 1000))
        self.victim = subprocess.Popen(["sleep", "60"])

    def _both(self) -> int:
        """Listen for streams and datagrams on one port; return it."""
        for _ in range(20):
            stream = self._socket(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
            port: int = stream.getsockname()[1]
            try:
                self._socket(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", port))
            except OSError:
                continue  # somebody else has it
            return port
        raise AssertionError("no port is free for both")

    def _socket(self, family: int, kind: int, address: object) -> socket.socket:
        s = socket.socket(family, kind)
        try:
            s.bind(address)  # type: ignore[arg-type] # each family has its own
        except OSError:
            s.close()
            raise
        if kind == socket.SOCK_STREAM:
            s.listen()
        self.sockets.append(s)
        threading.Thread(target=self._hear, args=(s, kind), daemon=True).start()
        return s

    def _hear(self, s: socket.socket, kind: int) -> None:
        while True:
            try:
                if kind == socket.SOCK_STREAM:
                    connection, _ = s.accept()
                    self.heard.append("connection")
                    connection.close()
                elif s.recv(100):
                    self.heard.append("datagram")
            except OSError:
                return

    def state(self) -> object:
        """Everything that an escape could have changed."""
        files = {}
        for path in sorted(self.folder.iterdir()):
            status = path.lstat()
            content = path.read_bytes() if path.is_file() else b""
            names = os.listxattr(path, follow_symlinks=False)
            files[path.name] = (content, status.st_mode, status.st_mtime_ns, status.st_uid, names)
        listening = (self.folder.parent / "listening").exists()
        return files, self.victim.poll(), listening

    def close(self) -> None:
        self.victim.kill()
        self.victim.wait()
        for s in self.sockets:
            s.shutdown(socket.SHUT_RDWR) if s.type == socket.SOCK_STREAM else None
            s.close()


@pytest.fixture
def world() -> Iterator[World]:
    with tempfile.TemporaryDirectory() as top:  # pytest's own folder is closed to other users
        os.chmod(top, 0o755)
        folder = Path(top) / "world"
        folder.mkdir()
        made = World(folder)
        yield made
        made.close()


class Supervisor:
    """Answers for the calls that the kernel asks about, and keeps their names."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = str(scratch)
        self.named: list[tuple[str, str]] = []
        self._ours, self.theirs = socket.socketpair()
        self.stacks = os.memfd_create("stacks")
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._pid = 0

    def begin(self, pid: int) -> None:
        self._pid = pid
        self.theirs.close()
        self._thread.start()

    def _run(self) -> None:
        word, descriptors, *_ = socket.recv_fds(self._ours, 1, 1)
        if not descriptors:
            return  # it was not to be guarded
        listener = descriptors[0]
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        listening = Listening(
            listener, self.stacks, self._pid, self._scratch, self._told,
            lambda stack: frames.innermost(stack, lambda path: path.endswith("/escapes.py")),
            landlock=word == WITH_LANDLOCK,
        )  # fmt: skip
        listening.patience = 20.0  # a busy machine
        listening.run(lambda: bool(poll.poll()[0][1] & select.POLLIN))
        os.close(listener)

    def _told(self, answer: Answer, line: str) -> None:
        self.named.append((answer.name, line))

    def end(self) -> None:
        self._thread.join(10)
        self._ours.close()
        os.close(self.stacks)


def attempt(
    name: str, world: World, guarded: str, uid: str
) -> tuple[object, object, str, list[tuple[str, str]]]:
    scratch = world.folder.parent / f"scratch-{guarded}"
    scratch.mkdir(mode=0o777)
    scratch.chmod(0o777)
    if name in LIBRARY and importlib.util.find_spec(LIBRARY[name]) is None:
        pytest.skip(f"{LIBRARY[name]} is not installed")
    reach = socket.create_connection(("127.0.0.1", world.port))
    spare = os.open(world.folder / "f1", os.O_RDWR)
    deadline = time.monotonic() + 10
    while not world.heard and time.monotonic() < deadline:  # our own connection, on a busy machine
        time.sleep(0.005)
    world.heard.clear()
    before = world.state()
    environment = {
        **os.environ,
        "PRE": str(reach.fileno()),
        "PRERW": str(spare),
        "VICTIM": str(world.victim.pid),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    supervisor = Supervisor(scratch)
    inherited = (reach.fileno(), spare, supervisor.theirs.fileno(), supervisor.stacks)
    environment |= {"LISTENER": str(inherited[2]), "STACKS": str(inherited[3])}
    with subprocess.Popen(
        [sys.executable, str(HERE / "try_escape.py"), name, guarded, uid, str(world.port),
         str(world.folder), str(scratch)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
        pass_fds=inherited,
    ) as process:  # fmt: skip
        supervisor.begin(process.pid)
        out, err = process.communicate(timeout=30)
    supervisor.end()
    time.sleep(0.05)
    reach.close()
    os.close(spare)
    if guarded == "guarded":
        assert out.startswith("kernel (Landlock"), out + err
        assert (scratch / "inside").read_text() == "allowed"
    return before, world.state(), out + err, supervisor.named


@pytest.mark.parametrize("uid", ["same", "65534"])
@pytest.mark.parametrize("name", ESCAPES)
def test_nothing_gets_out(name: str, uid: str, world: World) -> None:
    if uid != "same" and os.getuid() != 0:
        pytest.skip("only root can become another user")
    before, after, said, named = attempt(name, world, "guarded", uid)
    assert not world.heard, said
    assert after == before, said
    place = {"port": world.port, "folder": world.folder, "victim": world.victim.pid,
             "python": sys.executable, "rm": shutil.which("rm")}  # fmt: skip
    expected = NAMED[name][1].format(**place)
    assert any(call.startswith(expected) for call, _ in named) if expected else not named, named
    assert all("escapes.py:" in line for _, line in named), named


PROVEN = ["py_connect", "udp_sendto", "unix_sock", "sendmsg_unix_datagram", "c_unlink", "c_chmod",
          "c_utime", "sqlite_c", "preopened_rw", "fork_and_write", "program_system_c",
          "kill_other", "py_listen"]  # fmt: skip


@pytest.mark.parametrize("name", PROVEN)
def test_without_the_guard_it_does_get_out(name: str, world: World) -> None:
    """Each kind of ground truth can be seen to change: the tests above can fail."""
    before, after, said, _ = attempt(name, world, "open", "same")
    assert world.heard or after != before, said
