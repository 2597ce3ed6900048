"""Where in a text a published credential stands: what `re.finditer` finds, found by its literal.

A pattern is tried only where its literal occurs.  By itself a regular expression that does not
begin with a literal is tried at each character, which in a large binary file, where any three
letters occur by chance, takes twenty times as long as all the rest.
"""

from __future__ import annotations

from agentrr_sandbox.recording.redaction_needles import folded
from agentrr_sandbox.recording.redaction_rules import RULES, compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

_ANCHORS: dict[str, tuple[tuple[str, int], ...]] = {
    "private-key": (("-----BEGIN", 0),),
    "stripe": (("k_live_", -1), ("k_test_", -1), ("k_prod_", -1)),
    "login": (("://", 3),),
    "authorization": (("bearer ", 7), ("basic ", 6)),
}
"""Literals, and where a match begins as seen from each; of the other rules, the rule's own."""


def spans(text: str) -> list[tuple[int, int]]:
    """Return where the credentials in *text* stand, rule by rule: two rules may find the same."""
    return [match.span() for rule in RULES if _applies(rule, text) for match in found(rule, text)]


def without(text: str, take: Callable[[str, str], str]) -> str:
    """Return *text* with what *take* makes of a rule's name and a credential in its place."""
    for rule in RULES:
        if not _applies(rule, text):
            continue
        parts: list[str] = []
        last = 0
        for match in found(rule, text):
            start, end = match.span()
            parts += (text[last:start], take(rule[0], match.group()))
            last = end
        if parts:
            text = "".join((*parts, text[last:]))
    return text


def _applies(rule: tuple[str, tuple[str, ...], str], text: str) -> bool:
    return any(literal in text for literal in rule[1]) and (rule[0] != "login" or "@" in text)


def found(rule: tuple[str, tuple[str, ...], str], text: str) -> Iterator[Any]:
    """Yield the matches of *rule* in *text*, from left to right and none within another."""
    name, literals, pattern = rule
    anchors = _ANCHORS.get(name) or tuple((literal, 0) for literal in literals)
    match_at = compiled(pattern).match
    end = 0
    for place in _places(folded(text) if name == "authorization" else text, anchors):
        if place >= end:
            match = match_at(text, place)
            if match is not None:
                end = match.end()
                yield match


def _places(text: str, anchors: tuple[tuple[str, int], ...]) -> Iterator[int]:
    """Yield where a match may begin, in order."""
    ahead = {}
    for literal, shift in anchors:
        at = text.find(literal)
        if at >= 0:
            ahead[at + shift] = literal, shift
    while ahead:
        place = min(ahead)
        literal, shift = ahead.pop(place)
        yield place
        at = text.find(literal, place - shift + 1)
        if at >= 0:
            ahead[at + shift] = literal, shift
