"""A whole `agentrr replay`, of code that tries to get out."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from harness import ROOT, Place

FAITHFUL, SEALED = 0, 77

# What the code does that is replayed: in C, so that no crossing tells of it; and what it is called.
IN_C = {
    "unlink": ("libc.unlink(b'victim')", "unlink(victim)"),
    "rename": ("libc.rename(b'victim', b'gone')", "rename(victim, gone)"),
    "truncate": ("libc.truncate(b'victim', ctypes.c_long(0))", "truncate(victim)"),
    "chmod": ("libc.chmod(b'victim', 0o777)", "chmod(victim)"),
    "system": ("libc.system(b'echo > victim')", "execve(/bin/sh -c echo > victim)"),
    "connect": (
        "s = libc.socket(2, 1, 0); libc.connect(s, address, 16)",
        "connect(127.0.0.1:PORT)",
    ),
    "fork": ("libc.fork() or libc.unlink(b'victim')", "fork()"),
    "inherited": ("libc.write(FD, b'changed', 7)", ""),
    "mkdir": ("libc.mkdir(b'made', 0o777)", "mkdir(made)"),
    "thread": (
        "t = threading.Thread(target=libc.unlink, args=(b'victim',)); t.start(); t.join()",
        "unlink(victim)",
    ),
}
IN_PYTHON = {
    "popen": ("subprocess.run(['rm', 'victim'], pass_fds=[1])", "subprocess.Popen"),
    "system": ("__import__('posix').system('rm victim')", "os.system"),
    "fork": ("os.fork()", "os.fork"),
    "connect": ("__import__('_socket').socket().connect(('127.0.0.1', PORT))", "socket.connect"),
    "datagram": ("__import__('_socket').socket(2, 2)", "socket.__new__"),
    "symlink": ("__import__('posix').symlink('victim', 'link')", "os.symlink"),
    "link": ("__import__('posix').link('victim', 'link')", "os.link"),
    "chown": ("os.chown('victim', 0, 0)", "os.chown"),
    "posix": ("__import__('posix').unlink('victim')", "os.remove"),
    "kill": ("os.kill(1, 18)", "os.kill"),
    "multiprocessing": (
        "__import__('multiprocessing.util').util.spawnv_passfds(b'/bin/true', [b'true'], [])",
        "multiprocessing.spawn",
    ),
}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "victim").write_text("original")
    (tmp_path / "victim").chmod(0o600)
    made = Place(tmp_path, {"AGENTRR_DIR": str(tmp_path / "runs")})
    (tmp_path / "agent.py").write_text("print('hello')\n")
    assert made.record("agent.py").code == FAITHFUL
    return made


def state(folder: Path) -> object:
    return [
        (p.name, p.lstat().st_mode, p.lstat().st_nlink, p.read_bytes())
        for p in sorted(folder.iterdir())
        if p.is_file() or p.is_symlink()
    ] + sorted(p.name for p in folder.iterdir() if p.is_dir())


@pytest.mark.parametrize("name", IN_C)
def test_code_in_c_changes_nothing(name: str, place: Place) -> None:
    attempt, call = IN_C[name]
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        port = server.getsockname()[1]
        inherited = os.open(place.folder / "victim", os.O_RDWR)
        (place.folder / "agent.py").write_text(
            "import ctypes, struct, threading\n"
            "libc = ctypes.CDLL(None)\n"
            f"port = struct.pack('>H', {port})\n"
            "address = struct.pack('<H', 2) + port + bytes([127, 0, 0, 1]) + bytes(8)\n"
            "try:\n"
            f"    {attempt.replace('FD', str(inherited))}\n"
            "except OSError: pass\n"
            "print('hello')\n"
        )
        before = state(place.folder)
        done = subprocess.run(
            [sys.executable, "-P", str(ROOT / "tests/command.py"), "replay", "run.jsonl"],
            cwd=place.folder, env=place.environment(), pass_fds=(inherited,),
            capture_output=True, timeout=30, check=False,
        )  # fmt: skip
        os.close(inherited)
        assert state(place.folder) == before
        with pytest.raises(TimeoutError):
            server.accept()
    assert b"guard: kernel (Landlock" in done.stderr
    assert b"hello" in done.stdout
    assert done.returncode == (SEALED if call else FAITHFUL), done
    assert call.replace("PORT", str(port)).encode() in done.stderr
    if call:
        assert b"while agent.py:6 was running" in done.stderr, done


@pytest.mark.parametrize("name", IN_PYTHON)
def test_code_in_python_is_stopped_and_named(name: str, place: Place) -> None:
    attempt, call = IN_PYTHON[name]
    (place.folder / "agent.py").write_text(
        "import os, socket, subprocess\n"
        "def main():\n"
        "    try:\n"
        f"        {attempt.replace('PORT', '9')}\n"
        "    except Exception as error:\n"
        "        print('swallowed', error)\n"
        "if __name__ == '__main__':\n"
        "    main()\n"
        "    print('hello')\n"
    )
    before = state(place.folder)
    done = place.agentrr("replay", "run.jsonl")
    assert done.code == SEALED, done
    assert call.encode() in done.err
    assert b"agent.py:4" in done.err
    assert b"swallowed" not in done.out
    assert state(place.folder) == before


NEEDED = """
import asyncio, importlib, mmap, os, pwd, sqlite3, tempfile, threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Lock, shared_memory

async def loop():
    await asyncio.gather(*(asyncio.sleep(0.001) for _ in range(3)))
    return await asyncio.to_thread(os.nice, 0)

def shared():
    memory = shared_memory.SharedMemory(create=True, size=16)
    memory.buf[0] = 5
    memory.close()
    memory.unlink()
    with Lock():
        return len(mmap.mmap(-1, 4096)), os.write(os.memfd_create("x"), b"hi")

def scratch():
    with tempfile.TemporaryDirectory() as folder:
        base = sqlite3.connect(folder + "/db")
        base.execute("create table t(x)")
        base.execute("insert into t values(1)")
        base.commit()
        open(folder + "/x", "w").write("text")
        os.rename(folder + "/x", folder + "/y")
        os.chmod(folder + "/y", 0o600)
        return base.execute("select * from t").fetchall(), open(os.devnull, "w").write("x")

with ThreadPoolExecutor(4) as pool:
    print(list(pool.map(abs, range(9))))
print(asyncio.run(loop()), shared(), scratch(), pwd.getpwuid(os.getuid()).pw_uid == os.getuid())
for name in ("numpy", "pydantic", "tokenizers", "tiktoken"):
    try:
        module = importlib.import_module(name)
    except ImportError:
        continue
    if name == "numpy":
        square = module.ones((200, 200))
        print(float((square @ square).sum()))
"""


def test_what_a_replay_needs_goes_through(place: Place) -> None:
    (place.folder / "needs.py").write_text(NEEDED)
    recorded = place.agentrr("run", "-q", "-o", "needs.jsonl", "needs.py")
    assert recorded.code == FAITHFUL, recorded
    replayed = place.agentrr("replay", "-q", "--require-guard=kernel", "needs.jsonl")
    assert replayed.same(recorded), replayed


WITHOUT_LANDLOCK = """
import ctypes, os, sys
from struct import pack
from agentrr_sandbox.seal import kernel, seccomp
kernel.no_new_privileges()
code = b"".join(pack("<HBBI", *line) for line in (
    (0x20, 0, 0, 0), (0x15, 0, 1, 444), (0x06, 0, 0, 0x00050026), (0x06, 0, 0, 0x7FFF0000)))
held = ctypes.create_string_buffer(code, len(code))
number = seccomp.table(seccomp.this_machine()).numbers["seccomp"]
kernel.call(number, 1, 0, pack("<HxxxxxxQ", len(code) // 8, ctypes.addressof(held)))
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


@pytest.mark.once
@pytest.mark.parametrize("options", [[], ["--require-guard=kernel"]])
def test_less_than_the_kernels_guard_is_named_or_refused(place: Place, options: list[str]) -> None:
    (place.folder / "agent.py").write_text(
        "import ctypes\nctypes.CDLL(None).unlink(b'victim')\nprint('hello')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_LANDLOCK, "-P", str(ROOT / "tests/command.py"), "replay",
         *options, "run.jsonl"],
        cwd=place.folder, env={**place.environment(), "PYTHONPATH": f"{ROOT}:{ROOT}/hooks"},
        capture_output=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == SEALED, done
    assert (place.folder / "victim").read_text() == "original"
    if options:
        assert (
            b"the kernel's guard is not to be had here: this kernel has no Landlock" in done.stderr
        )
        assert done.stdout == b""
    else:
        assert b"guard: kernel (seccomp); this kernel has no Landlock" in done.stderr
        assert b"replay stopped unlink(victim)" in done.stderr
        assert done.stdout == b"hello\n"
