"""Holds back the end of a piece of a stream that may be the beginning of a secret.

A stream is cut anywhere, also within a key; neither half would be recognised by itself.  So of
each piece only that is stored which cannot be part of a secret that goes on; the rest, its *tail*,
is stored with a later piece or with the end, as what came *late* for this piece.  A secret over a
cut belongs to the piece in which it begins.

A replay looks ahead and serves as many pieces as came, with the recorded boundaries.  Only where
a secret lay over one, its placeholder stands before the cut, and nothing of it after; a piece with
nothing else gets the last characters of the placeholder.  A run that is killed within a stream
loses the last tail, a word or two.
"""

from __future__ import annotations

from agentrr_sandbox.recording import redaction_names
from agentrr_sandbox.recording.redaction_rules import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentrr_sandbox.recording.cleaning import Cleaner

    Late = list[tuple[int, bytes]]

_MOST = 24 << 10
"""So much is held back at most: a private key and more."""
_LONGEST_WORD = 8 << 10
_WINDOW = 5 << 10
_ENDS_WORD = frozenset(b" \t\r\n\"'<>(){}[],;|\\`")
_BETWEEN = frozenset(b" \t\"'\\:=>,")
_SCHEMES = (b"bearer", b"basic")
_MARK = b"[redacted:"
_LEAD = b". "
_PLACED = r"\[(?:redacted|root):[\w.\-:]{1,72}\]"


class Holding:
    """The tails of one stream."""

    __slots__ = ("_cleaner", "_inside", "_tails")

    def __init__(self, cleaner: Cleaner) -> None:
        self._cleaner = cleaner
        self._inside = False
        self._tails: Late = []

    def feed(self, piece: bytes) -> tuple[bytes, bytes, Late]:
        """Return what of *piece* can be stored, cleaned; its tail; what came late for others.

        The caller hands the tail to `keep`, with the number of the event that holds the piece.
        """
        held = b"".join([tail for _, tail in self._tails])
        joined = held + piece
        safe = self._safe(joined)
        if len(joined) - safe > _MOST:
            safe = len(joined)
        late = self._release(joined[:safe])
        if safe <= len(held):
            return b"", piece, late
        own = late.pop()[1]
        return own, joined[safe:], late

    def keep(self, number: int, tail: bytes) -> None:
        """Hold *tail* back, of the piece that is event *number*."""
        self._tails.append((number, tail))

    def rest(self) -> Late:
        """Return what came late for all pieces: the stream is over."""
        return self._release(b"".join([tail for _, tail in self._tails]))

    def _release(self, text: bytes) -> Late:
        """Clean *text*; return it in parts: for each tail that it holds, then for what follows."""
        numbers, cuts, kept = [], [], []
        place = 0
        for number, tail in self._tails:
            end = place + len(tail)
            if place < len(text):
                numbers.append(number)
                cuts.append(min(end, len(text)))
            if end > len(text):
                kept.append((number, tail[max(len(text) - place, 0) :]))
            place = end
        if place < len(text):
            numbers.append(-1)
            cuts.append(len(text))
        self._tails = kept
        if not cuts:
            return []
        cleaned = self._clean(text)
        return list(zip(numbers, divided(text, cleaned, cuts), strict=True))

    def _clean(self, text: bytes) -> bytes:
        """Clean *text*, which may begin within a line: what leads one there does so nowhere."""
        lead = _LEAD if self._inside else b""
        _, newline, rest = text.rpartition(b"\n")
        self._inside = bool(rest.strip()) or (self._inside and not newline)
        return self._cleaner.bytes(lead + text)[len(lead) :]

    # -- where it is safe to cut -----------------------------------------------------------

    def _safe(self, data: bytes) -> int:
        """Return up to where *data* cannot be part of a secret that goes on."""
        if data[-1:] == b"\n":  # it ends all but a private key
            return _outside_key(data, len(data))
        safe = _outside_key(data, self._known(data, _words(data)))
        window = max(data.rfind(b"\n") + 1, len(data) - _WINDOW)
        text = data[window:].decode("latin-1")
        for end in redaction_names.ends(text + ":"):
            begin, stop = redaction_names.reach(self._cleaner.redactor, text, end)
            if window + begin < safe < window + stop:
                safe = window + begin
        before = data[max(safe - 12, 0) : safe].split()
        if before and before[-1].lower() in _SCHEMES:
            safe = data.rfind(before[-1], 0, safe)
        return safe

    def _known(self, data: bytes, safe: int) -> int:
        """Return where a known secret of several words begins that *safe* would cut, or *safe*."""
        for coded in _phrases(self._cleaner.redactor.exact):
            at = data.find(coded, max(safe - len(coded), 0))
            if 0 <= at < safe:
                safe = at
            for length in range(min(len(coded) - 1, len(data)), 0, -1):
                if data.endswith(coded[:length]):
                    safe = min(safe, len(data) - length)
                    break
        return safe


_last: tuple[object, list[bytes]] = None, []
"""The list that `_phrases` saw last, which is never changed, and what it found: one cell."""


def _phrases(exact: list[tuple[str, str]]) -> list[bytes]:
    """Return the secrets of several words among *exact*."""
    global _last  # noqa: PLW0603 - remembered, nothing more: every piece of a stream asks
    known, found = _last
    if known is not exact:
        coded = [value.encode("utf-8", "surrogatepass") for value, _ in exact]
        found = [each for each in coded if not _ENDS_WORD.isdisjoint(each)]
        _last = exact, found
    return found


def _outside_key(data: bytes, safe: int) -> int:
    """Return where a private key begins that *safe* would cut, or *safe*."""
    begin = data.rfind(b"-----BEGIN")
    if begin < 0:
        return safe
    end = data.find(b"-----END", begin)
    end = data.find(b"-----", end + 8) if end >= 0 else -1
    if end >= 0:
        return begin if begin < safe < end + 5 else safe
    whole = data.find(b"-----", begin + 10, begin + 80) >= 0
    private = b"PRIVATE KEY" in data[begin : begin + 80]
    return min(begin, safe) if private or not whole else safe


def _words(data: bytes) -> int:
    """Return where the last two words of the last line begin: a name and its value."""
    at = len(data)
    for word in (0, 1):
        stop = max(at - _LONGEST_WORD, 0)
        while at > stop and data[at - 1] not in _ENDS_WORD:
            at -= 1
        if word == 0:
            begin = at
            while at and data[at - 1] in _BETWEEN:
                at -= 1
            if at == begin and begin and data[begin - 1] not in _BETWEEN:
                return begin
    return at


def divided(text: bytes, cleaned: bytes, cuts: list[int]) -> list[bytes]:
    """Return *cleaned* in parts that correspond to those of *text* which end at *cuts*.

    What was replaced is found by what stands between: it goes to the part in which it begins.  A
    part that would be empty gets the end of the placeholder: clients drop empty pieces.
    """
    if cleaned == text:
        places = cuts
    else:
        coded = cleaned.decode("latin-1")
        spans = [match.span() for match in compiled(_PLACED).finditer(coded)]
        places = [_place(text, cleaned, spans, cut) for cut in cuts[:-1]] + [len(cleaned)]
    parts = []
    start = 0
    for place in places:
        parts.append(cleaned[start:place])
        start = max(start, place)
    sizes = [end - begin for begin, end in zip([0, *cuts[:-1]], cuts, strict=True)]
    for number in range(1, len(parts)):
        before = parts[number - 1]
        if sizes[number] and not parts[number] and before.rfind(_MARK) > before.rfind(b"[root:"):
            half = max(len(before) // 2, len(before) - 8)
            parts[number - 1], parts[number] = before[:half], before[half:]
    return parts


def _place(text: bytes, cleaned: bytes, spans: list[tuple[int, int]], cut: int) -> int:
    """Return the place in *cleaned* of the place *cut* in *text*."""
    raw = done = 0
    for start, end in spans:
        plain = cleaned[done:start]
        if not text.startswith(plain, raw):
            break
        if cut <= raw + len(plain):
            return done + cut - raw
        raw += len(plain)
        following = next((s for s, _ in spans if s >= end), len(cleaned))
        after = cleaned[end:following]
        found = text.find(after, raw) if after else len(text)
        if following == len(cleaned):
            found = len(text) - len(after)
        if found < 0:
            break
        if cut <= found:
            return end
        raw, done = found, end
    else:
        if text[raw:] == cleaned[done:]:
            return done + cut - raw
    return len(cleaned)
