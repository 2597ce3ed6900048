"""The end of a run, and of a replay: what was not asked for, refused, unservable, cut short."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from peers import KILLED, SALT, World, library_clock, record

from agentrr_sandbox.errors import RecordingStopped, ReplayStopped, SealViolation
from agentrr_sandbox.recording import codec
from agentrr_sandbox.recording.gate import Pickles


def everything(world: World) -> Any:
    """Go through each door."""
    world.got(world.fact("test.fact"))
    world.got(world.clock())
    library_clock(world)
    print("first")
    world.ask("test.ask", "q")
    world.ask("test.ask", {"text": "x" * 1500}, outward=True)
    world.lane.mark("test.mark", {"state": 1})
    for piece in world.stream(3):
        world.got(piece)
    world.got(world.draw())
    print("second")
    world.tool("t", lambda: [print("in the tool"), world.lane.cross("test.below", world.new)])
    world.lane.intent("test.intent", 1)
    with world.within(world.lane.child("thread", "t")):
        world.ask("test.ask", {"text": "x" * 1500}, outward=True)
        world.got(world.clock())
    world.ask("test.last")
    return "done"


@pytest.mark.parametrize("end", [True, False])
def test_cut_after_each_event_it_replays_to_the_last_one(tmp_path: Path, end: bool) -> None:
    whole = record(tmp_path, everything)
    whole.replay(everything).check()
    stops = set()
    last = len(whole.events) - 2
    assert record(tmp_path, everything).cut(last, end=end).replay(everything).faithful
    for count in range(1, last):
        made = record(tmp_path, everything).cut(count, end=end)
        run = made.replay(everything)
        assert run.slugs == [], (count, run.reports)
        assert isinstance(run.error, ReplayStopped)
        assert isinstance(run.halted, ReplayStopped)
        assert run.stopped["exit_code"] == 0
        assert run.log == made.log[: len(run.log)], "never an answer that was not recorded"
        crossings = [e for e in made.of("call", "intent") if "/tool:" not in e["lane"]]
        assert run.end["events"] == len(crossings), "to the last event"
        assert run.asked == 0 or "test.fact" in run.stopped["message"]
        stops.add(run.stopped["message"].partition(":")[0])
    assert len(stops) > 8, "it stopped at each place in turn"


def test_without_its_supervisors_end_it_is_whole(tmp_path: Path) -> None:
    made = record(tmp_path, everything)
    count = len(made.events) - 1
    assert made.events[count - 1]["t"] == "run.exit"
    made.cut(count, end=False).replay(everything).check()


def test_counts_and_digests_of_the_exit(tmp_path: Path) -> None:
    made = record(tmp_path, everything)
    [exited] = made.of("run.exit")
    kinds = [event["t"] for event in made.events[1:-2]]
    assert exited["counts"] == {kind: kinds.count(kind) for kind in set(kinds)}


# -- refused -----------------------------------------------------------------------------------


def reaching(request: object = None, *, hide: bool = False) -> Callable[[World], Any]:
    def scenario(world: World) -> str:
        try:
            world.lane.uncaptured("socket.connect", request)
        except BaseException as error:
            if hide:
                return type(error).__name__
            raise
        return "connected"

    return scenario


@pytest.mark.parametrize("request_", [None, ["host", 443], object, lambda: 1])
def test_what_no_hook_understands(tmp_path: Path, request_: object) -> None:
    made = record(tmp_path, reaching(request_))
    assert made.value == "connected"
    [note] = made.of("note")
    assert (note["what"], note["call"]) == ("not-captured", "socket.connect")
    assert note["site"].startswith("[root:code]/test_peers_verdict.py:")
    [said] = made.reports
    assert said == {"kind": "not-captured", "call": "socket.connect", "site": note["site"]}
    run = made.replay(reaching(request_))
    [line] = run.of("sealed")
    assert line["call"] == "socket.connect"
    assert line["lane"] == "main"
    assert line["request"] == note.get("request")
    assert isinstance(run.error, SealViolation)
    assert not run.faithful
    hidden = made.replay(reaching(request_, hide=True))
    assert hidden.value == "SealViolation"
    assert len(hidden.of("sealed")) == 1
    assert not hidden.faithful


# -- not served --------------------------------------------------------------------------------


class Thing:
    def __init__(self, name: str) -> None:
        self.name = name

    def __reduce__(self) -> Any:
        return Thing, (self.name,)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing) and self.name == other.name

    __hash__ = object.__hash__


def answering(value: Any, door: str = "cross") -> Callable[[World], Any]:
    def scenario(world: World) -> Any:
        if door == "head":
            return world.lane.stream("test.ask", lambda: (value, iter(()))).head
        if door == "piece":
            return list(world.lane.stream("test.ask", lambda: (None, iter([value]))))
        return world.lane.cross("test.ask", lambda: value, outward=door == "outward")

    return scenario


DOORS = pytest.mark.parametrize("door", ["cross", "outward", "head", "piece"])


@DOORS
def test_an_answer_that_cannot_be_stored_stops_the_replay_there(tmp_path: Path, door: str) -> None:
    scenario = answering((n for n in "abc"), door)
    made = record(tmp_path, scenario)
    [said] = made.reports
    assert said["kind"] == "unencodable"
    run = made.replay(scenario)
    assert run.stopped["exit_code"] == 125
    assert "cannot be served" in run.stopped["message"]
    assert run.slugs == []


@DOORS
def test_a_pickle_is_loaded_only_if_it_is_proven(tmp_path: Path, door: str) -> None:
    pickles = Pickles(b"k" * 32, SALT)
    made = record(tmp_path, answering(Thing("a"), door), pickles=pickles)
    run = made.replay(answering(None, door), pickles=pickles)
    assert run.faithful
    assert run.value == made.value
    for gate in (None, Pickles(b"o" * 32, SALT), Pickles(None, SALT)):
        run = made.replay(answering(None, door), pickles=gate)
        assert run.stopped["exit_code"] == 125
        assert run.value is None


def test_an_exception_that_cannot_be_restored(tmp_path: Path) -> None:
    class Local(Exception):
        """No name leads here."""

    def fails(world: World) -> None:
        def live() -> None:
            raise Local("lost")

        world.lane.cross("test.ask", live)

    made = record(tmp_path, fails)
    run = made.replay(fails)
    assert run.stopped["exit_code"] == 125
    assert "an answer cannot be served" in run.stopped["message"]
    assert isinstance(run.halted, ReplayStopped)


def test_a_traceback_whose_source_is_not_here_is_named_once(tmp_path: Path) -> None:
    source = tmp_path / "tools.py"
    source.write_text("def fail():\n    raise LookupError('no')\n")
    space: dict[str, Any] = {}
    exec(compile(source.read_text(), str(source), "exec"), space)

    def fails(world: World) -> int:
        count = 0
        for _ in range(2):
            try:
                world.lane.cross("test.ask", space["fail"])
            except LookupError:
                count += 1
        return count

    made = record(tmp_path, fails)
    assert made.replay(fails).check().of("note") == []
    source.unlink()
    [note] = made.replay(fails).check().of("note")
    assert note["missing"] == str(source)


def test_a_payload_beside_the_file(tmp_path: Path) -> None:
    scenario = answering("long " * 400_000)
    made = record(tmp_path, scenario)
    assert Path(f"{made.path}.d").is_dir()
    assert made.replay(answering(None)).value == made.value
    for file in Path(f"{made.path}.d").iterdir():
        file.unlink()
    run = made.replay(answering(None))
    assert run.stopped["exit_code"] != 0
    assert "an answer cannot be served" in run.stopped["message"]


# -- not written -------------------------------------------------------------------------------


def gone(world: World, made: list[str]) -> Any:
    made.append("asked")
    return world.new()


@pytest.mark.parametrize("go_on", [False, True])
def test_a_recording_that_cannot_be_written(tmp_path: Path, go_on: bool) -> None:
    def scenario(world: World) -> list[Any]:
        out = [world.ask("test.ask", {"text": "a" * 2000})]
        world.lane.recorder.writer.close()
        for number in range(3):
            request = {"text": "b" * 2000, "n": [number, "c" * 600], "all": [{"m": "d" * 900}] * 3}
            out.append(world.ask("test.ask", request, outward=True))
            out += list(world.stream(2))
            world.clock()
            print("said")
        return out

    made = record(tmp_path, scenario, go_on=go_on)
    [said] = made.reports
    assert said["kind"] == "unrecordable"
    if go_on:
        assert len(made.value) == 10
        assert made.error is None
    else:
        assert isinstance(made.error, RecordingStopped)
        assert made.asked == 1, "nothing is asked that cannot be written down"
    kinds = [event["t"] for event in made.events if event["t"] != "reads"]
    assert kinds == ["run.start", "value", "call", "run.end"]


# -- the other doors ---------------------------------------------------------------------------


def test_doors_that_write_nothing_to_match(tmp_path: Path) -> None:
    def scenario(world: World) -> list[Any]:
        lane = world.lane
        lane.step("plan", "begin")
        lane.note("test", f"saw {tmp_path}/x")
        lane.step("plan", "end")
        return [lane.owns(__file__), lane.owns("/usr/lib/far.py"), lane.files, lane.turns(object())]

    made = record(tmp_path, scenario)
    assert made.value == [True, False, None, None]
    steps = [(event["name"], event["phase"]) for event in made.of("step")]
    assert steps == [("plan", "begin"), ("plan", "end")]
    [note] = made.of("note")
    assert note["message"] == "saw [root:cwd]/x"
    run = made.replay(scenario).check()
    assert [n["message"] for n in run.of("note")] == [f"saw {tmp_path}/x"]
    assert made.replay(lambda _: made.value).faithful, "none of it is required"


class Files:
    """Stands for the disk, or the overlay."""

    def __init__(self, held: int) -> None:
        self.held = held
        self.beneath = "below"
        self.peer: Any = None

    def finish(self, lane: Any) -> None:
        lane.mark("file.written", self.held)


def test_what_the_files_hold_is_compared_at_the_end(tmp_path: Path) -> None:
    def scenario(world: World) -> list[Any]:
        below = world.lane.cross("test.ask", lambda: world.lane.files)
        return [world.lane.files is not None, below]

    made = record(tmp_path, scenario, files=Files(3))
    assert made.value == [True, "below"]
    files = Files(3)
    run = made.replay(scenario, files=files).check()
    assert files.peer is run.replayer
    assert made.replay(scenario, files=Files(4)).slugs == ["mark"]


def test_a_check_that_drifted_by_the_end(tmp_path: Path) -> None:
    def scenario(count: int) -> Callable[[World], Any]:
        return lambda world: world.lane.before_outward(lambda lane: lane.mark("state", count))

    made = record(tmp_path, scenario(1))
    made.replay(scenario(1)).check()
    run = made.replay(scenario(2))
    assert run.slugs == ["mark"]
    assert run.end["events"] == 0


def test_observe_lists_all_that_is_left(tmp_path: Path) -> None:
    made = record(tmp_path, everything)
    run = made.replay(lambda _: None, observe=True)
    assert set(run.slugs) == {"read", "missing", "output"}
    lanes = [found["lane"] for found in run.of("divergence") if found["slug"] == "missing"]
    assert "main" in lanes
    assert "main/thread:t#1" in lanes


def test_a_raised_run_is_as_faithful_as_any(tmp_path: Path) -> None:
    def scenario(world: World) -> None:
        world.ask()
        raise KeyError("mine")

    made = record(tmp_path, scenario)
    run = made.replay(scenario).check()
    assert isinstance(run.error, KeyError)


def test_conversations_are_served_whole_though_stored_once(tmp_path: Path) -> None:
    def chat(world: World) -> list[Any]:
        history: list[dict[str, str]] = []
        for turn in itertools.count():
            if turn == 6:
                return history
            history.append({"role": "user", "content": f"{turn} " * 700})
            answer = world.lane.cross(
                "test.chat", lambda: {"text": world.new() * 200}, request={"all": history}
            )
            history.append({"role": "model", "content": answer["text"]})
        return []

    made = record(tmp_path, chat)
    assert made.of("list")
    run = made.replay(chat).check()
    assert run.value == made.value
    spoken = sum(len(message["content"]) for message in made.value)
    assert Path(made.path).stat().st_size < 2 * spoken


def test_killed_and_whole_say_so(tmp_path: Path) -> None:
    killed = record(tmp_path, World.ask, end=KILLED)
    assert killed.replay(World.ask).replayer.cut
    assert not record(tmp_path, World.ask).replay(World.ask).replayer.cut


def test_a_value_of_the_codec_is_what_is_served(tmp_path: Path) -> None:
    value = {"a": (1, {2, 3}), "b": [b"x", 1.5, None], "path": f"{tmp_path}/x"}
    made = record(tmp_path, answering(value))
    served = made.replay(answering(None)).value
    assert served == value
    assert codec.encode(served) == codec.encode(value)
