"""Help, versions, and an `agentrr` that is not ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cli import made

from agentrr_sandbox.cli import VERBS
from agentrr_sandbox.cli.launching import asks_for_help
from agentrr_sandbox.launch.options import REPLAY, RUN


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_each_verb_explains_itself(tmp_path: Path, verb: str) -> None:
    ran = made.agentrr(*filter(None, [verb, "--help"]), cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"Usage: agentrr {verb}".rstrip())


@pytest.mark.parametrize(("verb", "table"), [("run", RUN), ("replay", REPLAY)])
def test_the_help_of_run_and_replay_is_launch_s_table(
    tmp_path: Path, verb: str, table: tuple[object, ...]
) -> None:
    shown = made.agentrr(verb, "--help", cwd=tmp_path).stdout
    for option in table:
        for flag in option.flags:  # type: ignore[attr-defined] # an Option
            assert flag in shown


@pytest.mark.parametrize(
    ("words", "ours"),
    [
        (["--help"], True),
        (["-q", "-h"], True),
        (["-o", "--help", "a.py"], False),
        (["-X", "dev", "--help"], True),
        (["a.py", "--help"], False),
        (["-m", "pkg", "-h"], False),
        (["--", "-h"], False),
    ],
)
def test_help_after_the_target_belongs_to_the_target(words: list[str], *, ours: bool) -> None:
    assert asks_for_help(words, RUN) is ours


def test_no_words_are_a_mistake_that_shows_the_help(tmp_path: Path) -> None:
    ran = made.agentrr(cwd=tmp_path)
    assert ran.returncode == 2
    assert "Usage: agentrr" in ran.stderr
    assert ran.stdout == ""


def test_another_project_s_command_on_the_path_is_named(tmp_path: Path) -> None:
    foreign = tmp_path / "agentrr"
    foreign.write_text("#!/bin/sh\necho something else\n")
    foreign.chmod(0o755)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    ran = made.agentrr("--version", cwd=tmp_path, PATH=path)
    assert ran.stdout.startswith("agentrr ")
    assert f"agentrr: note: {foreign} is another project's command" in ran.stderr
    foreign.write_text("#!/bin/sh\nexec python -m agentrr_sandbox\n")
    assert (
        "another project's command" not in made.agentrr("--version", cwd=tmp_path, PATH=path).stderr
    )


def test_another_project_s_package_beside_ours_is_named(tmp_path: Path) -> None:
    info = tmp_path / "site" / "agentrr-9.9.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: agentrr\nVersion: 9.9\n")
    source = os.pathsep.join([str(made.ROOT), str(made.ROOT / "hooks"), str(tmp_path / "site")])
    ran = made.agentrr("--version", cwd=tmp_path, PYTHONPATH=source, PATH="/nowhere")
    assert "agentrr: note: the package agentrr, another project," in ran.stderr
