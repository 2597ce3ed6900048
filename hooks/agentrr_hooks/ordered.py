"""A set that remembers the order in which its members came."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any


class Ordered(set):  # type: ignore[type-arg] # its members are of any type
    """A `set` which is gone through in the order in which its members were first added.

    Members whose hash is their address make the order of a plain set differ from run to run.
    """

    def __init__(self, members: Iterable[Any] = ()) -> None:
        self._places = dict.fromkeys(members)
        super().__init__(self._places)

    def add(self, member: Any) -> None:
        """Add *member*, at the end if it is new."""
        self._places[member] = None
        super().add(member)

    def discard(self, member: Any) -> None:
        """Take *member* out, if it is in."""
        self._places.pop(member, None)
        super().discard(member)

    def remove(self, member: Any) -> None:
        """Take *member* out; raises `KeyError` when it is not in."""
        super().remove(member)
        self._places.pop(member, None)

    def clear(self) -> None:
        """Take all members out."""
        self._places.clear()
        super().clear()

    def __iter__(self) -> Iterator[Any]:
        """Go through the members in order; those that came another way come last."""
        inside = set.__contains__
        ordered = [member for member in self._places if inside(self, member)]
        if len(ordered) < len(self):
            ordered += [member for member in super().__iter__() if member not in self._places]
        return iter(ordered)

    def pop(self) -> Any:
        """Take out the first member."""
        for member in self:
            self.remove(member)
            return member
        return set.pop(self)

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self))}}}" if self else "set()"

    def __reduce__(self) -> tuple[Any, ...]:
        return (set, (list(self),))


Ordered.__name__ = Ordered.__qualname__ = "set"
Ordered.__module__ = "builtins"
