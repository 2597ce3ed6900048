"""The codec for instances of classes.

Enums, named tuples, dataclasses and other plain objects.
State is taken from, and put back into, `__dict__` and slots; no method of the class is called.
"""

from __future__ import annotations

import sys

from agentrr_sandbox.errors import Undecodable, Unencodable
from agentrr_sandbox.recording.codec import CHANGING, DECODERS, NAMED
from agentrr_sandbox.recording.codec_names import dict_of, look_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.recording.codec import Decoder, Encode, Encoder

_type: Any = type.__dict__  # a metaclass may shadow these names; type's own do not run its code
module_of = _type["__module__"].__get__
_qualname_of = _type["__qualname__"].__get__
mro_of = _type["__mro__"].__get__
_SLOT = type(_type["__dictoffset__"])
_BUILTIN = type(len)
_ABSENT = object()
_STATE = ("__reduce__", "__reduce_ex__", "__getstate__", "__setstate__", "__getnewargs__")


def fill() -> None:
    """Add these kinds to the codec's tables."""
    CHANGING.add(_object)
    DECODERS["en"] = _restored_enum
    DECODERS["nt"] = _restored_tuple
    DECODERS["ss"] = _restored_struct
    DECODERS["ob"] = _restored_object
    DECODERS["pickle"] = _restored_pickle


def name_of(kind: type) -> str:
    """Return `module.qualname` without calling anything of the class's."""
    return f"{module_of(kind)}.{_qualname_of(kind)}"


def reference(kind: type) -> str:
    """Return `module:qualname`, where the class can be found again.  Raises `Unencodable`."""
    path = f"{module_of(kind)}:{_qualname_of(kind)}"
    if look_up(path) is not kind:
        raise Unencodable(f"{name_of(kind)}: a class that its module does not name")
    if attribute_of(kind, "__del__") is not None:
        raise Unencodable(f"{name_of(kind)}: a class with a finaliser")
    return path


def find(path: object, base: type | None = None) -> Any:
    """Return the class at *path*, a subclass of *base*.  Raises `Undecodable`."""
    found = look_up(path)
    if not isinstance(found, type) or (base is not None and not below(found, base)):
        if isinstance(path, str) and path.partition(":")[0] not in sys.modules:
            raise Undecodable(
                f"the stored value is a {path:.120}, and the program has not imported its module",
                hint="the recorded run had imported it by then",
            )
        raise Undecodable(f"{path!r:.120} is not a class of the kind that was recorded")
    if attribute_of(found, "__del__") is not None:
        raise Undecodable(f"{path!r:.120} has a finaliser, which would run with made-up state")
    return found


def below(kind: type, base: type) -> bool:
    """Whether *kind* is *base* or below it, without asking a metaclass."""
    return any(each is base for each in mro_of(kind))


def loaded(module: str, name: str) -> Any:
    """Return a class of a library, or None when the library is not loaded."""
    found = look_up(f"{module}:{name}")
    return found if isinstance(found, type) else None


def attribute_of(kind: type, name: str) -> Any:
    """Return *name* of the class, inherited or not, without binding it."""
    for each in mro_of(kind):
        found = dict_of(each).get(name, _ABSENT)
        if found is not _ABSENT:
            return found
    return None


def encoder_of(kind: type) -> tuple[Encode | None, bool]:
    """Return how to encode instances of *kind*, and whether they can change."""
    name = name_of(kind)
    named = NAMED.get(name)
    if named is not None and look_up(f"{module_of(kind)}:{_qualname_of(kind)}") is kind:
        return named, named in CHANGING
    encoder = _by_base(kind)
    return encoder, encoder in CHANGING


def _by_base(kind: type) -> Encode | None:
    from agentrr_sandbox.recording.codec_errors import encode_error
    from agentrr_sandbox.recording.codec_libraries import encoder_of_library

    enum = loaded("enum", "Enum")
    if enum is not None and below(kind, enum):
        return _enum
    if below(kind, BaseException):
        return encode_error
    if below(kind, tuple):
        return _tuple_encoder(kind)
    library = encoder_of_library(kind)
    if library is not None:
        return library
    return _object if _is_plain(kind) else None


# -- enums and tuples ----------------------------------------------------------------------


def _enum(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
    kind = type(value)
    own = value.__dict__
    name = own.get("_name_")
    if name is not None and dict_of(kind)["_member_map_"].get(name) is value:
        return {"$": "en", "c": reference(kind), "n": name}
    return {"$": "en", "c": reference(kind), "x": encoder.encode(own["_value_"], depth + 1)}


def _restored_enum(decoder: Decoder, stored: dict[str, Any]) -> Any:
    enum: Any = sys.modules["enum"]
    kind = find(stored["c"], enum.Enum)
    if "n" in stored:
        members = dict_of(kind)["_member_map_"]
        if stored["n"] not in members:
            raise Undecodable(f"{stored['c']} has no member {stored['n']!r:.60}")
        return members[stored["n"]]
    value = decoder.decode(stored["x"])
    known = dict_of(kind)["_value2member_map_"].get(value)
    if known is None and below(kind, enum.Flag):
        # what calling the class would do, but for a `_missing_` of the user's
        known = enum.Flag.__dict__["_missing_"].__func__(kind, value)
    if known is None:
        raise Undecodable(f"{stored['c']} has no member of that value")
    return known


def _tuple_encoder(kind: type) -> Encode | None:
    own = dict_of(kind)
    if type(own.get("n_sequence_fields")) is int and type(own.get("__new__")) is _BUILTIN:
        return _struct
    if mro_of(kind)[1] is tuple and type(own.get("_fields")) is tuple:
        return _named_tuple
    # a class that extends a `NamedTuple`, without state of its own
    if type(attribute_of(kind, "_fields")) is tuple and own.get("__slots__") == ():
        return _named_tuple
    return None


def _named_tuple(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
    if getattr(value, "__dict__", None):
        raise Unencodable(f"{name_of(type(value))}: a tuple with attributes")
    items = [encoder.encode(item, depth + 1) for item in tuple.__iter__(value)]
    return {"$": "nt", "c": reference(type(value)), "v": items}


def _restored_tuple(decoder: Decoder, stored: dict[str, Any]) -> Any:
    kind = find(stored["c"], tuple)
    fields = attribute_of(kind, "_fields")
    items = [decoder.decode(item) for item in stored["v"]]
    if type(fields) is not tuple or len(fields) != len(items):
        raise Undecodable(f"{stored['c']} has other fields than were recorded")
    return tuple.__new__(kind, items)


def _struct(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
    """`time.struct_time`, `os.stat_result` and their like: a tuple, and what it does not show."""
    kind = type(value)
    _, (items, hidden) = value.__reduce__()
    path = "os:uname_result" if module_of(kind) == "posix" else None
    return {
        "$": "ss",
        "c": path or reference(kind),
        "v": encoder.encode(list(items), depth + 1),
        "d": encoder.encode(hidden, depth + 1),
    }


def _restored_struct(decoder: Decoder, stored: dict[str, Any]) -> Any:
    kind = find(stored["c"], tuple)
    own = dict_of(kind)
    if type(own.get("n_sequence_fields")) is not int or type(own.get("__new__")) is not _BUILTIN:
        raise Undecodable(f"{stored['c']!r:.80} is not a struct sequence")
    return kind(decoder.decode(stored["v"]), decoder.decode(stored["d"]))


# -- objects -------------------------------------------------------------------------------


def _is_plain(kind: type) -> bool:
    """Whether state is all there is: classes written in Python, with object's own protocol."""
    for each in mro_of(kind)[:-1]:
        own = dict_of(each)
        if type(own.get("__dict__")) is property or "__module__" not in own:
            return False
        new = own.get("__new__")
        if new is not None or not each.__flags__ & 1 << 9:  # a type made in C
            return _generic(each)
        for name in _STATE:
            found = own.get(name)
            if found is not None and getattr(found, "__module__", "") not in (
                "dataclasses",
                "typing",
            ):
                return False
    return type(kind) is type or module_of(type(kind)) in ("abc", "typing")


def _generic(kind: type) -> bool:
    return name_of(kind) in ("typing.Generic", "typing.Protocol")


def slots_of(kind: type) -> dict[str, Any]:
    """Return the slots of *kind* and its bases: name to descriptor."""
    return {
        name: slot
        for each in reversed(mro_of(kind))
        for name, slot in dict_of(each).items()
        if type(slot) is _SLOT and not (name.startswith("__") and name.endswith("__"))
    }


def _object(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
    kind = type(value)
    stored: dict[str, Any] = {"$": "ob", "c": reference(kind)}
    slots = {}
    for name, slot in slots_of(kind).items():
        try:
            slots[name] = encoder.encode(slot.__get__(value), depth + 1)
        except AttributeError:
            continue  # a slot that was never set
    if slots:
        stored["s"] = slots
    try:
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        own = None
    if own is not None:
        stored["v"] = encoder.mapping(own, depth + 1)
    return stored


def _restored_object(decoder: Decoder, stored: dict[str, Any]) -> Any:
    kind = find(stored["c"])
    if not _is_plain(kind):
        raise Undecodable(f"{stored['c']} is not a plain class any more")
    fields = attribute_of(kind, "__dataclass_fields__")
    slots = slots_of(kind)
    value = object.__new__(kind)
    for name, member in stored.get("s", {}).items():
        if name not in slots:
            raise Undecodable(f"{stored['c']} has no slot {name!r:.60}: the class has changed")
        slots[name].__set__(value, decoder.decode(member))
    if "v" in stored:
        own = decoder.decode(stored["v"])
        if type(fields) is dict and not any(key in fields for key in own) and own:
            raise Undecodable(f"{stored['c']} has other fields than were recorded")
        object.__getattribute__(value, "__dict__").update(own)
    return value


def _restored_pickle(decoder: Decoder, stored: dict[str, Any]) -> Any:
    if decoder.pickles is None:
        raise Undecodable(
            "the stored value is a pickle, which is loaded only when this machine made it",
            hint="replay with --allow-pickle to load it: that runs whatever code it holds",
        )
    return decoder.pickles.decode(stored)
