"""The demo, as `make demo` runs it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from cli.made import agentrr

pytestmark = pytest.mark.once


def test_the_demo_records_replays_and_shows_the_edit(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    began = time.monotonic()
    ran = agentrr("demo", "--folder", str(place), cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert time.monotonic() - began < 20

    steps = [line for line in ran.stdout.splitlines() if line.startswith("$ ")]
    assert [step.partition("agentrr ")[2] for step in steps if "agentrr " in step] == [
        "run -v agent.py",
        "replay -v last",
        "show last",
        "replay -v last edited/agent.py",
    ]
    _, recorded, replayed, _, _ = ran.stdout.split("\n$ ")[:5]
    closed = [
        part[part.index("case ") :].split("\n# ")[0].rstrip() for part in (recorded, replayed)
    ]
    assert closed[0] == closed[1]

    assert "agentrr: faithful" in ran.stderr
    assert "[-arrived-]{+came+} [-broken-]{+a week late+}" in ran.stderr
    assert "$ echo $?\n76" in ran.stdout
    assert (place / "agent.py").exists()
    assert len(list((place / ".agentrr" / "runs").glob("*.jsonl"))) == 1


def test_the_demo_spares_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    ran = agentrr("demo", "--folder", str(tmp_path), cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith("agentrr: error: ")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_without_the_sdk_the_demo_says_how_to_get_it(tmp_path: Path) -> None:
    blocker = tmp_path / "sitecustomize.py"
    blocker.write_text(
        "import importlib.util as u\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'openai' else real(name, *a)\n"
    )
    from cli.made import ROOT

    source = f"{tmp_path}:{ROOT}:{ROOT / 'hooks'}"
    ran = agentrr("demo", cwd=tmp_path, PYTHONPATH=source)
    assert ran.returncode == 2
    assert "pip install openai" in ran.stderr
