"""Files of a run that is replayed where they are not, or are others."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from harness import Place

AGENT = """
import json, os
with open("config.json") as f:
    print(json.load(f))
with open("big.bin", "rb") as f:
    print(len(f.read()))
with open("log.txt", "a") as f:
    f.write("line\\n")
print(open("log.txt").read(), os.path.getmtime("config.json"), os.path.abspath("log.txt"))
"""


def made(folder: Path) -> Place:
    folder.mkdir()
    place = Place(folder, {"AGENTRR_DIR": str(folder / "runs")})
    (folder / "agent.py").write_text(AGENT)
    return place


def test_another_folder_without_the_data(tmp_path: Path) -> None:
    here, there = made(tmp_path / "here"), made(tmp_path / "somewhere-else")
    (here.folder / "config.json").write_text('{"depth": 3}')
    (here.folder / "log.txt").write_text("first\n")
    for place in (here, there):
        (place.folder / "big.bin").write_bytes(bytes(3 << 20))
    recorded = here.record("agent.py")
    assert recorded.code == 0, recorded
    shutil.copy(here.folder / "run.jsonl", there.folder)
    before = sorted(os.listdir(there.folder))
    replayed = there.replay()
    assert replayed.code == 0, replayed
    assert replayed.out == recorded.out.replace(b"/here/", b"/somewhere-else/")
    assert sorted(os.listdir(there.folder)) == before
    assert not (there.folder / "log.txt").exists()


def test_content_that_is_neither_stored_nor_here_is_125(tmp_path: Path) -> None:
    place = made(tmp_path / "here")
    (place.folder / "config.json").write_text("{}")
    (place.folder / "big.bin").write_bytes(bytes(3 << 20))
    assert place.record("--file-limit", "1MB", "agent.py").code == 0
    (place.folder / "big.bin").write_bytes(b"\1" * (3 << 20))
    stopped = place.agentrr("replay", "run.jsonl")
    assert stopped.code == 125, stopped
    assert b"big.bin" in stopped.err
    assert place.agentrr("replay", "--check", "run.jsonl").code == 125


def test_an_agent_that_hides_it_is_still_stopped(tmp_path: Path) -> None:
    place = made(tmp_path / "here")
    (place.folder / "agent.py").write_text(
        "try:\n    print(open('big.bin', 'rb').read(1))\n"
        "except BaseException as error:\n    print('swallowed', type(error))\n"
    )
    (place.folder / "big.bin").write_bytes(bytes(3 << 20))
    assert place.record("--file-limit", "1MB", "agent.py").code == 0
    (place.folder / "big.bin").unlink()
    stopped = place.agentrr("replay", "run.jsonl")
    assert stopped.code == 125, stopped
    assert b"big.bin" in stopped.err
