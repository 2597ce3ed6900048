"""What goes into models in the process and comes out: arrays and tensors, without their libraries.

See `models`.  Arguments are described, the large ones by digest; answers become values that the
codec knows, each with its kind, and back.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PLAIN = (str, bytes, int, float, bool, type(None))
_LONG = 1000


def described(value: Any) -> Any:
    """Return *value*, an argument, as it takes part in the signature."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind in (list, tuple):
        if len(value) > _LONG and {type(item) for item in value} <= {int, float}:
            return {"type": kind.__name__, "size": len(value), "sha256": _digest(repr(value))}
        return [described(item) for item in value]
    if hasattr(value, "dtype"):
        return _numbers(value)
    if hasattr(value, "keys") and hasattr(value, "items"):
        return {str(name): described(item) for name, item in value.items()}
    return _shown(value)


def _numbers(value: Any) -> Any:
    if _is(value, "numpy", "ndarray"):
        return _array(value, str(value.dtype))
    if _is(value, "numpy", "generic"):
        return value.item()
    if _is(value, "torch", "Tensor"):
        return {"tensor": True, **_array(_as_array(value), str(value.dtype))}
    return _shown(value)


def _shown(value: Any) -> dict[str, Any]:
    """Return what tells an object of a library from others: its type, and what it is set to."""
    kind = type(value)
    shown: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    if callable(value) and hasattr(value, "__qualname__"):
        shown["name"] = value.__qualname__
    to_dict = getattr(value, "to_diff_dict", None)  # a configuration of transformers'
    return {**shown, "is": described(to_dict())} if callable(to_dict) else shown


def _array(value: Any, dtype: str) -> dict[str, Any]:
    if value.dtype.hasobject:
        return {"array": dtype, "shape": list(value.shape), "is": described(value.tolist())}
    data = value.tobytes()
    return {"array": dtype, "shape": list(value.shape), "sha256": _digest(data)}


def _digest(data: Any) -> str:
    from hashlib import sha256

    return sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def _is(value: Any, module: str, name: str) -> bool:
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(value, kind)


def _as_array(tensor: Any) -> Any:
    """Return *tensor* as an array; numpy has no bfloat16, of which each is a float32."""
    tensor = tensor.detach().cpu()
    return (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()


def answer_of(value: Any) -> list[Any]:
    """Return *value*, an answer, as a value of the codec with its kind."""
    kind = type(value)
    if kind in (list, tuple):
        return [kind.__name__, [answer_of(item) for item in value]]
    if kind is dict:
        return ["dict", [[answer_of(name), answer_of(item)] for name, item in value.items()]]
    if kind is getattr(sys.modules.get("torch"), "Tensor", None):
        return ["tensor", str(value.dtype).removeprefix("torch."), _as_array(value)]
    return ["value", value]  # the codec refuses by name what it does not know


def restored(answer: list[Any]) -> Any:
    """Return what `answer_of` was given."""
    kind, *held = answer
    if kind == "tensor":
        torch = sys.modules["torch"]
        return torch.from_numpy(held[1]).to(getattr(torch, held[0]))
    if kind == "dict":
        return {restored(name): restored(item) for name, item in held[0]}
    if kind in ("list", "tuple"):
        items = [restored(item) for item in held[0]]
        return items if kind == "list" else tuple(items)
    return held[0]


def state() -> Any:
    """Return the state of torch's generator, if torch is loaded."""
    random = sys.modules.get("torch.random")
    return None if random is None else random.get_rng_state().numpy()


def set_state(state: Any) -> None:
    """Let torch's generator go on from *state*."""
    torch = sys.modules["torch"]
    torch.random.set_rng_state(torch.from_numpy(state))
