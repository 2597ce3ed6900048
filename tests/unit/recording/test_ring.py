"""The ring: reads in shared memory, packed, none lost and none twice."""

from __future__ import annotations

import os
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentrr_sandbox.errors import RecordingStopped
from agentrr_sandbox.recording import reads, ring
from agentrr_sandbox.recording.jsontext import dumps, loads
from agentrr_sandbox.recording.ring import ENTRIES, Ring

Event = dict[str, Any]


@pytest.fixture(name="memory")
def _memory() -> Any:
    memory = Ring.create()
    yield memory
    memory.close()


def store(memory: Ring, code: int, value: float) -> None:
    """Store as the recorder does, inlined there."""
    i = memory.i
    if type(value) is float:
        memory.d[i + 1] = value
    else:
        memory.q[i + 1] = value  # type: ignore[call-overload] # an int
    memory.q[i] = code | memory.gen
    memory.i = i + 2


def store_bytes(memory: Ring, code: int, value: bytes) -> None:
    """Store as the recorder does, inlined there."""
    i, at = memory.i, memory.b
    memory.bytes[at : at + len(value)] = value
    memory.q[i + 1] = at
    memory.q[i] = code | memory.gen
    memory.b = at + len(value)
    memory.i = i + 2


def values(events: list[Event]) -> list[tuple[str, str, Any]]:
    """Return lane, call and value of each read; through JSON, as in a file."""
    return [
        (event["lane"], run[0], value)
        for event in loads(dumps(events))
        for run in event["runs"]
        for value in reads.unpack(run[2], run[4])
    ]


def flush(memory: Ring) -> list[Event]:
    events = list(memory.drain())
    memory.advance()
    return events


DOUBLE = st.floats(allow_nan=False, allow_infinity=False)
INTEGER = st.integers(-(2**63), 2**63 - 1)
TEXT = st.recursive(st.none() | st.text(), lambda inner: st.lists(inner, max_size=5))
READ = st.one_of(
    st.tuples(st.just("f"), DOUBLE),
    st.tuples(st.just("i"), INTEGER),
    st.tuples(st.just("v"), TEXT),
    *(st.tuples(st.just(f"b{size}"), st.binary(min_size=size, max_size=size)) for size in (1, 64)),
)


@given(st.lists(st.tuples(st.sampled_from(["main", "main/thread:a#1"]), READ, st.booleans())))
def test_what_goes_in_comes_out_lane_by_lane(
    steps: list[tuple[str, tuple[str, Any], bool]],
) -> None:
    memory = Ring.create()
    written: list[Event] = []
    expected: dict[str, list[tuple[str, Any]]] = {}
    for lane, (kind, value), flushed in steps:
        code = memory.code(lane, f"call.{kind}", "user", kind, True)
        if kind == "v":
            assert memory.put_value(code, dumps(value))
        elif kind[0] == "b":
            store_bytes(memory, code, value)
        else:
            store(memory, code, value)
        expected.setdefault(lane, []).append((f"call.{kind}", value))
        if flushed:
            written += flush(memory)
    recovered = Ring.attach(os.dup(memory.fd))
    left = recovered.left()
    own = flush(memory)
    assert left == own, "a supervisor finds what the run itself would have written"
    assert flush(memory) == []
    assert recovered.left() == []
    for lane, found in expected.items():
        assert [read[1:] for read in values(written + own) if read[0] == lane] == found
    recovered.close()
    memory.close()


@given(st.lists(DOUBLE))
def test_doubles_are_packed_exactly(numbers: list[float]) -> None:
    packed = reads.pack("f", numbers)
    assert [x.hex() for x in reads.unpack("f", packed)] == [x.hex() for x in numbers]


@given(st.lists(INTEGER))
def test_integers_are_packed_exactly(numbers: list[int]) -> None:
    assert reads.unpack("i", reads.pack("i", numbers)) == numbers
    assert reads.unpack("v", reads.pack("v", numbers)) == numbers


@given(st.lists(DOUBLE, min_size=reads.LONG), st.lists(INTEGER, min_size=reads.LONG))
def test_long_runs_are_packed_exactly(doubles: list[float], integers: list[int]) -> None:
    memory = Ring.create()
    codes = [memory.code("main", kind, "user", kind, True) for kind in ("f", "i")]
    for number in doubles:
        store(memory, codes[0], number)
    for number in integers:
        store(memory, codes[1], number)
    left = memory.left()
    (event,) = flush(memory)
    assert left == [event]
    assert [run[2] for run in event["runs"]] == ["F", "I"]
    assert all(map(reads.is_run, event["runs"]))
    assert [reads.count(run) for run in event["runs"]] == [len(doubles), len(integers)]
    found = [reads.unpack(run[2], run[4]) for run in event["runs"]]
    assert [x.hex() for x in found[0]] == [x.hex() for x in doubles]
    assert found[1] == integers
    memory.close()


def test_bytes_of_every_place_in_a_full_half_come_out(memory: Ring) -> None:
    code = memory.code("main", "os.urandom(64)", "lib", "b64", False)
    numbers = range(ENTRIES + 1)
    for turn in range(3):
        for number in numbers:
            store_bytes(memory, code, number.to_bytes(4, "big") * 15 + bytes([turn]) * 4)
        (event,) = flush(memory)
        (run,) = event["runs"]
        assert run[:4] == ["os.urandom(64)", "lib", "b", False]
        assert reads.is_run(run)
        assert reads.count(run) == len(numbers)
        found = reads.unpack("b", run[4])
        assert [int.from_bytes(value[:4], "big") for value in found] == list(numbers)
        assert {value[60:] for value in found} == {bytes([turn]) * 4}


def test_a_million_clock_reads_take_at_most_eight_megabytes(memory: Ring) -> None:
    """Reads 1 to 3 microseconds apart, as a loop makes them."""
    code = memory.code("main", "time.time", "user", "f", True)
    size = 0
    now = 1_790_000_000.0
    for number in range(100_000):
        now += (1 + number % 3) * 1e-6
        store(memory, code, now)
        if memory.i >= memory.limit:
            size += sum(len(dumps(event)) + 100 for event in flush(memory))
    size += sum(len(dumps(event)) + 100 for event in flush(memory))
    assert size * 10 <= 8 << 20


def test_a_code_is_given_once(memory: Ring) -> None:
    first = memory.code("main", "time.time", "user", "f", True)
    assert memory.code("main", "time.time", "user", "f", True) == first
    assert memory.code("main", "time.time", "lib", "f", True) != first


def test_a_full_table_stops_the_run(memory: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ring, "TABLE_WORDS", 8)
    memory.code("main", "time.time", "user", "f", True)
    with pytest.raises(RecordingStopped, match="more lanes"):
        memory.code("other", "time.time", "user", "f", True)


def test_a_value_that_does_not_fit_waits_for_the_next_flush(memory: Ring) -> None:
    code = memory.code("main", "x", "lib", "v", True)
    big = dumps("y" * (ENTRIES * 10))
    assert memory.put_value(code, big)
    assert not memory.put_value(code, big)
    assert values(flush(memory)) == [("main", "x", "y" * (ENTRIES * 10))]
    assert memory.put_value(code, big)
    assert not memory.put_value(code, dumps("z" * (ENTRIES * 17)))


def test_reads_of_other_threads_during_a_flush_are_kept(memory: Ring) -> None:
    code = memory.code("main", "i", "user", "i", True)
    written: list[Event] = []
    store(memory, code, 1)
    for event in memory.drain():
        store(memory, code, 2)
        written.append(event)
    memory.advance()
    written += flush(memory)
    assert [read[2] for read in values(written)] == [1, 2]
    assert [event["ring"] for event in written] == [1, 2]


def test_four_threads_read_while_a_fifth_flushes(memory: Ring) -> None:
    """As the recorder does it: reads without a lock, flushes under one."""
    lock = threading.RLock()
    written: list[Event] = []

    def flush_locked() -> None:
        with lock:
            written.extend(memory.drain())
            memory.advance()

    def work(name: str) -> None:
        code = memory.code(name, "i", "user", "i", True)
        for number in range(20_000):
            i = memory.i
            memory.q[i + 1] = number
            memory.q[i] = code | memory.gen
            memory.i = i + 2
            if i >= memory.limit or not number % 999:
                flush_locked()

    threads = [threading.Thread(target=work, args=(f"lane {k}",)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    flush_locked()
    found = values(written)
    for name in ("lane 0", "lane 1", "lane 2", "lane 3"):
        assert [read[2] for read in found if read[0] == name] == list(range(20_000))


def test_a_flush_that_an_exception_cut_short_is_gone_on_with(memory: Ring) -> None:
    for lane in ("a", "b"):
        store(memory, memory.code(lane, "i", "user", "i", True), 1)
    with pytest.raises(KeyError):
        for event in memory.drain():
            if event["lane"] == "b":
                raise KeyError
    store(memory, memory.code("a", "i", "user", "i", True), 2)
    assert [read[::2] for read in values(flush(memory))] == [("b", 1), ("a", 2)]


def test_a_signal_handler_that_flushes_in_a_flush_leaves_it_alone(memory: Ring) -> None:
    code = memory.code("a", "i", "user", "i", True)
    store(memory, code, 1)
    written: list[Event] = []
    for event in memory.drain():
        store(memory, code, 2)
        assert flush(memory) == []
        written.append(event)
    memory.advance()
    assert [read[2] for read in values(written + flush(memory))] == [1, 2]


def test_a_signal_handler_may_not_overflow_the_ring(memory: Ring) -> None:
    code = memory.code("a", "i", "user", "i", True)
    store(memory, code, 1)
    with pytest.raises(RecordingStopped, match="too many reads"):
        for _ in memory.drain():
            while True:
                store(memory, code, 2)
                if memory.i >= memory.limit:
                    flush(memory)


def test_a_text_that_was_being_put_there_is_left_out(memory: Ring) -> None:
    """A kill, or a signal handler, in the middle of `put_value`: nobody has that value."""
    code = memory.code("a", "v", "user", "v", True)
    memory.put_value(code, '"one"')
    at = memory.i
    memory.put_value(code, '"half"')
    memory.put_value(code, '"two"')
    memory.q[at + 1] = -4
    assert [read[2] for read in values(memory.left())] == ["one", "two"]
    assert [read[2] for read in values(flush(memory))] == ["one", "two"]


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(-(2**63), 2**63 - 1)), min_size=1))
@settings(deadline=None)  # a table that claims to be full is 16 MB to look through
def test_memory_that_was_scribbled_on_is_not_believed(places: list[tuple[int, int]]) -> None:
    memory = Ring.create()
    code = memory.code("main", "v", "user", "v", True)
    for number in range(10):
        memory.put_value(code, dumps("text" * number))
    for place, value in places:
        if place < 10:
            memory.q[place % 4] = value
        elif place < 30:
            memory.q[ring.TABLE + place - 10] = value
        else:
            memory.q[memory.first + place - 30] = value
    for event in memory.left():
        assert all(map(reads.is_run, event["runs"]))
        assert type(event["lane"]) is str
    memory.close()


def test_without_anonymous_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "memfd_create")
    memory = Ring.create()
    store(memory, memory.code("main", "i", "user", "i", True), 7)
    assert values(flush(memory)) == [("main", "i", 7)]
    memory.close()


@pytest.mark.parametrize(
    "run",
    [
        None,
        [],
        ["time.time", "user", "f", True],
        ["time.time", "nobody", "f", True, []],
        ["time.time", "user", "x", True, []],
        ["time.time", ["user"], "f", True, []],
        ["time.time", "user", "f", 1, []],
        [1, "user", "f", True, []],
        ["time.time", "user", "f", True, {}],
        ["time.time", "user", "i", True, [1.5]],
        ["time.time", "user", "i", True, [True]],
        ["time.time", "user", "i", True, [2**63]],
        ["time.time", "user", "f", True, [2**63 - 1, 1]],
        ["time.time", "user", "F", True, [3, 1, 2, 3, 4, 5, 6, 7]],
        ["time.time", "user", "F", True, [3, 1, 2, 3, 4, 5, 6, 7, 256]],
        ["time.time", "user", "F", True, [3, 1, 2, 3, 4, 5, 6, 7, "AAA="]],
        ["time.time", "user", "I", True, [3, 1, 2, 3, 4, 5, 6, 7, "AAA"]],
        ["time.time", "user", "I", True, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
        ["time.time", "user", "I", True, [1 << 40, 1, 2, 3, 4, 5, 6, 7, 8]],
        ["os.urandom(3)", "user", "b", False, ["AAAA"]],
        ["os.urandom(3)", "user", "b", False, [3, 5]],
        ["os.urandom(3)", "user", "b", False, [True, "AAAA"]],
        ["os.urandom(2)", "user", "b", False, [2, "AAAA"]],
        ["os.urandom(0)", "user", "b", False, [0, ""]],
        ["os.urandom(3)", "user", "b", False, [3, "AAA"]],
        ["os.urandom(3)", "user", "b", False, [3, "A\u00e4AA"]],
        ["os.urandom(3)", "user", "b3", False, [3, "AAAA"]],
    ],
)
def test_what_is_no_run(run: Any) -> None:
    assert not reads.is_run(run)
