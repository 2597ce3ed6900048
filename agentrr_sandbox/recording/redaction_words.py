"""Whether a password that is made of words may be looked for in every text.

Only where it stands for the password alone.  A word that the program itself holds would be taken
out of what it says while it is recorded, and not while it is replayed: the replay is served a
placeholder for the password, and knows nothing of the word.
"""

from __future__ import annotations

import sys

from agentrr_sandbox import real
from agentrr_sandbox.recording.redaction_rules import template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_PASSWORDS = ("password", "passwd", "passphrase", "apikey", "clientsecret", "accesstoken")
_MIN_WORD = 8
_LONG_WORD = 18
_MIN_WORDS = 14
_LARGEST = 1 << 20


def passphrase(name: str, value: str) -> bool:
    """Whether *value* is letters that only a password would be: no word, or several."""
    if not name.lower().replace("_", "").replace("-", "").endswith(_PASSWORDS):
        return False
    words = value.split(" ")
    if len(words) == 2 or template(value) or not all(word.isalpha() for word in words):  # noqa: PLR2004
        return False
    if len(words) > 1:
        return len(value) >= _MIN_WORDS
    inside = value[1:]
    vowels = sum(char in "aeiouyAEIOUY" for char in value)
    return len(value) >= _MIN_WORD and (
        not (inside.islower() or inside.isupper())
        or len(value) >= _LONG_WORD
        or vowels * 5 < len(value)
    )


class Program:
    """The text of the program that runs."""

    __slots__ = ("_read", "_user")

    def __init__(self, user: Callable[[str], bool]) -> None:
        self._user = user
        self._read: dict[str, bytes] = {}

    def holds(self, word: str) -> bool:
        """Whether *word* stands in the user's modules, or on the command line."""
        for module in list(sys.modules.values()):
            path = _file(module)
            if path and path not in self._read and self._user(path):
                self._read[path] = _content(path)
        coded = word.encode()
        return any(coded in text for text in self._read.values()) or any(
            word in each for each in sys.orig_argv
        )


def _file(module: object) -> str:
    """Return the file of *module*; nothing of the module's own is called."""
    try:
        path = object.__getattribute__(module, "__dict__").get("__file__")
    except AttributeError:
        return ""
    return path if type(path) is str and path.endswith(".py") else ""


def _content(path: str) -> bytes:
    try:
        with real.open(path, "rb") as file:
            data: bytes = file.read(_LARGEST)
            return data
    except OSError:
        return b""
