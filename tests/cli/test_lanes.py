"""`show --lanes`: the tree of lanes, and the events beside their graph; recordings made by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli import made

pytestmark = pytest.mark.once
A, B = "main/thread:work#1", "main/thread:work#2"
TASK = "main/task:ask#1"


def call(lane: str, what: str = "time.sleep", **more: Any) -> dict[str, Any]:
    asked = {"t": "call", "lane": lane, "n": 0, "at": 5_000_000, "call": what, "sig": "0" * 32}
    return {**asked, "ok": None, **more}


def show(tmp_path: Path, *events: dict[str, Any], words: tuple[str, ...] = (), **env: str) -> str:
    made.write(tmp_path / "run.jsonl", *events, made.EXIT, made.END)
    return show_again(tmp_path, *words, **env)


def show_again(tmp_path: Path, *words: str, **env: str) -> str:
    ran = made.agentrr("show", "run.jsonl", "--lanes", *words, cwd=tmp_path, **env)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def drawing(shown: str) -> list[str]:
    """Return the lines below the tree."""
    return shown.partition("\n\n")[2].splitlines()


def test_who_started_whom_and_who_handed_over_to_whom(tmp_path: Path) -> None:
    shown = show(
        tmp_path,
        {"t": "baton", "order": [[A, 1], ["main", 1], [B, 2, 2]]},
        call(B, request={"seconds": 1}),
        {"t": "baton", "order": [[A, 1]]},
        call(A),
        call("main"),
    )
    tree = [line.split() for line in shown.splitlines()[1:5]]
    assert shown.startswith("3 lanes: main, 2 threads\n")
    assert tree[1] == ["0", "main", "0\u20137", "1", "1", "1", "(1),", "2", "(1)"]
    assert tree[2] == ["1", "\u251c", "thread", "work#1", "1\u20134", "1", "2", "0", "(1)"]
    assert tree[3] == ["2", "\u2514", "thread", "work#2", "1\u20133", "1", "2", "1", "(1)"]
    lines = [line[17:].rstrip() for line in drawing(shown)]
    assert [line.split("  ")[0].strip() for line in lines] == [
        "\u251c\u2500\u256e",  # main starts work#1
        "\u251c\u2500\u253c\u2500\u256e",  # and work#2
        "\u251c\u2500\u25b6 \u2502",  # hands over to work#1
        "\u25c0\u2500\u2524 \u2502",  # and back
        "\u251c\u2500\u253c\u2500\u25b6",
        "\u2502 \u2502 \u25cf",
        "\u2502 \u25c0\u2500\u2524",
        "\u2502 \u25cf",
        "\u25cf",
        "\u2502",
    ]
    assert "hands over to 2 thread work#2, 2 times (taken: the one before waited in C)" in shown


def test_who_waited_for_whom_to_end(tmp_path: Path) -> None:
    events = [
        {"t": "baton", "order": [[A, 1], ["main", 1], [B, 1], ["main", 1, 8, A]]},
        {"t": "baton", "order": [["main", 1, 9, B]]},
    ]
    shown = show(tmp_path, *events)
    assert shown.splitlines()[2].endswith("1 (1), 2 (1); waited for 1, 2"), shown
    assert "hands over to 0 main, which waited for 1 thread work#1" in shown
    assert "which waited for 2 thread work#2 (its wait was over)" in shown
    told = json.loads(show_again(tmp_path, "--json").splitlines()[0])
    assert told["waited_for"] == {"1": 1, "2": 1}


def test_what_is_asked_is_answered_further_on_and_loops_are_woken(tmp_path: Path) -> None:
    model = [{**event, "lane": TASK} for event in made.model_call(1)]
    turn = ["main#1", 3]
    shown = show(
        tmp_path,
        *model,
        {"t": "wake", "lane": A, "kind": "call", "nth": 0, "turn": turn},
        {"t": "wake", "lane": TASK, "kind": "timer", "nth": 0, "turn": turn},
    )
    lines = drawing(shown)
    asks = next(place for place, line in enumerate(lines) if "\u25cb" in line)
    answered = next(place for place, line in enumerate(lines) if "\u25cf" in line)
    assert asks < answered
    assert "http.request (1)" in lines[answered]
    assert any("calls into loop main#1 at turn 3" in line and "\u25c0" in line for line in lines)
    assert any("timer 0 wakes loop main#1" in line and "\u25c6" in line for line in lines)


def test_a_worker_process_is_a_lane_of_who_started_it(tmp_path: Path) -> None:
    start = {"name": "Worker-1", "method": "spawn", "target": "f", "args": []}
    shown = show(
        tmp_path,
        call("main", "multiprocessing.start", request=start, ok=77),
        call(A),
        call(A, "multiprocessing.join", request={"process": "Worker-1"}, ok=0),
    )
    assert "process Worker-1" in shown.splitlines()[3]
    join = next(line for line in drawing(shown) if "multiprocessing.join" in line)
    assert "\u25c0\u2500\u2524" in join  # drawn from the thread that waits to the process


@pytest.mark.parametrize("width", ["60", "80", "200"])
def test_many_lanes_are_folded_into_the_width(tmp_path: Path, width: str) -> None:
    many = [f"main/thread:work#{number}" for number in range(1, 65)]
    events = [{"t": "baton", "order": [[name, 1], ["main", 1]]} for name in many]
    events += [call(name) for name in many]
    shown = show(tmp_path, *events, COLUMNS=width)
    assert all(len(line) <= int(width) for line in shown.splitlines())
    assert "\x1b" not in shown
    assert "\u2026 61 mo" in shown
    assert len(drawing(shown)) == 64 + 128 + 64 + 1
    assert "64 thread work#64" in show(tmp_path, *events, words=("--all",))


def test_machines_get_the_lanes_and_then_the_lines(tmp_path: Path) -> None:
    events = [{"t": "baton", "order": [[A, 1]]}, call(A)]
    found = [json.loads(line) for line in show(tmp_path, *events, words=("--json",)).splitlines()]
    assert [part["lane"] for part in found[:2]] == ["main", A]
    assert found[0]["handed_over_to"] == {"1": 1}
    assert (found[1]["parent"], found[1]["kind"], found[1]["crossings"]) == ("main", "thread", 1)
    assert [part["mark"] for part in found[2:]] == ["starts", "hands over", "crosses", "end"]
    assert found[3]["to"] == A


def test_names_of_lanes_do_not_drive_the_terminal(tmp_path: Path) -> None:
    shown = show(tmp_path, call("main/thread:\x1b[31mred\r\u202e#1"), call("\x07other"))
    assert not {"\x1b", "\r", "\u202e", "\x07"} & set(shown)


def test_nothing_of_a_foreign_recording_breaks_it(tmp_path: Path) -> None:
    odd: list[dict[str, Any]] = [
        {"t": "baton", "order": [["main", 1], [A, 1, "x"], [B, 9, 3, 1], [], 7]},
        {"t": "wake", "lane": A, "kind": "call", "nth": 0, "turn": ["", 0]},
        {"t": "reads", "lane": B, "ring": 0, "runs": []},
        call("", "multiprocessing.start", request={}),
        call("main", "multiprocessing.join", request={"process": {}}),
    ]
    made.write(tmp_path / "run.jsonl", *odd)
    ran = made.agentrr("show", "run.jsonl", "--lanes", cwd=tmp_path)
    assert "Traceback" not in ran.stderr, ran.stderr


def test_a_plain_timeline_ends_with_the_lanes_if_there_are_several(tmp_path: Path) -> None:
    made.write(tmp_path / "run.jsonl", call("main"), call(A), made.EXIT, made.END)
    last = made.agentrr("show", "run.jsonl", cwd=tmp_path).stdout.splitlines()[-1]
    assert last == "2 lanes: main, 1 thread (show --lanes draws them)"
