"""Takes secrets out of what is written: by name, by exact value, by shape.

*Names*: headers, fields, query members.  *Exact values*: variables of the environment whose name
looks secret, also percent-encoded and in base64, and every secret that was recognised once.
*Shapes*: published credentials (`redaction_rules`), each behind a literal test.

A secret is written `[redacted:NAME:n]`, the n-th secret of that name in this recording.  Recording
and replay must count alike although a replay meets only stand-ins, and answers that are redacted
already.  So a variable's number is its own; other secrets are numbered as they appear, and a
placeholder that appears in a text takes its number.  Nothing derived from a value is stored.
"""

from __future__ import annotations

import _thread

from agentrr_sandbox.recording import redaction_names, redaction_shapes, standins
from agentrr_sandbox.recording.redaction_forms import (
    MARK,
    MIN_LEARNED,
    MIN_NUMBER,
    PLACEHOLDER,
    forms,
    placeholder_word,
    unescaped,
)
from agentrr_sandbox.recording.redaction_identity import Identity
from agentrr_sandbox.recording.redaction_known import Known
from agentrr_sandbox.recording.redaction_needles import folded
from agentrr_sandbox.recording.redaction_rules import (
    COOKIE,
    GATES,
    NO,
    QUERY,
    WEAK,
    compiled,
    kind_of_name,
    login_in,
    looks_random,
    secret_variable,
    underscored,
)
from agentrr_sandbox.recording.redaction_words import Program, passphrase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

_SCHEMES = frozenset({"bearer", "basic", "token", "apikey", "api-key", "key"})
_MAX_LEARNED = 64
_MIN_COOKIE = 8


class Redactor:
    """The secrets of one recording.

    *env* holds the variables that may be secret; *salt* makes the stand-ins; *extra* names more
    exact values: name to value.  A replay passes no environment but what `--live-env` names, and
    learns the stand-ins as it serves them.
    """

    def __init__(
        self,
        env: Mapping[str, str] | None = None,
        salt: bytes = b"",
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.salt = salt
        self._lock = _thread.allocate_lock()
        self._counts: dict[str, int] = {}
        self._secrets = Known()
        self._known = self._secrets.placeholders
        self._learned = 0
        self._served: set[str] = set()
        self.identity = Identity()
        self.program: Program | None = None
        self._kinds: dict[str, int] = {}
        self._variables: dict[str, str] = {}
        for name, value in sorted((env or {}).items()):
            for start, end in self._parts(name, value):
                self._variable(name, value[start:end])
        for name, value in (extra or {}).items():
            self._variable(name, value)

    def alone(self) -> None:
        """This process was forked, without the other threads."""
        self._lock = _thread.allocate_lock()
        self._secrets.alone()

    @property
    def exact(self) -> list[tuple[str, str]]:
        """The known forms of secrets with their placeholders; another list when there are more."""
        return self._secrets.exact

    @property
    def numbers(self) -> dict[int, str]:
        """The secrets that a program may have as numbers."""
        return self._secrets.numbers

    # -- the environment -------------------------------------------------------------------

    def is_secret(self, name: str, value: str) -> bool:
        """Whether the variable *name* holds a secret, in whole or in part (a URL's login)."""
        return bool(self._parts(name, value))

    def _parts(self, name: str, value: str) -> list[tuple[int, int]]:
        if secret_variable(name, value):
            return [(0, len(value))]
        login = login_in(value)
        return [login] if login else []

    def _variable(self, name: str, value: str, number: int = 1) -> str:
        """Make *value* known as the secret of variable *name*; return its placeholder."""
        known = self._known.get(value)
        if known is not None:
            return known
        placeholder = f"{MARK}{placeholder_word(name)}:{number}]"
        self._variables[placeholder] = name
        self._counts[placeholder_word(name)] = max(
            number, self._counts.get(placeholder_word(name), 0)
        )
        self._secrets.learn(value, placeholder)
        for line in value.splitlines() if "\n" in value else ():
            # shorter lines of a key file say nothing, and a marker is no secret
            if len(line) >= 16 and not line.startswith(standins.MARKER):  # noqa: PLR2004
                self._secrets.line(line, placeholder)
        return placeholder

    def stand_in(self, name: str, value: str) -> str:
        """Return what a replay is served for *value*, known as the same secret from now on."""
        served, _ = self.serve(self.stored(name, value))
        return served

    def stored(self, name: str, value: str) -> dict[str, Any]:
        """Return what is stored of the secret variable: its plain parts, and stand-ins' shapes."""
        parts: list[Any] = []
        last = 0
        for start, end in self._parts(name, value):
            placeholder = self._variable(name, value[start:end])
            owner, _, number = placeholder[len(MARK) : -1].rpartition(":")
            shape = standins.describe(value[start:end])
            parts += (value[last:start], {"name": owner, "n": int(number), **shape})
            last = end
        parts.append(value[last:])
        return {"$": "stand-in", "parts": [part for part in parts if part]}

    def serve(self, stored: dict[str, Any]) -> tuple[str, str]:
        """Return the stand-in for what `stored` gave, and its text with placeholders."""
        served = shown = ""
        for part in stored["parts"]:
            if isinstance(part, str):
                served += part
                shown += part
                continue
            made = standins.make(part, part["name"], self.salt)
            placeholder = self._variable(part["name"], made, part["n"])
            self.identity.serve(placeholder)
            served += made
            shown += placeholder
        return served, shown

    # -- texts -----------------------------------------------------------------------------

    def hit(self, text: str) -> bool:
        """Whether `text` might change *text*: cheap, never wrongly false."""
        low = folded(text)
        if self._secrets.found(low):
            return True
        for gate, literals in GATES:
            if gate in text:
                for literal in literals:
                    if literal in text:
                        return True
        if underscored(text) or ("?" in text and "=" in text and "://" in text):
            return True
        return ("[" in text and MARK in text) or bool(redaction_names.ends(text, low))

    def text(self, text: str) -> str:
        """Return *text* without secrets."""
        if not self.hit(text):
            return text
        if MARK in text:
            self.reserve(text)
        text = self._secrets.replaced(text)
        text = redaction_shapes.without(text, self._shaped)
        if "=" in text and "?" in text and ("://" in text or " HTTP/1." in text):
            text = compiled(QUERY).sub(self._query, text)
        found = redaction_names.ends(text)
        return redaction_names.cleaned(self, text, found) if found else text

    def _shaped(self, name: str, found: str) -> str:
        if name == "login":
            user, _, password = found.partition(":")
            return f"{user}:{self.secret(name, password)}"
        return self.secret(name, found)

    def _query(self, match: Any) -> str:
        lead, name, value = match.groups()
        kind = self.kind(name, query=True)
        if kind in (NO, COOKIE) or (kind == WEAK and not looks_random(value)):
            return str(match.group())
        return f"{lead}{name}={self.secret(name, value)}"

    # -- names -----------------------------------------------------------------------------

    def kind(self, name: str, *, query: bool = False) -> int:
        """Judge a name, remembered: see `redaction_rules.kind_of_name`."""
        key = f"?{name}" if query else name
        known = self._kinds.get(key)
        if known is None:
            known = self._kinds[key] = kind_of_name(name, query=query)
        return known

    def named(self, name: str, value: str) -> str:
        """Return the text of the member *name*, redacted if its name says so."""
        kind = self.kind(name)
        if not value or kind == NO or (kind == WEAK and not looks_random(value)):
            return self.text(value)
        if kind == COOKIE:
            return "; ".join(self._cookie(pair) for pair in value.split("; "))
        scheme, space, rest = value.partition(" ")
        if space and scheme.lower() in _SCHEMES:
            return f"{scheme} {self.secret(name, rest)}"
        return self.secret(name, value)

    def told(self, name: str, value: str) -> str:
        """Return *value* redacted, which a command line calls *name*; known from now on."""
        taken = self.named(name, value)
        if taken != value and taken == self._known.get(value) and len(value) >= MIN_LEARNED:
            self._secrets.learn(value, taken)
        return taken

    def _cookie(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        plain = name.lower() in ("expires", "path", "domain", "max-age", "samesite")
        if not equals or plain or len(value) < _MIN_COOKIE:
            return pair
        return f"{name}={self.secret(name, value)}"

    def headers(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return header pairs without secrets."""
        return [(name, self.named(name, value)) for name, value in pairs]

    # -- numbers ---------------------------------------------------------------------------

    def secret(self, name: str, value: str) -> str:
        """Return the placeholder for a secret, the same for the same value."""
        known = self._known.get(value)
        if known is not None:
            return known
        if MARK in value:
            self.reserve(value)
            if compiled(PLACEHOLDER).fullmatch(value):
                return value
        word = placeholder_word(name)
        with self._lock:
            number = self._counts[word] = self._counts.get(word, 0) + 1
            placeholder = f"{MARK}{word}:{number}]"
            self._known[value] = placeholder
        self.identity.give(placeholder, derived=MARK in value or self._secrets.within(value))
        if MARK not in value and self._learned < _MAX_LEARNED and self._worth(name, value):
            self._learned += 1
            self._secrets.learn(value, placeholder)
            if "\\" in value:  # from JSON or a `repr` as text
                self._secrets.learn(unescaped(value), placeholder)
        return placeholder

    def _worth(self, name: str, value: str) -> bool:
        """Whether to look for *value* in every text: it is no word, and no small number."""
        if looks_random(value):
            return True
        if any(c.isdigit() for c in value):
            return len(value) >= (MIN_NUMBER if value.isdigit() else MIN_LEARNED)
        return passphrase(name, value) and not (self.program and self.program.holds(value))

    def reserve(self, text: str) -> None:
        """Take the numbers of the placeholders in *text*: they are not given out again."""
        for word, number in compiled(PLACEHOLDER).findall(text):
            if self._counts.get(word, 0) < int(number):
                self._counts[word] = int(number)

    def served(self, text: str) -> None:
        """Take note that a replay serves *text*, with placeholders where secrets were.

        What the program makes of one, percent-encoded or in base64, is what it made of the secret.
        """
        self.reserve(text)
        for word, number in compiled(PLACEHOLDER).findall(text):
            placeholder = f"{MARK}{word}:{number}]"
            self.identity.serve(placeholder)
            if placeholder not in self._served and len(self._served) < _MAX_LEARNED:
                self._served.add(placeholder)
                self._secrets.know(placeholder, forms(placeholder) - {placeholder}, placeholder)

    def also(self, value: str, placeholder: str) -> None:
        """Look for *value* too from now on, which is a part of the secret of that *placeholder*."""
        self._secrets.learn(value, self._known.get(value, placeholder))
