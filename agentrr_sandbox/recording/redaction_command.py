"""Secrets in the words of a command line."""

from __future__ import annotations

from agentrr_sandbox.recording.redaction_rules import NO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentrr_sandbox.recording.redaction import Redactor


def cleaned(redactor: Redactor, words: list[str]) -> list[str]:
    """Return *words* without secrets: `--password x`, `--token=x`, `A_KEY=x`, and what text holds.

    What a flag says is a secret is known from now on, be it a word like any other.
    """
    found: list[str] = []
    flag = ""
    for word in words:
        name, equals, value = word.partition("=")
        plain = name.lstrip("-")
        if flag and not word.startswith("--"):
            found.append(redactor.told(flag, word))
        elif equals and value and redactor.kind(plain) != NO:
            found.append(f"{name}={redactor.told(plain, value)}")
        else:
            found.append(redactor.text(word))
        flag = plain if name.startswith("-") and not equals and redactor.kind(plain) != NO else ""
    return found
