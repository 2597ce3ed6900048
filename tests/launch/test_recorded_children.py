"""`run --children`: a Python that the agent starts has a recording of its own."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest
from harness import Place

CHILD = """
import os, random, subprocess, sys, time
print("child", sys.argv, random.random(), sys.stdin.readline() if "ask" in sys.argv else "")
print([name for name in os.environ if "AGENTRR_BOOT" in name], __name__, sys.flags.optimize)
if "more" in sys.argv:
    more = [sys.executable, "-c", "import uuid; print(uuid.uuid4())"]
    print(subprocess.run(more, capture_output=True))
if "wait" in sys.argv:
    sys.stdout.flush()
    time.sleep(60)
sys.exit(3)
"""
AGENT = """
import asyncio, os, signal, subprocess, sys
run = lambda *args, **more: subprocess.run(args, capture_output=True, text=True, **more)
python = sys.executable
for done in (
    run(python, "-O", "child.py", "a b"),
    run(python, "-u", "child.py", "ask", "more", input="typed"),
    run(python, "-m", "child", "ask", input="x", env={"ONLY": "this"}),
    run(python, "-I", "-c", "print('alone')"),
    run(python, "no-such.py"),
    run("sh", "-c", f"{python} -c 'print(1)'"),
):
    print(done.returncode, done.stdout, done.stderr.replace(python, "python"))
for number in (signal.SIGTERM, signal.SIGKILL):
    child = subprocess.Popen([python, "child.py", "wait"], stdout=subprocess.PIPE, text=True)
    print(child.stdout.readline())
    child.send_signal(number)
    print(child.wait())
async def main():
    child = await asyncio.create_subprocess_exec(python, "-c", "print('async')", stdout=-1)
    print(await child.communicate())
asyncio.run(main())
sys.stdout.flush()
subprocess.run([python, "-c", "print('inherited')"])
"""
RECORDED = 7


def made(folder: Path) -> Place:
    (folder / "agent.py").write_text(AGENT, encoding="utf-8")
    (folder / "child.py").write_text(CHILD, encoding="utf-8")
    return Place(folder)


def recordings(folder: Path) -> list[Path]:
    return sorted((folder / "run.jsonl.d").glob("process-*.jsonl"))


def test_each_is_recorded_and_replayed_alone(tmp_path: Path) -> None:
    place = made(tmp_path)
    recorded = place.agentrr("run", "-q", "--children", "-o", "run.jsonl", "agent.py")
    assert recorded.code == 0, recorded
    text = recorded.out.decode()
    assert "AGENTRR_BOOT" not in text.replace("'AGENTRR_BOOT'", "")
    assert "child ['child.py', 'a b']" in text
    assert f"\n{-signal.SIGTERM}\n" in text
    assert f"\n{-signal.SIGKILL}\n" in text
    assert text.endswith("inherited\n")
    assert place.replay().same(recorded)

    found = recordings(tmp_path)
    assert len(found) == RECORDED
    told = [e["detail"]["agentrr.child"] for e in place.events() if "agentrr.child" in str(e)]
    assert set(told) >= {int(path.stem.partition("-")[2]) for path in found}
    (tmp_path / "agent.py").unlink()
    first = place.agentrr("replay", "-q", "--process", "2", "run.jsonl")
    assert first.code == 3
    assert b"child ['child.py', 'a b']" in first.out
    (tmp_path / "run.jsonl").rename(tmp_path / "gone.jsonl")
    second = place.agentrr("replay", "-q", str(found[1]))
    assert second.code == 3
    assert b"typed" in second.out
    assert found[1].with_name(found[1].name + ".d").is_dir()  # its own child's
    child = tmp_path / "child.py"
    child.write_text(CHILD.replace('"child", ', '"kid", '), encoding="utf-8")
    assert place.agentrr("replay", "-q", str(found[0])).code == 76


def test_without_the_option_there_is_none(tmp_path: Path) -> None:
    place = made(tmp_path)
    assert place.record("agent.py").code == 0
    assert recordings(tmp_path) == []


@pytest.mark.once
def test_the_list_of_processes_names_them(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "agent.py").write_text(
        f"import subprocess\nsubprocess.run([{sys.executable!r}, '-c', 'print(1)'])\n"
    )
    assert place.agentrr("run", "-q", "--children", "-o", "run.jsonl", "agent.py").code == 0
    assert b"process 2" in place.agentrr("show", "run.jsonl").out
    missing = place.agentrr("replay", "--process", "7", "run.jsonl")
    assert missing.code == 2
    assert b"2 (code)" in missing.err
    shown = json.loads(place.agentrr("verify", "--json", "run.jsonl").out)
    assert "process-2" in json.dumps(shown)
