"""Agents with tools, recorded and replayed as processes: what runs again, and what never does."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import Place, Ran
from model_server import ModelServer

HEAD = """
import json, random, sys, time
from openai import OpenAI

def ask(*names):
    schema = [{"type": "function", "function": {"name": n, "parameters": {"type": "object"}}}
              for n in names]
    OpenAI().chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": "Go on."}], tools=schema)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


class Agent:
    """A script in a folder, with and without the model server."""

    def __init__(self, folder: Path, server: ModelServer) -> None:
        runs = {"AGENTRR_DIR": str(folder / "runs")}
        self.folder = folder
        self.here = Place(folder, runs | server.environment())
        self.away = Place(folder, runs)

    def write(self, body: str) -> None:
        (self.folder / "agent.py").write_text(HEAD + textwrap.dedent(body), encoding="utf-8")

    def record(self, body: str) -> Ran:
        self.write(body)
        ran = self.here.agentrr("run", "-v", "-o", "run.jsonl", "agent.py")
        assert b"error" not in ran.err, ran
        return ran

    def replay(self, *options: str) -> Ran:
        return self.away.agentrr("replay", *options, "run.jsonl")

    def tools(self) -> list[dict[str, Any]]:
        """Return the answers of tool calls, each with the `lane` of its intent."""
        events = self.away.events()
        calls = [event for event in events if event.get("call") == "tool.call"]
        answers = {event["of"]: event for event in events if event["t"] == "answer"}
        return [answers[call["seq"]] | {"request": call["request"]} for call in calls]


@pytest.fixture
def agent(tmp_path: Path, server: ModelServer) -> Agent:
    return Agent(tmp_path, server)


def faithful(recorded: Ran, replayed: Ran) -> None:
    assert replayed.code == recorded.code, f"{recorded}\n{replayed}"
    assert replayed.out == recorded.out, f"{recorded}\n{replayed}"
    assert b"agentrr: faithful, " in replayed.err, replayed


PURE = """
    def refund(order):
        {line}
        return [order, time.time()]

    ask("refund")
    print(refund("A-1"))
"""


def test_a_body_does_not_run_again(agent: Agent) -> None:
    recorded = agent.record(PURE.format(line="print('paid')"))
    agent.write(PURE.format(line="raise SystemExit('it ran')"))
    faithful(recorded, agent.replay())
    assert b"it ran" in agent.replay("--tools=rerun").err


CHANGING = """
    CART = []

    def add(item):
        CART.append([item, time.time()])
        print("added")
        return len(CART)

    ask("add")
    print(add("pear"), CART)
"""


def test_what_changed_state_runs_again_and_is_named(agent: Agent) -> None:
    recorded = agent.record(CHANGING)
    (call,) = agent.tools()
    assert call["detail"]["agentrr.state.paths"][0] == "__main__.CART"
    replayed = agent.replay()
    faithful(recorded, replayed)
    assert b"tools run again: add" in replayed.err
    served = agent.replay("--tools=serve")
    assert served.code == 76, served


def test_a_body_that_answers_otherwise_is_a_divergence(agent: Agent) -> None:
    agent.record(CHANGING)
    agent.write(CHANGING.replace("return len(CART)", "return len(CART) + 1"))
    ran = agent.replay()
    assert ran.code == 76
    assert b"tool add answers something else" in ran.err


@pytest.mark.parametrize("options", [(), ("--tools=rerun",)], ids=["served", "rerun"])
def test_a_tool_may_ask_a_model_and_call_tools(options: tuple[str, ...], agent: Agent) -> None:
    recorded = agent.record("""
        def inner(x):
            return [x, random.random()]

        def depth(n):
            return [time.time()] if n == 0 else [n, *depth(n - 1)]

        def research(topic):
            ask("inner", "research")
            print("researching", topic)
            return [inner(topic), inner(topic), depth(3)]

        ask("research", "depth")
        print(research("owls"), depth(1))
    """)
    names = [call["request"]["name"] for call in agent.tools()]
    assert names == ["research", "inner", "inner", *["depth"] * 6]
    faithful(recorded, agent.replay(*options))


def test_closures_that_are_made_anew_are_taken_each_time(agent: Agent) -> None:
    recorded = agent.record("""
        def conversation(user):
            def greet(name):
                return [user, name, random.random()]

            tools = {"hello": greet}
            ask("hello")
            print(tools["hello"]("x"), greet("y"))

        conversation("ann")
        conversation("bob")
    """)
    assert len(agent.tools()) == 4
    faithful(recorded, agent.replay())


def test_a_name_that_fits_several_functions_is_said(agent: Agent) -> None:
    recorded = agent.record("""
        class Index:
            def search(self, text):
                return [text, random.random()]

        class Shelf:
            def search(self, text):
                return [text, time.time()]

        ask("search")
        print(Index().search("a"), Shelf().search("b"))
    """)
    assert b"search fits 2 functions (__main__:Index.search, __main__:Shelf.search)" in recorded.err
    assert b"[tool.agentrr] tools" in recorded.err
    assert agent.tools() == []
    faithful(recorded, agent.replay())


def test_the_configuration_names_one(agent: Agent) -> None:
    (agent.folder / "pyproject.toml").write_text(
        '[tool.agentrr]\ntools = ["agent:Shelf.search", "shelves:nothing"]\n', encoding="utf-8"
    )
    (agent.folder / "shelves.py").write_text("", encoding="utf-8")
    recorded = agent.record("""
        import shelves

        class Shelf:
            def search(self, text):
                return [text, time.time()]

        time.sleep(0.001)
        print(Shelf().search("b"))
    """)
    assert b"shelves:nothing, which is no function" in recorded.err
    assert len(agent.tools()) == 1
    faithful(recorded, agent.replay())


def test_what_the_body_writes_goes_where_it_went(agent: Agent) -> None:
    recorded = agent.record("""
        import contextlib, io, os

        def loud(text):
            print(text)
            print(text, file=sys.stderr)
            os.write(1, b"raw\\n")
            return random.random()

        ask("loud")
        print("before", end=" ")
        print(loud("a"))
        caught = io.StringIO()
        with contextlib.redirect_stdout(caught):
            loud("b")
        print(caught.getvalue(), end="")
    """)
    replayed = agent.replay()
    faithful(recorded, replayed)
    assert recorded.err.startswith(b"a\nb\n")
    assert b"\na\nb\n" in replayed.err


def test_what_the_walk_cannot_enter_is_named_in_the_last_line(agent: Agent) -> None:
    recorded = agent.record("""
        VIEW = memoryview(b"abc")
        OTHER = memoryview(b"abc")

        def look():
            return VIEW[0]

        def blind():
            return random.random()

        ask("look", "blind")
        print(look(), blind())
    """)
    told = (
        b"tool look reaches builtins.memoryview, whose state is not compared: replay runs it again"
    )
    assert told in recorded.err
    assert b"tool blind reaches" not in recorded.err
    faithful(recorded, agent.replay())


def test_what_a_framework_keeps_by_itself_makes_a_body_run_again(agent: Agent) -> None:
    packages = agent.folder / "site-packages"
    packages.mkdir()
    source = "_kept = []\ndef put(what): _kept.append(what)\ndef size(): return len(_kept)\n"
    (packages / "frame.py").write_text(source, encoding="utf-8")
    for place in (agent.here, agent.away):
        place.env["PYTHONPATH"] = str(packages)
    recorded = agent.record("""
        import contextvars, json
        from frame import put, size

        CURRENT = contextvars.ContextVar("CURRENT")

        def remember(text):
            put(text)
            return "kept"

        def choose(text):
            CURRENT.set(text)
            return "chosen"

        def blind():
            return json.dumps([random.random(), CURRENT.get()])

        ask("remember", "choose", "blind")
        print(remember("a"), size(), choose("b"), CURRENT.get(), blind())
    """)
    assert b"tool remember reaches frame.put, whose state is not compared" in recorded.err
    states = {
        call["request"]["name"]: call["detail"].get("agentrr.state") for call in agent.tools()
    }
    assert states == {"remember": "changed", "choose": "changed", "blind": None}
    faithful(recorded, agent.replay())


def test_tools_in_threads_one_after_another(agent: Agent) -> None:
    recorded = agent.record("""
        from concurrent.futures import ThreadPoolExecutor

        def look_up(x):
            time.sleep(0.01)
            return [x, random.random()]

        ask("look_up")
        with ThreadPoolExecutor(1) as pool:
            print([pool.submit(look_up, n).result() for n in range(3)])
    """)
    assert len(agent.tools()) == 3
    faithful(recorded, agent.replay())


def test_files_that_a_body_changes_are_state(agent: Agent) -> None:
    recorded = agent.record("""
        def save(text):
            with open("memory.json", "w") as file:
                json.dump([text, time.time()], file)
            return "saved"

        ask("save")
        print(save("x"), open("memory.json").read())
    """)
    kept = (agent.folder / "memory.json").read_bytes()
    (agent.folder / "memory.json").write_text("changed since", encoding="utf-8")
    faithful(recorded, agent.replay())
    assert (agent.folder / "memory.json").read_bytes() == b"changed since"
    assert kept.startswith(b'["x"')


@pytest.mark.once
def test_large_state_is_walked_in_little_time(agent: Agent) -> None:
    recorded = agent.record("""
        TABLE = {n: [n, str(n), n / 2] for n in range(300_000)}
        VECTORS = [[float(n)] * 50 for n in range(2_000)]

        def find(n):
            return [len(TABLE), random.random()]

        ask("find")
        began = time.process_time()
        found = [find(n) for n in range(5)]
        print(time.process_time() - began < 3)
    """)
    assert recorded.out == b"True\n"
    assert all("agentrr.state" not in call["detail"] for call in agent.tools())
    faithful(recorded, agent.replay())


def test_async_tools_end_in_the_recorded_order(agent: Agent) -> None:
    recorded = agent.record("""
        import asyncio

        async def fetch(n, wait):
            await asyncio.sleep(wait)
            print("fetched", n)
            return [n, random.random()]

        async def main():
            ask("fetch")
            waits = [0.02, 0.05, 0.08, 0.11]
            random.shuffle(waits)
            print(await asyncio.gather(*(fetch(n, wait) for n, wait in enumerate(waits))))

        asyncio.run(main())
    """)
    assert len(agent.tools()) == 4
    faithful(recorded, agent.replay())


@pytest.mark.parametrize("options", [(), ("--tools=serve",), ("--tools=rerun",)])
def test_what_strands_of_the_body_do_is_the_bodys(options: tuple[str, ...], agent: Agent) -> None:
    recorded = agent.record("""
        import asyncio, threading

        async def part(n):
            await asyncio.sleep(n / 100)
            print("part", n, random.random())
            return n

        def spread(n):
            async def all_parts():
                return await asyncio.gather(*(part(each) for each in range(n)))

            thread = threading.Thread(target=print, args=("from a thread",))
            thread.start()
            thread.join()
            return asyncio.run(all_parts())

        ask("spread")
        print(spread(3))
    """)
    faithful(recorded, agent.replay(*options))


def test_a_file_that_a_task_of_the_body_writes_is_state(agent: Agent) -> None:
    recorded = agent.record("""
        import asyncio

        def save(text):
            async def write():
                with open("kept.txt", "w") as file:
                    file.write(f"{text} {time.time()}")

            asyncio.run(write())
            return "saved"

        ask("save")
        print(save("x"), open("kept.txt").read())
    """)
    (call,) = agent.tools()
    assert call["detail"]["agentrr.state.paths"] == ["file.open kept.txt"]
    faithful(recorded, agent.replay())


def test_tools_in_threads_at_the_same_time_are_served(agent: Agent) -> None:
    recorded = agent.record("""
        from concurrent.futures import ThreadPoolExecutor

        def look_up(x):
            time.sleep(0.05)
            return [x, random.random()]

        ask("look_up")
        with ThreadPoolExecutor(3) as pool:
            print(list(pool.map(look_up, range(3))))
    """)
    for _ in range(3):
        replayed = agent.replay()
        assert (replayed.code, replayed.out) == (0, recorded.out), replayed


def test_an_answer_that_is_served_though_state_changed_is_named(agent: Agent) -> None:
    recorded = agent.record("""
        LOG = []

        def log(text):
            LOG.append(text)
            return time.time()

        ask("log")
        print(log("a"))
    """)
    replayed = agent.replay("--tools=serve")
    faithful(recorded, replayed)
    assert b"; served, though they changed state: log\n" in replayed.err


def test_a_changing_tool_that_is_cancelled_or_leaves_runs_again(agent: Agent) -> None:
    recorded = agent.record("""
        import asyncio

        SEEN = []

        async def slow(n):
            SEEN.append(n)
            await asyncio.sleep(n)
            return random.random()

        def leave(code):
            SEEN.append(code)
            sys.exit(code)

        async def main():
            try:
                await asyncio.wait_for(slow(20), 0.05)
            except TimeoutError:
                print("late", SEEN)
            print(await slow(0.01), SEEN)

        ask("slow", "leave")
        asyncio.run(main())
        try:
            leave(3)
        except SystemExit as error:
            print("caught", error.code, SEEN)
        leave(4)
    """)
    assert recorded.code == 4
    replayed = agent.replay()
    faithful(recorded, replayed)
    assert b"tools run again: slow (2), leave (2)" in replayed.err
