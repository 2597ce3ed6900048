"""The codec's tables for types of the language and its standard library.

A type of a module that is not loaded cannot be met while encoding, so modules are looked up, not
imported.  Decoding imports the named standard module: its name is written here, not in the file.
"""

from __future__ import annotations

import sys

from agentrr_sandbox.errors import Undecodable, Unencodable
from agentrr_sandbox.recording.codec import DECODERS, ENCODERS, NAMED, base64, unbase64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.recording.codec import Decode, Decoder, Encode, Encoder

_PATHS = ("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath")
_MAX_DIGITS = 2_000_000


def fill() -> None:
    """Add these types to the codec's tables."""
    for kind, tag in ((tuple, "t"), (set, "set"), (frozenset, "fs")):
        ENCODERS[kind] = _items(tag)
        DECODERS[tag] = _restored(kind)
    ENCODERS[bytearray] = lambda _e, o, _d: {"$": "ba", "v": base64(bytes(o))}
    ENCODERS[complex] = lambda _e, o, _d: {"$": "c", "v": _pack(">dd", o.real, o.imag)}
    ENCODERS[range] = _attributes("r", "start", "stop", "step")
    ENCODERS[slice] = _attributes("sl", "start", "stop", "step")
    ENCODERS[type(...)] = lambda _e, _o, _d: {"$": "..."}
    ENCODERS[type(NotImplemented)] = lambda _e, _o, _d: {"$": "NI"}
    NAMED["datetime.date"] = _attributes("da", "year", "month", "day")
    NAMED["datetime.time"] = _moment("ti", "hour", "minute", "second", "microsecond", "fold")
    NAMED["datetime.datetime"] = _moment(
        "dt", "year", "month", "day", "hour", "minute", "second", "microsecond", "fold"
    )
    NAMED["datetime.timedelta"] = _attributes("td", "days", "seconds", "microseconds")
    NAMED["datetime.timezone"] = _timezone
    NAMED["zoneinfo.ZoneInfo"] = _zoneinfo
    NAMED["decimal.Decimal"] = lambda _e, o, _d: {"$": "dec", "v": str(o)}
    NAMED["fractions.Fraction"] = lambda _e, o, _d: {
        "$": "fr",
        "v": [hex(o.numerator), hex(o.denominator)],
    }
    NAMED["uuid.UUID"] = lambda _e, o, _d: {"$": "u", "v": o.hex, "s": o.is_safe.name}
    NAMED["collections.OrderedDict"] = _ordered
    NAMED["collections.deque"] = _deque
    NAMED["collections.Counter"] = _counter
    NAMED["collections.defaultdict"] = _defaultdict
    for module in ("pathlib", "pathlib._local"):
        for name in _PATHS:
            NAMED[f"{module}.{name}"] = _path
    DECODERS.update(_decoders())


def _items(tag: str) -> Encode:
    def encode(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
        items = [encoder.encode(item, depth + 1) for item in value]
        if tag != "t":
            items = _sorted(items)
        return {"$": tag, "v": items}

    return encode


def _sorted(items: list[Any]) -> list[Any]:
    """Put a set's items in an order: its own is not the same in every process."""
    from agentrr_sandbox.recording.jsontext import dumps

    return sorted(items, key=dumps)


def _restored(kind: Any) -> Decode:
    def decode(decoder: Decoder, stored: dict[str, Any]) -> Any:
        return kind([decoder.decode(item) for item in _list(stored["v"])])

    return decode


def _attributes(tag: str, *names: str) -> Encode:
    def encode(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
        return {"$": tag, "v": [encoder.encode(getattr(value, name), depth + 1) for name in names]}

    return encode


def _moment(tag: str, *names: str) -> Encode:
    def encode(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
        zone = None if value.tzinfo is None else encoder.encode(value.tzinfo, depth + 1)
        return {"$": tag, "v": [*(getattr(value, name) for name in names), zone]}

    return encode


def _timezone(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
    arguments = value.__getinitargs__()
    return {"$": "tz", "v": [encoder.encode(item, depth + 1) for item in arguments]}


def _zoneinfo(_: Encoder, value: Any, depth: int) -> dict[str, Any]:
    del depth
    if not value.key:
        raise Unencodable("zoneinfo.ZoneInfo: a zone without a key")
    return {"$": "zi", "v": value.key}


def _pairs(encoder: Encoder, value: Any, depth: int) -> list[Any]:
    depth += 2
    return [[encoder.encode(k, depth), encoder.encode(v, depth)] for k, v in value.items()]


def _ordered(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
    return {"$": "od", "v": _pairs(encoder, value, depth)}


def _counter(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
    if vars(value):
        raise Unencodable("collections.Counter: one with attributes of its own")
    return {"$": "ct", "v": _pairs(encoder, value, depth)}


def _defaultdict(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
    from agentrr_sandbox.recording.codec_classes import reference

    make = value.default_factory
    if make is not None and not isinstance(make, type):
        raise Unencodable("collections.defaultdict: one whose default is no class")
    return {"$": "dd", "m": make and reference(make), "v": _pairs(encoder, value, depth)}


def _restored_defaultdict(decoder: Decoder, stored: dict[str, Any]) -> Any:
    from agentrr_sandbox.recording.codec_classes import find

    make = None if stored["m"] is None else find(stored["m"])
    return _module("collections").defaultdict(make, _restored_pairs(decoder, stored))


def _deque(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
    return {"$": "dq", "m": value.maxlen, "v": [encoder.encode(x, depth + 1) for x in value]}


def _path(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
    return {"$": "p", "k": type(value).__name__, "v": encoder.encode(str(value), depth + 1)}


def _pack(form: str, *values: float) -> str:
    from _struct import pack

    return str(pack(form, *values).hex())


def _unpack(form: str, text: str) -> tuple[float, ...]:
    from _struct import unpack

    found: tuple[float, ...] = unpack(form, bytes.fromhex(text))
    return found


def _list(stored: Any) -> list[Any]:
    if type(stored) is not list:
        raise Undecodable(f"expected a list, found {type(stored).__name__}")
    return stored


def _int(text: Any) -> int:
    if type(text) is not str or len(text) > _MAX_DIGITS:
        raise Undecodable("not an integer")
    return int(text, 16)


def _module(name: str) -> Any:
    __import__(name)
    return sys.modules[name]


def _call(module: str, name: str) -> Decode:
    """Decode a type that is made from its stored members, in order."""

    def decode(decoder: Decoder, stored: dict[str, Any]) -> Any:
        members = [decoder.decode(item) for item in _list(stored["v"])]
        return getattr(_module(module), name)(*members)

    return decode


def _datetime(decoder: Decoder, stored: dict[str, Any]) -> Any:
    *members, fold, zone = _list(stored["v"])
    kind = _module("datetime").datetime
    return kind(*members, tzinfo=decoder.decode(zone), fold=fold)


def _time(decoder: Decoder, stored: dict[str, Any]) -> Any:
    *members, fold, zone = _list(stored["v"])
    return _module("datetime").time(*members, tzinfo=decoder.decode(zone), fold=fold)


def _restored_timezone(decoder: Decoder, stored: dict[str, Any]) -> Any:
    kind = _module("datetime").timezone
    members = [decoder.decode(item) for item in _list(stored["v"])]
    zero = len(members) == 1 and not members[0]
    return kind.utc if zero else kind(*members)


def _restored_path(decoder: Decoder, stored: dict[str, Any]) -> Any:
    if stored["k"] not in _PATHS:
        raise Undecodable(f"{stored['k']!r:.40} is no kind of path")
    return getattr(_module("pathlib"), stored["k"])(decoder.decode(stored["v"]))


def _restored_uuid(_: Decoder, stored: dict[str, Any]) -> Any:
    uuid = _module("uuid")
    return uuid.UUID(hex=stored["v"], is_safe=uuid.SafeUUID[stored["s"]])


def _restored_pairs(decoder: Decoder, stored: dict[str, Any]) -> list[tuple[Any, Any]]:
    return [(decoder.decode(k), decoder.decode(v)) for k, v in _list(stored["v"])]


def _decoders() -> dict[str, Decode]:
    return {
        "s": lambda _d, o: unbase64(o["v"]).decode("utf-8", "surrogatepass"),
        "i": lambda _d, o: _int(o["v"]),
        "f": lambda _d, o: _unpack(">d", o["v"])[0],
        "bt": lambda _d, o: o["v"].encode(),
        "b": lambda _d, o: unbase64(o["v"]),
        "ba": lambda _d, o: bytearray(unbase64(o["v"])),
        "c": lambda _d, o: complex(*_unpack(">dd", o["v"])),
        "d": lambda d, o: dict(_restored_pairs(d, o)),
        "od": lambda d, o: _module("collections").OrderedDict(_restored_pairs(d, o)),
        "ct": lambda d, o: _module("collections").Counter(dict(_restored_pairs(d, o))),
        "dd": _restored_defaultdict,
        "dq": lambda d, o: _module("collections").deque(
            [d.decode(item) for item in _list(o["v"])], o["m"]
        ),
        "r": _call("builtins", "range"),
        "sl": _call("builtins", "slice"),
        "...": lambda _d, _o: ...,
        "NI": lambda _d, _o: NotImplemented,
        "da": _call("datetime", "date"),
        "dt": _datetime,
        "ti": _time,
        "td": _call("datetime", "timedelta"),
        "tz": _restored_timezone,
        "zi": lambda _d, o: _module("zoneinfo").ZoneInfo(o["v"]),
        "dec": lambda _d, o: _module("decimal").Decimal(o["v"]),
        "fr": lambda _d, o: _module("fractions").Fraction(_int(o["v"][0]), _int(o["v"][1])),
        "u": _restored_uuid,
        "p": _restored_path,
    }
