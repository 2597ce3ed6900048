"""Puts a door into a function, wherever it is referenced: its code is swapped, not its name.

The function keeps its identity, signature, defaults, annotations and flags; its genuine body
lives on in a twin that shares globals and closure.  The swapped code calls the door with the twin
and the arguments.  Frames of swapped code are hidden from tracebacks (see `frames.hide`).
"""

from __future__ import annotations

from types import CodeType, FunctionType

from agentrr_sandbox.frames import hide, is_our_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Door = Callable[[FunctionType, tuple[Any, ...], dict[str, Any]], Any]

_VARARGS, _VARKW, _NESTED, _GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 4, 8, 16, 0x20, 0x80, 0x200
_DOOR = "agentrr: the door goes here"
_NAME = "agentrr_swapped"
_genuine: dict[int, CodeType] = {}


def can_swap(function: object) -> bool:
    """Whether *function* is one whose body answers once: no generator, not swapped already."""
    if type(function) is not FunctionType or "__agentrr_twin__" in function.__dict__:
        return False
    if is_our_code(function.__code__):
        return False
    return not function.__code__.co_flags & (_GENERATOR | _ASYNC_GENERATOR)


def genuine(code: CodeType) -> CodeType:
    """Return the code that *code* was swapped for, or itself."""
    return _genuine.get(id(code), code)


def is_async(function: FunctionType) -> bool:
    """Whether *function* is `async def`."""
    return bool(function.__code__.co_flags & _COROUTINE)


def swap(function: FunctionType, door: Door) -> Callable[[], None]:
    """Let every call of *function* go through `door(twin, args, kwargs)`; return the undo.

    For `async def` the door returns an awaitable.
    """
    code = function.__code__
    twin = _twin(function)

    def enter(*args: Any, **kwargs: Any) -> Any:
        return door(twin, args, kwargs)

    swapped = _swapped(code, enter)
    hide(swapped)  # which keeps it, so that its id stays its own
    _genuine[id(swapped)] = code
    function.__code__ = swapped

    def undo() -> None:
        if function.__code__ is swapped:
            function.__code__ = code

    return undo


def _twin(function: FunctionType) -> FunctionType:
    twin = FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    twin.__kwdefaults__ = function.__kwdefaults__
    twin.__qualname__ = function.__qualname__
    twin.__module__ = function.__module__
    twin.__dict__["__agentrr_twin__"] = True
    return twin


def _signature(code: CodeType) -> tuple[str, str]:
    """Return the parameter list of *code* and the argument list that passes them on."""
    names = code.co_varnames
    positional, keyword = code.co_argcount, code.co_kwonlyargcount
    declared: list[str] = []
    passed: list[str] = []
    for index in range(positional):
        declared.append(names[index])
        passed.append(names[index])
        if index + 1 == code.co_posonlyargcount:
            declared.append("/")
    following = positional + keyword
    if code.co_flags & _VARARGS:
        declared.append(f"*{names[following]}")
        passed.append(f"*{names[following]}")
        following += 1
    elif keyword:
        declared.append("*")
    for index in range(positional, positional + keyword):
        declared.append(names[index])
        passed.append(f"{names[index]}={names[index]}")
    if code.co_flags & _VARKW:
        declared.append(f"**{names[following]}")
        passed.append(f"**{names[following]}")
    return ", ".join(declared), ", ".join(passed)


def _swapped(code: CodeType, enter: Callable[..., Any]) -> CodeType:
    declared, passed = _signature(code)
    awaits = bool(code.co_flags & _COROUTINE)
    call = f"{_DOOR!r}({passed})"
    body = f"return await {call}" if awaits else f"return {call}"
    source = f"{'async ' if awaits else ''}def {_NAME}({declared}):\n  {body}\n"
    free = code.co_freevars
    if free:  # a function's code must keep the number of its free variables
        cells = "\n".join(f"  {name} = None" for name in free)
        inner = "".join(f"  {line}\n" for line in source.splitlines())
        source = f"def outer():\n{cells}\n{inner}    ({', '.join(free)},)\n  return {_NAME}\n"
    made = _find(_compiled(source))
    consts = tuple(enter if const == _DOOR else const for const in made.co_consts)
    return made.replace(
        co_consts=consts,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
        co_filename=code.co_filename,
        co_firstlineno=code.co_firstlineno,
        co_flags=(made.co_flags & ~_NESTED) | (code.co_flags & _NESTED),
    )


def _compiled(source: str) -> CodeType:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a text that is called: the door replaces it
        return compile(source, "<agentrr>", "exec", dont_inherit=True)


def _find(code: CodeType) -> CodeType:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            return const if const.co_name == _NAME else _find(const)
    raise AssertionError(_NAME)
