"""A replay that cannot go on says so: which event is next, and where each lane stands.

Each script is recorded, edited so that somebody waits for what never comes, and replayed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from harness import Place

pytestmark = pytest.mark.once
LOCKS = """
import threading, time
x, y, begun = threading.Lock(), threading.Lock(), threading.Event()
def one():
    with x:
        begun.wait()
        time.sleep(0.02)
        with y:
            print("one")
def two(first, second):
    begun.set()
    with first:
        time.sleep(0.02)
        with second:
            print("two")
threads = [threading.Thread(target=one), threading.Thread(target=two, args=(x, y))]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
EVENT = """
import threading, time
ready = threading.Event()
def worker():
    time.sleep(0.01)
    ready.set()
thread = threading.Thread(target=worker)
thread.start()
ready.wait()
thread.join()
"""
QUEUE = """
import queue, threading, time
made = queue.Queue()
def produce(number):
    time.sleep(0.01)
    made.put(number)
threads = [threading.Thread(target=produce, args=(number,)) for number in range(2)]
for thread in threads: thread.start()
got = sorted(made.get() for _ in range(2))
print(*got)
"""
TASKS = """
import asyncio
async def setter(event):
    await asyncio.sleep(0.01)
    event.set()
async def waiter(event):
    await event.wait()
    await asyncio.sleep(0.01)
async def main():
    event = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(waiter(event))
        group.create_task(setter(event))
asyncio.run(main())
"""
TO_THREAD = """
import asyncio, threading, time
gate = threading.Event()
def block():
    time.sleep(0.01)
    gate.wait()
async def main():
    task = asyncio.create_task(asyncio.to_thread(block))
    await asyncio.sleep(0.05)
    gate.set()
    await task
asyncio.run(main())
"""
ALONE = (
    "import threading, time\ntime.sleep(0.01)\nlock = threading.Lock()\nlock.acquire()\nprint(1)\n"
)
CASES: dict[str, tuple[str, str, str, dict[str, tuple[str, str]]]] = {
    "locks": (
        *(LOCKS, "args=(x, y)", "args=(y, x)"),
        {
            "main": ("agent.py:18", "waits for main/thread:one#1 to end"),
            "main/thread:one#1": ("agent.py:8 in one()", "waits for a lock, an event or a queue"),
            "main/thread:two#1": ("agent.py:14 in two()", "waits for a lock, an event or a queue"),
        },
    ),
    "event": (
        *(EVENT, "ready.set()", "pass"),
        {"main": ("agent.py:9", "waits for a lock, an event or a queue")},
    ),
    "thread removed": (
        *(QUEUE, "for number in range(2)]\n", "for number in range(1)]\n"),
        {
            "main": ("agent.py:9 in <genexpr>()", "waits for a lock, an event or a queue"),
            "main/thread:produce#2": ("", "has not begun"),
        },
    ),
    "task removed": (
        *(TASKS, "group.create_task(setter(event))", "pass"),
        {
            "main": ("agent.py:11 in main()", "waits"),
            "main/task:waiter#1": ("agent.py:7 in waiter()", "waits"),
            "main/task:setter#1": ("", "has not begun"),
        },
    ),
    "to_thread": (
        *(TO_THREAD, "    gate.set()\n", ""),
        {
            "main": ("agent.py:10 in main()", "waits for main/task:to_thread#1"),
            "main/task:to_thread#1": ("", "waits"),
            "main/task:to_thread#1/work:block#1": (
                *("agent.py:6 in block()", "waits for a lock, an event or a queue"),
            ),
        },
    ),
    "alone": (*(ALONE, "print(1)", "lock.acquire()"), {}),
}


def stalled(case: str, tmp_path: Path) -> tuple[dict[str, Any], str]:
    """Return the divergence of a replay that cannot go on, and its report as a person sees it."""
    script, recorded, edited, _ = CASES[case]
    assert recorded in script
    place = Place(tmp_path)
    agent = tmp_path / "agent.py"
    agent.write_text(script)
    ran = place.record("agent.py")
    assert ran.code == 0, ran
    assert place.replay().same(ran)
    agent.write_text(script.replace(recorded, edited, 1))
    replayed = place.replay("run.jsonl", "--json", "report.json")
    assert replayed.code == 76, replayed
    (found,) = json.loads((tmp_path / "report.json").read_text())["divergences"]
    return found, replayed.err.decode()


@pytest.mark.parametrize("case", sorted(CASES))
def test_it_says_what_is_next_and_where_each_lane_stands(case: str, tmp_path: Path) -> None:
    found, report = stalled(case, tmp_path)
    assert found["slug"] == "stall", found
    assert isinstance(found["event"], int), found
    stands = {place["lane"]: (place["at"], place["does"]) for place in found.get("lanes", ())}
    expected = CASES[case][3]
    assert {name: stands.get(name) for name in expected} == expected, found
    if case == "alone":
        assert found["present_site"] == "[root:code]/agent.py:5"
    else:
        assert "\n  meanwhile    " in report
        flat = " ".join(report.split())
        for lane, (at, _) in stands.items():
            assert f"{lane} at {at}" in flat or not at, report


def test_a_divergence_names_its_lane_and_where_up_to_eight_others_were(tmp_path: Path) -> None:
    script = (
        "import threading, time\n"
        "def work(number):\n"
        "    time.sleep(0.3 if number else 0.01)\n"
        "threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
    )
    place = Place(tmp_path)
    agent = tmp_path / "agent.py"
    agent.write_text(script)
    place.record("agent.py")
    agent.write_text(script.replace("else 0.01)", "else 0.02)"))
    replayed = place.replay("run.jsonl", "--json", "report.json")
    (found,) = json.loads((tmp_path / "report.json").read_text())["divergences"]
    assert (found["slug"], found["lane"]) == ("request", "main/thread:work#1")
    assert len(found["lanes"]) == 8
    assert found["lane"] not in [there["lane"] for there in found["lanes"]]
    assert b"lane main/thread:work#1" in replayed.err
    assert f"and {found['more_lanes']} more".encode() in replayed.err
