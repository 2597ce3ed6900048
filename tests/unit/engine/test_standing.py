"""What a report says of the lanes of a replay, and how a lone wait for a lock ends."""

from __future__ import annotations

import asyncio
from collections import deque
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import pytest

from agentrr_sandbox import real
from agentrr_sandbox.replayer import alone, standing
from agentrr_sandbox.schedule import loops

AT = "[root:code]/agent.py:7 in work()"


@pytest.fixture(autouse=True)
def sites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "site_of", lambda frame, *_: AT if frame is not None else "")


def peer(**more: Any) -> Any:
    known: dict[str, Any] = {
        "baton": None,
        "lanes": {},
        "user": lambda _: True,
        "cleaner": None,
        "coming": dict,
        "event": lambda number: {"t": "call", "call": f"call.{number}"},
    }
    return SimpleNamespace(**{**known, **more})


def strand(base: str, **more: Any) -> Any:
    known: dict[str, Any] = {"base": base, "key": base, "waits": None, "joining": deque()}
    return SimpleNamespace(**{**known, **more})


def test_one_thread_stands_at_its_line() -> None:
    lane = SimpleNamespace(latest=3)
    told = standing.standing(peer(lanes={"main": lane}, coming=lambda: {"main": 4, "main/x": 9}))
    assert told["lanes"] == [
        {"lane": "main", "at": "agent.py:7 in work()", "does": "", "last": 3, "next": 4,
         "next_call": "call.4"},
        {"lane": "main/x", "at": "", "does": "has not begun", "next": 9, "next_call": "call.9"},
    ]  # fmt: skip
    assert standing.standing(peer(), "main") == {}


def test_each_thread_is_told_of_with_what_it_waits_for() -> None:
    ends = deque[Any]()
    worker = strand("main/thread:worker#1", joining=ends)
    strands = {
        real.get_ident(): strand("main"),
        1: strand("joins", waits=ends),
        2: strand("locks", waits=deque()),
        3: worker,
        4: strand("asks"),
        5: strand("computes", key="elsewhere"),
    }
    baton = SimpleNamespace(
        strands=strands, holder=worker, asking=lambda: [strands[4]], coming=[strand("soon")]
    )
    made = peer(baton=baton, lanes={"elsewhere": SimpleNamespace(latest=None)})
    told: Any = standing.standing(made)
    assert {each["lane"]: each["does"] for each in told["lanes"]} == {
        "main": "",
        "joins": "waits for main/thread:worker#1 to end",
        "locks": "waits for a lock, an event or a queue",
        "main/thread:worker#1": "",
        "asks": "waits for its turn",
        "elsewhere": "is in a call of C, or computes",
        "soon": "is about to begin",
    }
    assert "more_lanes" not in told
    baton.coming = [strand(f"more {n}") for n in range(5)]
    assert standing.standing(made)["more_lanes"] == 3
    assert standing.lines_of(made, {real.get_ident(): worker}) == [
        "main/thread:worker#1 at agent.py:7 in work()"
    ]


def test_tasks_are_told_of_with_what_they_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Task:
        def __init__(self, name: str, waiter: object) -> None:
            self._name, self._fut_waiter = name, waiter

        def __hash__(self) -> int:
            return crc32(self._name.encode())

        def get_coro(self) -> Any:
            return nap()

    async def nap() -> None:
        await asyncio.sleep(0)

    other = Task("main/task:b#1", None)
    tasks = [Task("main/task:a#1", other), other, Task("c", object()), Task("unknown", None)]
    asked: list[object] = []

    def all_tasks(loop: object) -> list[Task]:
        asked.append(loop)
        return tasks

    monkeypatch.setattr("asyncio.tasks.all_tasks", all_tasks)
    here = peer(lanes=dict.fromkeys(["main/task:a#1", "main/task:b#1", "c"]))
    known = {object(): SimpleNamespace(turns=[SimpleNamespace(peer=of)]) for of in (peer(), here)}
    monkeypatch.setattr(loops, "_known", known)
    with pytest.warns(RuntimeWarning, match="never awaited"):
        told: Any = standing.standing(here, "main")
    assert {each["lane"]: each["does"] for each in told["lanes"]} == {  # of its own loop alone
        "main/task:a#1": "waits for main/task:b#1",
        "main/task:b#1": "",
        "c": "waits",
    }
    assert asked == [[*known][1]]


class Ended(Exception):
    """How the fake replay ends."""


class Lone:
    """A lane of a replay with one thread; `said` is how it ended."""

    name = "main"

    def __init__(self, *, cut: bool = False, shared: bool = False, next_event: int | None) -> None:
        self.replayer = self
        self.cut, self.shared, self._next = cut, shared, next_event
        self.said: list[Any] = []

    def check(self) -> None:
        """Nothing has ended yet."""

    def following(self) -> int | None:
        return self._next

    def after(self) -> int | None:
        return None

    def event(self, number: int) -> dict[str, Any]:
        return {"t": "call", "call": f"call.{number}"}

    def site(self) -> str:
        return AT

    def diverge(self, found: Any) -> None:
        self.said.append(found)

    def stop(self, message: str, code: int = 0) -> None:
        raise Ended(message, code)


@pytest.mark.parametrize(("event", "expected"), [(4, "event 4, call.4"), (None, None)])
def test_a_lock_that_nobody_can_let_go_ends_the_replay(
    event: int | None, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alone, "look", dict)
    lane: Any = Lone(next_event=event)
    with pytest.raises(Ended, match="lets this lock go"):
        alone.wait(lane, lambda *_: False)
    [found] = lane.said
    assert (found["slug"], found["event"], found["expected"]) == ("stall", event, expected)


def test_where_the_recording_ends_the_wait_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "look", dict)
    lane: Any = Lone(cut=True, next_event=None)
    with pytest.raises(Ended, match="the recording ends here"):
        alone.wait(lane, lambda *_: False)
    assert lane.said == []


def test_threads_of_c_are_waited_for_until_they_stand_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alone, "look", lambda: {1: "running"})
    monkeypatch.setattr(alone, "_STILL", 0.0)
    monkeypatch.setattr(alone, "Rest", lambda: SimpleNamespace(lasts=lambda _: True))
    with pytest.raises(Ended):
        alone.wait(Lone(next_event=2), lambda *_: False)  # type: ignore[arg-type] # a fake
    answers = iter([False, False, True])
    shared: Any = Lone(shared=True, next_event=2)
    assert alone.wait(shared, lambda *_: next(answers)), "others may let it go"


def test_a_task_stands_at_the_users_line_within_what_it_awaits() -> None:
    class Pause:
        def __await__(self) -> Any:
            yield

    async def inner() -> None:
        await Pause()

    async def outer() -> None:
        await inner()

    coro = outer()
    coro.send(None)
    found = standing._innermost(coro, lambda frame: frame.f_code.co_name == "outer")
    assert found.f_code.co_name == "outer"
    assert standing._innermost(coro, lambda _: True).f_code.co_name in ("inner", "__await__")
    coro.close()


def test_without_loops_there_are_no_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "_LOOPS", "no.such.module")
    assert standing.standing(peer(), "main") == {}
