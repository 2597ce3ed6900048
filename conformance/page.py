"""The page of the conformance table, made from the results and from nothing else."""

from __future__ import annotations

from collections import Counter
from typing import Any

import cells
from rivals import OURS, RIVALS, Tool

PAGE = cells.CHECKOUT / "docs" / "explanation" / "conformance.md"
HEAD = """\
# Eight scripts, by each tool

Written by `make conformance` from what it saw; nothing on this page is set by hand.

It records eight short scripts ([`conformance/scripts`](../../conformance/scripts)) once with each
tool, takes the world away, and replays them {replays} times. While a script is recorded the bundled
model server answers, after random delays and without compression; while it is replayed a wire
stands in the server's place, which answers nothing and counts who reaches for it. Before the
replays an environment variable, a folder and a prompt are changed. Each tool is used as its
documentation says. What has to be wired into the program is wired in the tool's favour, in
[`conformance/rivals`](../../conformance/rivals). Versions are what the registry had on the day.

A cell says what the replays came to, with the exit code where it is not 0. **Bold** is what it
should be: `identical`, and for the last script, whose prompt was edited, `halts`.

| word | means |
|---|---|
| identical | exit 0, the same stdout, nothing done again |
| halts | the tool itself says that this is not what was recorded |
| differs, exit 0: *n* of *m* | another stdout, called a success; *n* of *m* lines were the same |
| with a note | the same or another, exit 0, and the tool says on stderr that contents differed |
| effect done again | the same stdout, but the script's file was written to once more |
| went live | the replay reached for the network |
| crashes, hangs | an error that is none of the tool's words for a difference; no end in a minute |
| ... while recording | the program did not run under the tool as it does without |

"""
SCRIPTS_HEAD = "\n## The scripts\n\n"


def text(results: dict[str, Any]) -> str:
    """Return the page for *results*."""
    tools = [tool for tool in (OURS, *RIVALS) if tool.name in results]
    ran = [tool for tool in tools if "cells" in results[tool.name]]
    counts = {len(c.get("seen", ())) for t in ran for c in results[t.name]["cells"].values()}
    parts = [HEAD.format(replays=max(counts, default=0)), *_table(ran, results)]
    parts += [SCRIPTS_HEAD, *_scripts()]
    parts += ["\n## How each was used, and what it said\n", *_details(ran, results)]
    left = [tool for tool in tools if tool not in ran]
    if left:
        parts.append("\n## Not in the table\n\n")
        parts += [f"- {tool.name}{_why(results[tool.name])}\n" for tool in left]
    return "".join(parts)


def _table(tools: list[Tool], results: dict[str, Any]) -> list[str]:
    names = [script.removesuffix(".py") for script in cells.SCRIPTS]
    rows = ["| tool | " + " | ".join(names) + " | as it should be |\n"]
    rows.append("|---" * (len(names) + 2) + "|\n")
    for tool in tools:
        seen = results[tool.name]["cells"]
        shown = [_cell(seen[script], right) for script, right in cells.SCRIPTS.items()]
        good = sum(set(seen[script]["seen"]) == {right} for script, right in cells.SCRIPTS.items())
        label = f"{tool.name} {results[tool.name]['version']}"
        rows.append(f"| {label} | " + " | ".join(shown) + f" | {good} of {len(names)} |\n")
    return rows


def _cell(cell: dict[str, Any], right: str) -> str:
    codes = cell.get("replayed", [cell["recorded"]])
    pairs = Counter(zip(cell["seen"], codes, strict=True))
    shown: list[str] = []
    for (seen, code), count in sorted(pairs.items()):
        word = f"**{seen}**" if seen == right else seen
        if seen == "differs, exit 0":
            word += f": {_span(cell)} of {cell['lines']}"
        word += f" ({code})" if code else ""
        shown.append(word + (f" x {count}" if len(pairs) > 1 else ""))
    return "; ".join(shown)


def _span(cell: dict[str, Any]) -> str:
    """Return how many lines were the same, in the replays that differed."""
    pairs = zip(cell["seen"], cell["same"], strict=True)
    counts = sorted({same for seen, same in pairs if seen == "differs, exit 0"})
    return f"{counts[0]} to {counts[-1]}" if len(counts) > 1 else str(counts[0])


def _scripts() -> list[str]:
    lines: list[str] = []
    for script in cells.SCRIPTS:
        source = (cells.HERE / "scripts" / script).read_text(encoding="utf-8")
        said = source.partition('"""')[2].partition('"""')[0]
        lines.append(f"- [`{script}`](../../conformance/scripts/{script}): {said}\n")
    return lines


def _details(tools: list[Tool], results: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for tool in tools:
        found = results[tool.name]
        lines.append(f"\n### {tool.name} {found['version']}\n\n")
        lines.append(f"Python {found['python']}; {tool.used}.\n")
        said = [
            f"- {script.removesuffix('.py')}: `{_quoted(cell['said'])}`\n"
            for script, cell in found["cells"].items()
            if cell["said"]
        ]
        if said:
            lines += ["\nWhat stderr said where a replay, or the recording, failed:\n\n", *said]
    return lines


def _quoted(text: str) -> str:
    return text.replace("`", "'").replace("|", "\\|")


def _why(found: dict[str, Any]) -> str:
    if "not_installed" in found:
        return f": could not be installed: `{_quoted(found['not_installed'])}`"
    return f" {found['version']}: installed, and not run: {found['not_run']}"
