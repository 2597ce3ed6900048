from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from agentrr_sandbox.seal import landlock, seccomp
from agentrr_sandbox.seal.numbers import AARCH64, DENIED, X86_64

needs_kernel = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not landlock.abi(), reason="no kernel guard here"
)


def run(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


ENTER = """
import asyncio, os, signal, socket, sys, threading
from agentrr_sandbox.seal import guard
text = guard.enter(sys.argv[1])
"""


@needs_kernel
def test_it_says_what_it_is_made_of(tmp_path: Path) -> None:
    version = landlock.abi()
    assert run(ENTER + "print(text)", str(tmp_path)) == f"kernel (Landlock {version}, seccomp)"


@needs_kernel
def test_threads_loops_and_own_signals_work(tmp_path: Path) -> None:
    code = """
    done = []
    thread = threading.Thread(target=done.append, args=("thread",)); thread.start(); thread.join()
    asyncio.run(asyncio.sleep(0)); done.append("loop")
    a, b = socket.socketpair(); a.sendmsg([b"x"]); done.append(b.recv(1).decode())
    signal.signal(signal.SIGTERM, lambda *_: done.append("signal"))
    os.kill(os.getpid(), signal.SIGTERM)
    socket.socket().close()
    open(os.path.join(sys.argv[1], "x"), "w").close()
    os.rename(os.path.join(sys.argv[1], "x"), os.path.join(sys.argv[1], "y"))
    open("/dev/null", "w").write("x")
    print(*done)
    """
    assert run(ENTER + textwrap.dedent(code), str(tmp_path)) == "thread loop x signal"


@needs_kernel
@pytest.mark.parametrize(
    "attempt",
    [
        "open('/tmp/agentrr-escape', 'w')",
        "os.mkdir('/tmp/agentrr-escape')",
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.socket().bind(('127.0.0.1', 0))",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
        "socket.socket().sendto(b'x', ('127.0.0.1', 9))",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.kill(1, 0)",
        "os.kill(0, 0)",
        "os.chmod(sys.argv[1], 0o700)",
        "os.utime(sys.argv[1])",
        "__import__('fcntl').ioctl(0, 0x5412, b'x')",
    ],
)
def test_denied_with_an_error_number(attempt: str, tmp_path: Path) -> None:
    code = f"""
    try:
        {attempt}
    except OSError as error:
        print(error.errno in (1, 13))
    """
    assert run(ENTER + textwrap.dedent(code), str(tmp_path)) == "True"


@needs_kernel
def test_it_is_entered_in_a_few_milliseconds(tmp_path: Path) -> None:
    code = """
    import ctypes, os, sys, time
    from agentrr_sandbox.seal import guard, landlock, seccomp
    before = time.perf_counter()
    guard.enter(sys.argv[1])
    print(time.perf_counter() - before)
    """
    assert float(run(code, str(tmp_path))) < 0.05  # 1-2 ms on an idle machine


def test_without_a_kernel_it_degrades_or_refuses() -> None:
    code = """
    import sys
    sys.platform = "darwin"
    from agentrr_sandbox import errors
    from agentrr_sandbox.seal import guard
    print(guard.enter("/nowhere"))
    try:
        guard.enter("/nowhere", require=True)
    except errors.GuardMissing as error:
        print(error.exit_code)
    """
    assert run(code).split("\n") == ["Python level only", "77"]


def test_half_a_guard_says_which_half(tmp_path: Path) -> None:
    code = """
    import sys
    from agentrr_sandbox.seal import guard, landlock, seccomp
    def none(*_, **__): raise OSError(38, "Function not implemented")
    landlock.abi = lambda: 0
    seccomp.restrict = none
    print(guard.enter(sys.argv[1]))
    seccomp.restrict = lambda pid, **_: None
    print(guard.enter(sys.argv[1]))
    """
    if sys.platform.startswith("linux"):
        assert run(code, str(tmp_path)).split("\n") == [
            "Python level only",
            "kernel (seccomp); this kernel has no Landlock",
        ]


def test_close_inherited_keeps_what_it_is_told_to(tmp_path: Path) -> None:
    code = """
    import os, sys
    from agentrr_sandbox.seal import guard
    fds = [os.open("/dev/null", os.O_RDONLY) for _ in range(5)]
    guard.close_inherited([fds[1], fds[3], 1])
    def is_open(fd):
        try: os.fstat(fd); return True
        except OSError: return False
    print([is_open(fd) for fd in fds], is_open(1))
    """
    assert run(code) == "[False, True, False, True, False] True"


@pytest.mark.parametrize("ask", [False, True])
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_program_is_whole(machine: str, ask: bool) -> None:
    code = seccomp.program(machine, 1234, ask=ask, truncate=True)
    assert code is not None
    assert len(code) % 8 == 0
    lines = [code[i : i + 8] for i in range(0, len(code), 8)]
    assert len(lines) < 4096
    for at, line in enumerate(lines):
        operation, then, otherwise = line[0], line[2], line[3]
        if operation & 7 == 5:  # a jump lands inside the program
            furthest = max(then, otherwise)
            assert at + 1 + furthest < len(lines)


def test_an_unknown_machine_has_no_program() -> None:
    assert seccomp.program("riscv64", 1) is None


def test_every_denied_call_is_in_a_table() -> None:
    for name in DENIED:
        assert name in X86_64.numbers or name in AARCH64.numbers
    for table in (X86_64, AARCH64):
        assert len(set(table.numbers.values())) == len(table.numbers)


@needs_kernel
def test_require_is_satisfied_here(tmp_path: Path) -> None:
    code = """
    import sys
    from agentrr_sandbox.seal import guard
    print(guard.enter(sys.argv[1], require=True))
    """
    assert run(code, str(tmp_path)).startswith("kernel (")


ASKED = """
import ctypes, os, socket, sys
from agentrr_sandbox.seal import guard
ours, theirs = socket.socketpair()
if os.fork():
    theirs.close()
    data, fds, *_ = socket.recv_fds(ours, 1, 1)
    LISTEN
    os._exit(os.waitstatus_to_exitcode(os.wait()[1]))
ours.close()
print(guard.enter(sys.argv[1], listener=theirs.fileno()), flush=True)
theirs.close()
libc = ctypes.CDLL(None, use_errno=True)
for call in (lambda: libc.socket(2, 2, 0), lambda: libc.unlink(b"/"), lambda: libc.fork()):
    print(call(), ctypes.get_errno(), flush=True)
os._exit(0)
"""


@needs_kernel
def test_no_call_waits_for_a_supervisor_that_is_gone(tmp_path: Path) -> None:
    for listen in ("os.close(fds[0])", "os._exit(0)"):
        said = run(ASKED.replace("LISTEN", listen), str(tmp_path)).split("\n")
        assert said[0].startswith("kernel (Landlock")
        assert said[1:] == ["-1 38"] * 3  # ENOSYS


@needs_kernel
def test_where_no_listener_is_to_be_had_calls_are_denied_unnamed(tmp_path: Path) -> None:
    code = """
    import ctypes, os, socket, sys
    from agentrr_sandbox.seal import guard, seccomp
    other = seccomp.restrict(os.getpid(), ask=True)  # only one filter may have a listener
    ours, theirs = socket.socketpair()
    print(guard.enter(sys.argv[1], require=True, listener=theirs.fileno()))
    libc = ctypes.CDLL(None, use_errno=True)
    print(libc.socket(2, 2, 0), ctypes.get_errno())
    """
    first, second = run(code, str(tmp_path)).split("\n")
    assert first.endswith("seccomp); what C code tries is not named: Device or resource busy")
    assert second == "-1 1"
