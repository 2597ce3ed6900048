"""A replay in the caller's own process ends, also when the program awaits what nobody brings."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentrr_sandbox import record, replay
from agentrr_sandbox.errors import CannotReplay, SealViolation


def cross() -> None:
    """Sleep: that is a crossing."""
    time.sleep(0.001)


def cut(recording: str) -> None:
    """Leave what a killed process would have left."""
    path = Path(recording)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-2]))


class Program:
    """Crosses once; *edited*, it crosses once more, hides what comes of it, and waits for ever."""

    def __init__(self, path: Path, *, stubborn: bool = False) -> None:
        self.path = str(path / "run.jsonl")
        self.edited = False
        self.stubborn = stubborn
        self.cleaned: list[str] = []

    async def main(self) -> str:
        cross()
        if self.edited:
            try:
                cross()
            except BaseException:
                self.cleaned.append("hidden")
            await self.forever()
        return "done"

    async def forever(self) -> None:
        while True:
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                self.cleaned.append("cancelled")
                if self.cleaned.count("cancelled") == 1 and self.stubborn:
                    continue
                raise

    async def waits(self) -> str:
        cross()
        if self.edited:
            await self.forever()
        return "done"


@pytest.fixture(params=[False, True], ids=["meek", "stubborn"])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Program:
    return Program(tmp_path, stubborn=request.param)


@pytest.mark.parametrize("name", ["main", "waits"])
def test_with_a_loop_of_its_own(program: Program, name: str) -> None:
    def run() -> Any:
        return asyncio.run(getattr(program, name)())

    assert record(run, to=program.path, durable="process").value == "done"
    assert replay(program.path, run).check() == "done"
    program.edited = True
    report = replay(program.path, run)
    assert [each["slug"] for each in report.divergences] == ["extra" if name == "main" else "stall"]
    assert report.value is None
    assert "cancelled" in program.cleaned, "its loop was cleaned up as ever"


@pytest.mark.parametrize("name", ["main", "waits"])
def test_on_the_loop_of_its_caller(program: Program, name: str) -> None:
    run: Callable[[], Any] = getattr(program, name)
    ticks: list[int] = []

    async def ticking() -> None:
        while True:
            await asyncio.sleep(0.01)
            ticks.append(1)

    async def caller() -> Any:
        await record(run, to=program.path, durable="process")
        assert (await replay(program.path, run)).check() == "done"
        program.edited = True
        beside = asyncio.create_task(ticking()) if name == "main" else None
        report = await replay(program.path, run)
        before = len(ticks)
        await asyncio.sleep(0.05)  # the caller itself is not cancelled
        if beside is not None:
            assert len(ticks) > before, "nor is what else runs there"
            beside.cancel()
        current = asyncio.current_task()
        assert current is not None
        assert current.cancelling() == 0
        return report

    report = asyncio.run(caller())
    assert [each["slug"] for each in report.divergences] == ["extra" if name == "main" else "stall"]
    assert report.value is None
    assert report.error is None
    assert program.cleaned[-1] == "cancelled"


def test_who_cancels_the_replay_cancels_it(tmp_path: Path) -> None:
    program = Program(tmp_path)

    async def caller() -> None:
        await record(program.waits, to=program.path, durable="process")
        program.edited = True
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(replay(program.path, program.waits), 0.1)

    asyncio.run(caller())
    assert program.cleaned == ["cancelled"]


def test_where_the_recording_was_cut_the_loop_of_the_caller_goes_on(tmp_path: Path) -> None:
    program = Program(tmp_path)

    async def caller() -> Any:
        await record(program.waits, to=program.path, durable="process")
        cut(program.path)
        program.edited = True
        report = await replay(program.path, program.waits)
        await asyncio.sleep(0)
        return report

    report = asyncio.run(caller())
    assert report.stopped is not None
    assert "the recording ends here" in report.stopped
    assert not report.faithful, "it is not known how it went on"
    with pytest.raises(CannotReplay, match="the recording ends here"):
        report.check()
    assert report.divergences == []


def test_what_tried_to_leave_has_no_value(tmp_path: Path) -> None:
    path = str(tmp_path / "run.jsonl")

    def leaves() -> str:
        subprocess.run(["true"], check=True, pass_fds=[1])
        return "left"

    record(leaves, to=path)
    report = replay(path, leaves)
    assert not report.faithful
    assert report.value is None
    with pytest.raises(SealViolation, match=r"subprocess|Popen"):
        report.check()
