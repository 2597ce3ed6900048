"""`agentrr replay RUN --chaos`: races that are in a recorded agent are found, and come again."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from harness import SCRIPTS, Place, Ran
from model_server import ModelServer

from agentrr_sandbox.errors import EX_CANNOT_REPLAY, EX_DIVERGED, EX_USAGE

CHAOS = SCRIPTS / "chaos"
SEEDS = range(1, 14) if os.environ.get("AGENTRR_NIGHTLY") else [1]
pytestmark = pytest.mark.once


def recorded(folder: Path, name: str, env: dict[str, str] | None = None) -> Place:
    """Return the place where script *name* has been recorded."""
    place = Place(folder, env or {})
    ran = place.record(str(CHAOS / f"{name}.py"))
    assert ran.code == 0, ran
    return place


def tried(place: Place, *options: str) -> tuple[Ran, dict[str, Any]]:
    """Run the schedules; return the run, and what it found."""
    ran = place.agentrr("replay", "--json", "found.json", "run.jsonl", "--chaos", *options)
    return ran, json.loads((place.folder / "found.json").read_text())


def test_a_planted_lost_update_is_found_and_comes_again_from_its_seed(tmp_path: Path) -> None:
    with ModelServer() as server:
        place = recorded(tmp_path, "lost_update", server.environment())
    ran, found = tried(place, "--first")
    assert ran.code == EX_DIVERGED, ran
    assert found["schedules"] <= 200
    (lost,) = found["behaviours"]
    (line,) = lost["difference"]["stdout"]["new"]
    assert line.startswith("balance 1"), lost
    assert lost["difference"]["stdout"]["missing"] == ["balance 160\n"]
    again = place.agentrr("replay", "run.jsonl", f"--chaos={lost['seeds'][0]}")
    assert again.code == EX_DIVERGED, again
    assert again.out.decode().endswith(line), again
    assert f"+ {line}" in again.err.decode(), again


def test_one_seed_is_one_schedule_every_time(tmp_path: Path) -> None:
    place = recorded(tmp_path, "crossed_locks")
    all_found = [tried(place, "--schedules", "10")[1] for _ in range(2)]
    for found in all_found:
        del found["seconds"]
    assert all_found[0] == all_found[1]


def test_locks_taken_the_other_way_round_are_found_to_deadlock(tmp_path: Path) -> None:
    place = recorded(tmp_path, "crossed_locks")
    ran, found = tried(place, "--first")
    assert ran.code == EX_DIVERGED, ran
    (stuck,) = found["behaviours"]
    assert stuck["difference"]["how"] == "deadlock"
    assert "crossed_locks.py:13 in work()" in stuck["difference"]["message"]


def test_a_program_without_a_race_behaves_as_recorded_in_every_order(tmp_path: Path) -> None:
    ran, found = tried(recorded(tmp_path, "locked"), "--schedules", "8")
    assert ran.code == 0, ran
    assert len(found["as_recorded"]) == found["schedules"] == 8
    assert b"agentrr: 8 schedules" in ran.err
    assert ran.out == b""


def test_lines_in_another_order_are_no_other_behaviour(tmp_path: Path) -> None:
    ran, found = tried(recorded(tmp_path, "printing"), "--schedules", "10")
    assert ran.code == 0, ran
    assert found["another_order"]
    assert not found["behaviours"]


def test_a_timer_never_comes_before_a_shorter_one(tmp_path: Path) -> None:
    _, found = tried(recorded(tmp_path, "timers"), "--schedules", "8")
    for other in found["behaviours"]:  # on a busy machine a timer of the recorded run was set late
        assert other["difference"]["stdout"]["new"] == ["[1, 2, 3, 4, 6, 9]\n"]


def test_answers_come_to_tasks_in_other_orders(tmp_path: Path) -> None:
    with ModelServer() as server:
        place = recorded(tmp_path, "last_answer", server.environment())
    ran, found = tried(place, "--first")
    assert ran.code == EX_DIVERGED, ran
    (other,) = found["behaviours"]
    assert other["difference"]["how"] == "unknown"
    assert "/summary?of=" in other["difference"]["message"]
    assert "last_answer.py:21 in main()" in other["difference"]["site"]


def test_what_a_worker_asks_another_ones_recording_answers(tmp_path: Path) -> None:
    with ModelServer() as server:
        place = recorded(tmp_path, "workers", server.environment())
    ran, found = tried(place, "--schedules", "4")
    assert ran.code == 0, ran
    assert found["another_order"]


def test_a_run_with_one_thread_has_one_order(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.record("-c", "print(1)")
    ran = place.agentrr("replay", "run.jsonl", "--chaos")
    assert (ran.code, ran.out) == (0, b"")
    assert b"nothing to perturb" in ran.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--chaos=red"], "--chaos takes a seed"),
        (["--chaos", "--schedules=0"], "--schedules takes a number"),
        (["--chaos", "-j", "no"], "--jobs takes a number"),
    ],
)
def test_what_is_no_number_is_refused(options: list[str], said: str, tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.record("-c", "print(1)")
    ran = place.agentrr("replay", "run.jsonl", *options)
    assert ran.code == EX_USAGE
    assert said in ran.err.decode()


def test_what_no_replay_repeats_has_no_orders(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.record("-c", "import os, threading; threading.Thread(target=os.kill,"
                 "args=(os.getpid(), 9)).start(); threading.Event().wait()")  # fmt: skip
    ran = place.agentrr("replay", "run.jsonl", "--chaos")
    assert ran.code == EX_CANNOT_REPLAY, ran
    assert b"cut short" in ran.err


@pytest.mark.nightly
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["crossed_lines", "timers", "workers", "last_answer"])
def test_what_is_recorded_under_a_drawn_schedule_replays_exactly(
    name: str, seed: int, tmp_path: Path
) -> None:
    with ModelServer() as server:
        place = Place(tmp_path, server.environment())
        script = str(CHAOS / f"{name}.py")
        ran = place.agentrr("run", "-o", "run.jsonl", f"--chaos={seed}", script)
    assert ran.code == 0, ran
    assert f"under the schedule of --chaos={seed}" in ran.err.decode()
    again = place.agentrr("replay", "--json", "verdict.json", "run.jsonl")
    verdict = json.loads((tmp_path / "verdict.json").read_text())
    assert (verdict["verdict"], verdict["drifted"]) == ("faithful", 0), again
    assert again.out == ran.out


def test_recording_under_a_drawn_schedule_interrupts_between_lines(tmp_path: Path) -> None:
    place = Place(tmp_path)
    script = str(CHAOS / "crossed_lines.py")
    for seed in range(1, 41):  # two schedules of three lose an update
        to = f"{seed}.jsonl"
        total = place.agentrr("run", "-q", "-o", to, f"--chaos={seed}", script).out
        hands = [hand for e in place.events(to) if e["t"] == "baton" for hand in e["order"]]
        interrupted = any(hand[2:3] == [4] for hand in hands)
        if interrupted and total != b"120\n":
            return
    raise AssertionError("no update was lost")


def test_a_run_without_a_seed_says_which_it_drew(tmp_path: Path) -> None:
    ran = Place(tmp_path).agentrr("run", "-o", "run.jsonl", "--chaos", "-c", "print(1)")
    assert ran.code == 0
    assert re.search(r"under the schedule of --chaos=\d+;", ran.err.decode()), ran
    refused = Place(tmp_path).agentrr("run", "--chaos=blue", "-c", "print(1)")
    assert refused.code == EX_USAGE
    assert b"--chaos takes a seed" in refused.err
