"""Python values as tagged JSON, and back: type and value exactly, or a refusal by name.

A tagged value is `{"$": tag, ...}`; a user's dict that has a `"$"` key is wrapped.  Types are
exact: a subclass never turns into its base.  Nothing of the user's is called: state is read and
written through dicts, slots and builtin types, and a class is found in `sys.modules` by way of
`__dict__` only; decoding never imports a module for it.

A list, dict or object that is reached twice comes back as one: its first place is
`{"$": "=", "n": 1, "v": ...}`, the others are `{"$": "ref", "n": 1}`.

This module and its helpers import nothing: it is loaded before the user's first line.
"""

from __future__ import annotations

from agentrr_sandbox.errors import Undecodable, Unencodable
from agentrr_sandbox.recording.scalars import EXACT, base64, clean_text, scalar, unbase64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.recording.gate import Pickles

    Graft = Callable[[BaseException, Any], None]
    Encode = Callable[["Encoder", Any, int], dict[str, Any]]
    Decode = Callable[["Decoder", dict[str, Any]], Any]

__all__ = ["Decoder", "Encoder", "base64", "decode", "encode", "register", "scalar", "unbase64"]

MAX_DEPTH = 170
"""The reader takes 200 levels; an event needs some of its own around a value."""

_SCALARS = frozenset({type(None), bool, int, float, str, bytes})

ENCODERS: dict[type, Encode] = {}
"""How to encode a type that is always loaded, by the type itself."""
NAMED: dict[str, Encode] = {}
"""How to encode a type of a module that may not be loaded, by `module.qualname`."""
CHANGING: set[Encode] = set()
"""Those of them whose instances can change."""
DECODERS: dict[str, Decode] = {}
"""How to decode a tag."""


def encode(value: object, *, identity: bool = True, pickles: Pickles | None = None) -> Any:
    """Return *value* as JSON-able data, which may share parts with *value*: do not change it.

    Without *identity* a list reached twice is written twice.  With *pickles* (`--pickle`) what
    cannot be stored otherwise is pickled.  Raises `Unencodable`.
    """
    if _plain(value, 0, None if not identity else set()):
        return value
    encoder = Encoder(pickles=pickles, identity=identity)
    return encoder.whole(value)


def decode(stored: object, *, pickles: Pickles | None = None) -> Any:
    """Return the value, sharing nothing with *stored*.  Raises `Undecodable`."""
    return Decoder(pickles=pickles).whole(stored)


def register(
    tag: str,
    path: str,
    encoder: Callable[[Any], object],
    decoder: Callable[[Any, Any], object],
) -> None:
    """Teach the codec the type at *path* (`module.qualname`, never imported), stored under *tag*.

    *encoder* returns another value that stands for it; *decoder* gets the class and that value.
    """

    def enc(state: Encoder, value: Any, depth: int) -> dict[str, Any]:
        return {"$": tag, "c": path, "v": state.encode(encoder(value), depth + 1)}

    NAMED[path] = enc
    CHANGING.add(enc)

    def dec(state: Decoder, stored: dict[str, Any]) -> Any:
        from agentrr_sandbox.recording.codec_classes import find

        if type(stored["c"]) is not str or stored["c"] not in NAMED:
            raise Undecodable(f"{stored['c']!r:.80} is no known type")
        module, _, name = stored["c"].partition(".")
        return decoder(find(f"{module}:{name}"), state.decode(stored["v"]))

    DECODERS.setdefault(tag, dec)


def _plain(value: Any, depth: int, seen: set[int] | None) -> bool:  # noqa: C901, PLR0911, PLR0912 - hot
    """Whether plain JSON is faithful to *value*."""
    kind = type(value)
    if kind is str:
        return bool(value.isascii()) or clean_text(value)
    if kind is int:
        return bool(-EXACT <= value <= EXACT)
    if value is None or kind is bool:
        return True
    if kind is float:
        return bool(value - value == 0.0)
    if kind is dict:
        if "$" in value or depth > MAX_DEPTH:
            return False
        for key in value:
            if type(key) is not str or not (key.isascii() or clean_text(key)):
                return False
        members = value.values()
    elif kind is list:
        if depth > MAX_DEPTH:
            return False
        members = value
    else:
        return False
    if seen is not None:
        if id(value) in seen:
            return False
        seen.add(id(value))
    depth += 1
    for member in members:  # noqa: SIM110 - a generator costs twice as much here
        if not _plain(member, depth, seen):
            return False
    return True


class Encoder:
    """One encoding under way.

    *frames* turns an exception's traceback into data, and *above* tells whether an exception was
    being handled before the crossing began; see `raised`.
    """

    __slots__ = ("_identity", "_open", "_seen", "_shared", "above", "frames", "pickles")

    def __init__(
        self,
        *,
        pickles: Pickles | None = None,
        identity: bool = True,
        frames: Callable[[BaseException], Any] | None = None,
        above: Callable[[BaseException], bool] | None = None,
    ) -> None:
        self.pickles = pickles
        self.frames = frames
        self.above = above
        self._identity = identity
        self._open: set[int] = set()
        self._seen: dict[int, object] = {}  # holds the objects: an id must not be used again
        self._shared: dict[int, int] | None = None

    def whole(self, value: object) -> Any:
        """Encode *value*; a second time with marks if parts of it are reached twice."""
        _load()
        found = self.encode(value, 0)
        if self._shared is not None:
            self._seen.clear()
            found = self.encode(value, 0)
        return found

    def encode(self, value: Any, depth: int) -> Any:
        """Return *value* as JSON-able data."""
        kind = type(value)
        if kind in _SCALARS:
            return scalar(value, kind)
        if depth > MAX_DEPTH:
            raise Unencodable("a value nested too deeply")
        key = id(value)
        if key in self._open:
            raise Unencodable(f"{_name(kind)}: a value that contains itself")
        encoder, tracked = _encoder_of(kind)
        number = 0
        if tracked and self._identity:
            if key in self._seen:
                if self._shared is None:
                    self._shared = {}
                number = self._shared.setdefault(key, len(self._shared) + 1)
                return {"$": "ref", "n": number}
            self._seen[key] = value
            if self._shared is not None:
                number = self._shared.get(key, 0)
        self._open.add(key)
        try:
            found = self._container(value, encoder, depth + 2 if number else depth)
        finally:
            self._open.discard(key)
        return {"$": "=", "n": number, "v": found} if number else found

    def _container(self, value: Any, encoder: Encode | None, depth: int) -> Any:
        kind = type(value)
        depth += 1
        if kind is list:
            return [self.encode(item, depth) for item in value]
        if kind is dict:
            return self.mapping(value, depth)
        try:
            return (encoder or _refuse)(self, value, depth)
        except Unencodable:
            if self.pickles is None or isinstance(value, BaseException):
                raise
            return self.pickles.encode(value)

    def mapping(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        """Return a dict's form: an object where its keys allow, else pairs."""
        if "$" not in value and all(type(k) is str and clean_text(k) for k in value):
            return {k: self.encode(v, depth) for k, v in value.items()}
        depth += 2
        pairs = [[self.encode(k, depth), self.encode(v, depth)] for k, v in value.items()]
        return {"$": "d", "v": pairs}


def _refuse(_: Encoder, value: Any, depth: int) -> dict[str, Any]:
    del depth
    raise Unencodable(f"{_name(type(value))}: no exact form is known for it")


_CHANGING = frozenset({list, dict, set, bytearray})


def _encoder_of(kind: type) -> tuple[Encode | None, bool]:
    """Return how to encode *kind*, and whether its instances can change: identity counts then."""
    if kind in _CHANGING:
        return ENCODERS.get(kind), True
    encoder = ENCODERS.get(kind)
    if encoder is not None:
        return encoder, False
    from agentrr_sandbox.recording.codec_classes import encoder_of

    return encoder_of(kind)


class Decoder:
    """One decoding under way.  *graft* gives a decoded exception its traceback; see `raised`."""

    __slots__ = ("_refs", "graft", "pickles")

    def __init__(self, *, pickles: Pickles | None = None, graft: Graft | None = None) -> None:
        self.pickles = pickles
        self.graft = graft
        self._refs: dict[int, Any] = {}

    def whole(self, stored: object) -> Any:
        """Decode; every failure is `Undecodable`."""
        _load()
        try:
            return self.decode(stored)
        except Undecodable:
            raise
        except RecursionError:
            raise Undecodable("a stored value is nested too deeply") from None
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise Undecodable(f"a stored value cannot be restored: {what:.200}") from None

    def decode(self, stored: Any) -> Any:
        """Return the value that *stored* stands for."""
        kind = type(stored)
        if kind is dict:
            if "$" not in stored:
                return {key: self.decode(member) for key, member in stored.items()}
            tag = stored["$"]
            if tag == "=":
                value = self._refs[stored["n"]] = self.decode(stored["v"])
                return value
            if tag == "ref":
                return self._refs[stored["n"]]
            decoder = DECODERS.get(tag) if type(tag) is str else None
            if decoder is None:
                raise Undecodable(
                    f"unknown kind of value {tag!r:.60}", hint="recorded by a newer agentrr?"
                )
            return decoder(self, stored)
        if kind is list:
            return [self.decode(member) for member in stored]
        return stored


_loaded = False


def _load() -> None:
    """Fill the tables, at the first value that is not plain JSON."""
    global _loaded  # noqa: PLW0603 - tables of functions, the same for every recording
    if not _loaded:
        from agentrr_sandbox.recording import adapters, codec_classes, codec_errors
        from agentrr_sandbox.recording import codec_libraries as libraries
        from agentrr_sandbox.recording import codec_types as types

        for module in (types, codec_classes, libraries, codec_errors, adapters):
            module.fill()
        _loaded = True


def _name(kind: type) -> str:
    from agentrr_sandbox.recording.codec_classes import name_of

    return name_of(kind)
