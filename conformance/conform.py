"""Run the scripts of the conformance table with each tool, and write the page from what was seen.

    python conformance/conform.py [--only TOOL]... [--replays N] [--environments FOLDER]

Writes `conformance/results.json` and `docs/explanation/conformance.md`; `--only` runs some of the
tools again and keeps what there is of the others. Needs the package registry once a tool.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import cells
import page
from installing import NotInstalledError, full_version, installed
from rivals import OURS, RIVALS, Tool

RESULTS = cells.HERE / "results.json"


def say(text: str) -> None:
    """Tell who waits how far it is."""
    print(text, file=sys.stderr, flush=True)


def tried(tool: Tool, environments: Path, *, replays: int) -> dict[str, Any]:
    """Install *tool* and run every script with it."""
    try:
        if tool.package:
            python, version = installed(tool, environments)
        else:
            python, version = sys.executable, _version()
    except (NotInstalledError, subprocess.CalledProcessError) as error:
        say(f"{tool.name}: not installed: {error}")
        return {"not_installed": str(error)}
    if tool.not_run:
        return {"version": version, "not_run": tool.not_run}
    seen: dict[str, Any] = {"version": version, "python": full_version(python), "cells": {}}
    for script in cells.SCRIPTS:
        with tempfile.TemporaryDirectory() as folder:
            where = Path(folder, "place")
            seen["cells"][script] = cells.cell(tool, python, script, where, replays=replays)
        say(f"{tool.name} {version}: {script}: {seen['cells'][script]['seen']}")
    return seen


def _version() -> str:
    with open(cells.CHECKOUT / "pyproject.toml", "rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def main() -> int:
    """Run what is asked for and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", action="append", default=[], help="a tool, by its package's name")
    parser.add_argument("--replays", type=int, default=5)
    parser.add_argument("--environments", type=Path, default=Path(".venv", "conformance"))
    given = parser.parse_args()
    results: dict[str, Any] = {}
    if given.only and RESULTS.exists():
        results = json.loads(RESULTS.read_text(encoding="utf-8"))
    for tool in (OURS, *RIVALS):
        if not given.only or (tool.package or "ours") in given.only:
            environments = given.environments.resolve()
            results[tool.name] = tried(tool, environments, replays=given.replays)
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    page.PAGE.write_text(page.text(results), encoding="utf-8")
    say(f"wrote {page.PAGE.relative_to(cells.CHECKOUT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
