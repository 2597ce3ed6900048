"""Many recordings are replayed at once: one line each, the worst exit code, a report of all."""

from __future__ import annotations

import json
import shutil

import pytest
from harness import Place

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Return a place with recordings: one of a crash, one whose script has changed since."""
    place = Place(tmp_path_factory.mktemp("many"))
    for name, body in (("whole", "raise SystemExit(3)"), ("changed", "print(2)")):
        script = place.folder / f"{name}.py"
        script.write_text(f"import random\nprint(random.random())\n{body}\n")
        place.record(f"{name}.py")
        runs = place.folder / "runs"
        runs.mkdir(exist_ok=True)
        shutil.move(place.folder / "run.jsonl", runs / f"{name}.jsonl")
    script.write_text("print('nothing drawn')\n")
    (place.folder / "runs" / "notes.jsonl").write_text('{"a": 1}\n')
    return place


def test_a_folder_is_replayed_whole(place: Place) -> None:
    ran = place.agentrr("replay", "runs", "-j", "2", "--json", "report.json")
    assert (ran.code, ran.out) == (76, b"")
    lines = ran.err.decode().splitlines()
    assert len(lines) == 4
    assert sorted(line.partition(",")[0] for line in lines[:2]) == [
        "agentrr: diverged",
        "agentrr: faithful",
    ]
    assert lines[2] == "agentrr: passed over runs/notes.jsonl: it is no recording"
    assert lines[3].startswith("agentrr: 2 recordings in ")
    report = json.loads((place.folder / "report.json").read_text())
    assert report["exit_code"] == 76
    assert report["counts"] == {"faithful": 1, "diverged": 1}
    assert [(one["path"], one["exit_code"]) for one in report["replays"]] == [
        ("runs/changed.jsonl", 76),
        ("runs/whole.jsonl", 0),
    ]


def test_the_worst_is_the_exit_code(place: Place) -> None:
    damaged = place.folder / "damaged.jsonl"
    whole = (place.folder / "runs" / "whole.jsonl").read_text()
    damaged.write_text(whole.replace("random", "rondam", 1))
    for words, code in (
        (["runs/whole.jsonl", "runs/whole.jsonl"], 0),
        (["runs/changed.jsonl", "damaged.jsonl", "runs/whole.jsonl"], 125),
        (["-j", "2", "nobody"], 66),
        (["-j", "none", "runs"], 2),
    ):
        assert place.agentrr("replay", *words, "-q").code == code
