"""Whether a text may hold a known secret in one of its forms: asked of every text, so it is cheap.

A few forms are looked for one by one.  When there are more, those that are long enough are looked
for at once, in a time that does not grow with their number: of the text only every second word of
eight bytes is looked up, and each form is known by the sixteen of its own that may stand there.
"""

from __future__ import annotations

from _struct import unpack_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FEW = 16
_WORD = 8
_STEP = 16
_LONG = _STEP + _WORD - 1


def folded(text: str) -> str:
    """Return *text* in lower case and as long as before; what is not Latin-1 becomes `?`."""
    if text.isascii():
        return text.lower()
    return text.encode("latin-1", "replace").lower().decode("latin-1")


class Needles:
    """The forms of the secrets that are known so far, folded."""

    __slots__ = ("_each", "_known", "_long", "_words")

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._each: tuple[str, ...] = ()
        self._long: list[str] = []
        self._words: set[int] = set()

    def add(self, forms: Iterable[str]) -> None:
        """Know *forms* from now on; one strand at a time."""
        new = {folded(form) for form in forms} - self._known
        self._known |= new
        long = [form for form in new if len(form) >= _LONG]
        short = [form for form in new if len(form) < _LONG]
        if not self._words and len(self._long) + len(long) <= _FEW:
            self._long += long
            self._each += (*short, *long)
            return
        for form in (*self._long, *long):
            self._words.update(_words(form))
        each = [form for form in self._each if len(form) < _LONG]
        self._long = []
        self._each = (*each, *short)

    def found(self, low: str) -> bool:
        """Whether the folded text *low* may hold one of them: never wrongly false."""
        for form in self._each:
            if form in low:
                return True
        if not self._words or len(low) < _LONG:
            return False
        data = memoryview(low.encode("latin-1"))
        words = data[: len(data) & -_WORD].cast("Q")
        return not self._words.isdisjoint(words[:: _STEP // _WORD])


def _words(form: str) -> Iterator[int]:
    start = (len(form) - _LONG) // 2  # the ends of a private key are those of any other
    data = form.encode("latin-1")
    for place in range(start, start + _WORD):
        yield from unpack_from("=2Q", data, place)
