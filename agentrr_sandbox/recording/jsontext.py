"""JSON text for event lines: written and read with the interpreter's own C parts.

`json` and `re` together cost a quarter of the start-up budget, so the C encoder and scanner that
they use are driven directly.  What is read may come from a stranger: depth, duplicate keys,
not-a-numbers and long integers are refused (facts: a recording is mailed from person to person).
"""

from __future__ import annotations

import _json
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

try:  # hashlib, with OpenSSL behind it, costs 3 ms of start-up
    _digests: Any = __import__("_sha2" if sys.version_info >= (3, 12) else "_sha256")
except ImportError:
    _digests = __import__("hashlib")

sha256: Callable[..., Any] = _digests.sha256

MAX_DEPTH = 200
MAX_INT_DIGITS = 20
SPACE = " \t\n\r"
_INFINITIES = (float("inf"), float("-inf"))


class JSONError(ValueError):
    """The text is not JSON as recordings have it."""


def _refuse(value: object) -> object:
    raise TypeError(f"{type(value).__name__} is not JSON")


_c: Any = _json
_encode: Any = _c.make_encoder(
    None, _refuse, _c.encode_basestring_ascii, None, ":", ",", False, False, False
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

    @staticmethod
    def parse_float(text: str) -> float:
        """Refuse a number that is an infinity by its size."""
        value = float(text)
        if value in _INFINITIES:
            raise JSONError("a number out of range")
        return value

    @staticmethod
    def parse_int(text: str) -> int:
        """Refuse integers that take quadratic time; the codec stores them in hex."""
        if len(text) > MAX_INT_DIGITS and len(text.lstrip("-")) > MAX_INT_DIGITS:
            raise JSONError("a long integer")
        return int(text)

    @staticmethod
    def parse_constant(text: str) -> float:
        """Refuse NaN and the infinities."""
        raise JSONError(f"{text} is not JSON")


class _ShortContext(_Context):
    """The same where no long integer can be: the scanner then makes integers by itself."""

    parse_int = int  # type: ignore[assignment]


_scan: Callable[[str, int], tuple[Any, int]] = _c.make_scanner(_Context())
_scan_short: Callable[[str, int], tuple[Any, int]] = _c.make_scanner(_ShortContext())
_DIGITS = bytes(0x30 if 0x30 <= byte <= 0x39 else 0x20 for byte in range(256))  # noqa: PLR2004
_LONG = b"0" * (MAX_INT_DIGITS + 1)


def depth(value: Any) -> int:
    """Return how deep *value* is nested, or `MAX_DEPTH + 1` when it is deeper than that."""
    deep = 0
    level = [value]
    while level:
        below: list[Any] = []
        for node in level:
            if type(node) is dict:
                below += node.values()
            elif type(node) is list or type(node) is tuple:
                below += node
        if not below:
            return deep + any(type(node) in (dict, list, tuple) for node in level)
        deep += 1
        if deep > MAX_DEPTH:
            return deep
        level = below
    return deep


def too_deep(value: Any, text: str) -> bool:
    """Whether *value*, which stands in *text*, is nested deeper than a reader takes."""
    return text.count("[") + text.count("{") > MAX_DEPTH and depth(value) > MAX_DEPTH


def loads(text: str | bytes) -> Any:
    """Return the value of one JSON text.  Raises JSONError, and nothing else."""
    if isinstance(text, bytes):
        data = text
        try:
            text = text.decode("ascii")
        except UnicodeDecodeError:
            raise JSONError("not ASCII") from None
    else:
        data = text.encode("utf-8", "replace")
    try:
        scan = _scan if _LONG in data.translate(_DIGITS) else _scan_short
        value, end = scan(text, 0)
    except StopIteration:
        raise JSONError("not JSON") from None
    except JSONError:
        raise
    except SystemError:  # 3.11 looks for json.decoder, which is not loaded
        raise JSONError("not JSON") from None
    except RecursionError:
        raise JSONError(f"nested deeper than {MAX_DEPTH}") from None
    except ValueError as error:
        raise JSONError(str(error).partition(":")[0] or "not JSON") from None
    if text[end:].strip(SPACE):
        raise JSONError("more follows the value")
    if too_deep(value, text):
        raise JSONError(f"nested deeper than {MAX_DEPTH}")
    return value
