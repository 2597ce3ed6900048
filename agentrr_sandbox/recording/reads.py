"""Packs clock reads and draws: a burst of them in one line, a few bytes each.

A run is `[call, owner, kind, elastic, values]`.  Kind `f`: IEEE doubles, as the differences of
their bit patterns read as 64-bit integers, the first one whole; two reads of a clock a
microsecond apart differ by a handful.  Kind `i`: integers, in the same way.  Kind `v`: any other
value, as the codec stores it.
"""

from __future__ import annotations

from itertools import accumulate

import _struct
from _operator import sub

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_DOUBLE = _struct.Struct(">d")
_BITS = _struct.Struct(">q")


def bits(value: float) -> int:
    """Return the bit pattern of a double as a signed 64-bit integer."""
    pattern: int = _BITS.unpack(_DOUBLE.pack(value))[0]
    return pattern


def pack_integers(values: list[int]) -> list[int]:
    """Return the first value, then the differences."""
    return values[:1] + list(map(sub, values[1:], values))


def unpack(kind: str, packed: list[Any]) -> list[Any]:
    """Return the values of a run; those of kind `v` are still as the codec stores them."""
    if kind == "v":
        return list(packed)
    values = list(accumulate(packed))
    if kind == "f":
        count = len(values)
        return list(_struct.unpack(f"{count}d", _struct.pack(f"{count}q", *values)))
    return values


def pack(kind: str, values: Iterable[Any]) -> list[Any]:
    """The inverse of `unpack`."""
    if kind == "v":
        return list(values)
    if kind == "f":
        return pack_integers([bits(value) for value in values])
    return pack_integers(list(values))
