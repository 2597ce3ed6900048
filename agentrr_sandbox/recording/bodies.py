"""HTTP bodies, readable where that is exact.

`{"json": value, "style": ...}` or `{"form": [[name, value], ...]}` only if writing the parsed body
again gives the very same bytes; else `{"text": ...}`, else `{"base64": ...}`.
"""

from __future__ import annotations

from agentrr_sandbox.errors import Undecodable, Unencodable
from agentrr_sandbox.recording import codec
from agentrr_sandbox.recording.codec import base64, unbase64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STYLES = {
    "compact": (",", ":", True),
    "compact-utf8": (",", ":", False),
    "spaced": (", ", ": ", True),
    "spaced-utf8": (", ", ": ", False),
}
"""How JSON is written: separators, and whether only ASCII; the first is httpx's and orjson's."""

_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~")
_MAX_FORM = 1 << 20
_HEX = "0123456789ABCDEF"
_DIGITS = bytes(0x30 if chr(byte) in "0123456789" else 0x20 for byte in range(256))
_LONG = b"0" * 16


def encode(body: bytes, *, form: bool = True) -> dict[str, Any]:
    """Return *body* as JSON-able data of the codec; *form* says whether it may be one."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"base64": base64(body)}
    if text[:1] in ("{", "["):
        found = _json(text, body)
        if found is not None:
            return found
    elif form and "=" in text and len(text) < _MAX_FORM:
        pairs = _form(text)
        if pairs is not None:
            return {"form": pairs}
    return {"text": text}


def decode(stored: Any) -> bytes:
    """Return the body.  Raises `Undecodable`."""
    try:
        if "json" in stored:
            value = codec.decode(stored["json"])
            return write_json(value, stored.get("style", "compact")).encode()
        if "form" in stored:
            pairs = stored["form"]
            return "&".join(f"{_quoted(k)}={_quoted(v)}" for k, v in pairs).encode()
        if "text" in stored:
            return bytes(stored["text"].encode())
        return unbase64(stored["base64"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Undecodable(f"a stored body cannot be restored: {error}") from None


def write_json(value: object, style: str) -> str:
    """Return *value* as JSON text in one of `STYLES`."""
    from _json import encode_basestring, encode_basestring_ascii, make_encoder

    item, key, ascii_only = STYLES[style]
    escape = encode_basestring_ascii if ascii_only else encode_basestring
    encoder: Any = make_encoder(None, _refuse, escape, None, key, item, False, False, False)
    return "".join(encoder(value, 0))


def _refuse(value: object) -> object:
    raise TypeError(f"{type(value).__name__} is not JSON")


def _json(text: str, body: bytes) -> dict[str, Any] | None:
    from agentrr_sandbox.recording.jsontext import loads

    try:
        value = loads(text)
        for style in STYLES:
            if write_json(value, style) == text:
                plain = _is_plain(text, body)
                stored = value if plain else codec.encode(value, identity=False)
                return {"json": stored} if style == "compact" else {"json": stored, "style": style}
    except (ValueError, RecursionError, Unencodable):
        pass
    return None


def _is_plain(text: str, body: bytes) -> bool:
    """Whether the codec keeps what is in *text* as it is, seen without a walk.

    Never wrongly true: it holds no tag, no lone surrogate, no integer of more than 15 digits, and
    is not deep.
    """
    return (
        '"$"' not in text
        and "\\u" not in text
        and text.count("{") + text.count("[") <= codec.MAX_DEPTH
        and _LONG not in body.translate(_DIGITS)
    )


def _form(text: str) -> list[list[str]] | None:
    pairs = []
    for part in text.split("&"):
        name, equals, value = part.partition("=")
        if not equals:
            return None
        pairs.append([_unquoted(name), _unquoted(value)])
    try:
        again = "&".join(f"{_quoted(k)}={_quoted(v)}" for k, v in pairs)
    except UnicodeEncodeError:
        return None
    return pairs if again == text else None


def _quoted(text: str) -> str:
    if all(char in _SAFE for char in text):
        return text
    return "".join(
        char
        if char in _SAFE
        else "+"
        if char == " "
        else "".join(f"%{_HEX[byte >> 4]}{_HEX[byte & 15]}" for byte in char.encode())
        for char in text
    )


def _unquoted(text: str) -> str:
    if "%" not in text and "+" not in text:
        return text
    first, *rest = text.replace("+", " ").split("%")
    data = bytearray(first.encode())
    for part in rest:
        try:
            data.append(int(part[:2], 16))
        except ValueError:
            return ""  # not written by us: the text will differ
        data += part[2:].encode()
    return data.decode(errors="replace")
