from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

FAKE = """
import sys
class Lane:
    files = None
    def __init__(self): self.seen = []
    def uncaptured(self, call, request=None): self.seen.append((call, request))
class Boundary:
    current = None
    def lane(self): return self.current
lane, boundary = Lane(), Boundary()
from agentrr_sandbox.seal import audit
audit.install(boundary.lane)
boundary.current = lane
"""


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", FAKE + textwrap.dedent(code)],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import subprocess; subprocess.run(['true'])", "['subprocess.Popen']"),
        ("import os; os.system('true')", "['os.system']"),
        ("import os\nif os.fork() == 0: os._exit(0)\nos.wait()", "['os.fork']"),
        ("import os; os.kill(os.getpid(), 0)", "[]"),
        ("import os; os.kill(os.getppid(), 18)", "['os.kill']"),
        ("import socket; socket.socketpair()", "[]"),
        ("import socket; socket.socket(socket.AF_INET, socket.SOCK_STREAM)", "[]"),
        ("import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)", "['socket.__new__']"),
        ("import asyncio; asyncio.run(asyncio.sleep(0))", "[]"),
        ("import posix; posix.unlink.__name__", "[]"),
        ("open('/dev/null', 'w')", "[]"),
        ("open('/dev/null')", "[]"),
    ],
)
def test_events(code: str, expected: str) -> None:
    assert run(code + "\nprint([call for call, _ in lane.seen])") == expected


def test_connect_names_the_address() -> None:
    code = """
    import socket
    try: socket.create_connection(("127.0.0.1", 1), 0.2)
    except OSError: pass
    print(lane.seen)
    """
    assert "('socket.connect', {'address': ['127.0.0.1', 1]})" in run(code)


def test_popen_names_the_arguments() -> None:
    code = "import subprocess; subprocess.run(['true', 'x']); print(lane.seen[0][1])"
    assert run(code) == "{'executable': 'true', 'args': ['true', 'x']}"


def test_a_refusal_stops_the_call_and_reaches_the_caller() -> None:
    code = """
    import os
    class Refused(BaseException): pass
    def refuse(call, request=None): raise Refused(call)
    lane.uncaptured = refuse
    try: os.system("echo escaped")
    except Refused as error: print("refused", error)
    """
    assert run(code) == "refused os.system"


def test_outside_every_recording_nothing_is_seen() -> None:
    assert run("boundary.current = None\nimport os; os.system('true'); print(lane.seen)") == "[]"


def test_writing_past_the_hooks(tmp_path: object) -> None:
    code = f"""
    import posix, _io
    _io.open({str(tmp_path)!r} + "/a", "w").close()
    posix.unlink({str(tmp_path)!r} + "/a")
    print([call for call, _ in lane.seen])
    """
    assert run(code) == "['open', 'os.remove']"


def test_bytecode_is_noted_nowhere(tmp_path: object) -> None:
    code = f"""
    import sys; sys.path.insert(0, {str(tmp_path)!r}); sys.dont_write_bytecode = False
    open({str(tmp_path)!r} + "/fresh.py", "w").close()
    lane.seen.clear()
    import fresh
    import os; assert os.path.exists({str(tmp_path)!r} + "/__pycache__")
    print(lane.seen)
    """
    assert run(code) == "[]"


def test_a_server_is_named_though_bind_has_a_hook() -> None:
    code = """
    sys.path.insert(0, "hooks")
    from agentrr_sandbox.patching import Patching
    from agentrr_hooks import processes, sockets
    patching = Patching(); processes.install(patching, boundary)
    sockets.install(patching, boundary)
    import os, socket
    with socket.socket(socket.AF_UNIX) as s:
        s.bind("\\0agentrr-%d" % os.getpid())
    os.kill(os.getppid(), 18)
    print([call for call, _ in lane.seen])
    """
    assert run(code) == "['socket.bind', 'os.kill']"
