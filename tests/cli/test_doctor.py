"""`doctor` names each source of difference by line, and says what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from harness import Place

pytestmark = pytest.mark.once
SCRIPT = """\
import os, sys, time

names = {"ada", "bob", "cyd", "dan", "eve", "fay", "gus"}
if "hash" in sys.argv:
    print(*names)
if "address" in sys.argv:
    print(id(object()))
    print(sorted([sys], key=id)[0].__name__)
if "fork" in sys.argv:
    if os.fork() == 0:
        os._exit(0)
    os.wait()
print("at", time.time())
"""


def place_of(folder: Path) -> Place:
    (folder / "agent.py").write_text(SCRIPT)
    return Place(folder)


def doctored(place: Place, *words: str) -> list[dict[str, Any]]:
    ran = place.agentrr("doctor", "--json", *words)
    assert ran.code == 0, ran
    document = json.loads(ran.out)
    assert document["failing"] == sum(each["counts"] for each in document["findings"])
    found: list[dict[str, Any]] = document["findings"]
    return found


def test_what_one_recording_shows(tmp_path: Path) -> None:
    place = place_of(tmp_path)
    place.record("agent.py", "hash")
    found, suspicion = doctored(place, "run.jsonl")
    assert (found["kind"], found["site"]) == ("hash order", "agent.py:5")
    assert "sorted" in found["do"]
    assert (suspicion["kind"], suspicion["site"]) == ("suspected", "agent.py:8")

    place.record("agent.py", "address", to="address.jsonl")
    found, suspicion = doctored(place, "address.jsonl")
    assert (found["kind"], found["site"]) == ("not recorded", "agent.py:7")

    noted = place.agentrr("run", "-o", "fork.jsonl", "agent.py", "fork")
    assert b'boundaries = ["module:function"]' in noted.err
    ran = place.agentrr("doctor", "--fail-on-findings", "fork.jsonl")
    assert ran.code == 76
    assert ran.out.startswith(b"agent.py:10: not captured: os.fork\n    name the function")
    assert b"\n1 finding; 1 more" in ran.out


def test_a_recording_without_findings_is_told_so(tmp_path: Path) -> None:
    place = place_of(tmp_path)
    place.record("agent.py")
    ran = place.agentrr("doctor", "--fail-on-findings", "run.jsonl")
    assert (ran.code, ran.err) == (0, b"")
    assert b"\n0 findings; 1 more" in ran.out


def test_live_says_so_and_runs_the_agent_twice(tmp_path: Path) -> None:
    place = place_of(tmp_path)
    ran = place.agentrr("doctor", "--live", "agent.py")
    assert ran.code == 0
    first, *rest = ran.err.decode().splitlines()
    assert first.startswith("agentrr: runs agent.py twice, live")
    assert [line[:3] for line in rest] == ["at ", "at "]
    assert b"differs between runs: the first run: stdout: at " in ran.out
    assert sorted(each.name for each in tmp_path.iterdir()) == ["agent.py"]


@pytest.mark.parametrize(
    ("words", "code"), [(["none.jsonl"], 66), (["a", "b"], 2), (["--live", "none.py"], 74)]
)
def test_mistakes_are_told(tmp_path: Path, words: list[str], code: int) -> None:
    ran = place_of(tmp_path).agentrr("doctor", *words)
    assert ran.code == code
    assert b"agentrr: error: " in ran.err
