"""Wrong words, missing things: one clear line, the documented exit code, nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness import ROOT, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "agent.py").write_text("import sys\nprint('ran', sys.argv[1:])\n")
    return Place(tmp_path)


USAGE = {
    "no such option": (["run", "--nonsense", "agent.py"], "run has no option --nonsense"),
    "nothing to run": (["run", "-q"], "nothing to run"),
    "no value": (["run", "-o"], "-o needs a value"),
    "not a choice": (["run", "--durable", "never", "agent.py"], "--durable is one of"),
    "no size": (["run", "--file-limit", "64", "agent.py"], "--file-limit takes a size, such as"),
    "a switch": (["run", "--quiet=1", "agent.py"], "--quiet takes no value"),
    "stdin": (["run", "-"], "a program on stdin cannot be recorded"),
    "no such python": (["run", "--python", "no-such-python", "agent.py"], "there is no no-such"),
    "no python": (["run", "--python", "/bin/true", "agent.py"], "/bin/true is no Python"),
    "-m alone": (["run", "-m"], "python's -m needs a value"),
    "replay nothing": (["replay", "-q"], "replay needs a recording"),
    "too much": (["replay", "run.jsonl", "agent.py", "x"], "unexpected word: x"),
    "grace": (["replay", "--grace", "soon", "run.jsonl"], "--grace takes a number"),
}


@pytest.mark.parametrize("name", USAGE)
def test_usage(place: Place, name: str) -> None:
    words, message = USAGE[name]
    place.record("agent.py")
    ran = place.agentrr(*words)
    assert ran.code == 2, ran
    assert ran.err.decode().startswith(f"agentrr: error: {message}"), ran
    assert ran.out == b""


def test_the_output_exists(place: Place) -> None:
    (place.folder / "run.jsonl").write_text("precious")
    ran = place.record("agent.py")
    assert (ran.code, ran.out) == (74, b""), "the script must not have begun"
    assert b"already exists" in ran.err
    assert (place.folder / "run.jsonl").read_text() == "precious"


def test_no_recording(place: Place) -> None:
    assert place.agentrr("replay", "nothing-like-it").code == 66
    assert place.agentrr("replay", "--check", "nothing-like-it").code == 125
    (place.folder / "other.jsonl").write_text("not a recording\n")
    assert place.agentrr("replay", "other.jsonl").code == 65
    assert place.agentrr("replay", "--check", "other.jsonl").code == 125


def test_the_script_is_gone(place: Place) -> None:
    place.record("agent.py")
    (place.folder / "agent.py").unlink()
    ran = place.replay()
    assert ran.code == 125
    assert b"the script agent.py is not here" in ran.err


def test_another_python(place: Place) -> None:
    place.record("agent.py")
    path = place.folder / "run.jsonl"
    major, minor = sys.version_info[:2]
    text = path.read_text()
    events = [json.loads(line) for line in text.splitlines()]
    events[0]["python"]["version"] = f"{major}.{minor + 1}.0"
    sys.path.insert(0, str(ROOT))
    from agentrr_sandbox.recording.writer import Writer

    path.unlink()
    header = {k: v for k, v in events[0].items() if k not in ("seq", "t", "h")}
    writer = Writer.create(str(path), header, durable="process")
    writer.close()
    ran = place.replay()
    assert ran.code == 125
    assert f"recorded with cpython {major}.{minor + 1}.0".encode() in ran.err


def test_given_arguments_stand_above_the_recorded(place: Place) -> None:
    place.record("agent.py", "one")
    assert place.replay().out == b"ran ['one']\n"
    changed = place.agentrr("replay", "-q", "run.jsonl", "agent.py", "--", "two")
    assert changed.code == 76
    assert b"ran ['one']" in changed.err


def test_a_script_elsewhere(place: Place, tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text("def f():\n    raise ValueError(__file__)\nf()\n")
    recorded = place.record("agent.py")
    away = tmp_path / "away"
    away.mkdir()
    (tmp_path / "agent.py").rename(away / "moved.py")
    (away / "moved.py").rename(away / "agent.py")
    elsewhere = Place(away, {"HOME": str(away)})
    replayed = elsewhere.replay("../run.jsonl")
    there, here = str(tmp_path).encode(), str(away).encode()
    assert replayed.code == recorded.code == 1
    assert replayed.err == recorded.err.replace(there, here)


def test_the_supervisor_closes_inherited_descriptors_in_a_replay(place: Place) -> None:
    (place.folder / "agent.py").write_text(
        "import os, sys\ntry:\n    os.dup(int(sys.argv[1]))\n    print('open')\n"
        "except OSError:\n    print('closed')\n"
    )
    place.record("agent.py", "57")
    read, write = os.pipe()
    try:
        os.dup2(write, 57, inheritable=True)
        command = [sys.executable, "-P", str(ROOT / "tests" / "command.py"), "replay", "-q"]
        done = subprocess.run(
            [*command, "run.jsonl"],
            cwd=place.folder,
            pass_fds=[57],
            stdout=subprocess.PIPE,
            check=False,
        )
        assert (done.returncode, done.stdout) == (0, b"closed\n")
    finally:
        for fd in (read, write, 57):
            os.close(fd)


def test_configuration(place: Place) -> None:
    (place.folder / "agentrr.toml").write_text("tools = 3\n")
    ran = place.record("agent.py")
    assert ran.code == 2
    assert b"tools is a list of names" in ran.err
    assert not (place.folder / "run.jsonl").exists()
    (place.folder / "agentrr.toml").write_text("tools = [\n")
    assert place.record("agent.py").code == 2
    (place.folder / "agentrr.toml").unlink()
    (place.folder / "pyproject.toml").write_text("[tool.agentrr]\ntools = ['agent:f']\n")
    assert place.record("agent.py").code == 0


def test_a_broken_interpreter_leaves_no_recording(place: Place) -> None:
    ran = place.record("-X", "tracemalloc=nonsense", "agent.py")
    bare = place.bare("-X", "tracemalloc=nonsense", "agent.py")
    assert (ran.code, ran.err) == (bare.code, bare.err)
    assert not (place.folder / "run.jsonl").exists()


def test_a_run_of_another_python_minor_is_started(place: Place) -> None:
    ran = place.agentrr("run", "-q", "--python", sys.executable, "-o", "a.jsonl", "agent.py")
    assert ran.out == b"ran []\n"


def test_the_folder_of_recordings(place: Place) -> None:
    ran = place.agentrr("run", "-q", "agent.py")
    assert ran.code == 0
    (made,) = (place.folder / ".agentrr" / "runs").iterdir()
    assert made.name.startswith("agent-")
    assert made.stat().st_mode & 0o777 == 0o600
    assert place.agentrr("replay", "-q", "last").out == b"ran []\n"


def test_an_interpreter_that_loses_the_boot(place: Place) -> None:
    wrapper = place.folder / "wrapper"
    wrapper.write_text(
        f'#!/bin/sh\ncase "$*" in *agent.py*) unset PYTHONPATH;; esac\nexec {sys.executable} "$@"\n'
    )
    wrapper.chmod(0o755)
    ran = place.record("--python", "./wrapper", "agent.py")
    assert ran.code == 74
    assert b"agentrr did not get into its interpreter" in ran.err
    assert not (place.folder / "run.jsonl").exists()


def test_a_script_that_is_no_python_any_more_does_not_pass(place: Place) -> None:
    (place.folder / "agent.py").write_text("import sys\nsys.exit(1)\n")
    assert place.record("agent.py").code == 1
    (place.folder / "agent.py").write_text("import sys\nsys.exit(1\n")
    ran = place.replay()
    assert ran.code == 76
    assert b"SyntaxError" in ran.err


def test_too_few_open_files(place: Place) -> None:
    command = [sys.executable, "-P", str(ROOT / "tests" / "command.py"), "run", "-q", "agent.py"]
    ran = subprocess.run(
        ["sh", "-c", 'ulimit -n 20; exec "$@"', "sh", *command],
        cwd=place.folder,
        env=place.environment(),
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (74, b"")
    assert ran.stderr.startswith(b"agentrr: error: only 20 files may be open at a time")


def test_a_hooked_library_is_named_with_its_version(place: Place) -> None:
    (place.folder / "agent.py").write_text("import sys, httpx\nprint(len(sys.argv))\n")
    assert place.record("agent.py").code == 0
    header, *events = place.events()
    assert "clock" in header["hooks"]
    assert "httpx" not in header["hooks"]
    (hook,) = [event for event in events if event["t"] == "hook"]
    assert place.replay().code == 0
    (package,) = [e for e in events if e["t"] == "package" and e["name"] == "httpx"]
    assert (hook["name"], hook["of"], hook["version"]) == ("httpx", "httpx", package["version"])
