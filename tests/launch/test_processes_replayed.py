"""A replay of a run that started workers starts none, and is told what they answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from harness import Place

CANNOT, DIVERGED, SEALED = 125, 76, 77
SOURCE = """
import multiprocessing, os, random, time
class Held:
    def __init__(self, what): self.what = what
def work(n):
    with open(f"worker-{n}", "w") as f: f.write(f"{time.time()} {random.random()} {os.getpid()}")
    return n * 2
if __name__ == "__main__":
    ours, theirs = multiprocessing.Pipe()
    with multiprocessing.get_context("METHOD").Pool(2) as pool:
        print(pool.map(work, [1, 2]))
    print(open("worker-1").read())
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, {"TMPDIR": str(tmp_path)})


def write(place: Place, source: str) -> None:
    (place.folder / "agent.py").write_text(source)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_are_not_started_and_what_they_wrote_is_served(place: Place, method: str) -> None:
    write(place, SOURCE.replace("METHOD", method))
    recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    for name in ("worker-1", "worker-2"):
        (place.folder / name).unlink()
    replayed = place.replay()
    assert replayed.same(recorded), replayed
    assert not [*place.folder.glob("worker-*")]


def test_a_worker_writes_nothing_into_the_recording_of_its_parent(place: Place) -> None:
    write(place, SOURCE.replace("METHOD", "fork"))
    assert place.record("agent.py").code == 0
    events = place.events()
    assert [event["seq"] for event in events] == list(range(len(events)))
    assert not any("worker-2" in json.dumps(event) for event in events if event["t"] != "source")
    starts = [event for event in events if event.get("call") == "multiprocessing.start"]
    assert [event["request"]["name"] for event in starts] == [
        "ForkPoolWorker-1",
        "ForkPoolWorker-2",
    ]


WORKER = """
import multiprocessing, sys
def work(end, n):
    end.send(n)
if __name__ == "__main__":
    ours, theirs = multiprocessing.Pipe()
    worker = multiprocessing.Process(target=work, args=(theirs, 3))
    worker.start()
    print(ours.recv())
    worker.join()
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("3))", "4))", b"multiprocessing.start asks for something else than was recorded"),
        ("target=work", "target=print", b"multiprocessing.start asks for something else"),
        ("    print(ours.recv())\n", "", b"the recording holds multiprocessing.recv"),
        ("ours.recv()", "theirs.recv()", b"multiprocessing.recv asks for something else"),
        ("    worker.join()", "    theirs.send(1)", b"the run calls multiprocessing.send"),
    ],
)
def test_what_is_asked_of_a_worker_is_compared(
    place: Place, old: str, new: str, said: bytes
) -> None:
    write(place, WORKER)
    assert place.record("agent.py").code == 0
    assert WORKER.count(old) == 1
    write(place, WORKER.replace(old, new))
    replayed = place.agentrr("replay", "run.jsonl")
    assert replayed.code == DIVERGED, replayed
    assert said in replayed.err


def test_a_worker_that_was_not_recorded_is_not_started(place: Place) -> None:
    write(place, "print('hello')\n")
    assert place.record("agent.py").code == 0
    write(place, WORKER)
    replayed = place.agentrr("replay", "run.jsonl")
    assert replayed.code == DIVERGED, replayed
    assert b"but lane main of the recording has no more" in replayed.err


ODD = """
import multiprocessing, sys
def work(end):
    end.send(memoryview if len(sys.argv) > 9 else iter([1, 2]))
if __name__ == "__main__":
    ours, theirs = multiprocessing.Pipe()
    multiprocessing.Process(target=work, args=(theirs,)).start()
    print(list(ours.recv()))
"""


def test_what_the_codec_refuses_is_said_and_can_be_pickled(place: Place) -> None:
    write(place, ODD)
    assert place.record("agent.py").code == 0
    replayed = place.agentrr("replay", "run.jsonl")
    assert replayed.code == CANNOT, replayed
    assert b"list_iterator" in replayed.err
    recorded = place.agentrr("run", "-q", "--pickle", "-o", "pickled.jsonl", "agent.py")
    assert place.replay("pickled.jsonl").same(recorded)


def test_no_pickle_of_a_worker_is_in_the_recording(place: Place) -> None:
    write(place, WORKER.replace("end.send(n)", "end.send({'of': multiprocessing.TimeoutError(n)})"))
    recorded = place.record("agent.py")
    assert b"TimeoutError(3)" in recorded.out
    (answer,) = [e for e in place.events() if e.get("call") == "multiprocessing.recv"]
    assert '"$":"pickle"' not in json.dumps(answer, separators=(",", ":"))
    assert place.replay().same(recorded)


def test_memory_that_is_too_large_is_said(place: Place) -> None:
    write(
        place,
        "import multiprocessing\nif __name__ == '__main__':\n"
        "    print(len(multiprocessing.RawArray('d', 3 << 20)))\n",
    )
    assert place.record("agent.py").code == 0
    replayed = place.agentrr("replay", "run.jsonl")
    assert replayed.code == SEALED, replayed
    assert b"multiprocessing.memory" in replayed.err


def test_builtins_are_sent_to_workers_by_their_names(place: Place) -> None:
    write(
        place,
        "import multiprocessing, os, threading, time\nif __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.map(os.path.getsize, ['agent.py']), pool.apply(os.getpid) > 0,\n"
        "              pool.map(os.stat, ['agent.py'])[0].st_size, pool.apply(time.sleep, (0,)))\n"
        "        print(pool.apply(repr, (threading.Lock,)))\n",
    )
    recorded = place.record("agent.py")
    assert recorded.code == 0, recorded
    assert place.replay().same(recorded)


def test_an_uncaught_error_that_was_not_recorded_is_printed_whole(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "agent.py").write_text("print('x')\n")
    assert place.record("agent.py").code == 0
    (tmp_path / "agent.py").write_text("print('x')\nraise ValueError('new')\n")
    replayed = place.replay()
    assert b"ValueError: new\nagentrr: replay diverged" in replayed.err
    assert b"object address" not in replayed.err
