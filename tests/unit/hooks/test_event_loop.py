"""How long an idle loop waits: as long as the boundary says, and then it is later."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from unit.hooks.fakes import Tape

from agentrr_hooks import event_loop, threads


def timed(main: Any) -> tuple[Any, float]:
    before = time.perf_counter()
    return asyncio.run(main()), time.perf_counter() - before


async def naps() -> list[str]:
    order: list[str] = []

    async def nap(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        order.append(name)

    await asyncio.gather(nap("c", 0.06), nap("a", 0.02), nap("b", 0.04))
    return order


def test_timers_cost_what_they_cost_while_recording() -> None:
    with Tape().recording(event_loop):
        order, took = timed(naps)
    assert order == ["a", "b", "c"]
    assert took >= 0.06


def test_timers_cost_nothing_in_a_replay_and_keep_their_order() -> None:
    async def long() -> Any:
        loop = asyncio.get_running_loop()
        before = loop.time()
        await asyncio.sleep(600)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(7200), 3600)
        return loop.time() - before

    with Tape().replaying(event_loop):
        order, took = timed(naps)
        assert order == ["a", "b", "c"]
        assert took < 0.06
        later, took = timed(long)
    assert 4200 <= later < 4260
    assert took < 5


def test_work_in_a_pool_is_waited_for() -> None:
    """A timeout must not overtake work that really goes on."""

    async def main() -> str:
        return await asyncio.wait_for(asyncio.to_thread(slow), 30)

    def slow() -> str:
        done.wait(0.05)
        return "done"

    done = threading.Event()
    with Tape().replaying(threads, event_loop):
        answer, took = timed(main)
    assert answer == "done"
    assert took < 5


def test_other_threads_are_given_a_moment() -> None:
    async def main() -> bool:
        loop, event = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(event.set)

        thread = threading.Thread(target=wake)
        async with asyncio.timeout(30):
            thread.start()
            answer = await event.wait()
        thread.join()
        return answer

    with Tape().replaying(threads, event_loop):
        answer, _ = timed(main)
    assert answer


def test_a_wait_without_an_end_is_a_wait() -> None:
    async def main() -> str:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, lambda: "answer")

    with Tape().replaying(threads, event_loop):
        assert timed(main)[0] == "answer"


def test_outside_every_recording_loops_are_left_alone() -> None:
    with Tape().replaying(event_loop) as lane:
        token = lane.gate.enter(None)
        try:
            order, took = timed(naps)
        finally:
            lane.gate.leave(token)
    assert order == ["a", "b", "c"]
    assert took >= 0.06


def test_a_loop_with_a_clock_of_its_own_keeps_it() -> None:
    class Loop(asyncio.SelectorEventLoop):
        def time(self) -> float:
            return 5.0

    with Tape().replaying(event_loop):
        loop = Loop()
        assert loop.time() == 5.0
        loop.close()


def test_everything_is_put_back() -> None:
    from asyncio import selector_events

    before = selector_events.BaseSelectorEventLoop.__init__
    with Tape().recording(event_loop):
        assert selector_events.BaseSelectorEventLoop.__init__ is not before
    assert selector_events.BaseSelectorEventLoop.__init__ is before


def test_a_thread_that_is_slow_to_get_its_turn_is_waited_for() -> None:
    """The end of `asyncio.run` waits up to 300 s for a thread that closes the pool."""

    def spin(seconds: float) -> int:
        end = time.perf_counter() + seconds
        turns = 0
        while time.perf_counter() < end:
            turns += 1
        return turns

    async def main() -> bool:
        loop, event = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            spin(0.15)  # runs all the time, so it is not at rest
            loop.call_soon_threadsafe(event.set)

        thread = threading.Thread(target=wake)
        thread.start()
        try:
            return await asyncio.wait_for(event.wait(), 300)
        finally:
            thread.join()

    with Tape().replaying(event_loop):
        assert timed(main)[0]


def test_a_thread_at_rest_does_not_hold_the_clock() -> None:
    hold = threading.Event()
    thread = threading.Thread(target=hold.wait)
    thread.start()
    try:
        with Tape().replaying(event_loop):
            _, took = timed(lambda: asyncio.sleep(3600))
    finally:
        hold.set()
        thread.join()
    assert took < 5
