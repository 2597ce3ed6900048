"""The codec for pydantic models and numpy arrays, without importing either library."""

from __future__ import annotations

import sys

from agentrr_sandbox.errors import Undecodable, Unencodable
from agentrr_sandbox.recording.codec import CHANGING, DECODERS, base64, unbase64
from agentrr_sandbox.recording.codec_classes import below, find, loaded, module_of, reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.recording.codec import Decoder, Encode, Encoder

_PYDANTIC = ("__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")
_MAX_EMPTY = 1 << 20  # items of no size: a stored array may claim any number of them


def fill() -> None:
    """Add these kinds to the codec's tables."""
    CHANGING.update({_model, _array})
    DECODERS["pm"] = _restored_model
    DECODERS["np"] = _restored_array
    DECODERS["ng"] = _restored_scalar


def encoder_of_library(kind: type) -> Encode | None:
    """Return how to encode *kind*, if it is a library's."""
    array, scalar = loaded("numpy", "ndarray"), loaded("numpy", "generic")
    if array is not None and kind is array:
        return _array
    if scalar is not None and below(kind, scalar) and module_of(kind) == "numpy":
        return _numpy_scalar
    model = loaded("pydantic.main", "BaseModel")
    return _model if model is not None and below(kind, model) else None


def _model(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
    get = object.__getattribute__
    stored: dict[str, Any] = {"$": "pm", "c": reference(type(value))}
    stored["v"] = encoder.encode(dict(get(value, "__dict__")), depth + 1)
    for key, name in zip("efp", _PYDANTIC, strict=True):
        try:
            member = get(value, name)
        except AttributeError:
            member = None
        if key == "p" and member:  # private attributes that were never set
            member = {
                k: v for k, v in member.items() if type(v).__name__ != "PydanticUndefinedType"
            }
        stored[key] = encoder.encode(member, depth + 1)
    return stored


def _restored_model(decoder: Decoder, stored: dict[str, Any]) -> Any:
    base = loaded("pydantic.main", "BaseModel")
    kind = find(stored["c"], base or int)
    value = object.__new__(kind)
    object.__setattr__(value, "__dict__", decoder.decode(stored["v"]))
    for key, name in zip("efp", _PYDANTIC, strict=True):
        object.__setattr__(value, name, decoder.decode(stored[key]))
    return value


# -- numpy ---------------------------------------------------------------------------------


def _array(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
    if value.dtype.hasobject:
        raise Unencodable("numpy.ndarray: an array of Python objects")
    fortran = bool(value.flags.f_contiguous and not value.flags.c_contiguous)
    return {
        "$": "np",
        "t": _dtype(encoder, value.dtype, depth),
        "s": list(value.shape),
        "f": fortran,
        "w": bool(value.flags.writeable),
        "v": base64(value.tobytes("F" if fortran else "C")),
    }


def _dtype(encoder: Encoder, dtype: Any, depth: int) -> Any:
    return dtype.str if dtype.names is None else encoder.encode(dtype.descr, depth + 1)


def _numpy_scalar(encoder: Encoder, value: Any, depth: int) -> dict[str, Any]:
    if value.dtype.hasobject:
        raise Unencodable("numpy.object_: a Python object")
    return {"$": "ng", "t": _dtype(encoder, value.dtype, depth), "v": base64(value.tobytes())}


def _numpy() -> Any:
    numpy = sys.modules.get("numpy")
    if numpy is None:
        raise Undecodable("the stored value is a numpy array, and numpy is not imported")
    return numpy


def _restored_dtype(decoder: Decoder, stored: Any) -> Any:
    dtype = _numpy().dtype(decoder.decode(stored))
    if dtype.hasobject:
        raise Undecodable("a stored array may not hold Python objects")
    return dtype


def _restored_array(decoder: Decoder, stored: dict[str, Any]) -> Any:
    numpy = _numpy()
    dtype = _restored_dtype(decoder, stored["t"])
    data, shape = unbase64(stored["v"]), stored["s"]
    order = "F" if stored["f"] else "C"
    size = 1
    for length in shape:
        if type(length) is not int or length < 0:
            raise Undecodable("not the shape of an array")
        size *= length
    if size * dtype.itemsize != len(data) or (not dtype.itemsize and size > _MAX_EMPTY):
        raise Undecodable("a stored array does not have the size of its shape")
    flat = numpy.frombuffer(data, dtype=dtype) if data else numpy.zeros(size, dtype)
    array = flat.reshape(shape, order=order).copy(order=order)
    array.flags.writeable = bool(stored["w"])
    return array


def _restored_scalar(decoder: Decoder, stored: dict[str, Any]) -> Any:
    numpy = _numpy()
    dtype = _restored_dtype(decoder, stored["t"])
    data = unbase64(stored["v"])
    return numpy.frombuffer(data, dtype=dtype)[0] if dtype.itemsize else dtype.type()
