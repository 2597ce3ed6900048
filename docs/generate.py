# ruff: noqa: INP001 - a script, not a package
"""Write the pages that say what the code says: the command line, the hooks, the seal's tests.

    python docs/generate.py           writes docs/reference/{cli,hooks,escapes}.md
    python docs/generate.py --check   exits 1 when a page is not what it would write

The command line is asked for its help, the hooks' files are read, not imported.
"""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
LABELS = ("Captures", "Records", "Serves", "Reaches", "Out of reach")
WIDTH = 90

CLI_HEAD = """# The command line

Made from `--help` by `docs/generate.py`; a test holds the two together.

stdout belongs to the agent. agentrr speaks on stderr, and its lines begin `agentrr: `.

## Exit codes

| code | means |
|---|---|
| the program's own | `run`; `replay` when it is faithful |
| 0 | `replay --check`: faithful (also: faithful as far as an incomplete recording goes) |
| 0 | `replay --chaos`: the agent behaves as recorded in every schedule |
| 2 | the command line or the configuration is wrong |
| 65 | the recording is damaged, or is no recording |
| 66 | no recording of that name |
| 70 | a fault of agentrr itself |
| 74 | the run could not be recorded |
| 76 | `doctor --fail-on-findings`: there are some |
| 76 | the replay diverged; with `--chaos`: the agent behaves otherwise in some schedule |
| 77 | the replay tried to leave, or the guard that was required is missing |
| 125 | cannot be replayed here (another Python, a missing package); `git bisect run` skips it |
"""
HOOKS_HEAD = """# The hooks

Made from the hooks' own docstrings by `docs/generate.py`; a test holds the two together.

A hook routes one source of nondeterminism through the boundary. *Out of reach* is what it cannot
capture: what it names there is not recorded, and replay may differ in it.
"""
ESCAPES_HEAD = """# What a replay stops

Made from `tests/seal/escapes.py` by `docs/generate.py`; a test holds the two together.

Each is tried under the kernel's guard, as root and as another user, and the truth is looked at:
what listeners heard, what files hold, who is still alive. None gets out. A sample is tried without
the guard as well, to see that it would. The last column is how the supervisor names it, with the
line that was running; a call that Python code makes is named before by the audit hook, in
its own terms (`socket.connect`). `io_uring_setup` is noted in the report and does not fail the
replay: libraries ask for a ring, and do without.

| attempt | what it tries | named as |
|---|---|---|"""


def cli() -> str:
    """Return the page of the command line."""
    import click

    from agentrr_sandbox.cli import VERBS, group

    parts = [CLI_HEAD]
    for verb in ("", *VERBS):
        context = click.Context(group, info_name="agentrr", terminal_width=WIDTH)
        command: click.Command = group
        if verb:
            command = group.get_command(context, verb) or group
            context = click.Context(command, info_name=verb, parent=context, terminal_width=WIDTH)
        title = f"agentrr {verb}".strip()
        parts.append(f"## {title}\n\n```\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(parts)


def hooks() -> str:
    """Return the page of the hooks: each module whose docstring has the five labels."""
    folder = ROOT / "hooks" / "agentrr_hooks"
    parts = [HOOKS_HEAD]
    for path in sorted(folder.glob("*.py")):
        text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        found = _labelled(text)
        if len(found) != len(LABELS):
            continue
        title = text.splitlines()[0].rstrip(".")
        rows = [f"- **{label}**: {found[label]}" for label in LABELS]
        parts.append("\n".join([f"## `{path.stem}`: {title}", "", *rows, ""]))
    return "\n".join(parts)


def escapes() -> str:
    """Return the page of the attempts to get out of a replay, as `tests/seal` has them."""
    source = (ROOT / "tests" / "seal" / "escapes.py").read_text("utf-8")
    named: dict[str, tuple[str, str]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "NAMED":
            named = ast.literal_eval(node.value)
    rows = [
        f"| `{name}` | {what} | {f'`{call}`' if call else 'its descriptor is closed'} |"
        for name, (what, call) in named.items()
    ]
    return "\n".join([ESCAPES_HEAD, *rows, ""])


def _labelled(text: str) -> dict[str, str]:
    """Return what follows each of the five labels, its lines joined."""
    found: dict[str, str] = {}
    current = ""
    for line in text.splitlines():
        label = next((name for name in LABELS if line.startswith(f"{name} ")), "")
        if label:
            current = label
            found[current] = line[len(label) :].strip()
        elif current and line.startswith(" ") and line.strip():
            found[current] += f" {line.strip()}"
        else:
            current = ""
    return found


def main(words: list[str]) -> int:
    """Write the pages, or check them."""
    os.environ.pop("COLUMNS", None)
    stale = []
    for name, text in (("cli.md", cli()), ("hooks.md", hooks()), ("escapes.md", escapes())):
        page = PAGES / name
        if "--check" in words:
            if not page.exists() or page.read_text("utf-8") != text:
                stale.append(name)
        else:
            page.write_text(text, "utf-8")
    for name in stale:
        sys.stderr.write(f"docs/reference/{name} is not what docs/generate.py writes: make docs\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "hooks")]
    sys.exit(main(sys.argv[1:]))
