"""Several recordings open in one process: none sees another's crossings."""

from __future__ import annotations

import asyncio
import json
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from model_server import ModelServer

from agentrr_sandbox import Recorded, Report, record, replay, step

COUNT = 64


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def events(path: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text(encoding="ascii").splitlines()]


def ask(url: str, token: str) -> list[str]:
    with httpx.Client() as client:
        return [client.get(f"{url}/echo", params={"token": token, "n": n}).text for n in range(2)]


async def ask_async(url: str, token: str) -> list[str]:
    async with httpx.AsyncClient() as client:
        return [
            (await client.get(f"{url}/echo", params={"token": token, "n": n})).text
            for n in range(2)
        ]


def check(made: dict[str, Recorded], url: str, fn: Any) -> None:
    tokens = set(made)
    for token, recorded in made.items():
        text = Path(recorded.path).read_text(encoding="ascii")
        assert text.count(f"token={token}") >= 2
        assert not any(other in text for other in tokens - {token}), token
        report: Any = replay(recorded.path, fn, url, token)
        if asyncio.iscoroutine(report):
            report = asyncio.run(report)
        assert isinstance(report, Report)
        assert report.faithful, report.divergences
        assert report.value == recorded.value


@pytest.mark.once
def test_64_recordings_in_threads(tmp_path: Path, server: ModelServer) -> None:
    made: dict[str, Recorded] = {}

    def one(token: str) -> None:
        made[token] = record(ask, server.url, token, to=str(tmp_path / f"{token}.jsonl"))

    threads = [threading.Thread(target=one, args=(f"tok{n:03}x",)) for n in range(COUNT)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == COUNT
    check(made, server.url, ask)


@pytest.mark.once
def test_64_recordings_in_tasks(tmp_path: Path, server: ModelServer) -> None:
    async def main() -> dict[str, Recorded]:
        tokens = [f"tok{n:03}x" for n in range(COUNT)]
        made = await asyncio.gather(
            *(record(ask_async, server.url, t, to=str(tmp_path / f"{t}.jsonl")) for t in tokens)
        )
        await asyncio.sleep(0)  # what was closed is closed in the loop's next turn
        return dict(zip(tokens, made, strict=True))

    check(asyncio.run(main()), server.url, ask_async)


def test_a_clock_read_comes_back_and_an_added_one_diverges(tmp_path: Path) -> None:
    def once() -> float:
        return time.time()

    def twice() -> float:
        time.time()
        return time.time()

    made: Recorded = record(once, to=str(tmp_path / "run.jsonl"))
    report: Report = replay(made.path, once)
    assert report.faithful
    assert report.value == made.value
    report = replay(made.path, twice)
    assert [found["slug"] for found in report.divergences] == ["read"]


def test_observe_lists_and_strict_halts(tmp_path: Path, server: ModelServer) -> None:
    def agent(words: list[str]) -> list[int]:
        with httpx.Client() as client:
            return [client.post(f"{server.url}/echo", content=w).status_code for w in words]

    made: Recorded = record(agent, ["a", "b", "c"], to=str(tmp_path / "run.jsonl"))
    strict: Report = replay(made.path, agent, ["a", "x", "y"])
    assert [found["slug"] for found in strict.divergences] == ["request"]
    observed: Report = replay(made.path, agent, ["a", "x", "y"], mode="observe")
    assert [found["slug"] for found in observed.divergences] == ["request", "request"]
    assert observed.value == made.value


def test_an_exception_closes_the_recording_and_passes(tmp_path: Path) -> None:
    def fails() -> None:
        time.time()
        raise LookupError("mine")

    path = tmp_path / "run.jsonl"
    with pytest.raises(LookupError, match="mine"):
        record(fails, to=str(path))
    assert events(str(path))[-1]["t"] == "run.end"
    report: Report = replay(str(path), fails)
    assert report.faithful
    assert isinstance(report.error, LookupError)


def test_a_swallowed_divergence_is_still_reported(tmp_path: Path) -> None:
    def one() -> None:
        time.sleep(0)

    def hides() -> str:
        try:
            time.sleep(0.001)
        except BaseException:
            return "hidden"
        return "not reached"

    made: Recorded = record(one, to=str(tmp_path / "run.jsonl"))
    report: Report = replay(made.path, hides)
    assert report.value == "hidden"
    assert not report.faithful


def test_step_marks_the_timeline_and_is_free_outside(tmp_path: Path) -> None:
    def agent() -> None:
        with step("plan"):
            time.time()

    with step("nothing is open"):
        pass
    made: Recorded = record(agent, to=str(tmp_path / "run.jsonl"))
    steps = [(e["name"], e["phase"]) for e in events(made.path) if e["t"] == "step"]
    assert steps == [("plan", "begin"), ("plan", "end")]


def test_signals_are_the_processs_own(tmp_path: Path) -> None:
    """Only the main thread may set handlers; any thread may be the first to record, or the last."""
    before = signal.getsignal(signal.SIGINT)
    for name in ("main", "thread"):
        made: list[Any] = []
        path = str(tmp_path / f"{name}.jsonl")

        def one(path: str = path, made: list[Any] = made) -> None:
            made.append(record(lambda: signal.getsignal(signal.SIGINT), to=path))

        if name == "main":
            one()
        else:
            thread = threading.Thread(target=one)
            thread.start()
            thread.join()
        assert [recorded.value for recorded in made] == [before]
    assert signal.getsignal(signal.SIGINT) is before


def test_hooks_are_gone_after_the_last_recording(tmp_path: Path) -> None:
    before = time.time, time.sleep, httpx.HTTPTransport.handle_request
    record(lambda: [time.time()], to=str(tmp_path / "run.jsonl"))
    assert (time.time, time.sleep, httpx.HTTPTransport.handle_request) == before
