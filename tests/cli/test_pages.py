"""What the README and the pages say is what the program does."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli import transcript
from cli.made import ROOT

pytestmark = pytest.mark.once

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#]+?)(?:#[^)]*)?\)")


def test_the_transcript_of_the_readme_is_what_comes_out(tmp_path: Path) -> None:
    shown = transcript.block("console")
    played = transcript.play(tmp_path)
    assert transcript.masked(played) == transcript.masked(shown)
    assert "[-brief-]{+kind+}" in shown


def test_the_generated_pages_are_up_to_date() -> None:
    script = ROOT / "docs" / "generate.py"
    ran = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_kind_of_divergence_has_its_section() -> None:
    text = (ROOT / "docs" / "reference" / "messages.md").read_text("utf-8")
    sections = set(re.findall(r"^### (\S+)$", text, re.MULTILINE))
    slugs: set[str] = set()
    for path in [*(ROOT / "agentrr_sandbox").rglob("*.py"), *(ROOT / "hooks").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "divergence"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                slugs.add(str(node.args[0].value))
    assert slugs
    assert slugs <= sections
