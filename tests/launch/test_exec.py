"""A run that becomes another program: all before is replayed, and its end is named."""

from __future__ import annotations

import json
from pathlib import Path

from harness import Place

AGENT = """
import os, time
open("notes.txt", "w").write("written")
try:
    os.execvp("no-such-program", ["no-such-program"])
except FileNotFoundError as error:
    print(error)
print("before", time.time(), flush=True)
os.environ["NEW"] = "1"
os.execlp("sh", "sh", "-c", "echo after $NEW; cat notes.txt; exit 5")
"""


def test_a_run_that_becomes_another_program_replays_up_to_there(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "agent.py").write_text(AGENT, encoding="utf-8")
    recorded = place.record("agent.py")
    assert recorded.code == place.bare("agent.py").code == 5
    head, found, _ = recorded.out.partition(b"after 1\nwritten")
    assert found
    (tmp_path / "notes.txt").unlink()

    replayed = place.agentrr("replay", "--json", "report.json", "run.jsonl")
    assert (replayed.code, replayed.out) == (5, head)
    assert b"there the run became another program, not recorded: sh -c echo" in replayed.err
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["verdict"], report["incomplete"]) == ("faithful", False)
    assert report["became"].startswith("sh -c echo after")
    assert not (tmp_path / "notes.txt").exists()


def test_another_program_is_a_divergence(tmp_path: Path) -> None:
    place = Place(tmp_path)
    agent = tmp_path / "agent.py"
    agent.write_text(AGENT, encoding="utf-8")
    place.record("agent.py")
    for old, new in (("exit 5", "exit 6"), ('"written"', '"other"'), ("before", "sooner")):
        agent.write_text(AGENT.replace(old, new), encoding="utf-8")
        assert place.replay().code == 76, new
    agent.write_text(AGENT.partition("os.execlp")[0], encoding="utf-8")
    assert place.replay().code == 76, "the run ended by itself"
