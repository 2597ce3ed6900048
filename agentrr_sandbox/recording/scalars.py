"""The forms of texts, bytes and numbers, and what of them plain JSON holds as they are."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EXACT = 9007199254740991
"""Beyond 2**53 a viewer written in JavaScript loses digits."""


def base64(data: bytes) -> str:
    """Return *data* in base64, one line."""
    from binascii import b2a_base64  # not at boot: it is a library of its own in many builds

    return b2a_base64(data, newline=False).decode("ascii")


def unbase64(text: str) -> bytes:
    """Undo `base64`; strict."""
    from binascii import a2b_base64

    return a2b_base64(text, strict_mode=True)


def clean_text(text: str) -> bool:
    """Whether *text* can be written as JSON as it is: it holds no lone surrogates."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def scalar(value: Any, kind: type) -> Any:  # noqa: PLR0911 - one for each kind
    """Return the form of None, a bool, int, float, str or bytes."""
    if kind is str:
        if clean_text(value):
            return value
        return {"$": "s", "v": base64(value.encode("utf-8", "surrogatepass"))}
    if kind is int and not -EXACT <= value <= EXACT:
        return {"$": "i", "v": hex(value)}
    if kind is float and value - value != 0.0:
        from _struct import pack

        return {"$": "f", "v": pack(">d", value).hex()}
    if kind is bytes:
        try:
            return {"$": "bt", "v": value.decode()}
        except UnicodeDecodeError:
            return {"$": "b", "v": base64(value)}
    return value
