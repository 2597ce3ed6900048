"""Packs clock reads and draws: a burst of them in one line, a few bytes each.

A run is `[call, owner, kind, elastic, values]`.  Kind `f`: IEEE doubles, as the differences of
their bit patterns read as 64-bit integers, the first one whole; two reads of a clock a
microsecond apart differ by a handful.  Kind `i`: integers, in the same way.  Kind `b`: bytes, all
of one length: that length, and one base64 text of them all.  Kind `v`: any other value, as the
codec stores it.
"""

from __future__ import annotations

import _struct
from _operator import sub
from binascii import Error, a2b_base64, b2a_base64
from itertools import accumulate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

MOST_BYTES = 64
"""The longest value of kind `b`."""
_LENGTHS = frozenset(map(str, range(1, MOST_BYTES + 1)))
_INTEGERS = frozenset({int})
_UNFIT: type[Exception] = vars(_struct)["error"]
_DOUBLE = _struct.Struct(">d")
_BITS = _struct.Struct(">q")


def bits(value: float) -> int:
    """Return the bit pattern of a double as a signed 64-bit integer."""
    pattern: int = _BITS.unpack(_DOUBLE.pack(value))[0]
    return pattern


def pack_integers(values: list[int]) -> list[int]:
    """Return the first value, then the differences."""
    return values[:1] + list(map(sub, values[1:], values))


def pack_bytes(size: int, pieces: list[bytes]) -> list[Any]:
    """Return the length of each value, and all of them in base64."""
    return [size, b2a_base64(b"".join(pieces), newline=False).decode("ascii")]


def unpack(kind: str, packed: list[Any]) -> list[Any]:
    """Return the values of a run; those of kind `v` are still as the codec stores them."""
    if kind == "v":
        return list(packed)
    if kind == "b":
        size, text = packed
        data = a2b_base64(text)
        return [data[at : at + size] for at in range(0, len(data), size)]
    values = list(accumulate(packed))
    if kind == "i":
        return values
    return memoryview(_words(values)).cast("d").tolist()


def _words(values: list[int]) -> bytes:
    return _struct.pack(f"{len(values)}q", *values)


def count(run: list[Any]) -> int:
    """Return how many reads a run holds."""
    if run[2] == "b":
        size, text = run[4]
        return len(a2b_base64(text)) // int(size)
    return len(run[4])


def pack(kind: str, values: Iterable[Any]) -> list[Any]:
    """The inverse of `unpack`."""
    if kind == "v":
        return list(values)
    if kind == "b":
        pieces = list(values)
        return pack_bytes(len(pieces[0]), pieces)
    if kind == "f":
        return pack_integers([bits(value) for value in values])
    return pack_integers(list(values))


def events(
    number: int, entries: Iterator[tuple[int, list[Any]]], table: list[list[Any]]
) -> list[dict[str, Any]]:
    """Return the fields of the `reads` events, one a lane, that hold *entries*.

    An entry is a code, by its number in *table*, with consecutive values; of kind `b` (in the ring
    with the length behind it) with pieces of bytes.
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
            if run[2][0] == "b":
                run[2], run[4] = "b", pack_bytes(int(run[2][1:]), run[4])
            elif run[2] != "v":  # a double lies here as its bit pattern: the same words
                run[4] = pack_integers(run[4])
    return [{"lane": lane, "ring": number, "runs": runs} for lane, runs in lanes.items()]


def is_code(code: Any) -> bool:
    """Whether *code* is `[lane, call, owner, kind, elastic]`."""
    if not (type(code) is list and len(code) == 5 and type(code[0]) is str):  # noqa: PLR2004
        return False
    kind = code[3]
    if type(kind) is str and kind[:1] == "b":
        return kind[1:] in _LENGTHS and is_kind([*code[1:3], "b", code[4]])
    return is_kind(code[1:])


def is_kind(run: list[Any]) -> bool:
    """Whether *run* begins with call, owner, kind and elastic."""
    call, owner, kind, elastic = run[:4]
    return (
        type(call) is str
        and type(owner) is str
        and owner in ("user", "lib")
        and type(kind) is str
        and kind in ("f", "i", "b", "v")
        and type(elastic) is bool
    )


def is_run(run: Any) -> bool:
    """Whether *run* is `[call, owner, kind, elastic, values]`, and can be unpacked."""
    if not (type(run) is list and len(run) == 5 and is_kind(run)):  # noqa: PLR2004
        return False
    kind, values = run[2], run[4]
    if type(values) is not list or kind == "v":
        return type(values) is list
    return _are_bytes(values) if kind == "b" else _are_numbers(values)


def _are_numbers(values: list[Any]) -> bool:
    if not _INTEGERS.issuperset(map(type, values)):
        return False
    try:
        _words(list(accumulate(values)))
    except _UNFIT:
        return False
    return True


def _are_bytes(values: list[Any]) -> bool:
    if not (len(values) == 2 and type(values[0]) is int and type(values[1]) is str):  # noqa: PLR2004
        return False
    size, text = values
    try:
        data = a2b_base64(text, strict_mode=True)
    except (Error, ValueError):
        return False
    return 0 < int(size) <= MOST_BYTES and len(data) % size == 0
