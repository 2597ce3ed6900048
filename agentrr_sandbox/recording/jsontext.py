"""JSON text for event lines: written and read with the interpreter's own C parts.

`json` and `re` together cost a quarter of the start-up budget, so the C encoder and scanner that
they use are driven directly.  What is read may come from a stranger: depth, duplicate keys,
not-a-numbers and long integers are refused (facts: a recording is mailed from person to person).
"""

from __future__ import annotations

import sys

import _json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

if sys.version_info >= (3, 12):
    from _sha2 import sha256
else:
    from _sha256 import sha256

MAX_DEPTH = 200
MAX_INT_DIGITS = 20
SPACE = " \t\n\r"


class JSONError(ValueError):
    """The text is not JSON as recordings have it."""


def _refuse(value: object) -> object:
    raise TypeError(f"{type(value).__name__} is not JSON")


_encode: Any = _json.make_encoder(  # type: ignore[attr-defined] # the C part of the json package
    None, _refuse, _json.encode_basestring_ascii, None, ":", ",", False, False, False
)


def dumps(value: object) -> str:
    """Return *value* as compact ASCII JSON.  Raises TypeError, ValueError (NaN, too deep)."""
    try:
        return "".join(_encode(value, 0))
    except RecursionError:
        raise ValueError("nested too deep") from None


class _Context:
    """What the C scanner asks its caller for."""

    strict = True
    object_hook = None
    memo: dict[str, str] = {}  # noqa: RUF012 - the scanner clears it

    @staticmethod
    def object_pairs_hook(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Refuse a key that comes twice: two readers would see two different events."""
        found = dict(pairs)
        if len(found) != len(pairs):
            raise JSONError("a key comes twice")
        return found

    parse_float = float

    @staticmethod
    def parse_int(text: str) -> int:
        """Refuse integers that take quadratic time; the codec stores them in hex."""
        if len(text) > MAX_INT_DIGITS:
            raise JSONError("a long integer")
        return int(text)

    @staticmethod
    def parse_constant(text: str) -> float:
        """Refuse NaN and the infinities."""
        raise JSONError(f"{text} is not JSON")


_scan: Callable[[str, int], tuple[Any, int]] = _json.make_scanner(_Context())  # type: ignore[attr-defined] # as above


def depth(text: str) -> int:
    """Return how deep *text* is nested at most; an upper bound that is exact when it is large."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    level = deepest = 0
    inside = False
    place, size = 0, len(text)
    while place < size:
        mark = text[place]
        if inside:
            if mark == "\\":
                place += 1
            elif mark == '"':
                inside = False
        elif mark == '"':
            inside = True
        elif mark in "[{":
            level += 1
            deepest = max(deepest, level)
        elif mark in "]}":
            level -= 1
        place += 1
    return deepest


def loads(text: str | bytes) -> Any:
    """Return the value of one JSON text.  Raises JSONError, and nothing else."""
    if isinstance(text, bytes):
        try:
            text = text.decode("ascii")
        except UnicodeDecodeError:
            raise JSONError("not ASCII") from None
    if depth(text) > MAX_DEPTH:
        raise JSONError(f"nested deeper than {MAX_DEPTH}")
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        raise JSONError("not JSON") from None
    except JSONError:
        raise
    except SystemError:  # 3.11 looks for json.decoder, which is not loaded
        raise JSONError("not JSON") from None
    except (ValueError, RecursionError) as error:
        raise JSONError(str(error).partition(":")[0] or "not JSON") from None
    if text[end:].strip(SPACE):
        raise JSONError("more follows the value")
    return value
