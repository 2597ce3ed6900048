from __future__ import annotations

import mmap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentrr_hooks.mp_memory import Region

SIZE = 3 * 65_536 + 100
WRITES = st.lists(st.tuples(st.integers(0, SIZE - 300), st.binary(min_size=1, max_size=300)))


@given(st.lists(WRITES, max_size=4))
def test_what_changed_makes_the_same_memory(rounds: list[list[tuple[int, bytes]]]) -> None:
    written, served = mmap.mmap(-1, SIZE), mmap.mmap(-1, SIZE)
    recorded, replayed = Region(written), Region(served)
    for writes in rounds:
        for place, data in writes:
            written[place : place + len(data)] = data
        changes = recorded.changed()
        assert sum(len(data) for _, data in changes) <= sum(len(data) + 128 for _, data in writes)
        for place, data in changes:
            replayed.put(place, data)
        assert served[:] == written[:]
        assert recorded.changed() == []


def test_memory_that_is_gone_or_closed() -> None:
    memory = mmap.mmap(-1, 4096)
    region = Region(memory)
    memory[0] = 1
    memory.close()
    with pytest.raises(ValueError, match="closed"):
        region.changed()
    del memory
    assert region.changed() == []
    region.put(0, b"x")
