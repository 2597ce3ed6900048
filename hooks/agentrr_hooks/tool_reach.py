"""What the code of a tool names: globals of the user's modules, and what libraries have there."""

from __future__ import annotations

import sys
from types import CodeType, FunctionType, ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

ASKING = frozenset(
    [
        "aiohttp",
        "anthropic",
        "boto3",
        "botocore",
        "bs4",
        "certifi",
        "charset_normalizer",
        "cohere",
        "dateutil",
        "dotenv",
        "groq",
        "html2text",
        "httpcore",
        "httpx",
        "httpx2",
        "idna",
        "jinja2",
        "lxml",
        "markdown",
        "markdownify",
        "mistralai",
        "ollama",
        "openai",
        "orjson",
        "pytz",
        "requests",
        "simplejson",
        "tabulate",
        "tavily",
        "tiktoken",
        "tzdata",
        "tzlocal",
        "ujson",
        "urllib3",
        "websockets",
        "yaml",
    ]
)
"""Packages that ask the world, or compute: a tool that calls these keeps no state in them."""

_MANY = 500
_known: dict[CodeType, frozenset[str]] = {}


def names(function: FunctionType, owns: Callable[[str], bool]) -> set[str]:
    """Return `module.name` of the globals that *function* names, or functions that it names."""
    found: set[str] = set()
    todo, done = [function], {id(function)}
    while todo and len(done) < _MANY:
        each = todo.pop()
        used = _names(each.__code__)
        space = each.__globals__
        for name in used:
            if name not in space:
                continue
            found.add(f"{space.get('__name__')}.{name}")
            for below in _below(space[name], used, found):
                if id(below) not in done and owns(below.__code__.co_filename):
                    done.add(id(below))
                    todo.append(below)
    return found


def keeps(module: object) -> bool:
    """Whether what is in *module* may keep state out of sight: a framework's function.

    One of the standard library keeps none that an answer depends on, or is known: see
    `tool_kinds.STILL`.
    """
    if not isinstance(module, str):
        return False
    package = module.partition(".")[0]
    if package in sys.stdlib_module_names or package in ASKING or package == "__main__":
        return False
    filename = getattr(sys.modules.get(module), "__file__", None)
    return isinstance(filename, str) and "-packages" in filename


def _below(value: Any, used: frozenset[str], found: set[str]) -> list[FunctionType]:
    """Return the functions behind a global: itself, a class's methods, a module's members."""
    if isinstance(value, FunctionType):
        return [value]
    if isinstance(value, ModuleType):
        held = {name: vars(value)[name] for name in used if name in vars(value)}
        found.update(f"{value.__name__}.{name}" for name in held)
        return [each for each in held.values() if isinstance(each, FunctionType)]
    kind = value if isinstance(value, type) else type(value)
    methods = type.__getattribute__(kind, "__dict__").values()
    return [each for each in methods if isinstance(each, FunctionType)]


def _names(code: CodeType) -> frozenset[str]:
    known = _known.get(code)
    if known is None:
        used = set(code.co_names)
        for const in code.co_consts:
            if isinstance(const, CodeType):
                used |= _names(const)
        known = _known[code] = frozenset(used)
    return known
