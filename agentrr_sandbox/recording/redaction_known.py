"""The secrets of a recording that are known by value, in all their forms."""

from __future__ import annotations

import _thread

from agentrr_sandbox.recording.redaction_forms import cores, forms, in_base64
from agentrr_sandbox.recording.redaction_needles import Needles, folded
from agentrr_sandbox.recording.redaction_rules import compiled


class Known:
    """Values and their forms, with the placeholder of each.

    `placeholders` is by value; `numbers` holds the secrets that a program may have as numbers.
    """

    __slots__ = (
        "_cores", "_forms", "_lock", "_needles", "_sorted", "found", "numbers", "placeholders"
    )  # fmt: skip

    def __init__(self) -> None:
        self.placeholders: dict[str, str] = {}
        self.numbers: dict[int, str] = {}
        self._forms: dict[str, str] = {}
        self._cores: list[tuple[str, str, str]] = []
        self._sorted: list[tuple[str, str]] | None = []
        self._needles = Needles()
        self.found = self._needles.found
        self._lock = _thread.allocate_lock()

    def alone(self) -> None:
        """This process was forked: no thread of it is in the middle of anything here."""
        self._lock = _thread.allocate_lock()

    @property
    def exact(self) -> list[tuple[str, str]]:
        """What is replaced and by what, the longest first; another list when there is more."""
        found = self._sorted
        if found is None:
            with self._lock:
                found = self._sorted = sorted(self._forms.items(), key=_size)
                self._cores = sorted(self._cores, key=_size)  # another strand may be in the old one
        return found

    def learn(self, value: str, placeholder: str) -> None:
        """Replace *value* from now on, in every form."""
        if value.isdecimal() and value.isascii() and value[0] != "0":
            self.numbers = {**self.numbers, int(value): placeholder}
        self.know(value, forms(value), placeholder)

    def know(self, value: str, every: set[str], placeholder: str) -> None:
        """Replace *every* form from now on, and what base64 makes of *value*."""
        for form in (*every, *in_base64(value)):
            self.placeholders.setdefault(form, placeholder)
        self._add(
            every, [(core, pattern, placeholder) for core, pattern in cores(value)], placeholder
        )

    def line(self, line: str, placeholder: str) -> None:
        """Replace a *line* of a secret from now on, as it is."""
        self.placeholders.setdefault(line, placeholder)
        self._add({line}, [], placeholder)

    def _add(self, every: set[str], coded: list[tuple[str, str, str]], placeholder: str) -> None:
        with self._lock:
            for form in every:
                self._forms.setdefault(form, self.placeholders.get(form, placeholder))
            self._cores = [*self._cores, *coded]
            self._needles.add((*every, *(core for core, _, _ in coded)))
            self._sorted = None

    def replaced(self, text: str) -> str:
        """Return *text* with placeholders for what is known."""
        if not self.found(folded(text)):
            return text
        for value, placeholder in self.exact:
            if value in text:
                text = text.replace(value, placeholder)
        for core, pattern, placeholder in self._cores:
            if core in text:
                text = str(compiled(pattern).sub(placeholder, text))
        return text

    def within(self, value: str) -> bool:
        """Whether *value* holds a known secret."""
        return self.replaced(value) != value


def _size(item: tuple[str, ...]) -> int:
    return -len(item[0])
