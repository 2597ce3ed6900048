"""The conformance table: written by its command alone, and our own cells can be made again."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from harness import ROOT

pytestmark = pytest.mark.once
FOLDER = ROOT / "conformance"
SCRIPTS = sorted(path.name for path in (FOLDER / "scripts").glob("p[0-9]_*.py"))


@pytest.fixture(name="part")
def part_of_the_command(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Import a module of the command, whose folder is no package."""
    monkeypatch.syspath_prepend(str(FOLDER))
    names = {"cells", "page", "rivals"}
    yield importlib.import_module
    for name in names & sys.modules.keys():
        del sys.modules[name]


def results() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))
    return found


def test_the_page_is_what_the_command_writes(part: Any) -> None:
    page = part("page")
    assert page.PAGE.read_text(encoding="utf-8") == page.text(results())


def test_each_tool_has_a_cell_for_each_script_or_a_reason(part: Any) -> None:
    rivals = part("rivals")
    found = results()
    assert set(found) == {tool.name for tool in (rivals.OURS, *rivals.RIVALS)}
    for tool, seen in found.items():
        assert "cells" in seen or seen.keys() & {"not_run", "not_installed"}, tool
        if "cells" in seen:
            assert sorted(seen["cells"]) == SCRIPTS, tool


@pytest.mark.parametrize("script", SCRIPTS)
def test_our_own_cells_are_made_again(part: Any, script: str, tmp_path: Path) -> None:
    ours = part("rivals").OURS
    made = part("cells").cell(ours, sys.executable, script, tmp_path / "place", replays=1)
    kept = results()[ours.name]["cells"][script]
    assert {*made["seen"]} == {*kept["seen"]}, made
    assert {*made["replayed"]} == {*kept["replayed"]}, made
