"""What crosses the boundary at the generators of `random`."""

# ruff: noqa: PLW0108 - called by name, for the name is replaced

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.hooks.fakes import Diverged, Tape

from agentrr_hooks import prng, prng_draws

MANY = prng_draws.BY_VALUE + 500

DRAWS: list[Callable[[], Any]] = [
    lambda: random.random(),
    lambda: random.getrandbits(3),
    lambda: random.getrandbits(300),
    lambda: random.getrandbits(5000),
    lambda: random.getrandbits(0),
    lambda: random.randint(1, 1000),
    lambda: random.choice("abcdefgh"),
    lambda: random.sample(range(50), 5),
    lambda: random.uniform(2, 3),
    lambda: random.randbytes(7),
    lambda: random.gauss(1, 2),
]


def shuffled() -> list[int]:
    deck = list(range(30))
    random.shuffle(deck)
    return deck


@pytest.fixture(autouse=True)
def _fresh() -> None:
    random.seed()
    random.gauss(0, 1)  # its twin is kept by the generator: start without one
    random.gauss(0, 1)


@pytest.mark.parametrize("draw", [*DRAWS, shuffled], ids=range(len(DRAWS) + 1))
def test_draws_are_recorded_and_served(draw: Callable[[], Any]) -> None:
    tape = Tape()
    with tape.recording(prng):
        first = [draw() for _ in range(4)]
    random.seed()
    random.gauss(0, 1)
    random.gauss(0, 1)
    with tape.replaying(prng):
        assert [draw() for _ in range(4)] == first
    assert tape.left() == 0
    assert not any(event.get("elastic") for event in tape.events)


def test_the_functions_draw_what_they_draw_bare() -> None:
    random.seed(99)
    bare = [draw() for draw in DRAWS] + shuffled()
    with Tape().recording(prng):
        random.seed(99)
        assert [draw() for draw in DRAWS] + shuffled() == bare


def test_other_arguments_diverge() -> None:
    tape = Tape()
    with tape.recording(prng):
        random.randint(1, 6)
    with tape.replaying(prng), pytest.raises(Diverged):
        random.randint(1, 100)


def test_a_generator_without_a_seed_is_seeded_from_the_recording() -> None:
    class Dice(random.Random):
        def roll(self) -> int:
            return self.randint(1, 6)

    def play() -> Any:
        mine = random.Random()
        random.seed()
        return mine.random(), [Dice().roll() for _ in range(4)], random.random()

    tape = Tape()
    with tape.recording(prng):
        first = play()
    assert len(tape.calls("random.seed")) == 6
    with tape.replaying(prng):
        assert play() == first


def test_a_generator_with_a_seed_crosses_nothing() -> None:
    tape = Tape()
    with tape.recording(prng):
        mine = random.Random(7)
        drawn = mine.random(), mine.randint(1, 9), mine.choice("abc")
        mine.seed("again")
    assert tape.events == []
    again = random.Random(7)
    assert drawn == (again.random(), again.randint(1, 9), again.choice("abc"))


def test_another_seed_of_the_shared_generator_diverges() -> None:
    tape = Tape()
    with tape.recording(prng):
        random.seed(42)
        random.random()
    with tape.replaying(prng):
        random.seed(42)
        random.random()
    with tape.replaying(prng), pytest.raises(Diverged):
        random.seed(43)


def test_many_draws_are_kept_by_state_and_checked_at_the_next_crossing() -> None:
    def play(lane: Any, count: int) -> Any:
        drawn = [random.random() for _ in range(count)]
        lane.cross("ask", lambda: None)
        return drawn, random.random()

    tape = Tape()
    with tape.recording(prng) as lane:
        first = play(lane, MANY)
    assert len(tape.calls("random.random")) == prng_draws.BY_VALUE + 1
    assert len(tape.calls("random.state")) == 2
    random.seed()
    with tape.replaying(prng) as lane:
        assert play(lane, MANY) == first
    assert tape.left() == 0
    for other in (MANY + 1, MANY - 1):
        with tape.replaying(prng) as lane, pytest.raises(Diverged):
            play(lane, other)


@pytest.mark.parametrize(("kind", "by_state"), [("thread", 0), ("work", 0), ("task", 1)])
def test_draws_beside_a_thread_are_all_kept_by_value(kind: str, by_state: int) -> None:
    tape = Tape()
    with tape.recording(prng) as lane:
        other = lane.child(kind, "other")
        random.random()
        token = lane.gate.enter(other)
        random.random()
        lane.gate.leave(token)
        for _ in range(MANY):
            random.random()
    drawn = len(tape.calls("random.random"))
    assert drawn == (prng_draws.BY_VALUE + 2 if by_state else MANY + 2)
    assert len(tape.calls("random.state")) == by_state


def test_draws_below_a_live_crossing_leave_the_others_alone() -> None:
    def play(lane: Any) -> Any:
        before = random.random()
        served = lane.cross("tool", lambda: random.random())
        after = [random.random() for _ in range(MANY)]
        lane.cross("end", lambda: None)
        return before, served, after, random.random()

    tape = Tape()
    with tape.recording(prng) as lane:
        first = play(lane)
    random.seed()
    with tape.replaying(prng) as lane:
        assert play(lane) == first
    assert tape.left() == 0


def test_state_is_served_and_a_given_state_must_be_the_same() -> None:
    tape = Tape()
    with tape.recording(prng):
        state = random.getstate()
        first = random.random()
        random.setstate(state)
        assert random.random() == first
    random.seed()
    with tape.replaying(prng):
        assert random.getstate() == state
        assert random.random() == first
        random.setstate(state)
        assert random.random() == first
    with tape.replaying(prng):
        random.getstate()
        random.random()
        with pytest.raises(Diverged):
            random.setstate(random.Random(3).getstate())


@settings(max_examples=25)
@given(st.lists(st.sampled_from(range(len(DRAWS))), max_size=30))
def test_any_mixture_is_served(which: list[int]) -> None:
    random.seed(5)
    tape = Tape()
    with tape.recording(prng):
        first = [DRAWS[n]() for n in which]
    random.seed(6)
    with tape.replaying(prng):
        assert [DRAWS[n]() for n in which] == first


def test_everything_is_put_back() -> None:
    inst: Any = random._inst
    seed = random.Random.seed
    with Tape().recording(prng):
        assert set(vars(inst)) >= {"random", "getrandbits"}
    assert not {"random", "getrandbits"} & set(vars(inst))
    assert random.Random.seed is seed
    assert random.random == inst.random
    assert random.seed == inst.seed
