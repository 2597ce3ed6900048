"""Secrets whose name stands beside them, but not right before: pairs, columns, lines, sentences.

`{name: DB_PASSWORD, value: x}`, a column `password` of a table, `password:` with the value on the
next line, `machine h login u password x`, `the password is x`, `DB_PASSWORD=three plain words`.
Prose and code hold such words too.  So the frame must be whole, and a value that is not framed by
more than a word must look like nothing else.
"""

from __future__ import annotations

from itertools import pairwise

from agentrr_sandbox.recording.redaction_rules import (
    NO,
    STRONG,
    WEAK,
    compiled,
    looks_random,
    secret_variable,
    template,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from agentrr_sandbox.recording.redaction import Redactor

    Span = tuple[int, int, bool]

_NEAR = 120
_LONGEST_ROW = 4000
_MOST_ROWS = 10_000
_MIN = 6
_DELIMITERS = "|\t,;"

_PAIR = (
    r"(?:\\{0,7}[\"'])?[ \t]{0,8},?\s{0,80}(?:\\{0,7}[\"'])?[Vv]alue(?:\\{0,7}[\"'])?"
    r"[ \t]{0,8}:[ \t]{0,8}(?:(\\{0,7}[\"'])|([^\s\"'<>,{}\[\]]{1,4000}))"
)
_CALLED = r"(?i)(?:name|key)(?:\\{0,7}[\"'])?[ \t]{0,8}:[ \t]{0,8}(?:\\{0,7}[\"'])?$"
_NEXT = (
    r"[\"']?[ \t]*:[ \t]*(?:[|>][+-]?[1-9]?[ \t]*)?\r?\n([ \t]*)([^\s#]{6,4000})[ \t]*(?:\r?\n|$)"
)
_NUMBER = r"\\{0,7}[\"'][ \t]{0,8}:[ \t]{0,8}(\d{6,40})(?![\w.])"
_NETRC = (
    r"(?:\bmachine\s{1,20}\S{1,200}|\bdefault)(\s{1,20}login\s{1,20}\S{1,200})?"
    r"(?:\s{1,20}account\s{1,20}\S{1,200})?\s{1,20}$"
)
_WORD = r"\s{1,20}(\S{1,400})"
_IS = r"[ \t]{1,4}is[ \t]{0,2}:?[ \t]{1,4}[\"'`(]?([^\s\"'`]{8,400})"
_CELL = r"[\w.\-]{1,40}"
_WIDE_CELL = r"[\w.\- /()]{0,40}"
_COMMAND = frozenset("=/|&;<>$`(){}[]\\")


def possible(text: str) -> bool:
    """Whether *text*, which has none of the signs that separate a name, may hold such a frame."""
    if " is " in text or "login" in text or "machine" in text:
        return True
    return "\n" in text and any(sign in text for sign in _DELIMITERS)


def follows(low: str, at: int) -> bool:
    """Whether such a frame may go on at *at*, where a telling name ends in the folded text."""
    if low.startswith((" is ", " is: "), at):
        return True
    if low[at : at + _NEAR].lstrip("\"'\\ \t\r\n,").startswith("value"):
        return True
    sign = low[at]
    if sign in " \t\r\n" and low.endswith("password", 0, at):
        before = low[max(at - 600, 0) : at]
        if "machine" in before or "default" in before:
            return True
    return bool(header(low, at))


def value(text: str, end: int, name: str, kind: int) -> Span | None:
    """Return where the secret under *name*, which ends at *end*, stands in a frame."""
    for each in (_pair, _number, _next_line, _netrc, _sentence):
        span = each(text, end, name, kind)
        if span is not None:
            return (*span, each is _pair)
    return None


def _pair(text: str, end: int, name: str, kind: int) -> tuple[int, int] | None:
    match = compiled(_PAIR).match(text, end)
    start = end - len(name)
    if match is None or not compiled(_CALLED).search(text, max(start - 40, 0), start):
        return None
    begin, stop = match.span(2)
    if match[1]:
        begin = match.end()
        stop = text.find(match[1], begin, begin + _LONGEST_ROW)
    given = text[begin : max(stop, begin)]
    if not given or "\n" in given or not fits(name, given, kind):
        return None
    return begin, stop


def _number(text: str, end: int, name: str, kind: int) -> tuple[int, int] | None:
    match = compiled(_NUMBER).match(text, end)
    return match.span(1) if match and name and kind == STRONG else None


def quote_of(text: str, end: int, start: int) -> str:
    """Return the quotes for what replaces the number at *start*, whose name ends at *end*."""
    if text[end] not in "\"'\\" or text[start - 1] not in ": \t" or not text[start].isdigit():
        return ""
    return text[end : text.index(":", end)].rstrip()


def _next_line(text: str, end: int, name: str, kind: int) -> tuple[int, int] | None:
    line = text.rfind("\n", 0, end) + 1
    lead = text[line : end - len(name)]
    match = compiled(_NEXT).match(text, end)
    if match is None or lead.strip("- \t\"'") or len(match[1]) <= len(lead) - len(lead.lstrip()):
        return None
    given = match[2].strip("\"'")
    if not fits(name, given, kind) or not _odd(given):
        return None
    begin = match.start(2) + match[2].index(given)
    return begin, begin + len(given)


def _netrc(text: str, end: int, name: str, kind: int) -> tuple[int, int] | None:
    if name.lower() != "password" or kind != STRONG:
        return None
    begin = end - len(name)
    before = compiled(_NETRC).search(text, max(begin - 600, 0), begin)
    match = before and compiled(_WORD).match(text, end)
    if not match or not (before[1] or _odd(match[1])):
        return None
    return match.start(1), match.end(1)


def _sentence(text: str, end: int, name: str, kind: int) -> tuple[int, int] | None:
    match = compiled(_IS).match(text, end)
    if match is None or kind == NO:
        return None
    given = match[1].rstrip(".,;:!?)")
    classes = [char.isdigit() for char in given if char.isalnum()]
    changes = sum(a != b for a, b in pairwise(classes))
    if changes < 4 or not fits(name, given, kind) or not _odd(given):  # noqa: PLR2004
        return None  # `base64-encoded`, `gpt-4o-mini-2024`
    return match.start(1), match.start(1) + len(given)


def fits(name: str, given: str, kind: int) -> bool:
    """Whether *given* may be what *name* says."""
    if (
        len(given) < _MIN
        or template(given)
        or given.startswith(("[redacted:", "http://", "https://"))
    ):
        return False
    if name.isupper():
        return secret_variable(name, given) and (kind == STRONG or looks_random(given))
    return kind == STRONG or looks_random(given)


def _odd(given: str) -> bool:
    """Whether *given* is neither a word nor code."""
    if len(given) < _MIN or not given.isprintable() or given.startswith(("/", "./", "~/", "http")):
        return False
    return any(c.isdigit() for c in given) and not any(c in "()[]{}$=" for c in given)


def words_of_a_line(text: str, start: int) -> int:
    """Return where the plain words from *start* on end with their line, or -1: a command follows.

    So a `.env` file gives a password of several words; a shell gives a command a variable.
    """
    stop = text.find("\n", start)
    line = text[start : stop if stop >= 0 else len(text)].partition(" #")[0]
    line = line.partition(" [redacted:")[0].rstrip()  # a private key
    plain = line
    if line.startswith("[redacted:"):  # a first word that is known
        plain = f"x{line.partition(']')[2]}"
    words = plain.split(" ")
    command = not _COMMAND.isdisjoint(plain) or any(
        word.startswith("-") or "." in word[:-1] for word in words[1:]
    )
    return -1 if command or len(words) < 2 or not line.isprintable() else start + len(line)  # noqa: PLR2004


def paired(redactor: Redactor, node: dict[str, Any]) -> str:
    """Return the name in `{"name": "DB_PASSWORD", "value": "x"}` if its value is a secret."""
    name, given = node.get("name", node.get("key")), node.get("value")
    if type(name) is not str or type(given) is not str:
        return ""
    kind = redactor.kind(name)
    if kind == NO and name.isupper():
        kind = WEAK
    return name if kind != NO and fits(name, given, kind) else ""


# -- columns -------------------------------------------------------------------------------


def header(text: str, at: int) -> str:
    """Return the delimiter of the table in whose first line the name before *at* heads a column."""
    if text[at] not in "|\t,; \r\n\"'":
        return ""
    start, stop = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    if stop < 0 or stop - start > _LONGEST_ROW:
        return ""
    line = text[start:stop].strip()
    sign = next((sign for sign in _DELIMITERS if sign in line), "")
    cells = _cells(line, sign) if sign else []
    form = compiled(_CELL if sign in ",;" else _WIDE_CELL)
    if len(cells) < 2 or not all(form.fullmatch(cell) for cell in cells):  # noqa: PLR2004
        return ""
    return sign


def _cells(line: str, sign: str) -> list[str]:
    line = line.strip()
    if sign == "|":
        line = line.strip("|")
    return [cell.strip().strip("\"'") for cell in line.split(sign)]


def columns(redactor: Redactor, text: str, found: list[int]) -> str:
    """Return *text* without the secrets in columns that a name, one of those at *found*, heads."""
    lines: list[str] | None = None
    for end in found:
        if end >= len(text) or not (sign := header(text, end)):
            continue
        lines = lines or text.split("\n")
        number = text.count("\n", 0, end)
        heads = _cells(lines[number], sign)
        start = text.rfind("\n", 0, end) + 1
        place = len(_cells(text[start:end], sign)) - 1
        kind = redactor.kind(heads[place])
        if kind == NO and not heads[place].isupper():
            continue
        for row in _rows(lines, number, sign, len(heads)):
            lines[row] = _row(redactor, lines[row], sign, (heads[place], place, kind))
    return text if lines is None else "\n".join(lines)


def _rows(lines: list[str], number: int, sign: str, count: int) -> Iterator[int]:
    for row in range(number + 1, min(len(lines), number + _MOST_ROWS)):
        if len(_cells(lines[row], sign)) != count or len(lines[row]) > _LONGEST_ROW:
            return
        yield row


def _row(redactor: Redactor, line: str, sign: str, head: tuple[str, int, int]) -> str:
    name, place, kind = head
    given = _cells(line, sign)[place]
    if not fits(name, given, kind) or not _odd(given):
        return line
    parts = line.split(sign)
    at = place + (1 if sign == "|" and line.lstrip().startswith("|") else 0)
    parts[at] = parts[at].replace(given, redactor.secret(name, given), 1)
    return sign.join(parts)
