"""Lanes of threads, pool work and tasks; and the order in which sets of them are gone through."""

from __future__ import annotations

import _thread
import asyncio
import concurrent.futures
import contextvars
import functools
import inspect
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from unit.hooks.fakes import Recording, Tape

from agentrr_hooks import contexts, tasks, threads

Lane = Any


@pytest.fixture
def lane(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lane]:
    """A lane under which the hooks are installed; `lane.here()` names the current one."""
    monkeypatch.setattr(Recording, "baton", object())  # there are threads
    with Tape().recording(threads, contexts, tasks) as installed:
        lane: Any = installed
        lane.here = lambda: lane.gate.lane().name
        yield lane


def in_thread(run: Callable[[], Any]) -> None:
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_a_thread_runs_in_a_lane_named_by_its_target(lane: Lane) -> None:
    names: list[str] = []

    def worker() -> None:
        names.append(lane.here())
        in_thread(inner)

    def inner() -> None:
        names.append(lane.here())

    in_thread(worker)
    in_thread(functools.partial(worker))
    timer = threading.Timer(0, inner)
    timer.start()
    timer.join()
    where = "test_a_thread_runs_in_a_lane_named_by_its_target.<locals>."
    assert names == [
        f"main/thread:{where}worker#1",
        f"main/thread:{where}worker#1/thread:{where}inner#1",
        f"main/thread:{where}worker#2",
        f"main/thread:{where}worker#2/thread:{where}inner#1",
        "main/thread:Timer.run#1",
    ]
    assert lane.here() == "main"


def test_a_bare_thread_has_a_lane_and_its_arguments(lane: Lane) -> None:
    got: list[Any] = []
    done = threading.Event()

    def worker(*args: Any, **named: Any) -> None:
        got.extend([args, named, lane.here()])
        done.set()

    _thread.start_new_thread(worker, (1, 2), {"three": 3})
    assert done.wait(5)
    assert got[:2] == [(1, 2), {"three": 3}]
    assert got[2].endswith("worker#1")
    with pytest.raises(TypeError):
        _thread.start_new_thread("worker", ())  # type: ignore[call-overload]


def test_a_thread_starts_in_an_empty_context(lane: Lane) -> None:
    variable: contextvars.ContextVar[int] = contextvars.ContextVar("variable", default=0)
    variable.set(5)
    seen: list[int] = []
    in_thread(lambda: seen.append(variable.get()))
    assert seen == [0]


def test_pool_work_has_lanes_in_the_order_of_submission(lane: Lane) -> None:
    def work(n: int) -> tuple[int, str]:
        return n, lane.here().rpartition(".")[2]

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        assert list(pool.map(work, range(4))) == [(n, f"work#{n + 1}") for n in range(4)]


def test_pool_work_keeps_the_context_of_its_worker(lane: Lane) -> None:
    variable: contextvars.ContextVar[int] = contextvars.ContextVar("variable", default=0)
    with concurrent.futures.ThreadPoolExecutor(1, initializer=lambda: variable.set(7)) as pool:
        assert pool.submit(variable.get).result() == 7
        pool.submit(variable.set, 8).result()
        assert pool.submit(variable.get).result() == 8


def test_errors_of_pool_work_show_no_frame_of_ours(lane: Lane) -> None:
    def fail() -> None:
        raise LookupError

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        error = pool.submit(fail).exception()
    assert error is not None
    frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    assert frames == ["run", "fail"]


def test_a_copied_context_does_not_bring_its_lane_along(lane: Lane) -> None:
    """Two threads in one lane would take each other's answers."""

    def work(n: int) -> tuple[int, str]:
        return n, lane.here().rpartition(".")[2]

    contexts = [contextvars.copy_context() for _ in range(3)]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        found = [pool.submit(each.run, work, n) for n, each in enumerate(contexts)]
        assert [each.result() for each in found] == [(n, f"work#{n + 1}") for n in range(3)]
    assert [each.run(lane.here) for each in contexts] == ["main"] * 3, "put back"

    async def aside() -> list[tuple[int, str]]:
        return await asyncio.gather(*(asyncio.to_thread(work, n) for n in range(3)))

    lanes = [name for _, name in asyncio.run(aside())]
    assert lanes == ["work#1"] * 3, "one for each task"
    seen: list[tuple[int, str]] = []
    thread = threading.Thread(
        target=contextvars.copy_context().run, args=(lambda: seen.append(work(7)),)
    )
    thread.start()
    thread.join()
    assert seen == [(7, "<lambda>#1")]


def test_a_context_that_is_in_use_fails_as_it_does_without_us(lane: Lane) -> None:
    context = contextvars.copy_context()

    def inside() -> None:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            error = pool.submit(context.run, lane.here).exception()
        assert "already entered" in str(error)

    context.run(inside)


def test_tasks_run_in_lanes_named_by_their_coroutine(lane: Lane) -> None:
    async def ask() -> str:
        await asyncio.sleep(0)
        name: str = lane.here()
        return name.replace("test_tasks_run_in_lanes_named_by_their_coroutine.<locals>.", "")

    async def deeper() -> list[str]:
        return [await ask(), await asyncio.create_task(ask())]

    async def main() -> Any:
        first = await asyncio.gather(ask(), ask(), deeper())
        async with asyncio.TaskGroup() as group:
            last = group.create_task(ask())
        thread = await asyncio.to_thread(lane.here)
        return first, last.result(), await ask(), thread

    first, last, own, thread = asyncio.run(main())
    assert first[:2] == ["main/task:ask#1", "main/task:ask#2"]
    assert first[2] == ["main/task:deeper#1", "main/task:deeper#1/task:ask#1"]
    assert last == "main/task:ask#3"
    assert own == "main"  # `asyncio.run` gives its main task a context of its own
    assert thread == "main/work:lane.<locals>.<lambda>#1"


def test_tasks_keep_their_context_name_and_factory(lane: Lane) -> None:
    variable: contextvars.ContextVar[int] = contextvars.ContextVar("variable", default=0)

    async def look() -> int:
        return variable.get()

    async def main() -> None:
        variable.set(3)
        loop = asyncio.get_running_loop()
        task = loop.create_task(look(), name="mine")
        assert task.get_name() == "mine"
        assert await task == 3
        given = contextvars.Context()
        assert await loop.create_task(look(), context=given) == 0
        assert "create_task" in repr(loop.create_task)
        assert list(inspect.signature(type(loop).create_task).parameters)[:2] == ["self", "coro"]
        with pytest.raises(TypeError):
            await loop.create_task("no coroutine")  # type: ignore[arg-type]

    asyncio.run(main())


def test_sets_of_tasks_are_gone_through_in_order(lane: Lane) -> None:
    async def vote(n: int) -> int:
        await asyncio.sleep(0)
        return n

    stopped: list[int] = []

    async def last(n: int) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            stopped.append(n)

    async def main() -> None:
        votes = [await one for one in asyncio.as_completed([vote(n) for n in range(40)])]
        assert votes == list(range(40))
        done, pending = await asyncio.wait([asyncio.create_task(vote(n)) for n in range(40)])
        assert [task.result() for task in done] == list(range(40))
        assert pending == set()
        waiting = [asyncio.create_task(last(n)) for n in range(40)]
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 41
        assert len(waiting) == 40

    asyncio.run(main())
    assert stopped == list(range(40))


def test_sets_of_futures_are_gone_through_in_order(lane: Lane) -> None:
    wait = concurrent.futures._base.wait  # the package took its own before the hook was there
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        futures = [pool.submit(int, n) for n in range(40)]
        done, _ = wait(futures)
        assert [future.result() for future in done] == list(range(40))
        assert {f.result() for f in concurrent.futures.as_completed(futures)} == set(range(40))
        one = wait(futures, return_when="FIRST_COMPLETED")
        assert type(one).__name__ == "DoneAndNotDoneFutures"


def test_everything_is_put_back() -> None:
    from concurrent.futures import thread

    before = (_thread.start_new_thread, thread._WorkItem.run, asyncio.tasks.all_tasks)
    with Tape().recording(threads, tasks):
        assert _thread.start_new_thread is not before[0]
        assert "set" in vars(asyncio.tasks)
    after = (_thread.start_new_thread, thread._WorkItem.run, asyncio.tasks.all_tasks)
    assert after == before
    assert "set" not in vars(asyncio.tasks)
