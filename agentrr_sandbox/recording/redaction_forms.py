"""The forms in which a known secret may stand in a text, and its name in a placeholder."""

from __future__ import annotations

from agentrr_sandbox.recording.redaction_rules import compiled
from agentrr_sandbox.recording.scalars import base64

MARK = "[redacted:"
PLACEHOLDER = r"\[redacted:([\w.\-]{1,64}):(\d{1,6})\]"
MIN_LEARNED = 6
"""Shorter values are words of every text."""
MIN_NUMBER = 8
"""Shorter numbers too."""
_UNQUOTED = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~"
_SIGN = "(?:[A-Za-z0-9+/_-]|%2[BFbf])"
_PADDING = "(?:=|%3[Dd]){0,2}"


def without_names(text: str) -> str:
    """Return *text* with every placeholder as `[redacted]`.

    So it goes into a signature.  Which secret it was is compared after: see `redaction_identity`.
    """
    return compiled(PLACEHOLDER).sub("[redacted]", text) if MARK in text else text


def placeholder_word(name: str) -> str:
    """Return *name* as it may stand in a placeholder; variables keep their capitals."""
    made = "".join(c if c.isascii() and (c.isalnum() or c in "_.-") else "_" for c in name[:64])
    return made if made.isupper() else made.lower()


def forms(value: str) -> set[str]:
    """Return *value* and what programs make of it: as it stands in JSON and `repr`, in HTML, URLs.

    Also in hex, and what holds letters and digits in one case or backwards; a word does not, it
    may be another word then.
    """
    from _json import encode_basestring, encode_basestring_ascii

    data = value.encode("utf-8", "surrogatepass")
    html = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    found = {
        value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t"),
        repr(value)[1:-1],
        encode_basestring(value)[1:-1],
        encode_basestring_ascii(value)[1:-1],
        html,
        html.replace('"', "&quot;").replace("'", "&#x27;"),
        data.hex(),
        data.hex().upper(),
        *_quoted(data),
    }
    if any(c.isdigit() for c in value) and any(c.isalpha() for c in value):
        for other in (value.upper(), value.lower(), value[::-1]):
            found |= {other, *_quoted(other.encode("utf-8", "surrogatepass"))}
    return {value, *(form for form in found if len(form) >= MIN_LEARNED)}


def _quoted(data: bytes) -> set[str]:
    """Return *data* percent-encoded, once and twice: all signs, or not a path's or JavaScript's."""
    signs = set(data.translate(None, _UNQUOTED))
    found = set()
    for kept in (b"", b"/", b"!'()*") if signs else ():
        for form in ("%{:02X}", "%{:02x}"):
            made = data.decode("latin-1").replace("%", "%25")
            for sign in signs.difference(kept, b"%"):
                made = made.replace(chr(sign), form.format(sign))
            found |= {made, made.replace("%20", "+"), made.replace("%", "%25")}
    return found


def cores(value: str) -> list[tuple[str, str]]:
    """Return what base64 makes of *value*, wherever it stands in the data: core and pattern.

    The core holds the secret alone.  The signs beside it may share its bits, and say nothing.
    """
    data = value.encode("utf-8", "surrogatepass")
    found = []
    for before in range(3):
        first = (before * 8 + 5) // 6
        last = (before + len(data)) * 8 // 6
        core = base64(bytes(before) + data)[first:last]
        lead = f"{_SIGN}?" if before else ""
        rest = f"{_SIGN}?{_PADDING}" if (before + len(data)) % 3 else ""
        url, percent = core.replace("+", "-").replace("/", "_"), core.replace("+", "%2B")
        found += [
            (each, f"{lead}{each.replace('+', '[+]')}{rest}")
            for each in {core, url, percent.replace("/", "%2F")}
            if len(each) >= MIN_LEARNED
        ]
    return found


def in_base64(value: str) -> set[str]:
    """Return *value* alone in base64: of both alphabets, padded or not."""
    padded = base64(value.encode("utf-8", "surrogatepass"))
    other = padded.replace("+", "-").replace("/", "_")
    return {padded, other, padded.rstrip("="), other.rstrip("=")}


def unescaped(value: str) -> str:
    """Return *value*, which stood in a string of JSON or Python, as the program has it."""
    parts = value.split("\\\\")
    for escaped, plain in (("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r"), ('\\"', '"'), ("\\/", "/")):
        parts = [part.replace(escaped, plain) for part in parts]
    return "\\".join(parts)
