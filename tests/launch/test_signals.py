"""Signals and kills: what reaches the agent, what the recording says, how the command ends."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from harness import ROOT, Place

WAIT = """
import signal, sys, time
count = 0
def handler(number, frame):
    global count
    count += 1
    print("got", number, flush=True)
signal.signal(getattr(signal, sys.argv[1]), handler)
print("ready", flush=True)
end = time.monotonic() + 5
while not count and time.monotonic() < end:
    time.sleep(0.01)
time.sleep(0.1)
print("count", count)
sys.exit(6)
"""
SETTLED = 0.05
"""A handler that prints while `print` has not returned yet is an error under bare python, too."""
COMMAND = [sys.executable, "-P", str(ROOT / "tests" / "command.py"), "run", "-q", "-o", "run.jsonl"]


def started(place: Place, *argv: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, *argv],
        cwd=place.folder,
        env=place.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def end_of(place: Place) -> dict[str, object]:
    (end,) = [event for event in place.events() if event["t"] == "run.end"]
    return end


def child_of(pid: int) -> int:
    for _ in range(200):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        if text:
            return int(text.split()[0])
        time.sleep(0.01)
    raise AssertionError("no child")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "agent.py").write_text(WAIT)
    return Place(tmp_path)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGINT"])
def test_a_signal_to_the_command_reaches_the_agent_once(place: Place, name: str) -> None:
    process = started(place, "agent.py", name)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    time.sleep(SETTLED)
    process.send_signal(getattr(signal, name))
    out, err = process.communicate(timeout=10)
    number = int(getattr(signal, name))
    assert (out, err) == (f"got {number}\ncount 1\n".encode(), b"")
    assert process.returncode == 6
    assert end_of(place)["code"] == 6


def test_the_command_dies_of_what_killed_the_agent(place: Place) -> None:
    process = started(place, "agent.py", "SIGUSR1")
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode == -signal.SIGTERM
    assert end_of(place)["signal"] == signal.SIGTERM


def test_kill_9_of_the_agent(place: Place) -> None:
    process = started(place, "agent.py", "SIGUSR1")
    assert process.stdout is not None
    process.stdout.readline()
    os.kill(child_of(process.pid), signal.SIGKILL)
    out, err = process.communicate(timeout=10)
    assert process.returncode == -signal.SIGKILL
    assert (out, err) == (b"", b"")
    assert end_of(place)["signal"] == signal.SIGKILL
    assert not [event for event in place.events() if event["t"] == "run.exit"]


def test_kill_9_of_the_supervisor_leaves_the_agent_alone(place: Place) -> None:
    process = started(place, "agent.py", "SIGUSR1")
    assert process.stdout is not None
    process.stdout.readline()
    agent = child_of(process.pid)
    process.kill()
    process.wait()
    time.sleep(SETTLED)
    os.kill(agent, signal.SIGUSR1)
    assert process.stdout.read() == b"got 10\ncount 1\n"
    process.communicate()
    assert place.events()[-1]["t"] == "run.exit"


TERMINAL = """
import time
times = 0
def asleep(said):
    global times
    try:
        print(said)
        end = time.monotonic() + 5
        while time.monotonic() < end:
            time.sleep(0.05)
            if times:
                return
    except KeyboardInterrupt:
        times += 1
asleep("ready")
asleep("again")
print("interrupted", times)
print(repr(input("more? ")))
"""


def at_a_terminal(
    place: Place, argv: list[str], typed: list[tuple[bytes, bytes]]
) -> tuple[bytes, int]:
    """Run *argv* at a terminal; for each pair wait for the first, then type the second."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(place.folder)
        os.execve(argv[0], argv, {**place.environment(), "TERM": "dumb"})
    out = b""
    waiting = list(typed)
    mark = 0
    try:
        while True:
            if waiting and waiting[0][0] in out[mark:]:
                mark = len(out)
                time.sleep(SETTLED)
                os.write(terminal, waiting.pop(0)[1])
            try:
                out += os.read(terminal, 1024)
            except OSError:
                break
        return out, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    finally:
        os.close(terminal)


def test_control_c_interrupts_once_and_input_is_as_bare(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(TERMINAL)
    place = Place(tmp_path)
    typed = [(b"ready", b"\x03"), (b"more? ", b"yes\n")]
    bare = at_a_terminal(place, [sys.executable, "agent.py"], typed)
    recorded = at_a_terminal(place, [*COMMAND, "agent.py"], typed)
    assert b"interrupted 1" in bare[0]
    assert recorded == bare
    assert end_of(place)["interrupted"] is True
    (asked,) = [event for event in place.events() if event.get("call") == "stdin.input"]
    assert asked["ok"] == "yes"


@pytest.mark.parametrize("terminal", [True, False])
def test_replay_asks_nobody(tmp_path: Path, terminal: bool) -> None:
    (tmp_path / "agent.py").write_text("a = input('who? ')\nprint(a, input(), sep='|')\n")
    place = Place(tmp_path)
    if terminal:
        at_a_terminal(place, [*COMMAND, "agent.py"], [(b"who? ", b"me\nand you\n")])
    else:
        place.record("agent.py", stdin=b"me\nand you\n")
    replayed = place.replay()
    assert replayed.code == 0
    assert replayed.out.endswith(b"me|and you\n"), replayed


def test_the_line_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(
        "import os, sys\nprint('no end', end='')\n"
        "sys.stdout.flush()\nos.waitpid(os.fork() or os._exit(0), 0)\n"
    )
    place = Place(tmp_path)
    ran = place.agentrr("run", "-o", "run.jsonl", "agent.py")
    line, hint = ran.err.decode().splitlines()
    assert line.startswith("agentrr: ")
    assert "1 crossing was not captured (os.fork at agent.py:4)" in line
    assert hint.startswith("agentrr: hint: ")
    assert "boundaries = [" in hint
    assert "run.jsonl" in line
    quiet = place.agentrr("run", "-o", "other.jsonl", "-c", "print(1)")
    assert quiet.err == b""
    said = place.agentrr("run", "-v", "-o", "third.jsonl", "-c", "print(1)")
    assert said.err.startswith(b"agentrr: ")


def test_report_for_machines(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text("print('one')\nprint('two')\n")
    place = Place(tmp_path)
    place.record("agent.py")
    faithful = place.agentrr("replay", "--json", "-", "run.jsonl")
    assert json.loads(faithful.out)["verdict"] == "faithful"
    (tmp_path / "agent.py").write_text("print('one')\nprint('three')\nimport sys; sys.exit(9)\n")
    ran = place.agentrr("replay", "--json", "r.json", "--check", "run.jsonl")
    assert ran.code == 76
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["divergences"][0]["slug"] == "output"
    (tmp_path / "agent.py").write_text("print('one')\nprint('two')\nimport sys; sys.exit(9)\n")
    ran = place.agentrr("replay", "--json", "r.json", "run.jsonl")
    assert ran.code == 76
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["divergences"][0]["slug"] == "exit"


def test_grace_ends_what_swallows_the_divergence(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text("print('x')\nprint(1)\n")
    place = Place(tmp_path)
    place.record("agent.py")
    (tmp_path / "agent.py").write_text(
        "print('x')\ntry:\n    print(2)\n    import sys; sys.stdout.flush()\n"
        "except BaseException:\n    pass\nwhile True:\n    pass\n"
    )
    began = time.monotonic()
    ran = place.agentrr("replay", "--grace", "0.2", "run.jsonl")
    assert ran.code == 76
    assert time.monotonic() - began < 5
    assert b"line 2 of stdout is not the recorded one" in ran.err


STORM = """
import os, signal, sys, threading, time
count = 0
def handler(*_):
    global count
    count += 1
    print("handler", count)
signal.signal(signal.SIGUSR1, handler)
def kick():
    for _ in range(100):
        time.sleep(0.0007)
        os.kill(os.getpid(), signal.SIGUSR1)
thread = threading.Thread(target=kick)
thread.start()
n = 0
while thread.is_alive():
    print("line", n, flush=True)
    n += 1
"""


def test_handlers_that_print_are_recorded_in_the_order_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(STORM)
    place = Place(tmp_path)
    ran = place.record("agent.py")
    assert (ran.code, ran.err) == (0, b"")
    assert b"handler 9" in ran.out
    told = [e["text"] for e in place.events() if e["t"] == "output" and e["fd"] == 1]
    assert "".join(told).encode() == ran.out
