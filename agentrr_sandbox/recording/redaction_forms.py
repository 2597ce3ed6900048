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


def without_names(text: str) -> str:
    """Return *text* with every placeholder as `[redacted]`.

    So it goes into a signature: which secret it was takes no part in whether two requests match.
    A program that holds a secret itself, and got it in an answer as well, meets it under two names
    while replaying.
    """
    return compiled(PLACEHOLDER).sub("[redacted]", text) if MARK in text else text


def placeholder_word(name: str) -> str:
    """Return *name* as it may stand in a placeholder; variables keep their capitals."""
    made = "".join(c if c.isascii() and (c.isalnum() or c in "_.-") else "_" for c in name[:64])
    return made if made.isupper() else made.lower()


def coded_forms(value: str) -> set[str]:
    """Return *value* percent-encoded, in base64, and as it stands in JSON and in `repr`."""
    data = value.encode("utf-8", "surrogatepass")
    padded = base64(data)
    coded = padded.rstrip("=")
    escaped = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    safe = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~"
    quoted = "".join(chr(b) if b in safe else f"%{b:02X}" for b in data)
    forms = {escaped, escaped.replace('"', '\\"'), quoted, quoted.replace("%20", "+")}
    for form in (padded, coded):
        forms |= {form, form.replace("+", "-").replace("/", "_")}
    return {form for form in forms if len(form) >= MIN_LEARNED} - {value}


def unescaped(value: str) -> str:
    """Return *value*, which stood in a string of JSON or Python, as the program has it."""
    parts = value.split("\\\\")
    for escaped, plain in (("\\n", "\n"), ("\\t", "\t"), ("\\r", "\r"), ('\\"', '"'), ("\\/", "/")):
        parts = [part.replace(escaped, plain) for part in parts]
    return "\\".join(parts)
