"""Packs clock reads and draws: a burst of them in one line, a few bytes each.

A run is `[call, owner, kind, elastic, values]`.  Kind `f`: IEEE doubles, as the differences of
their bit patterns read as 64-bit integers, the first one whole; two reads of a clock a
microsecond apart differ by a handful.  Kind `i`: integers, in the same way.  Kinds `F` and `I`
are long runs of the same, which C can pack: their number, then their 64-bit words byte by byte, the
lowest byte of all of them first, in base64, or as a number where it is the same in all.  Kind `b`:
bytes, all of one length: that length, and one base64 text of them all.  Kind `v`: any other value,
as the codec stores it.
"""

from __future__ import annotations

import _struct
import sys
from _operator import sub
from binascii import Error, a2b_base64, b2a_base64
from itertools import accumulate

from agentrr_sandbox.recording.ring_parts import MOST_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

LONG = 64
"""From so many reads on a run of kind `f` or `i` is one of kind `F` or `I`."""
_MOST = 1 << 20
_WORD = 8
_PLACES = range(_WORD) if sys.byteorder == "little" else range(_WORD - 1, -1, -1)
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


def pack_words(data: bytes) -> list[Any]:
    """Return the number of the 64-bit words in *data* (of this machine), and their bytes."""
    count = len(data) // _WORD
    packed: list[Any] = [count]
    for place in _PLACES:
        piece = data[place::_WORD]
        same = piece == piece[:1] * count
        packed.append(piece[0] if same else b2a_base64(piece, newline=False).decode("ascii"))
    return packed


def _unpack_words(packed: list[Any]) -> bytearray:
    count = packed[0]
    data = bytearray(count * _WORD)
    for place, piece in zip(_PLACES, packed[1:], strict=True):
        same = type(piece) is int
        data[place::_WORD] = bytes([piece]) * count if same else a2b_base64(piece)
    return data


def unpack(kind: str, packed: list[Any]) -> list[Any]:
    """Return the values of a run; those of kind `v` are still as the codec stores them."""
    if kind == "v":
        return list(packed)
    if kind == "b":
        size, text = packed
        data = a2b_base64(text)
        return [data[at : at + size] for at in range(0, len(data), size)]
    if kind in ("F", "I"):
        found = memoryview(_unpack_words(packed)).cast("d" if kind == "F" else "q")
        return list(found.tolist())
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
    if run[2] in ("F", "I"):
        return int(run[4][0])
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

    An entry is a code, by its number in *table*, with consecutive values: of kind `v` as they are,
    else pieces of bytes: 64-bit words of this machine, or (kind `b`, in the ring with the length of
    a value behind it) values.
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
            if run[2] != "v":
                run[2], run[4] = _packed(run[2], run[4])
    return [{"lane": lane, "ring": number, "runs": runs} for lane, runs in lanes.items()]


def _packed(kind: str, pieces: list[bytes]) -> tuple[str, list[Any]]:
    if kind[0] == "b":
        return "b", pack_bytes(int(kind[1:]), pieces)
    data = b"".join(pieces)
    if len(data) >= LONG * _WORD:
        return kind.upper(), pack_words(data)
    # a double lies here as its bit pattern: the same words
    return kind, pack_integers(memoryview(data).cast("q").tolist())


def is_code(code: Any) -> bool:
    """Whether *code* is `[lane, call, owner, kind, elastic]`."""
    if not (type(code) is list and len(code) == 5 and type(code[0]) is str):  # noqa: PLR2004
        return False
    kind = code[3]
    if type(kind) is str and kind[:1] == "b":
        return kind[1:] in _LENGTHS and is_kind([*code[1:3], "b", code[4]])
    return is_kind(code[1:]) and kind in ("f", "i", "v")


def is_kind(run: list[Any]) -> bool:
    """Whether *run* begins with call, owner, kind and elastic."""
    call, owner, kind, elastic = run[:4]
    return (
        type(call) is str
        and type(owner) is str
        and owner in ("user", "lib")
        and type(kind) is str
        and kind in ("f", "i", "F", "I", "b", "v")
        and type(elastic) is bool
    )


def is_run(run: Any) -> bool:
    """Whether *run* is `[call, owner, kind, elastic, values]`, and can be unpacked."""
    if not (type(run) is list and len(run) == 5 and is_kind(run)):  # noqa: PLR2004
        return False
    kind, values = run[2], run[4]
    if type(values) is not list or kind == "v":
        return type(values) is list
    return _CHECKS[kind](values)


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


def _are_words(values: list[Any]) -> bool:
    if not (len(values) == 1 + _WORD and type(values[0]) is int and 0 < values[0] <= _MOST):
        return False
    count, *pieces = values
    for piece in pieces:
        if type(piece) is int:
            if not 0 <= piece <= 0xFF:  # noqa: PLR2004
                return False
            continue
        try:
            if type(piece) is not str or len(a2b_base64(piece, strict_mode=True)) != count:
                return False
        except (Error, ValueError):
            return False
    return True


_CHECKS = {
    "f": _are_numbers,
    "i": _are_numbers,
    "F": _are_words,
    "I": _are_words,
    "b": _are_bytes,
}
