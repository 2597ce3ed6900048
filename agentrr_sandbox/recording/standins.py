"""What a replay serves for a secret of the environment.

A stand-in has the length, the alphabet and the published prefix of the real value, so that a
program's own checks (`key.startswith("sk-")`) go the same way.  It is made from the recording's
random salt; of the secret nothing but these three is stored.
"""

from __future__ import annotations

from agentrr_sandbox.recording.redaction_rules import PREFIXES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DIGITS = "0123456789"
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_UPPER = _LOWER.upper()
ALPHABETS = {
    "digits": _DIGITS,
    "hex": _DIGITS + "abcdef",
    "HEX": _DIGITS + "ABCDEF",
    "lower": _DIGITS + _LOWER,
    "UPPER": _DIGITS + _UPPER,
    "letters": _DIGITS + _LOWER + _UPPER,
    "url": _DIGITS + _LOWER + _UPPER + "-_",
    "base64": _DIGITS + _LOWER + _UPPER + "+/=",
}
MARKER = "-----"
"""The first and the last line of a key begin so; a stand-in keeps them."""
_UUID = 36
_HYPHENS = (8, 13, 18, 23)


def describe(value: str) -> dict[str, Any]:
    """Return what may be known of *value*: its length, its alphabet, its published prefix."""
    if "\n" in value:
        lines = [line if line.startswith(MARKER) else len(line) for line in value.split("\n")]
        return {"length": len(value), "alphabet": "letters", "prefix": "", "lines": lines}
    prefix = max((p for p in PREFIXES if value.startswith(p)), key=len, default="")
    rest = set(value[len(prefix) :])
    if len(value) == _UUID and all(value[i] == "-" for i in _HYPHENS):
        return {"length": len(value), "alphabet": "uuid", "prefix": ""}
    for name, letters in ALPHABETS.items():
        if rest <= set(letters):
            return {"length": len(value), "alphabet": name, "prefix": prefix}
    return {"length": len(value), "alphabet": "url", "prefix": prefix}


def make(described: dict[str, Any], name: str, salt: bytes) -> str:
    """Return the stand-in for the variable *name*: the same for the same salt."""
    from agentrr_sandbox.recording.jsontext import sha256

    alphabet, prefix = described["alphabet"], described["prefix"]
    count = int(described["length"]) - len(prefix)
    letters = ALPHABETS["hex" if alphabet == "uuid" else alphabet]
    if alphabet == "base64":
        letters = ALPHABETS["letters"]
    made = ""
    block = 0
    while len(made) < count:
        seed = b"%b\0%b\0%d" % (salt, name.encode("utf-8", "surrogatepass"), block)
        made += "".join(letters[byte % len(letters)] for byte in sha256(seed).digest())
        block += 1
    made = made[:count]
    if alphabet == "digits" and made.startswith("0"):
        made = f"1{made[1:]}"  # a program may make a number of it
    if "lines" in described:
        return _lines(made, described["lines"])
    if alphabet == "uuid":
        for at in _HYPHENS:
            made = f"{made[:at]}-{made[at + 1 :]}"
    return f"{prefix}{made}"


def _lines(made: str, lines: list[str | int]) -> str:
    place = 0
    found = []
    for line in lines:
        if isinstance(line, str):
            found.append(line)
        else:
            found.append(made[place : place + line])
            place += line
    return "\n".join(found)
