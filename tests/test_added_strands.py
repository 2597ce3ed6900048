"""A task or thread that an edit adds takes no other lane's answers, and is named when it asks.

The added strand begins before all others: whatever counted strands or answers over the whole run
would hand every later one somebody else's.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from harness import Place, Ran

pytestmark = pytest.mark.once
WORK = """
    for turn in range(2):
        {nap}
        print(n, turn, os.urandom(4).hex(), flush=True)
"""
TASKS = (
    "import asyncio, os\n"
    "async def work(n):" + WORK.format(nap="await asyncio.sleep(0.004 * (3 - n))") + "{extra}"
    "async def main():\n"
    "    done = asyncio.Event()\n"
    "    {first}\n"
    "{start}"
    "    done.set()\n"
    "    {last}\n"
    "asyncio.run(main())\n"
)
ASYNC = (
    "async def extra(done):\n    for _ in range(3):\n        await asyncio.sleep(0)\n    {ask}\n"
)
GATHER = "    await asyncio.gather(*(work(n) for n in range(3)))\n"
GROUP = (
    "    async with asyncio.TaskGroup() as group:\n"
    "        for n in range(3):\n"
    "            group.create_task(work(n))\n"
)
TO_THREADS = "    await asyncio.gather(*(asyncio.to_thread(sync, n) for n in range(3)))\n"
SYNC = "def {name}(n):" + WORK.format(nap="time.sleep(0.004 * (3 - n))")
EXTRA = "def extra(done):\n    {ask}\n"
THREADS = (
    "import os, threading, time\n" + SYNC.format(name="work") + "{extra}"
    "done = threading.Event()\n"
    "{first}\n"
    "threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]\n"
    "for thread in threads: thread.start()\n"
    "for thread in threads: thread.join()\n"
    "done.set()\n"
    "{last}\n"
)
POOL = (
    "import os, time, threading\n"
    "from concurrent.futures import ThreadPoolExecutor\n" + SYNC.format(name="work") + "{extra}"
    "done = threading.Event()\n"
    "with ThreadPoolExecutor(4) as pool:\n"
    "    {first}\n"
    "    for job in [pool.submit(work, n) for n in range(3)]: job.result()\n"
    "    done.set()\n"
    "    {last}\n"
)
TASK = ("more = asyncio.create_task(extra(done))", "await more")
THREAD = ("more = threading.Thread(target=extra, args=(done,)); more.start()", "more.join()")
SUBMIT = ("more = pool.submit(extra, done)", "more.result()")
LATE = "await done.wait()\n    os.urandom(4)"
LATE_THREAD = "done.wait()\n    os.urandom(4)"
CASES = {
    "gather": (TASKS.replace("{start}", GATHER), ASYNC, TASK, LATE, "main/task:extra#1"),
    "TaskGroup": (TASKS.replace("{start}", GROUP), ASYNC, TASK, LATE, "main/task:extra#1"),
    "to_thread": (
        "import time\n" + SYNC.format(name="sync") + TASKS.replace("{start}", TO_THREADS),
        *(ASYNC, TASK, LATE, "main/task:extra#1"),
    ),
    "thread": (THREADS, EXTRA, THREAD, LATE_THREAD, "main/thread:extra#1"),
    "submit": (POOL, EXTRA, SUBMIT, LATE_THREAD, "main/work:extra#1"),
}


def edited(case: str, ask: str) -> str:
    """Return the script with a strand more, which does *ask*; "" for the recorded script."""
    script, extra, (first, last), _, _ = CASES[case]
    if not ask:
        extra, first, last = "", "pass", "pass"
    for slot, text in (("extra", extra.replace("{ask}", ask)), ("first", first), ("last", last)):
        script = script.replace("{" + slot + "}", text)
    return script


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def assert_none_is_shifted(recorded: Ran, replayed: Ran) -> None:
    """A job takes a worker's place: the others may come in another order, each with its own."""
    assert {*replayed.out.splitlines()} <= {*recorded.out.splitlines()}, replayed


def test_one_that_asks_is_named_and_shifts_no_answer(case: str, tmp_path: Path) -> None:
    place = Place(tmp_path)
    agent = tmp_path / "agent.py"
    agent.write_text(edited(case, ""))
    recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    assert place.replay().same(recorded)

    _, _, _, late, lane = CASES[case]
    agent.write_text(edited(case, late))
    replayed = place.replay("run.jsonl", "--json", "report.json")
    assert replayed.code == 76, replayed
    if case == "submit":
        assert_none_is_shifted(recorded, replayed)
        return
    assert replayed.out == recorded.out, replayed  # all others had their own answers, in order
    (first, *_) = json.loads((tmp_path / "report.json").read_text())["divergences"]
    assert (first["lane"], first["slug"]) == (lane, "read"), first
    assert "main" in {found["lane"] for found in first["lanes"]}, first


def test_one_that_asks_nothing_changes_nothing(case: str, tmp_path: Path) -> None:
    place = Place(tmp_path)
    agent = tmp_path / "agent.py"
    agent.write_text(edited(case, ""))
    recorded = place.record("agent.py")
    agent.write_text(edited(case, "pass"))
    replayed = place.replay()
    if case == "submit" and replayed.code == 76:
        assert_none_is_shifted(recorded, replayed)
        return
    assert replayed.same(recorded), f"recorded\n{recorded}\nreplayed\n{replayed}"


def test_one_of_the_same_name_before_the_others_is_not_taken_for_them(tmp_path: Path) -> None:
    """Lanes of one name are counted: here the first one is another, and what it asks shows it."""
    place = Place(tmp_path)
    agent = tmp_path / "agent.py"
    agent.write_text(edited("thread", ""))
    recorded = place.record("agent.py")
    agent.write_text(edited("thread", "").replace("range(3)]", "(7, 0, 1, 2)]"))
    replayed = place.replay("run.jsonl", "--json", "report.json")
    assert replayed.code == 76, replayed
    assert replayed.out in recorded.out, replayed
    (first, *_) = json.loads((tmp_path / "report.json").read_text())["divergences"]
    assert (first["lane"], first["slug"]) == ("main/thread:work#1", "request"), first
