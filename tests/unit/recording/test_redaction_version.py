"""The version in the header is raised with the rules: a replay by other rules says so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from agentrr_sandbox.launch.provenance import changes
from agentrr_sandbox.recording import (
    redaction_forms,
    redaction_names,
    redaction_rules,
    standins,
)
from agentrr_sandbox.recording.redaction import Redactor

PINNED = {2: "2f786d4c6e5d7210"}
"""Version and digest.  When the rules change on purpose: the next number, and the new digest."""

ASIDE = ("VERSION", "GATES", "_UNDERSCORED", "_BEFORE")
"""What follows from the rules, and only makes the search for them fast."""

TEXTS = (
    "sk-proj-Qw3rTy7uIo1pAs5dQw3rTy7uIo1pAs5d",
    "password: hunter22 and token=a1b2c3d4e5f6g7h8",
    '{"password": "swordfish", "max_tokens": 12, "api_key": 12}',
    "A_KEY=0123456789abcdef\nDB_PASSWORD=correct horse\nB=2",
    "Authorization: Bearer abcdefgh12345678\nCookie: sid=0123456789; theme=dark",
    "postgres://ann:hunter2x@db/x https://h/?q=a&key=abc&sig=0",
    "curl --password hunter22 --verbose <secret>hunter23</secret>",
    "the password is s3cr3tP4ss; machine h login ann password swordfish",
    "- name: DB_PASSWORD\n  value: swordfish\nuser,password\nann,hunter22\npassword:\n  hunter22\n",
)
VALUE = "aB3 \u00e9/+&\"'\\\n"


def constants(module: ModuleType) -> dict[str, str]:
    """Return the tables of *module*, the order in sets left out."""
    found = {}
    for name, value in vars(module).items():
        if name.strip("_").isupper() and name not in ASIDE:
            plain: Any = sorted(map(repr, value)) if isinstance(value, frozenset) else value
            found[name] = repr(sorted(plain.items()) if isinstance(plain, Mapping) else plain)
    return found


def digest() -> str:
    """Return a digest of the rules: their tables, and what they make of some texts."""
    tables = [constants(m) for m in (redaction_rules, redaction_names, redaction_forms, standins)]
    made = [Redactor({}, b"salt").text(text) for text in TEXTS]
    coded = [sorted(redaction_forms.forms(VALUE)), sorted(redaction_forms.cores(VALUE))]
    shape = standins.make(standins.describe(VALUE * 2), "X", b"salt")
    told = json.dumps([tables, made, coded, shape], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def test_the_version_changes_with_the_rules() -> None:
    assert {redaction_rules.VERSION: digest()} == PINNED


class Held:
    """A recording without events, by the rules *rules*."""

    def __init__(self, rules: int) -> None:
        self.header = {"redaction": {"rules": rules, "salt": ""}}

    def __iter__(self) -> Any:
        return iter(())


def test_a_divergence_cites_that_the_rules_are_others() -> None:
    older: Any = Held(1)
    same: Any = Held(redaction_rules.VERSION)
    roots = {"prefix": "/nowhere"}
    assert changes(same, roots) == []
    assert changes(older, roots) == [
        f"secrets were taken out by the rules 1, here they are by {redaction_rules.VERSION}"
    ]
