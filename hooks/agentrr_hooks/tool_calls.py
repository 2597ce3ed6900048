"""What is told of one call of a tool: its name, its arguments, the state that it can reach."""

from __future__ import annotations

from agentrr_hooks import tool_state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FunctionType
    from typing import Any


def described(
    lane: Any,
    call: str,
    name: str,
    function: FunctionType,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> dict[str, Any]:
    """Return `request`, `detail` and `state` for `Lane.tool`."""
    detail = {"code.function.name": f"{function.__module__}:{function.__qualname__}"}
    if call == "tool.call":
        detail["gen_ai.operation.name"] = "execute_tool"
        detail["gen_ai.tool.name"] = name
    return {
        "request": _request(name, function, args, kwargs),
        "detail": detail,
        "state": lambda: tool_state.take(function, args, kwargs, lane.owns),
    }


def _request(
    name: str, function: FunctionType, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Return name and arguments by name; the object that a method belongs to is no argument."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    given = dict(zip(names, args, strict=False))
    if names[:1] in (("self",), ("cls",)):
        given.pop(names[0], None)
    request: dict[str, Any] = {"name": name, "arguments": {**given, **kwargs}}
    if len(args) > len(names):
        request["more"] = list(args[len(names) :])
    return request
