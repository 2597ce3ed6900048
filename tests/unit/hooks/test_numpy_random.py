"""numpy draws its entropy through `secrets`: serving that makes its generators the same."""

# ruff: noqa: NPY002, PLW0108 - the legacy functions are tested too

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from unit.hooks.fakes import Tape

from agentrr_hooks import entropy, prng

MAKERS: dict[str, Callable[[], Any]] = {
    "default_rng": lambda: np.random.default_rng().random(),
    "SeedSequence": lambda: np.random.SeedSequence().entropy,
    "RandomState": lambda: np.random.RandomState().uniform(),
    "MT19937": lambda: np.random.Generator(np.random.MT19937()).random(),
    "PCG64": lambda: np.random.Generator(np.random.PCG64()).random(),
    "Philox": lambda: np.random.Generator(np.random.Philox()).random(),
    "SFC64": lambda: np.random.Generator(np.random.SFC64()).random(),
    "seed(None)": lambda: (np.random.seed(None), np.random.random())[1],
}


@pytest.fixture
def _alias() -> Any:
    """Let `random` draw from `os.urandom` by name: it was imported before the hook."""
    real: Any = random._urandom  # type: ignore[attr-defined]
    random._urandom = lambda size: os.urandom(size)  # type: ignore[attr-defined]
    yield
    random._urandom = real  # type: ignore[attr-defined]


@pytest.mark.usefixtures("_alias")
@pytest.mark.parametrize("make", MAKERS.values(), ids=list(MAKERS))
def test_a_generator_without_a_seed_is_the_recorded_one(make: Callable[[], Any]) -> None:
    tape = Tape()
    np.random.seed(0)  # `seed(None)` keeps the place in the sequence that it had
    with tape.recording(entropy, prng):
        first = make()
    assert tape.events
    np.random.seed(0)
    with tape.replaying(entropy, prng):
        assert make() == first
    assert tape.left() == 0
    assert make() != first


def test_a_generator_with_a_seed_crosses_nothing() -> None:
    tape = Tape()
    with tape.recording(entropy, prng):
        assert np.random.default_rng(7).integers(0, 100) == np.random.default_rng(7).integers(
            0, 100
        )
    assert tape.events == []
