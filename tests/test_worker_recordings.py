"""Each worker process has a recording of its own, and a replay that enters it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import Place, Ran
from held import complaints
from model_server import ModelServer

DIVERGED, USAGE = 76, 2
METHODS = [
    "fork",
    *(pytest.param(name, marks=pytest.mark.once) for name in ("spawn", "forkserver")),
]
SOURCE = """
import multiprocessing, os, random, sys, time
from concurrent.futures import ProcessPoolExecutor

def work(n):
    import httpx
    answer = httpx.get(os.environ["HTTP_BASE_URL"] + "/v1/models").status_code
    print("worker", n, time.time(), random.random(), os.getpid(), answer, os.environ["MY_API_KEY"])
    time.sleep(0.01)
    return n * 2

def leave(n):
    work(n)
    sys.stderr.write("leaving\\n")
    sys.exit(n)

if __name__ == "__main__":
    context = multiprocessing.get_context("METHOD")
    print("parent", time.time())
    worker = context.Process(target=leave, args=(7,), name="leaves")
    worker.start()
    worker.join()
    pool = context.Pool(1)
    print(pool.map(work, [1, 2]))
    pool.close()
    pool.join()
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        print(executor.submit(work, 3).result())
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, {"TMPDIR": str(tmp_path), "MY_API_KEY": "sk-a1B2c3D4e5F6g7H8i9J0"})


def record(place: Place, source: str) -> Ran:
    (place.folder / "agent.py").write_text(source)
    return place.record("agent.py")


def workers(place: Place) -> dict[int, list[dict[str, Any]]]:
    """Return the events of each worker's recording, by its number."""
    found = {}
    for path in (place.folder / "run.jsonl.d").glob("process-*.jsonl"):
        assert not complaints(path)
        events = [json.loads(line) for line in path.read_text().splitlines()]
        found[events[0]["process"]["number"]] = events
        assert path.name == f"process-{events[0]['process']['number']}.jsonl"
    return dict(sorted(found.items()))


def output(events: list[dict[str, Any]], fd: int) -> bytes:
    return "".join(e["text"] for e in events if e["t"] == "output" and e["fd"] == fd).encode()


def entered(place: Place, number: int, *more: str) -> tuple[Ran, dict[str, Any]]:
    ran = place.agentrr(
        "replay", "-q", "--process", str(number), "--json", "said.json", *more, "run.jsonl"
    )
    return ran, json.loads((place.folder / "said.json").read_text())


@pytest.mark.parametrize("method", METHODS)
def test_each_worker_is_recorded_and_entered_and_a_change_of_its_code_is_seen(
    place: Place, server: ModelServer, method: str
) -> None:
    away = Place(place.folder, dict(place.env))
    place.env |= ModelServer.environment_of(server.url)
    recorded = record(place, SOURCE.replace("METHOD", method))
    assert recorded.code == 0, recorded
    found = workers(place)
    assert list(found) == [2, 3, 4]
    run = place.events()
    starts = [e for e in run if e.get("call") == "multiprocessing.start"]
    assert [e["detail"]["agentrr.process"] for e in starts] == [2, 3, 4]
    for start, events in zip(starts, found.values(), strict=True):
        link = events[0]["process"]
        assert (link["run"], link["of"], link["method"]) == (run[0]["id"], 1, method)
        assert (link["lane"], link["n"]) == (start["lane"], start["n"])
        assert link["name"] == start["request"]["name"]
        assert place.env["MY_API_KEY"] not in json.dumps(events)
    checked = place.agentrr("verify", "run.jsonl")
    assert (checked.code, checked.out.count(b"no damage, complete")) == (0, 4), checked
    for number, events in found.items():
        ran, said = entered(away, number)
        assert (said["verdict"], said["process"]) == ("faithful", number), (ran, said)
        assert ran.code == events[-1]["code"] == (7 if number == 2 else 0), ran
        assert b"worker" in ran.out
        assert ran.out.count(b"\n") == output(events, 1).count(b"\n")
        assert ran.err == output(events, 2), ran
    first, _ = entered(away, 2, "--live-env", "MY_API_KEY")
    assert first.out in recorded.out
    agent = place.folder / "agent.py"
    agent.write_text(agent.read_text().replace("time.sleep(0.01)", "time.sleep(0.02)"))
    ran, said = entered(away, 3)
    assert ran.code == DIVERGED, ran
    assert b"replay diverged in process 3 at event" in ran.err, ran
    assert b"agent.py:9 in work()" in ran.err, ran
    assert said["divergences"][0]["process"] == 3
    assert b"Traceback" not in ran.err, ran


WITHIN = """
import multiprocessing, random, threading, time

def inner(queue):
    print("inner", random.random(), time.time(), flush=True)
    queue.put(random.random())

def outer(queue):
    mine = multiprocessing.Queue()
    worker = multiprocessing.Process(target=inner, args=(mine,))
    worker.start()
    queue.put(mine.get())
    worker.join()
    thread = threading.Thread(target=print, args=("outer", random.random()))
    thread.start()
    thread.join()

def start(queue):
    worker = multiprocessing.Process(target=outer, args=(queue,))
    worker.start()
    print(queue.get())
    worker.join()

if __name__ == "__main__":
    queue = multiprocessing.Queue()
    stop = threading.Event()
    beside = threading.Thread(target=stop.wait)
    beside.start()
    threads = [threading.Thread(target=start, args=(queue,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    beside.join()
"""


def test_workers_of_workers_are_numbered_in_the_run_and_entered_by_way_of_theirs(
    place: Place,
) -> None:
    recorded = record(place, WITHIN)
    assert recorded.code == 0, recorded
    found = workers(place)
    assert {n: events[0]["process"]["of"] for n, events in found.items()} == {2: 1, 3: 2}
    for number, events in found.items():
        ran, said = entered(place, number)
        assert said["verdict"] == "faithful", (ran, said)
        assert ran.out == output(events, 1), ran
        assert ran.out in recorded.out


KILLED = """
import multiprocessing, os, signal, sys, time

def work(queue):
    print(time.time(), flush=True)
    queue.put(os.getpid())
    time.sleep(60)

if __name__ == "__main__":
    for _ in range(2):
        ours = multiprocessing.SimpleQueue()
        worker = multiprocessing.Process(target=work, args=(ours,))
        worker.start()
        ours.get()
        worker.kill()
        worker.join()
        print(worker.exitcode)
"""


@pytest.mark.once
def test_a_worker_that_is_killed_leaves_a_recording_as_far_as_it_went(place: Place) -> None:
    assert record(place, KILLED).code == 0
    for number, events in workers(place).items():
        assert (events[-1]["how"], events[-1]["signal"]) == ("signal", 9)
        ran, said = entered(place, number)
        assert said["verdict"] == "faithful as far as it goes", (ran, said)
        assert ran.out == output(events, 1)
    assert place.agentrr("verify", "run.jsonl").code == 0


@pytest.mark.once
def test_the_recordings_of_workers_belong_to_the_run(place: Place) -> None:
    assert record(place, KILLED).code == 0
    listed = json.loads(place.agentrr("ls", "--json", ".").out)
    assert len(listed) == 1
    shown = place.agentrr("show", "run.jsonl").out
    assert "→ process 2".encode() in shown
    assert b"2 workers (--process N)" in shown
    assert b"multiprocessing.acquire" in place.agentrr("show", "run.jsonl", "--process", "3").out
    for verb in ("show", "replay"):
        missing = place.agentrr(verb, "--process", "9", "run.jsonl")
        assert missing.code == USAGE
        assert b"the run has no process 9" in missing.err
        assert b"its processes: 1" in missing.err
    itself, said = entered(place, 1)
    assert (said["verdict"], said["process"]) == ("faithful", 1), itself
    path = place.folder / "run.jsonl.d" / "process-2.jsonl"
    path.write_text(path.read_text().replace('"lane":"main"', '"lane":"mein"', 1))
    assert place.agentrr("verify", "run.jsonl").code == 65
    assert place.agentrr("rm", "run.jsonl").code == 0
    assert not [*place.folder.glob("run*")]


PRELOADED = """
import os, random, time
drawn = random.random(), time.time(), os.environ.get("WORD"), os.getpid() > 0
print("loaded", drawn, flush=True)
"""
SERVED = """
import multiprocessing, os

def work(connection):
    import loaded
    print("worker", loaded.drawn, os.getpid(), flush=True)
    connection.send(loaded.drawn[0])

if __name__ == "__main__":
    multiprocessing.set_forkserver_preload(["loaded"])
    context = multiprocessing.get_context("forkserver")
    for _ in range(2):
        ours, theirs = context.Pipe()
        worker = context.Process(target=work, args=(theirs,))
        worker.start()
        print(ours.recv())
        worker.join()
"""


@pytest.mark.once
def test_a_worker_of_a_fork_server_begins_with_what_that_has_loaded(place: Place) -> None:
    (place.folder / "loaded.py").write_text(PRELOADED)
    place.env |= {"PYTHONPATH": str(place.folder), "WORD": "hello"}
    recorded = record(place, SERVED)
    assert recorded.code == 0, recorded
    assert recorded.out.count(b"loaded") == 1
    for number, events in workers(place).items():
        ran, said = entered(place, number)
        assert said["verdict"] == "faithful", (ran, said)
        assert ran.out == output(events, 1), ran
        assert ran.out.count(b"loaded") == ran.out.count(b"worker") == 1


LEFT = """
import multiprocessing

if __name__ == "__main__":
    worker = multiprocessing.get_context("fork").Process(target=print, args=("worker",))
    worker.start()
    worker.join()
"""


@pytest.mark.once
def test_what_another_run_has_left_beside_it_is_stepped_over(place: Place) -> None:
    record(place, LEFT)
    (place.folder / "run.jsonl").unlink()
    recorded = record(place, LEFT)
    assert place.replay().code == recorded.code == 0
    assert sorted(workers(place)) == [2, 3]
    assert entered(place, 3)[0].out == b"worker\n"
    assert b"no recording of a worker of this run" in entered(place, 2)[0].err
