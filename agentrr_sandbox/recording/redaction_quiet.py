"""Redaction of what only one of recording and replay sees."""

from __future__ import annotations

from agentrr_sandbox.recording.redaction import Redactor
from agentrr_sandbox.recording.redaction_forms import MARK, placeholder_word


class QuietRedactor(Redactor):
    """The same secrets, for what only one of recording and replay sees: it gives no numbers.

    A secret that is met here first is written `[redacted:NAME:0]`.
    """

    def __init__(self, main: Redactor) -> None:
        self.__dict__ = main.__dict__

    def secret(self, name: str, value: str) -> str:
        """Return the placeholder for a secret, without taking a number."""
        return self._known.get(value) or f"{MARK}{placeholder_word(name)}:0]"

    def reserve(self, text: str) -> None:
        """Take no numbers."""
