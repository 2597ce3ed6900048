"""Which strand is this: names and the gate."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any, cast

from agentrr_sandbox.lanes import Gate, Names


def lane(name: str) -> Any:
    return cast("Any", name)


def test_a_child_is_named_by_kind_target_and_count_of_that_name() -> None:
    names = Names("main")
    made = [names.child("thread", "work"), names.child("thread", "other")]
    made += [names.child("thread", "work"), names.child("task", "work")]
    assert made == [
        "main/thread:work#1",
        "main/thread:other#1",
        "main/thread:work#2",
        "main/task:work#1",
    ]


def test_the_default_is_the_lane_of_whom_nobody_placed() -> None:
    assert Gate().lane() is None
    gate = Gate(lane("main"))
    token = gate.enter(lane("inner"))
    assert str(gate.lane()) == "inner"
    gate.leave(token)
    assert str(gate.lane()) == "main"


def test_tasks_inherit_and_do_not_leak() -> None:
    gate = Gate()

    async def inside(name: str) -> str:
        gate.enter(lane(name))
        await asyncio.sleep(0)
        return cast("str", gate.lane())

    async def both() -> list[str]:
        return list(await asyncio.gather(inside("a"), inside("b")))

    assert asyncio.run(both()) == ["a", "b"]
    assert gate.lane() is None


def test_a_token_of_another_context_restores_what_it_replaced() -> None:
    gate = Gate(lane("main"))
    token = contextvars.copy_context().run(gate.enter, lane("inner"))
    gate.enter(lane("elsewhere"))
    gate.leave(token)
    assert str(gate.lane()) in ("main", "None")
