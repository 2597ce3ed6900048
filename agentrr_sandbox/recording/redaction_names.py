"""Secrets under a telling name in plain text: JSON in a string, `.env`, YAML, `repr`, XML, flags.

`"password": "x"`, `DB_PASSWORD=x`, `api_key: x`, `<secret>x</secret>`, `--token x`.  Most texts
hold none, and every text passes here, so first comes a search for the ends of such names.  A name
counts only where a separator follows it: `max_tokens` and talk about passwords do not.

A value in quotes is taken as in a structured body: whatever it is under a strong name
(`password`), only if it looks random under a weak one (`token`).  A bare value must look like a
secret, for bare words after a name are mostly code or prose.
"""

from __future__ import annotations

from agentrr_sandbox.recording import redaction_structures
from agentrr_sandbox.recording.redaction_forms import MARK
from agentrr_sandbox.recording.redaction_needles import folded
from agentrr_sandbox.recording.redaction_rules import (
    COOKIE,
    NO,
    NOTHING,
    STRONG,
    WEAK,
    compiled,
    looks_random,
    secret_variable,
    template,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentrr_sandbox.recording.redaction import Redactor

_ENDS: dict[str, tuple[str, ...]] = {
    "token": (),
    "key": (),
    "secret": (),
    "pass": ("word", "wd", "phrase"),
    "auth": ("orization",),
    "cookie": (),
    "credential": ("s",),
}
"""How telling names end, and how those ends may go on."""
_FOLLOWS = frozenset("\"'\\=:>")
_NEEDED = ("</", "',", '",')
_SPACES = frozenset(" \n")  # in a tree's texts, joined, a flag ends with its line

_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
_LONGEST_NAME = 64
_LONGEST = 4000

_QUOTED = r"(\\{0,7}[\"'])\]?[ \t]{0,8}(?::|,|=>?)\s{0,40}[bBrRuU]{0,2}(\\{0,7}[\"'])"
_SET = r"[ \t]{0,8}(?::=|:|=)[ \t]{0,8}[bBrRuU]{0,2}(\\{0,7}[\"'])"
_BARE = r"([ \t]{0,8}(?::|=)[ \t]{0,8})([^\s\"'<>&;,\\`|]{1,4000})"
_VARIABLE = r"(=)([^\s\"'`]{1,4000})"
_SCHEME = r"(?i)[ \t]{0,8}[:=][ \t]{0,8}(?:bearer|basic|token|apikey)[ \t]+([\w.~+/=\-]{4,4000})"
_COOKIES = r"[ \t]{0,8}:[ \t]{0,8}([^\r\n\"'\\]{1,4000})"
_TAG = r">([^<>\s]{1,400})</"
_FLAG = r" {1,4}([^\s\"'<>\\\-][^\s\"'<>\\]{5,400})"

_SIGNS = frozenset("!@#%^*+/~=?")
_CODE = frozenset("()[]{}$")
_MIN_BARE = 6
_LEADS = ("", "export", "set", "ENV")
"""What may stand before a variable's name on a line of its own."""


def ends(text: str, low: str = "") -> list[int]:
    """Return where in *text*, which is *low* when folded, a telling name ends.

    Only where a separator follows it.
    """
    if not _separated(text):
        return []
    low = low or folded(text)
    found = []
    for end, rests in _ENDS.items():
        at = low.find(end)
        while at >= 0:
            at += len(end)
            for rest in rests:
                if low.startswith(rest, at):
                    at += len(rest)
                    break
            if at < len(low) and (
                low[at] in _FOLLOWS
                or (low[at] in _SPACES and _spaced(low, at))
                or redaction_structures.follows(low, at)
            ):
                inside = low.rfind(MARK, max(at - _LONGEST_NAME - 10, 0), at)
                if inside < 0 or low.find("]", inside, at) >= 0:  # not within a placeholder
                    found.append(at)
            at = low.find(end, at)
    return sorted(set(found)) if len(found) > 1 else found


def _separated(text: str) -> bool:
    if ":" in text or "=" in text or "--" in text:
        return True
    return any(sign in text for sign in _NEEDED) or redaction_structures.possible(text)


def _spaced(low: str, at: int) -> bool:
    """Whether a separator comes after the spaces at *at*, or the name before is a flag."""
    return low[at : at + 9].lstrip()[:1] in (":", "=") or "--" in low[max(at - 40, 0) : at]


def cleaned(redactor: Redactor, text: str, found: list[int]) -> str:
    """Return *text* without the values of the names that end at *found*."""
    tables = redaction_structures.columns(redactor, text, found)
    if tables != text:
        text, found = tables, ends(tables)
    parts: list[str] = []
    last = 0
    for end in found:
        if end < last:
            continue
        name = _name(text, end)
        kind = redactor.kind(name)
        variable = kind == NO and name.isupper()
        if variable:
            kind = (
                STRONG if name.endswith("_PASS") else WEAK
            )  # such as `AZURE_OPENAI_KEY`: `secret_variable` decides
        elif kind == NO:
            continue
        span = _value(text, end, name, kind)
        if span is None or not last <= span[0] < span[1]:
            continue
        value = text[span[0] : span[1]]
        if kind != COOKIE and value.startswith(MARK) and value.find("]") == len(value) - 1:
            continue
        take = redactor.named if span[2] and not variable else redactor.secret
        placeholder = take(name, value)
        first = value.partition(" ")[0]
        if name.isupper() and first != value and _secretive(first):
            redactor.also(first, placeholder)  # should a command follow the variable
        quote = redaction_structures.quote_of(text, end, span[0])
        parts += (text[last : span[0]], f"{quote}{placeholder}{quote}")
        last = span[1]
    return "".join((*parts, text[last:])) if parts else text


def reach(redactor: Redactor, text: str, end: int) -> tuple[int, int]:
    """Return where the name begins that ends at *end*, and where its secret ends.

    That is beyond *text* when it may go on after it.
    """
    name = _name(text, end)
    kind = redactor.kind(name)
    begin, beyond = end - len(name), len(text) + 1
    if kind == NO and not name.isupper():
        return begin, begin
    line = name.isupper() and text[end:].startswith("=") and not text[:begin].strip()
    if kind == COOKIE or line or not text[end:].strip("\"'\\:= \t>"):
        return begin, beyond
    match = compiled(_QUOTED).match(text, end) or compiled(_SET).match(text, end)
    if match is None:
        for pattern in (_SCHEME, _BARE, _TAG, _FLAG):
            bare = compiled(pattern).match(text, end)
            if bare is not None:
                return begin, bare.end() if bare.end() < len(text) else beyond
        return begin, begin
    stop = _closing(text, match.end(), match[match.lastindex or 0])
    return begin, stop if stop < len(text) else beyond


def _name(text: str, end: int) -> str:
    start = end
    stop = max(end - _LONGEST_NAME - 1, 0)
    while start > stop and text[start - 1] in _WORD:
        start -= 1
    return text[start:end].lstrip("-.")


Span = tuple[int, int, bool]
"""Start and end of a value, and whether it is in quotes: then it may have a scheme (`Bearer`)."""


def _value(text: str, end: int, name: str, kind: int) -> Span | None:
    """Return where the secret under *name*, which ends at *end*, stands in *text*."""
    for each in (redaction_structures.value, _quoted, _tagged, _bare):
        span: Span | None = each(text, end, name, kind)
        if span is not None:
            return span
    return None


def _quoted(text: str, end: int, name: str, kind: int) -> Span | None:
    match = compiled(_QUOTED).match(text, end)
    pair = match is not None and "," in match.group()
    match = match or compiled(_SET).match(text, end)
    if match is None:
        return None
    quote = match.group(match.lastindex or 0)
    start = match.end()
    stop = _closing(text, start, quote)
    value = text[start:stop]
    if not value or "\n" in value or template(value):
        return None
    if kind == WEAK and not _weak(name, value):
        return None
    if pair and not (name.lower().endswith("authorization") or any(c.isdigit() for c in value)):
        return None  # two words of a list, and not a header
    return start, stop, True


def _closing(text: str, start: int, quote: str) -> int:
    """Return where the string that *quote* opened ends: there, or where the text does."""
    limit = min(len(text), start + _LONGEST)
    wanted = len(quote) - 1
    at = text.find(quote[-1], start, limit)
    while at >= 0:
        slashes = at - start - len(text[start:at].rstrip("\\"))
        if slashes == wanted or (wanted == 0 and slashes % 2 == 0):
            return at - wanted
        at = text.find(quote[-1], at + 1, limit)
    line = text.find("\n", start, limit)
    return line if line >= 0 else limit


def _tagged(text: str, end: int, name: str, kind: int) -> Span | None:
    """`<password>x</password>`, and `--password x`."""
    if text[end] == ">":
        match = compiled(_TAG).match(text, end)
        if match and (kind == STRONG or _weak(name, match[1])) and not template(match[1]):
            return match.start(1), match.end(1), False
    elif text[end] == " " and text.startswith("--", end - len(name) - 2):
        match = compiled(_FLAG).match(text, end)
        if match and (kind == STRONG or _weak(name, match[1])) and _secretive(match[1]):
            return match.start(1), match.end(1), False
    return None


def _bare(text: str, end: int, name: str, kind: int) -> Span | None:
    """`password=x`, `password: x`, `Authorization: Basic x`, `Cookie: a=x; b=y`."""
    if kind == COOKIE:
        match = compiled(_COOKIES).match(text, end)
        return (match.start(1), match.end(1), True) if match else None
    match = compiled(_SCHEME).match(text, end)
    if match and kind == STRONG:
        return match.start(1), match.end(1), False
    match = compiled(_BARE).match(text, end)
    if match is None:
        return None
    start = match.start(2)
    line = text.rfind("\n", 0, end) + 1
    lead = text[line : end - len(name)].strip()
    words = -1
    if name.isupper() and match[1] == "=" and lead in _LEADS:
        match = compiled(_VARIABLE).match(text, end) or match
        if not lead and kind == STRONG:
            words = redaction_structures.words_of_a_line(text, start)
    value = match[2].rstrip(".:!?)]}") if not text.startswith(MARK, start) else match[2]
    whole = value if words < 0 else text[start:words]
    if not value or template(whole) or (kind == WEAK and not _weak(name, value)):
        return None
    if words < 0 and kind != WEAK and not _stands_out(text, end, name, (match[1], start, value)):
        return None
    return start, max(start + len(value), words), False


def _stands_out(text: str, end: int, name: str, found: tuple[str, int, str]) -> bool:
    """Whether a bare value is a secret: in a query, alone in its line, or like none of prose."""
    sep, start, value = found
    stop = start + len(value)
    lead = text[end - len(name) - 1 : end - len(name)]
    query = sep == "=" and (lead in ("?", "&") or text[stop : stop + 1] == "&")
    return query or _secretive(value) or _alone(text, end, name, sep, start)


def _weak(name: str, value: str) -> bool:
    if name.isupper():
        return secret_variable(name, value) and looks_random(value)
    return looks_random(value)


def _secretive(value: str) -> bool:
    """Whether a bare *value* is none of prose or code: with digits or signs, and no brackets."""
    if len(value) < _MIN_BARE or not value.isprintable() or not _CODE.isdisjoint(value):
        return False
    if value.startswith(("/", "./", "~/", "http://", "https://", "==")):
        return False
    return any(char.isdigit() for char in value) or not _SIGNS.isdisjoint(value)


def _alone(text: str, end: int, name: str, sep: str, start: int) -> bool:
    """Whether a line of a configuration gives a password: name, one word, no more."""
    line = text.rfind("\n", 0, end) + 1
    stop = text.find("\n", start)
    value = text[start : stop if stop >= 0 else len(text)].rstrip()
    lead = text[line : end - len(name)].strip()
    if len(value) < _MIN_BARE or lead not in (*_LEADS, "-"):
        return False
    if name.isupper() and sep == "=":
        return not any(char.isspace() for char in value)
    plain = name.lower().rpartition("_")[2]
    return plain in ("password", "passwd", "passphrase", "pwd") and (
        value.isalpha() and value.isascii() and value.lower() not in NOTHING
    )
