"""The schema, the page that explains it, and what agentrr writes: all three say the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from forge import END, EXIT, mark, recording
from held import SCHEMA, complaints
from jsonschema import Draft202012Validator

from agentrr_sandbox.recording.shapes import KINDS

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "reference" / "recording-format.md"
EVENTS = {
    kind: definition
    for kind, definition in SCHEMA["$defs"].items()
    if "t" in definition.get("properties", {})
}

SCRIPT = """
import os, random, sys, tempfile, time, uuid, subprocess, threading
print(time.time(), random.random(), uuid.uuid4(), os.environ.get("HOME"), os.getpid())
sys.stdout.buffer.write(b"\\xff\\xfe no text\\n")
print("to stderr", file=sys.stderr)
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "a.txt"), "w") as file:
        file.write("x")
    print(open(os.path.join(folder, "a.txt")).read())
thread = threading.Thread(target=lambda: print(time.monotonic() > 0))
thread.start(); thread.join()
try:
    open("/nowhere/at/all")
except OSError as error:
    print(error)
subprocess.run(["true"])
os.waitpid(os.fork() or os._exit(0), 0)
big = "y" * (3 << 20)
with open("big.txt", "w") as file:
    file.write(big)
print(len(open("big.txt").read()))
raise ValueError("the end")
"""


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert set(EVENTS) == KINDS
    assert {entry["$ref"] for entry in SCHEMA["oneOf"]} == {f"#/$defs/{kind}" for kind in KINDS}


def test_the_page_names_every_field_and_no_other() -> None:
    page = PAGE.read_text()
    _, _, part = page.partition("## Kinds of events\n")
    sections = {text.split("\n")[0]: text for text in part.split("### ")[1:]}
    assert set(sections) == KINDS
    for kind, definition in EVENTS.items():
        told = {
            line.split("`")[1].split(".")[0]
            for line in sections[kind].splitlines()
            if line.startswith("| `")
        }
        assert told == set(definition["properties"]) - {"seq", "t", "h"}, kind


@pytest.mark.parametrize("durable", ["power", "process"])
def test_what_a_run_writes(tmp_path: Path, durable: str) -> None:
    (tmp_path / "agent.py").write_text(SCRIPT)
    path = tmp_path / "run.jsonl"
    found = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "command.py"), "run", "-q",
         f"--durable={durable}", "-o", str(path), "agent.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )  # fmt: skip
    assert found.returncode == 1, found.stderr
    assert "ValueError: the end" in found.stderr
    assert complaints(path) == []
    kinds = {json.loads(line)["t"] for line in path.read_text().splitlines()}
    assert kinds >= {"run.start", "reads", "facts", "output", "note", "source", "run.exit"}
    assert path.read_text().count('"run.end"') == 1


def held(tmp_path: Path, event: dict[str, Any]) -> list[str]:
    path = tmp_path / "a.jsonl"
    path.write_bytes(recording(event))
    return complaints(path)


def test_recordings_by_hand(tmp_path: Path) -> None:
    for event in (mark(1), EXIT, END):
        assert held(tmp_path, event) == []


LANE = {"lane": "main"}
CALL = {**LANE, "n": 0, "call": "x", "sig": "0" * 32}
DIGEST = "a" * 64


@pytest.mark.parametrize(
    "event",
    [
        {"t": "call", **CALL, "ok": None},
        {"t": "call", **CALL, "raised": {"$": "ex"}, "dur": 7},
        {"t": "intent", **CALL, "request": {"$": "@", "seq": 0}},
        {"t": "answer", "of": 0, **LANE, "unencodable": "a lock"},
        {"t": "value", "v": {"a": [{"$": "file", "sha256": DIGEST, "size": 1, "as": "str"}]}},
        {"t": "list", "base": None, "keep": 0, "add": [1]},
        {"t": "reads", **LANE, "ring": 1, "runs": [["x", "user", "i", True, [1, -5]]]},
        {"t": "run.end", "how": "signal", "signal": 9, "ended": 1, "torn": "eyJ=", "drained": 2},
    ],
)
def test_what_the_schema_lets_through(tmp_path: Path, event: dict[str, Any]) -> None:
    assert held(tmp_path, event) == []


@pytest.mark.parametrize(
    "event",
    [
        {"t": "call", **CALL},
        {"t": "call", **CALL, "ok": 1, "raised": 2},
        {"t": "call", **CALL, "ok": 1, "sig": "short"},
        {"t": "call", **CALL, "ok": 1, "n": -1},
        {"t": "call", **CALL, "ok": 1, "more": 1},
        {"t": "intent", **CALL, "request": {"$": "@", "seq": "x"}},
        {"t": "value", "v": {"$": "file", "sha256": "../x", "size": 1, "as": "str"}},
        {"t": "reads", **LANE, "ring": 1, "runs": [["x", "user", "i", True, [1.5]]]},
        {"t": "reads", **LANE, "ring": 1, "runs": [["x", "me", "v", True, []]]},
        {"t": "output", "fd": 3, "n": 0, "text": ""},
        {"t": "end", "of": 0, **LANE, "how": "somehow"},
        {"t": "run.end", "how": "exit"},
        {"t": "run.exit", "counts": {}, "digests": {"3": DIGEST}},
        {"t": "nothing"},
    ],
)
def test_what_the_schema_refuses(tmp_path: Path, event: dict[str, Any]) -> None:
    assert held(tmp_path, event)
