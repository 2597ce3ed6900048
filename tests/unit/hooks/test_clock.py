"""What crosses the boundary at the clock, recorded and served; and that it is put back."""

# ruff: noqa: DTZ001, DTZ002, DTZ003, DTZ005, DTZ011, ICN001, PLW0108, UP017 - it is the clock without a zone, called by name, that is tested

from __future__ import annotations

import copy
import datetime
import email.utils
import inspect
import logging
import pickle
import time
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.hooks.fakes import Diverged, Tape

from agentrr_hooks import clock, clock_datetime
from agentrr_sandbox.lanes import Gate
from agentrr_sandbox.patching import Patching

UTC = datetime.timezone.utc


class Stamp(datetime.datetime):
    """A kind of datetime that an agent may define."""


READS: dict[str, Callable[[], Any]] = {
    "time.time": lambda: time.time(),
    "time.time_ns": lambda: time.time_ns(),
    "time.monotonic": lambda: time.monotonic(),
    "time.monotonic_ns": lambda: time.monotonic_ns(),
    "time.perf_counter": lambda: time.perf_counter(),
    "time.perf_counter_ns": lambda: time.perf_counter_ns(),
    "time.process_time": lambda: time.process_time(),
    "time.process_time_ns": lambda: time.process_time_ns(),
    "time.thread_time": lambda: time.thread_time(),
    "time.thread_time_ns": lambda: time.thread_time_ns(),
    "time.clock_gettime(0)": lambda: time.clock_gettime(time.CLOCK_REALTIME),
    "time.clock_gettime_ns(1)": lambda: time.clock_gettime_ns(time.CLOCK_MONOTONIC),
    "time.localtime": lambda: time.localtime(),
    "time.gmtime": lambda: time.gmtime(None),
    "time.ctime": lambda: time.ctime(),
    "time.asctime": lambda: time.asctime(),
    "time.strftime": lambda: time.strftime("%H:%M:%S"),
    "datetime.now": lambda: datetime.datetime.now(),
    "datetime.now ": lambda: datetime.datetime.now(UTC),
    "datetime.now  ": lambda: Stamp.now(tz=UTC),
    "datetime.utcnow": lambda: datetime.datetime.utcnow(),  # pyright: ignore[reportDeprecated]
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("call", "look"), READS.items(), ids=list(READS))
def test_a_reading_is_recorded_and_served(call: str, look: Callable[[], Any]) -> None:
    tape = Tape()
    with tape.recording(clock):
        first = look()
    assert [event["call"] for event in tape.events] == [call.strip()]
    assert tape.events[0]["elastic"]
    with tape.replaying(clock):
        assert look() == first
        assert tape.left() == 0
        with pytest.raises(Diverged):
            look()
    assert look() is not None


GIVEN: list[Callable[[], Any]] = [
    lambda: time.localtime(5),
    lambda: time.gmtime(5.5),
    lambda: time.ctime(5),
    lambda: time.asctime(time.gmtime(9)),
    lambda: time.strftime("%Y", time.gmtime(0)),
    lambda: datetime.datetime.fromtimestamp(8, UTC),
]


@pytest.mark.parametrize("look", GIVEN, ids=range(6))
def test_what_is_given_a_time_reads_no_clock(look: Callable[[], Any]) -> None:
    tape = Tape()
    bare = look()
    with tape.recording(clock):
        assert look() == bare
    assert tape.events == []


WRONG: list[Callable[[], Any]] = [
    lambda: time.time(1),  # type: ignore[call-arg]
    lambda: time.clock_gettime(4242),
    lambda: time.clock_gettime("x"),  # type: ignore[arg-type]
    lambda: time.localtime("x"),  # type: ignore[arg-type]
    lambda: time.strftime(),  # type: ignore[call-arg]
    lambda: time.strftime("%Y", None),  # type: ignore[arg-type]
    lambda: time.asctime(None),  # type: ignore[arg-type]
    lambda: datetime.datetime.now("utc"),  # type: ignore[arg-type]
    lambda: time.sleep("x"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("wrong", WRONG, ids=range(9))
def test_a_wrong_call_raises_the_same_kind_and_crosses_nothing(wrong: Callable[[], Any]) -> None:
    with pytest.raises((TypeError, OSError)) as bare:
        wrong()
    tape = Tape()
    with tape.recording(clock), pytest.raises(type(bare.value)):
        wrong()
    assert [event["call"] for event in tape.events if event["call"] != "datetime.now"] == []


def test_today_comes_with_time() -> None:
    tape = Tape()
    with tape.recording(clock):
        days = datetime.date.today(), datetime.datetime.today()
    assert [event["call"] for event in tape.events] == ["time.time", "time.time"]
    with tape.replaying(clock):
        assert (datetime.date.today(), datetime.datetime.today()) == days


def test_libraries_are_reached() -> None:
    tape = Tape()
    with tape.recording(clock):
        record = logging.LogRecord("agent", 20, "x.py", 1, "hello", (), None)
        text = logging.Formatter("%(asctime)s").format(record)
        date = email.utils.formatdate()
    with tape.replaying(clock):
        record = logging.LogRecord("agent", 20, "x.py", 1, "hello", (), None)
        assert logging.Formatter("%(asctime)s").format(record) == text
        assert email.utils.formatdate() == date
    assert tape.left() == 0


def test_aliases_and_class_attributes_are_reached() -> None:
    tape = Tape()
    with tape.recording(clock):

        class Span:
            clock: Any = time.perf_counter
            converter: Any = time.localtime

        clocks = {"wall": time.time}
        times = Span.clock(), Span().clock(), clocks["wall"](), Span().converter(3).tm_sec
    assert [event["call"] for event in tape.events] == [
        "time.perf_counter",
        "time.perf_counter",
        "time.time",
    ]
    assert times[3] == 3


def test_a_stand_in_looks_like_what_it_stands_in_for() -> None:
    real = time.time
    with Tape().recording(clock):
        ours = time.time
        assert ours is not real
        assert (ours.__name__, ours.__doc__, ours.__module__) == ("time", real.__doc__, "time")
        assert repr(ours) == repr(real) == "<built-in function time>"
        assert pickle.loads(pickle.dumps(ours)) is ours
        assert copy.deepcopy(ours) is ours
        assert same_signature(ours, real)
        data = pickle.dumps(ours)
    assert pickle.loads(data) is real


def same_signature(ours: Any, real: Any) -> bool:
    def shown(function: Any) -> str:
        try:
            return str(inspect.signature(function))
        except ValueError as error:
            return str(error)

    return shown(ours) == shown(real)


def test_the_caller_of_a_reading_is_known() -> None:
    callers: list[Any] = []
    with Tape().recording(clock) as installed:
        lane: Any = installed
        real = lane.read

        def read(*args: Any) -> Any:
            callers.append(args[4]["__name__"])
            return real(*args)

        lane.read = read
        time.time()
        exec("import time; time.time()", {"__name__": "elsewhere"})
        sorted([3, 1], key=lambda _: time.time())
    assert callers == [__name__, "elsewhere", __name__, __name__]


def test_datetime_stays_the_same_type() -> None:
    before = datetime.datetime
    made = before(2026, 1, 2)
    with Tape().recording(clock):
        assert datetime.datetime is before
        assert type(datetime.datetime.now()) is before
        assert type(Stamp.now()) is Stamp
        assert isinstance(made, datetime.datetime)
        assert pickle.loads(pickle.dumps(datetime.datetime.now)) == datetime.datetime.now
        assert "__abstractmethods__" not in vars(before)
        assert datetime.datetime(2026, 1, 2) == made  # it can still be made
    assert repr(datetime.datetime.now).startswith("<built-in method now")


def test_utcnow_warns_as_it_does_bare() -> None:
    def warned() -> list[tuple[str, str, int]]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            datetime.datetime.utcnow()  # pyright: ignore[reportDeprecated]
        return [(str(one.message), one.filename, one.lineno) for one in caught]

    bare = warned()
    with Tape().recording(clock):
        assert warned() == bare


@given(st.integers(0, 4_000_000_000 * 10**6), st.sampled_from([None, UTC]))
def test_microseconds_survive(count: int, zone: Any) -> None:
    tape = Tape()
    with tape.recording(clock):
        datetime.datetime.now()
    tape.events[0]["ok"] = count
    with tape.replaying(clock):
        now = datetime.datetime.now(zone)
    seconds, rest = divmod(count, 10**6)
    assert now == datetime.datetime.fromtimestamp(seconds, zone).replace(microsecond=rest)


def test_a_sleep_is_a_crossing_that_costs_nothing_again() -> None:
    tape = Tape()
    with tape.recording(clock):
        time.sleep(0.03)
    (event,) = tape.events
    assert (event["kind"], event["call"], event["request"]) == ("cross", "time.sleep", 0.03)
    before = time.perf_counter()
    with tape.replaying(clock):
        time.sleep(0.03)
    assert time.perf_counter() - before < 0.03
    with tape.replaying(clock), pytest.raises(Diverged):
        time.sleep(0.04)


def test_a_sleep_that_fails_fails_again() -> None:
    tape = Tape()
    with tape.recording(clock), pytest.raises(ValueError, match="non-negative"):
        time.sleep(-1)
    with tape.replaying(clock), pytest.raises(ValueError, match="non-negative"):
        time.sleep(-1)


def test_outside_every_recording_calls_go_straight_through() -> None:
    patching = Patching()
    gate: Any = Gate()
    try:
        clock.install(patching, gate)
        assert abs(time.time() - time.time_ns() / 1e9) < 5
        assert time.localtime().tm_year >= 2026
        assert datetime.datetime.now().year >= 2026
        assert datetime.datetime.now(UTC).tzinfo is UTC
        assert time.clock_gettime(time.CLOCK_MONOTONIC) > 0
        time.sleep(0)
    finally:
        patching.undo()


def test_everything_is_put_back() -> None:
    readings = [*clock.READINGS, *clock.CPU_READINGS]
    names = [
        *readings,
        *(f"{name}_ns" for name in readings),
        *clock.BY_CLOCK,
        *clock.NOW_IF_LEFT_OUT,
        "sleep",
    ]
    before = {name: getattr(time, name) for name in names}
    now = vars(datetime.datetime)["now"]
    with Tape().recording(clock), Tape().recording(clock):
        assert all(getattr(time, name) is not before[name] for name in names)
    assert {name: getattr(time, name) for name in names} == before
    assert vars(datetime.datetime)["now"] is now


def test_waits_of_the_interpreter_keep_the_real_clock() -> None:
    import queue
    import subprocess
    import threading

    tape = Tape()
    with tape.recording(clock):
        with pytest.raises(queue.Empty):
            queue.Queue[int]().get(timeout=0.01)
        condition = threading.Condition()
        with condition:
            assert not condition.wait_for(lambda: False, 0.01)
        subprocess.run(["true"], timeout=5, check=True)
        import asyncio

        asyncio.run(asyncio.sleep(0.001))
    assert tape.events == []


def test_a_type_that_cannot_be_changed_is_noticed() -> None:
    assert clock_datetime.works(datetime.datetime)
    assert not clock_datetime.works(int)
    assert datetime.datetime.now().year >= 2026
