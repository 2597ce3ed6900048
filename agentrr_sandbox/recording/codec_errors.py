"""The codec for exceptions: type, arguments, attributes, notes, causes, contexts, groups.

An exception is always storable when its class is: an argument or attribute that is not is left
out by name, since a crash that cannot be replayed helps nobody.  `raised` adds the tracebacks.
"""

from __future__ import annotations

import sys

from agentrr_sandbox.errors import Undecodable, Unencodable
from agentrr_sandbox.recording.codec import CHANGING, DECODERS
from agentrr_sandbox.recording.codec_classes import (
    attribute_of,
    below,
    find,
    mro_of,
    name_of,
    reference,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.recording.codec import Decoder, Encoder

_MEMBERS = (
    "errno", "strerror", "filename", "filename2", "encoding", "object", "start", "end", "reason",
    "value", "code", "name", "path", "name_from", "msg", "lineno", "offset", "text",
    "end_lineno", "end_offset", "print_file_and_line",
)  # fmt: skip
_REPR = type(object.__repr__)


def fill() -> None:
    """Add exceptions to the codec's tables."""
    CHANGING.add(encode_error)
    DECODERS["ex"] = _restored
    DECODERS["above"] = lambda _d, _o: sys.exception()
    DECODERS["lost"] = lambda _d, o: Lost(str(o["v"]))


class Lost:
    """Stands for a part of an exception that could not be stored; prints as it did."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def home(kind: type) -> Any:
    """Return the nearest class of *kind* that is built in: it has the layout and `__new__`."""
    return next(each for each in mro_of(kind) if each.__module__ == "builtins")


def encode_error(encoder: Encoder, error: Any, depth: int) -> dict[str, Any]:  # noqa: C901 - one member after the other
    """Return the form of *error*.  Raises `Unencodable` when its class cannot be found again."""
    kind = type(error)
    depth += 2
    stored: dict[str, Any] = {"$": "ex", "c": reference(kind)}
    group = below(kind, BaseExceptionGroup)
    if not group:
        stored["a"] = [_part(encoder, item, depth) for item in error.args]
    else:
        stored["m"] = _part(encoder, BaseExceptionGroup.message.__get__(error), depth)
        parts = BaseExceptionGroup.exceptions.__get__(error)
        stored["g"] = [encoder.encode(each, depth + 1) for each in parts]
    members = {} if group else _members(encoder, error, depth)
    if members:
        stored["s"] = members
    own = {key: _part(encoder, item, depth) for key, item in error.__dict__.items()}
    if own:
        stored["d"] = own
    if error.__suppress_context__:
        stored["q"] = True
    if encoder.frames is not None:
        frames = encoder.frames(error)
        if frames:
            stored["tb"] = frames
    for key, other in (("ca", error.__cause__), ("cx", error.__context__)):
        if other is None:
            continue
        if encoder.above is not None and encoder.above(other):
            stored[key] = {"$": "above"}
            continue
        try:
            stored[key] = encoder.encode(other, depth)
        except Unencodable as lost:  # a cycle, or a class that cannot be found again
            stored["lost"] = lost.message
    return stored


def _part(encoder: Encoder, value: Any, depth: int) -> Any:
    try:
        return encoder.encode(value, depth)
    except Unencodable:
        return {"$": "lost", "v": _shown(value)}


def _shown(value: Any) -> str:
    kind = type(value)
    plain = f"<{name_of(kind)} object>"
    shown = attribute_of(kind, "__repr__")
    if shown is object.__repr__ or type(shown) is not _REPR:
        return plain  # an address, or code of the user's
    return repr(value)[:1000]


def _members(encoder: Encoder, error: Any, depth: int) -> dict[str, Any]:
    """Return what the built-in classes keep outside of `args` and `__dict__`."""
    found = {}
    base = home(type(error))
    for name in _MEMBERS:
        descriptor = attribute_of(base, name)
        if descriptor is None or name in error.__dict__ or not hasattr(descriptor, "__set__"):
            continue
        try:
            member = descriptor.__get__(error)
        except AttributeError:
            continue
        if member is not None:
            found[name] = _part(encoder, member, depth)
    return found


def _restored(decoder: Decoder, stored: dict[str, Any]) -> Any:
    kind = find(stored["c"], BaseException)
    base = home(kind)
    error: Any
    if below(kind, BaseExceptionGroup):
        parts = [decoder.decode(each) for each in stored["g"]]
        error = BaseExceptionGroup.__new__(kind, decoder.decode(stored["m"]), parts)
    else:
        error = base.__new__(kind)  # the class's own `__init__` may take, or do, anything
        error.args = tuple(decoder.decode(item) for item in stored["a"])
        for name, member in stored.get("s", {}).items():
            descriptor = attribute_of(base, name) if name in _MEMBERS else None
            if descriptor is None:
                raise Undecodable(f"{stored['c']} has no member {name!r:.60}")
            descriptor.__set__(error, decoder.decode(member))
    own = {key: decoder.decode(item) for key, item in stored.get("d", {}).items()}
    if own:
        error.__dict__.update(own)
    if "ca" in stored:
        error.__cause__ = decoder.decode(stored["ca"])
    if "cx" in stored:
        error.__context__ = decoder.decode(stored["cx"])
    error.__suppress_context__ = bool(stored.get("q"))
    if decoder.graft is not None:
        decoder.graft(error, stored.get("tb"))
    return error
