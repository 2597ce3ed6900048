"""Stores once what is said again: a chat agent sends its whole history at every turn.

A long text is stored by a `value` event at its first sight; a list that grew is stored by a `list`
event as `the first *keep* items of list *base*, and these`.  Either is referred to by
`{"$": "@", "seq": N}`.  Only a reference to an earlier event is ever written, or followed.

What has been seen is known by digest: the memory that it takes is small, and folding a request
costs one digest of each message.
"""

from __future__ import annotations

from agentrr_sandbox.errors import Undecodable
from agentrr_sandbox.recording.codec import scalar
from agentrr_sandbox.recording.jsontext import dumps, sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Append = Callable[[str, dict[str, Any]], int]

LONG_TEXT = 1000
"""From this length on a text is worth an event of its own (about 110 bytes)."""
LONG_ITEM = 400
_WORTH = 256  # a known beginning of a list must be longer than the event that says so
_MAX_WEIGHT = 4_000_000
_MOST_KEPT = 400_000
"""Parts that were put back are kept for the next one up to this weight, about 25 MB."""
_UNSEEN = object()


class Folder:
    """Folds what goes into one recording.  *append* writes an event and returns its number.

    A negative number from *append* says that nothing is written any more.
    """

    __slots__ = ("_append", "_heads", "_items", "_texts", "_whole")

    def __init__(self, append: Append) -> None:
        self._append = append
        self._texts: dict[bytes, int | None] = {}
        self._items: dict[bytes, int | None] = {}
        self._heads: dict[bytes, int | None] = {}
        self._whole: dict[bytes, int] = {}

    def fold(self, node: Any) -> Any:
        """Return *node* with references for what is stored already; may write events first."""
        return self._fold(node, inline=False)

    def _fold(self, node: Any, *, inline: bool) -> Any:
        """Fold; *inline* leaves a long text where it is at its first sight.

        So it is with what is added to a list: it will be referred to as a part of that list.
        """
        kind = type(node)
        if kind is str:
            return node if len(node) < LONG_TEXT else self._text(node, inline=inline)
        if kind is dict:
            return {key: self._fold(member, inline=inline) for key, member in node.items()}
        if kind is list:
            return self._list(node, inline=inline)
        return node

    def _text(self, text: str, *, inline: bool) -> Any:
        key = _digest(text.encode("utf-8", "surrogatepass"))
        number = self._texts.get(key)
        if number is None:
            if inline and key not in self._texts:
                self._texts[key] = None
                return text
            number = self._append("value", {"v": text})
            if number < 0:
                return text
            self._texts[key] = number
        return {"$": "@", "seq": number}

    def _list(self, items: list[Any], *, inline: bool) -> Any:
        if _small(items):
            return items
        texts = [dumps(item) for item in items]
        keys = [_digest(text.encode()) for text in texts]
        chain = _chain(keys)
        seen, keep, base = self._known(chain)
        if keep == len(items) and chain[-1] in self._whole:
            return {"$": "@", "seq": self._whole[chain[-1]]}
        rest = list(zip(items, texts, keys, strict=True))
        if sum(len(text) for text in texts[:seen]) < _WORTH:
            if sum(map(len, texts)) >= _WORTH:
                for key in chain:
                    self._heads.setdefault(key, None)
            return [self._item(*each, inline=inline) for each in rest]
        add = [self._item(*each, inline=True) for each in rest[keep:]]
        number = self._append("list", {"base": base, "keep": keep, "add": add})
        if number < 0:
            return items
        for key in chain:
            if self._heads.get(key) is None:
                self._heads[key] = number
        self._whole[chain[-1]] = number
        return {"$": "@", "seq": number}

    def _known(self, chain: list[bytes]) -> tuple[int, int, int | None]:
        """Return how many items were seen before in this order, how many are stored, and where."""
        seen = keep = 0
        base = None
        for length, key in enumerate(chain, 1):
            if key not in self._heads:
                break
            seen = length
            stored = self._heads[key]
            if stored is not None:
                keep, base = length, stored
        return seen, keep, base

    def _item(self, item: Any, text: str, key: bytes, *, inline: bool) -> Any:
        """Fold one item of a list; at its second sight it is stored by itself if it is long."""
        if len(text) < LONG_ITEM or type(item) is str:
            return self._fold(item, inline=inline)
        number = self._items.get(key, _UNSEEN)
        if type(number) is int:
            return {"$": "@", "seq": number}
        folded = self._fold(item, inline=inline)
        if number is _UNSEEN:
            self._items[key] = None
            return folded
        if len(dumps(folded)) < LONG_ITEM:  # its long texts are stored already
            return folded
        stored = self._append("value", {"v": folded})
        if stored < 0:
            return folded
        self._items[key] = stored
        return {"$": "@", "seq": stored}


def _small(items: list[Any]) -> bool:
    """Whether *items* holds neither a container nor a long text, but for pairs of short ones.

    A list of pairs is headers: some of them differ in every answer.
    """
    for item in items:
        kind = type(item)
        if kind is str:
            if len(item) >= LONG_TEXT:
                return False
        elif kind is dict or (kind is list and not (len(item) == 2 and _short(*item))):  # noqa: PLR2004
            return False
    return True


def _short(name: object, value: object) -> bool:
    return isinstance(name, str) and isinstance(value, str) and len(name) + len(value) < _WORTH


def _digest(data: bytes) -> bytes:
    return bytes(sha256(data).digest()[:20])


def _chain(keys: list[bytes]) -> list[bytes]:
    """Return a digest for each beginning of a list, by the digests of its items."""
    head = b""
    return [head := _digest(head + key) for key in keys]


class Unfolder:
    """Puts stored parts back.  *event* gives an event by number, *payload* a file's content."""

    __slots__ = ("_event", "_kept", "_payload", "_stored", "_weight")

    def __init__(
        self,
        event: Callable[[int], dict[str, Any]],
        payload: Callable[[dict[str, Any]], Any] | None = None,
    ) -> None:
        self._event = event
        self._payload = payload
        self._stored: dict[int, tuple[Any, int]] = {}
        self._kept = 0
        self._weight = 0

    def unfold(self, node: Any) -> Any:
        """Return *node* whole; parts may be shared: do not change it.  Raises `Undecodable`."""
        if self._kept > _MOST_KEPT:
            self._stored.clear()
            self._kept = 0
        self._weight = 0
        try:
            return self._put_back(node, 1 << 62)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Undecodable(f"a reference within the recording is broken: {error}") from None
        except RecursionError:
            raise Undecodable("a stored value is nested too deeply") from None

    def _put_back(self, node: Any, limit: int) -> Any:
        kind = type(node)
        self._weight += 1 + (len(node) >> 6 if kind is str else 0)
        if self._weight > _MAX_WEIGHT:
            raise Undecodable("a stored value is too large once put together")
        if kind is dict:
            tag = node.get("$")
            if tag == "@":
                return self._referred(node["seq"], limit)
            if tag == "file":
                return self._loaded(node)
            return {key: self._put_back(member, limit) for key, member in node.items()}
        if kind is list:
            return [self._put_back(member, limit) for member in node]
        return node

    def _loaded(self, node: dict[str, Any]) -> Any:
        if self._payload is None:
            return node
        data = self._payload(node)
        return scalar(data, type(data))

    def _referred(self, number: Any, limit: int) -> Any:
        if type(number) is not int or not 0 <= number < limit:
            raise Undecodable(f"a reference to event {number!r:.40} leads nowhere")
        known = self._stored.get(number)
        if known is not None:
            self._weight += known[1]
            return known[0]
        before = self._weight
        event = self._event(number)
        if event.get("t") == "value":
            found = self._put_back(event["v"], number)
        elif event.get("t") == "list":
            found = self._grown(number)
        else:
            raise Undecodable(f"event {number} is not a stored value")
        self._stored[number] = found, self._weight - before
        self._kept += self._weight - before
        return found

    def _grown(self, number: int) -> list[Any]:
        """Return the list of event *number*: the beginning of its base, and what was added."""
        steps = []
        items: list[Any] = []
        at: Any = number
        while at is not None:
            event = self._event(at)
            if event.get("t") != "list" or type(event["keep"]) is not int:
                raise Undecodable(f"event {at} is not a stored list")
            steps.append((at, event))
            at, base = event["base"], at
            if at is not None and (type(at) is not int or not 0 <= at < base):
                raise Undecodable(f"the base of list {base} leads nowhere")
            known = self._stored.get(-1 if at is None else at)
            if known is not None:
                items = list(known[0])
                self._weight += known[1]
                break
        for at, event in reversed(steps):
            if not 0 <= event["keep"] <= len(items):
                raise Undecodable(f"list {at} keeps more than its base has")
            items = items[: event["keep"]]
            items += [self._put_back(member, at) for member in event["add"]]
        return items


def unfold(
    node: Any,
    event: Callable[[int], dict[str, Any]],
    payload: Callable[[dict[str, Any]], Any] | None = None,
) -> Any:
    """Return *node* whole; for many, keep one `Unfolder`.  Raises `Undecodable`."""
    return Unfolder(event, payload).unfold(node)
