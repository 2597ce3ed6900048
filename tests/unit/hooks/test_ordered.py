"""A set that keeps the order in which its members came."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrr_hooks.ordered import Ordered

STEPS = st.lists(st.tuples(st.sampled_from(["add", "discard", "pop"]), st.integers(0, 8)))


@given(st.lists(st.integers(-50, 50)), STEPS)
def test_it_is_the_set_that_a_dict_would_be(first: list[int], steps: list[tuple[str, int]]) -> None:
    ours, model = Ordered(first), dict.fromkeys(first)
    for what, member in steps:
        if what == "add":
            ours.add(member)
            model[member] = None
        elif what == "discard":
            ours.discard(member)
            model.pop(member, None)
        elif model:
            taken = ours.pop()
            assert taken == next(iter(model))
            del model[taken]
        assert list(ours) == list(model)
        assert ours == set(model)
        assert len(ours) == len(model)


def test_it_is_a_set_to_those_who_look() -> None:
    ours = Ordered("ba")
    assert isinstance(ours, set)
    assert type(ours).__qualname__ == "set"
    assert repr(ours) == "{'b', 'a'}"
    assert repr(Ordered()) == "set()"
    assert pickle.loads(pickle.dumps(ours)) == {"a", "b"}
    assert ours | {"c"} == {"a", "b", "c"}
    ours |= {"z"}  # past our methods: such members come last
    assert list(ours) == ["b", "a", "z"]
    ours.remove("b")
    with pytest.raises(KeyError):
        ours.remove("b")
    ours.clear()
    with pytest.raises(KeyError):
        ours.pop()
