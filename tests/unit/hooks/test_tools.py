"""Which function a tool's name means, and what becomes of its calls, in this very process."""

from __future__ import annotations

import asyncio
import functools
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agentrr_hooks import tool_finding, tools
from agentrr_sandbox import embedding
from agentrr_sandbox.lanes import process_gate
from agentrr_sandbox.patching import Patching


def owns(filename: str) -> bool:
    return filename == __file__


def find(name: str, *, everywhere: bool = False) -> list[str]:
    found = tool_finding.find(name, owns, everywhere=everywhere)
    return sorted(each.__qualname__ for each in found)


def lone_tool() -> None: ...


def aliased() -> None: ...


def twice() -> None: ...


def by_library() -> None: ...


class Tools:
    def __init__(self) -> None:
        self.table = {"of_an_object": self.act}

    def act(self) -> None: ...

    @staticmethod
    def static_tool() -> None: ...

    def twice(self) -> None: ...


TABLE: dict[str, Any] = {
    "other_name": aliased, "bound": Tools().act, "part": functools.partial(aliased),
    "static": Tools.__dict__["static_tool"], "a_schema": {"type": "object"}, "builtin": len,
}  # fmt: skip
AN_OBJECT = Tools()
cached = functools.lru_cache(by_library)
wrapped = functools.wraps(by_library)(functools.partial(by_library))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("lone_tool", ["lone_tool"]),
        ("other_name", ["aliased"]),
        ("bound", ["Tools.act"]),
        ("part", ["aliased"]),
        ("static", ["Tools.static_tool"]),
        ("static_tool", ["Tools.static_tool"]),
        ("act", ["Tools.act"]),
        ("of_an_object", ["Tools.act"]),
        ("twice", ["Tools.twice", "twice"]),
        ("wrapped", ["by_library"]),
        ("a_schema", []),
        ("builtin", []),
        ("nowhere", []),
    ],
)
def test_a_name_means_what_the_users_code_calls_so(name: str, meant: list[str]) -> None:
    assert find(name) == meant


def test_the_locals_of_running_frames_are_seen() -> None:
    def nested() -> None: ...

    table = {"under_a_key": nested, "twice": nested}

    def deeper() -> None:
        assert find("nested") == ["test_the_locals_of_running_frames_are_seen.<locals>.nested"]
        assert find("under_a_key") == find("nested")
        assert find("twice") == find("nested"), "a key decides"

    deeper()
    assert table


def hidden_maker(kept: list[Any]) -> None:
    def hidden_tool() -> None: ...

    kept.append(memoryview)
    threading.hidden = hidden_tool  # type: ignore[attr-defined] # what only a library holds


def test_what_only_a_library_holds_is_found_among_all_objects() -> None:
    hidden_maker([])
    try:
        assert find("hidden_tool") == []
        assert find("hidden_tool", everywhere=True) == ["hidden_maker.<locals>.hidden_tool"]
    finally:
        del threading.hidden  # type: ignore[attr-defined]


def test_a_dotted_name_is_looked_up() -> None:
    module = __import__(__name__, fromlist=["Tools"])
    assert tool_finding.at(module, "Tools.act") is Tools.__dict__["act"]
    assert tool_finding.at(module, "Tools.static_tool") is Tools.__dict__["static_tool"]
    assert tool_finding.at(module, "Tools.none.of.these") is None


# -- calls ---------------------------------------------------------------------------------

ran: list[str] = []
KEPT: list[Any] = []


def priced(item: str, *more: str, **named: Any) -> list[Any]:
    ran.append(item)
    print("pricing", item)
    return [item, more, named, time.time()]


def kept(item: str) -> int:
    ran.append(item)
    KEPT.append(item)
    return len(KEPT)


def broken(item: str) -> None:
    raise LookupError(item)


def locking(lock: Any, item: str) -> str:
    with lock:
        return item


async def priced_async(item: str) -> list[Any]:
    await asyncio.sleep(0)
    ran.append(item)
    return [item, time.time()]


def declare(*names: str) -> None:
    gate: Any = process_gate()
    tools.declare(list(names), gate)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    ran.clear()
    KEPT.clear()
    yield
    ran.clear()
    KEPT.clear()


def both(tmp_path: Path, agent: Callable[[], Any], mode: str = "strict") -> tuple[Any, Any]:
    path = str(tmp_path / "run.jsonl")
    recorded = embedding.record(agent, to=path)
    ran.clear()
    return recorded.value, embedding.replay(path, agent, mode=mode)


def test_an_answer_is_served_and_the_body_does_not_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def agent() -> Any:
        declare("priced")
        return [priced("a"), priced("b", "c", d=4)]

    value, report = both(tmp_path, agent)
    assert report.faithful
    assert report.check() == value
    assert ran == []
    assert capfd.readouterr().out.count("pricing b") in (1, 2)


def test_without_the_kernels_guard_the_answer_of_a_changing_tool_is_served(tmp_path: Path) -> None:
    def agent() -> Any:
        declare("kept")
        return [kept("a"), kept("b")]

    value, report = both(tmp_path, agent)
    assert value == [1, 2]
    assert report.check() == value
    assert ran == []
    text = (tmp_path / "run.jsonl").read_text(encoding="ascii")
    assert text.count('"agentrr.state":"changed"') == 2


def test_an_error_is_the_answer(tmp_path: Path) -> None:
    def agent() -> Any:
        declare("broken")
        try:
            broken("a")
        except LookupError as error:
            return [type(error), error.args]
        return None

    value, report = both(tmp_path, agent)
    assert value == [LookupError, ("a",)]
    assert report.check() == value


def test_other_arguments_are_a_divergence(tmp_path: Path) -> None:
    item = ["a"]

    def agent() -> Any:
        declare("priced")
        return priced(item[0])

    path = str(tmp_path / "run.jsonl")
    embedding.record(agent, to=path)
    item[0] = "b"
    report = embedding.replay(path, agent)
    (found,) = report.divergences
    assert (found["slug"], found["call"]) == ("request", "tool.call")
    assert found["differences"][0]["path"] == "$.arguments.item"


def test_arguments_that_nothing_can_store_are_told_by_their_type(tmp_path: Path) -> None:
    def agent() -> Any:
        declare("locking")
        return locking(threading.Lock(), "a")

    value, report = both(tmp_path, agent)
    assert report.check() == value == "a"
    assert '"not stored"' in (tmp_path / "run.jsonl").read_text(encoding="ascii")


def test_async_tools_are_served_too(tmp_path: Path) -> None:
    async def agent() -> Any:
        declare("priced_async")
        return [await priced_async("a"), *await asyncio.gather(*map(priced_async, "bc"))]

    path = str(tmp_path / "run.jsonl")
    recorded = asyncio.run(embedding.record(agent, to=path))
    ran.clear()
    report = asyncio.run(embedding.replay(path, agent))
    assert report.check() == recorded.value
    assert ran == []


def test_after_the_last_recording_the_functions_are_themselves(tmp_path: Path) -> None:
    code = priced.__code__

    def agent() -> Any:
        declare("priced")
        assert priced.__code__ is not code
        return priced("a")

    both(tmp_path, agent)
    assert priced.__code__ is code


def test_outside_a_recording_nothing_is_declared() -> None:
    from agentrr_sandbox.lanes import Gate

    tools.declare(["priced"], Gate())
    priced("a")
    assert ran == ["a"]


def test_a_call_outside_every_recording_is_the_bodys_own(tmp_path: Path) -> None:
    def agent() -> Any:
        declare("priced")
        gate: Any = process_gate()
        token = gate.enter(None)
        try:
            return priced("a")
        finally:
            gate.leave(token)

    embedding.record(agent, to=str(tmp_path / "run.jsonl"))
    assert ran == ["a"]
    assert "tool.call" not in (tmp_path / "run.jsonl").read_text(encoding="ascii")


def test_configured_functions_are_taken_at_once() -> None:
    from agentrr_sandbox.lanes import Gate

    gate, patching, code = Gate(), Patching(), priced.__code__
    tools.install(patching, gate)
    tools.configure([f"{__name__}:priced"], [f"{__name__}:Tools.act"], patching, gate)
    assert priced.__code__ is not code
    patching.undo()
    assert priced.__code__ is code
