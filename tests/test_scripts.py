"""One tiny unmodified agent for one recorded thing: bare, recorded, replayed, and its mutants.

A script says what it needs in comments:

    # needs: server            an OPENAI_BASE_URL and ANTHROPIC_BASE_URL of the bundled model server
    # stdin: text              what it is fed
    # same                     its output is the same on every bare run
    # mutant: OLD -> NEW @ X   with OLD replaced, its replay halts at a divergence whose slug or
                               call holds X; an empty NEW takes the whole line away
    # mutant: + LINE @ X       with LINE put before the line that holds `# here`, or at the end
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness import SCRIPTS, Place, Ran
from held import complaints
from model_server import ModelServer

REPLAYABLE = sorted((SCRIPTS / "replayable").glob("*.py"))
DIVERGED = 76


@dataclass
class Mutant:
    """One change of a script, and where its replay must halt."""

    text: str
    where: str


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def directive(source: str, name: str) -> str | None:
    found = re.search(rf"^# {name}: (.*)$", source, re.MULTILINE)
    return found[1] if found else None


def stdin(source: str) -> bytes:
    return (directive(source, "stdin") or "").encode().decode("unicode_escape").encode()


def mutants(source: str) -> list[Mutant]:
    made: list[Mutant] = []
    for old, new, where in re.findall(r"^# mutant: (.*?) -> (.*?) ?@ (.*)$", source, re.MULTILINE):
        code, mark, rest = source.partition("# mutant:")
        assert old in code, f"the script does not hold {old!r}"
        if new:
            code = code.replace(old, new, 1)
        else:
            code = "".join(line for line in code.splitlines(keepends=True) if old not in line)
        made.append(Mutant(code + mark + rest, where))
    for line, where in re.findall(r"^# mutant: \+ (.*?) @ (.*)$", source, re.MULTILINE):
        code, mark, rest = source.partition("# mutant:")
        if "# here" in code:
            lines = code.splitlines(keepends=True)
            at = next(i for i, text in enumerate(lines) if "# here" in text)
            indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
            lines.insert(at, indent + line + "\n")
            code = "".join(lines)
        else:
            code += line + "\n"
        made.append(Mutant(code + mark + rest, where))
    return made


def place_for(source: str, folder: Path, server: ModelServer) -> Place:
    env = {"AGENTRR_DIR": str(folder / "runs")}
    if directive(source, "needs") == "server":
        env.update(server.environment())
    return Place(folder, env)


def copied(script: Path, folder: Path) -> str:
    """Copy a script, and the folder of its data if it has one, and return its text."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(script, folder / "agent.py")
    data = script.with_suffix("")
    if data.is_dir():
        shutil.copytree(data, folder, dirs_exist_ok=True)
    return script.read_text(encoding="utf-8")


@pytest.mark.parametrize("script", REPLAYABLE, ids=lambda path: path.stem)
def test_a_replay_is_the_recorded_run(script: Path, tmp_path: Path, server: ModelServer) -> None:
    folder = tmp_path / "here"
    source = copied(script, folder)
    place = place_for(source, folder, server)
    fed = stdin(source)
    if directive(source, "needs") != "nothing live":
        first = place.bare("agent.py", stdin=fed)
        shutil.rmtree(folder)
        copied(script, folder)
        second = place.bare("agent.py", stdin=fed)
        same = "\n# same" in source
        assert first.same(second) == same, f"bare twice: {first}\n{second}"
        shutil.rmtree(folder)
        copied(script, folder)
    recorded = place.record("agent.py", stdin=fed)
    assert (folder / "run.jsonl").exists(), recorded
    assert not complaints(str(folder / "run.jsonl"))
    away = Place(folder, {"AGENTRR_DIR": str(folder / "runs")})
    hits = server.hits()
    replayed = away.replay("run.jsonl")
    assert replayed.same(recorded), f"recorded: {recorded}\nreplayed: {replayed}"
    assert server.hits() == hits
    again = away.replay("run.jsonl")
    assert again.same(recorded), f"recorded: {recorded}\nreplayed again: {again}"
    check_elsewhere(script, folder, recorded, tmp_path / "else" / "where")
    check_mutants(source, folder, away)


def check_elsewhere(script: Path, here: Path, recorded: Ran, there: Path) -> None:
    """The same recording in another folder, HOME, TMP, time zone and terminal."""
    copied(script, there)
    shutil.copy(here / "run.jsonl", there)
    if (here / "run.jsonl.d").is_dir():
        shutil.copytree(here / "run.jsonl.d", there / "run.jsonl.d")
    env = {"TZ": "America/Lima", "TERM": "dumb", "COLUMNS": "33", "USER": "somebody"}
    for name, variable in (("home", "HOME"), ("tmp", "TMPDIR")):
        (there.parent / name).mkdir()
        env[variable] = str(there.parent / name)
    moved = Place(there, env).agentrr("replay", "-q", "run.jsonl", "agent.py")
    assert moved.code == recorded.code, f"recorded: {recorded}\nelsewhere: {moved}"
    expected = recorded.out.replace(str(here).encode(), str(there).encode())
    home = os.environ.get("HOME", "")
    if home:
        expected = expected.replace(f" {home} ".encode(), f" {env['HOME']} ".encode())
    assert moved.out == expected, f"recorded: {recorded}\nelsewhere: {moved}"


def check_mutants(source: str, folder: Path, place: Place) -> None:
    changed = mutants(source)
    for mutant in changed:
        (folder / "agent.py").write_text(mutant.text, encoding="utf-8")
        ran = place.agentrr("replay", "--json", "report.json", "run.jsonl")
        assert ran.code == DIVERGED, f"{mutant}\n{ran}"
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        (first, *_) = report["divergences"]
        assert mutant.where in f"{first['slug']} {first['call']}", (mutant, first)


@pytest.mark.parametrize("script", REPLAYABLE, ids=lambda path: path.stem)
def test_every_script_has_mutants(script: Path) -> None:
    assert mutants(script.read_text(encoding="utf-8")), "a script without a mutant proves little"


def test_ran_shows_what_it_is() -> None:
    assert "exit 3" in str(Ran(["a"], 3, b"out", b"err"))
