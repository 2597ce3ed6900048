"""`show`, `ls`, `verify` and `rm`, each run as a process on recordings made by hand."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from cli import made

pytestmark = pytest.mark.once
RUNS = Path(".agentrr") / "runs"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    events = [
        *made.model_call(1),
        made.tool_call(),
        *made.model_call(6, streamed=True),
        {"t": "output", "fd": 1, "n": 0, "text": "12 degrees\n"},
        {**made.EXIT, "counts": {"intent": 2, "call": 1}},
        made.END,
    ]
    made.write(tmp_path / RUNS / "agent-3f2a9c01.jsonl", *events)
    return tmp_path


def rows(shown: str) -> list[list[str]]:
    return [line.split() for line in shown.splitlines()]


def test_a_timeline_says_what_was_asked_and_how_it_came_back(place: Path) -> None:
    ran = made.agentrr("show", "last", cwd=place)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    model = next(line for line in lines if " model " in line)
    assert model.split()[:4] == ["1", "1.203", "412", "ms"]
    assert "210 \u2192 31" in model
    assert model.endswith("chat gpt-4o-mini, 1 message \u2192 stop")
    tool = next(line for line in lines if " tool " in line)
    assert tool.endswith('get_weather(city="Oslo") \u2192 "12 degrees"')
    assert lines[-1] == "14 events, 2 model calls, 420 \u2192 62 tokens, 1 tool call, exit 0"


def test_the_width_is_the_terminal_s_and_colour_is_for_terminals_only(place: Path) -> None:
    ran = made.agentrr("show", "last", cwd=place, COLUMNS="80")
    assert all(len(line) <= 80 for line in ran.stdout.splitlines()[:-1])
    assert "\x1b" not in ran.stdout


@pytest.mark.parametrize("name", ["last", "3f2a", "3f2a9c01", "agent", None])
def test_a_run_is_named_by_path_id_prefix_or_last(place: Path, name: str | None) -> None:
    run = name or str(RUNS / "agent-3f2a9c01.jsonl")
    ran = made.agentrr("show", run, "--json", "-n", "1", cwd=place)
    assert json.loads(ran.stdout)["what"] == "agent.py --topic tides"


def test_one_event_is_shown_whole_with_its_messages(place: Path) -> None:
    ran = made.agentrr("show", "last", "1", cwd=place)
    assert "event 1  intent  http.request" in ran.stdout
    assert "agent.py:31 in plan()" in ran.stdout
    assert "  user\n    What is a tide?\n" in ran.stdout
    assert "  assistant\n    Water.\n" in ran.stdout


def test_a_part_of_an_answer_shows_the_crossing_and_a_stream_is_put_together(place: Path) -> None:
    ran = made.agentrr("show", "last", "8", cwd=place)
    assert "event 6  intent  http.request  (event 8 is part of its answer)" in ran.stdout
    assert "body (2 pieces, end)\n  assistant\n    Water.\n" in ran.stdout


def test_machines_get_rows_and_whole_events(place: Path) -> None:
    ran = made.agentrr("show", "last", "--json", cwd=place)
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    model = next(row for row in found if row["kind"] == "model")
    assert (model["model"], model["input_tokens"], model["seconds"]) == ("gpt-4o-mini", 210, 0.412)
    whole = json.loads(made.agentrr("show", "last", "1", "--json", cwd=place).stdout)
    assert whole["event"]["request"]["body"]["json"]["messages"][0]["role"] == "user"
    assert [part["t"] for part in whole["answer"]] == ["head", "piece", "end"]


def test_what_was_sent_and_never_answered_says_so(tmp_path: Path) -> None:
    path = made.write(tmp_path / "cut.jsonl", made.model_call(1)[0])
    ran = made.agentrr("show", str(path), cwd=tmp_path)
    assert "sent, outcome unknown" in ran.stdout
    assert ran.stdout.splitlines()[-1].endswith("cut short")
    assert "outcome unknown" in made.agentrr("show", str(path), "1", cwd=tmp_path).stdout


def test_messages_stored_once_are_counted_and_put_back(tmp_path: Path) -> None:
    said = {"role": "user", "content": "What is a tide?"}
    reply = {"role": "assistant", "content": "Water."}
    call = made.model_call(3)
    call[0]["request"]["body"]["json"]["messages"] = {"$": "@", "seq": 2}
    lists: list[dict[str, Any]] = [
        {"t": "list", "base": None, "keep": 0, "add": [said]},
        {"t": "list", "base": 1, "keep": 1, "add": [reply, said]},
    ]
    path = made.write(tmp_path / "run.jsonl", *lists, *call, made.END)
    shown = made.agentrr("show", str(path), cwd=tmp_path)
    assert "chat gpt-4o-mini, 3 messages" in shown.stdout
    whole = made.agentrr("show", str(path), "3", cwd=tmp_path).stdout
    assert whole.count("What is a tide?") == 2


HOSTILE = "\x1b]52;c;cm0gLXJmIH4=\x07\x1b[2J\u202e\x9b31m\r"


def test_nothing_in_a_recording_drives_the_terminal(tmp_path: Path) -> None:
    path = made.write(
        tmp_path / "bad.jsonl",
        *made.model_call(1, question=HOSTILE),
        made.tool_call(ok=HOSTILE, site=HOSTILE, lane=HOSTILE),
        {"t": "output", "fd": 2, "n": 0, "text": HOSTILE},
        {"t": "note", "what": HOSTILE, "call": HOSTILE, "site": HOSTILE},
        {"t": "facts", "facts": {HOSTILE: HOSTILE}},
        {"t": HOSTILE, "x": HOSTILE},
    )
    calls = [["show", str(path)], ["verify", str(path)], ["show", str(path), "--json"], ["ls", "."]]
    calls += [["show", str(path), str(number)] for number in range(10)]
    for words in calls:
        ran = made.agentrr(*words, cwd=tmp_path)
        for text in (ran.stdout, ran.stderr):
            assert text.replace("\n", "").isprintable(), words


def test_looking_never_unpickles(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "sprung"),)

    stored = {"$": "pickle", "v": pickle.dumps(Trap()).hex(), "m": "0" * 64}
    path = made.write(tmp_path / "run.jsonl", made.tool_call(ok=stored), made.END)
    for words in (["show", str(path)], ["show", str(path), "1"], ["verify", str(path)]):
        assert made.agentrr(*words, cwd=tmp_path).returncode == 0
    assert not (tmp_path / "sprung").exists()


def test_ls_tells_the_runs_apart(place: Path) -> None:
    made.write(place / RUNS / "other-77.jsonl", made.model_call(1)[0])
    (place / RUNS / "notes.jsonl").write_text("not a recording\n")
    ran = made.agentrr("ls", cwd=place)
    shown = {row[0]: " ".join(row) for row in rows(ran.stdout)}
    assert "exit 0 14 2 420 \u2192 62 agent.py --topic tides" in shown["3f2a9c01"]
    assert "not a recording" in shown["notes.jsonl"]
    found = json.loads(made.agentrr("ls", "--json", cwd=place).stdout)
    assert {entry["ended"] for entry in found} == {"exit 0", "cut short", "not a recording"}


def test_verify_tells_a_state_from_damage(place: Path) -> None:
    ran = made.agentrr("verify", "last", cwd=place)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith("14 events, no damage, complete (exit 0)\n")
    path = place / RUNS / "agent-3f2a9c01.jsonl"
    whole = path.read_bytes()

    path.write_bytes(whole[:-40])
    torn = made.agentrr("verify", "last", "--json", cwd=place)
    assert (torn.returncode, json.loads(torn.stdout)["state"]) == (0, "torn")

    path.write_bytes(whole.replace(b"Oslo", b"Rome"))
    damaged = made.agentrr("verify", "last", cwd=place)
    assert damaged.returncode == 65
    assert damaged.stderr.startswith("agentrr: error: line 6 ")
    assert json.loads(made.agentrr("verify", "--json", "last", cwd=place).stdout)["line"] == 6


def test_verify_says_how_far_a_killed_run_came(tmp_path: Path) -> None:
    killed = {"t": "run.end", "how": "signal", "signal": 9, "ended": 1}
    path = made.write(tmp_path / "run.jsonl", made.model_call(1)[0], killed)
    said = made.agentrr("verify", str(path), cwd=tmp_path).stdout
    assert said.endswith(
        "3 events, no damage, cut short (killed by signal 9); sent, outcome unknown: event 1\n"
    )


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ({"t": "unheard-of"}, "kind"),
        ({**made.tool_call(), "ok": {"$": "@", "seq": 7}}, "reference"),
        ({**made.tool_call(), "ok": {"$": "file", "sha256": "0" * 64, "size": 1}}, "payload"),
        ({"t": "answer", "of": 0, "lane": "main", "ok": 1, "dur": 1}, "of"),
        ({**made.EXIT, "counts": {"call": 3}}, "counts"),
    ],
)
def test_verify_looks_further_than_the_chain(
    tmp_path: Path, event: dict[str, Any], code: str
) -> None:
    path = made.write(tmp_path / "run.jsonl", event)
    ran = made.agentrr("verify", str(path), "--json", cwd=tmp_path)
    assert ran.returncode == 65
    assert json.loads(ran.stdout)["code"].startswith(code)


def test_rm_removes_all_or_nothing(place: Path) -> None:
    path = place / RUNS / "agent-3f2a9c01.jsonl"
    beside = path.with_name(path.name + ".d")
    beside.mkdir()
    (beside / ("0" * 64)).write_bytes(b"payload")
    assert made.agentrr("rm", "3f2a", "nobody", cwd=place).returncode == 66
    assert path.exists()
    assert made.agentrr("rm", "3f2a", cwd=place).returncode == 0
    assert not path.exists()
    assert not beside.exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["show"], 2, "agentrr: error: Missing argument 'RUN'"),
        (["show", "nobody"], 66, "agentrr: error: there is no recording nobody"),
        (["show", "3f2a", "99"], 2, "agentrr: error: there is no event 99"),
        (["show", "3f2a", "one"], 2, "agentrr: error: Invalid value for '[N]'"),
        (["show", "--loud", "3f2a"], 2, "agentrr: error: No such option"),
        (["shwo"], 2, "agentrr: error: No such command 'shwo'"),
        (["ls", "nowhere"], 2, "agentrr: error: nowhere is not a folder"),
        (["rm"], 2, "agentrr: error: Missing argument"),
    ],
)
def test_a_mistake_is_told_in_our_form_without_a_traceback(
    place: Path, words: list[str], code: int, said: str
) -> None:
    ran = made.agentrr(*words, cwd=place)
    assert ran.returncode == code
    assert ran.stderr.startswith(said)
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("content", ["", "hello\n", '{"a":1}\n', "\x00\xff" * 99])
def test_another_file_is_refused_by_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(content, "latin-1")
    for verb in ("show", "verify"):
        ran = made.agentrr(verb, str(path), cwd=tmp_path)
        assert ran.returncode == 65
        assert ran.stderr.startswith("agentrr: error: ")
        assert "Traceback" not in ran.stderr


def test_the_head_of_a_large_recording_comes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    chain, seq = "0" * 64, 0
    with path.open("w") as file:
        for event in [made.HEADER, *made.model_call(1), made.tool_call()]:
            written, chain = made.line(seq, event, chain)
            file.write(written)
            seq += 1
    with path.open("r+b") as file:  # the rest is a hole of 1 GB: reading on would show
        file.truncate(1 << 30)
    began = time.monotonic()
    ran = made.agentrr("show", str(path), "-n", "3", cwd=tmp_path)
    one = made.agentrr("show", str(path), "1", cwd=tmp_path)
    assert time.monotonic() - began < 2
    assert (ran.returncode, one.returncode) == (0, 0)
    assert len(ran.stdout.splitlines()) == 4


def test_a_reader_that_goes_away_is_no_error(place: Path) -> None:
    path = place / RUNS / "agent-3f2a9c01.jsonl"
    made.write(path, *[made.tool_call(n=n) for n in range(3000)], made.END)
    source = os.pathsep.join([str(made.ROOT), str(made.ROOT / "hooks")])
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "agentrr_sandbox", "show", "last"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": source},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(20) == 141


def looked_at(path: str) -> dict[str, Any]:
    return made.tool_call(call="file.stat", request={"path": path}, detail={}, ok=[1, 2])


def test_what_is_rarely_looked_at_is_gathered_unless_all_is_asked_for(tmp_path: Path) -> None:
    facts = {"env:HOME": "[root:home]", "env:EDITOR": None, "env:VISUAL": None}
    library = ["time.time", "lib", "f", True, [1, 2, 3]]
    mine = ["random.random", "user", "f", True, [1]]
    path = made.write(
        tmp_path / "run.jsonl",
        {"t": "facts", "facts": facts},
        looked_at("a"),
        looked_at("b"),
        {"t": "reads", "lane": "main", "ring": 0, "runs": [library]},
        {"t": "reads", "lane": "main", "ring": 1, "runs": [mine]},
        made.END,
    )
    lines = made.agentrr("show", str(path), cwd=tmp_path).stdout.splitlines()
    small = "HOME; 2 variables that are not set; 2 file lookups; 3 reads by libraries"
    assert [line.split(maxsplit=2)[:2] for line in lines[1:-1]] == [
        ["0", "start"],
        ["1", "small"],
        ["5", "main"],
        ["6", "end"],
    ]
    assert lines[2].endswith(small)
    assert lines[3].endswith("1 random.random")
    every = made.agentrr("show", str(path), "--all", cwd=tmp_path).stdout.splitlines()
    assert len(every) == len(lines) + 3
    assert any(line.endswith('file.stat("b")') for line in every)


def test_an_exception_is_shown_with_its_frames_and_its_cause(tmp_path: Path) -> None:
    frame = {"file": "[root:code]/shop.py", "name": "pay", "at": [7, 7, 4, 9]}
    cause = {"$": "ex", "c": "builtins:KeyError", "a": ["card"]}
    raised = {"$": "ex", "c": "builtins:ValueError", "a": ["no card"], "tb": [frame], "ca": cause}
    call = {key: value for key, value in made.tool_call(raised=raised).items() if key != "ok"}
    path = made.write(tmp_path / "run.jsonl", call)
    row = made.agentrr("show", str(path), cwd=tmp_path).stdout
    assert 'get_weather(city="Oslo") \u2192 raised ValueError("no card")' in row
    whole = made.agentrr("show", str(path), "1", cwd=tmp_path).stdout
    assert '  ValueError("no card")\n    at shop.py:7 in pay\n  caused by\n' in whole
    assert '    KeyError("card")\n' in whole
