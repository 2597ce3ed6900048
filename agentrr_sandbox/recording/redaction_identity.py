"""Which secret it is: whether the placeholders of a replay stand for the recorded ones.

Two texts of which only the placeholders differ may both be right: a program that holds a secret
itself, and got it in an answer as well, meets it under one name while it is recorded, and under
two while it is replayed.  But what a replay serves it knows by its recorded name, so that must
come back as it is; and any other stands for the same secret whenever it comes.
"""

from __future__ import annotations

from agentrr_sandbox.recording.redaction_forms import PLACEHOLDER, without_names
from agentrr_sandbox.recording.redaction_rules import compiled


class Identity:
    """The placeholders of one run: served, given out by itself, made of others."""

    __slots__ = ("_derived", "_given", "_served", "_stands_for")

    def __init__(self) -> None:
        self._served: set[str] = set()
        self._given: set[str] = set()
        self._derived: set[str] = set()
        self._stands_for: dict[str, str] = {}

    def serve(self, placeholder: str) -> None:
        """Take note that the replay served *placeholder*, or a stand-in of that name."""
        self._served.add(placeholder)

    def give(self, placeholder: str, *, derived: bool) -> None:
        """Take note of a secret that this run met first; *derived*: another is part of it."""
        self._given.add(placeholder)
        if derived:
            self._derived.add(placeholder)

    def alike(self, recorded: str, observed: str) -> bool:
        """Whether two texts are equal but for names under which the same secrets were met."""
        return without_names(recorded) == without_names(observed) and self.same(recorded, observed)

    def same(self, recorded: str, observed: str) -> bool:
        """Whether the placeholders in two texts, which match, stand for the same secrets."""
        find = compiled(PLACEHOLDER).finditer
        pairs = zip(find(recorded), find(observed), strict=False)
        return all(self._same(a[0], b[0]) for a, b in pairs)

    def _same(self, recorded: str, observed: str) -> bool:
        if recorded.endswith(":0]") or observed.endswith(":0]"):
            return True  # met aside, where nothing is numbered
        if observed in self._served:
            return recorded == observed or observed in self._given  # then it is two secrets
        if observed in self._derived and recorded in self._served:
            return False
        return self._stands_for.setdefault(observed, recorded) == recorded
