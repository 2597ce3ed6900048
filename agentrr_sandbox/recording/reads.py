"""Packs clock reads and draws: a burst of them in one line, a few bytes each.

A run is `[call, owner, kind, elastic, values]`.  Kind `f`: IEEE doubles, as the differences of
their bit patterns read as 64-bit integers, the first one whole; two reads of a clock a
microsecond apart differ by a handful.  Kind `i`: integers, in the same way.  Kind `v`: any other
value, as the codec stores it.
"""

from __future__ import annotations

import _struct
from _operator import sub
from itertools import accumulate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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


def events(
    number: int, entries: Iterator[tuple[int, list[Any]]], table: list[list[Any]]
) -> list[dict[str, Any]]:
    """Return the fields of the `reads` events, one a lane, that hold *entries*.

    An entry is a code, by its number in *table*, with consecutive values.
    """
    lanes: dict[str, list[list[Any]]] = {}
    for code, values in entries:
        lane, *run = table[code]
        runs = lanes.setdefault(lane, [])
        if runs and runs[-1][:4] == run:
            runs[-1][4] += values
        else:
            runs.append([*run, values])
    for runs in lanes.values():
        for run in runs:
            if run[2] != "v":  # a double lies here as its bit pattern: the same words
                run[4] = pack_integers(run[4])
    return [{"lane": lane, "ring": number, "runs": runs} for lane, runs in lanes.items()]


def is_code(code: Any) -> bool:
    """Whether *code* is `[lane, call, owner, kind, elastic]`."""
    return type(code) is list and len(code) == 5 and type(code[0]) is str and is_kind(code[1:])  # noqa: PLR2004


def is_kind(run: list[Any]) -> bool:
    """Whether *run* begins with call, owner, kind and elastic."""
    call, owner, kind, elastic = run[:4]
    return (
        type(call) is str
        and type(owner) is str
        and owner in ("user", "lib")
        and type(kind) is str
        and kind in ("f", "i", "v")
        and type(elastic) is bool
    )


def is_run(run: Any) -> bool:
    """Whether *run* is `[call, owner, kind, elastic, values]`, and can be unpacked."""
    if not (type(run) is list and len(run) == 5 and is_kind(run)):  # noqa: PLR2004
        return False
    values = run[4]
    if type(values) is not list:
        return False
    if run[2] == "v":
        return True
    if not all(type(value) is int for value in values):
        return False
    return all(-(1 << 63) <= total < 1 << 63 for total in accumulate(values))
