"""Identifiers that libraries in Rust make, of entropy and a clock of their own.

Captures      the ids of `uuid_utils` (langchain, langsmith) and of `fastuuid` (litellm)
Records       the number that each id is; the node once for the run
Serves        the same numbers, in order, as objects of the library's own type
Reaches       `uuid1`, `uuid4`, `uuid6`, `uuid7`, `uuid8`, `uuid_v1mc`, `getnode`, what
              `uuid_utils.compat` makes of them, and each id of the lists that `fastuuid` makes
Out of reach  other libraries that make ids in Rust or C
"""

from __future__ import annotations

from agentrr_hooks.standin import stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

MAKERS = ("uuid1", "uuid4", "uuid6", "uuid7", "uuid8", "uuid_v1mc")
NUMBERS = ("_uuid4_int", "_uuid7_int")  # what `uuid_utils.compat` asks
LIBRARIES = ("uuid_utils._uuid_utils", "fastuuid.fastuuid")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the ids of both libraries through *boundary*."""
    for library in LIBRARIES:
        for name in MAKERS:
            patch.replace(library, name, _maker(library, boundary))
        for name in NUMBERS:
            patch.replace(library, name, lambda real: _made(real, boundary, _same, _same))
        for name in ("uuid4", "uuid7"):
            for form in ("bulk", "as_strings_bulk"):
                patch.replace(library, f"{name}_{form}", _lister(library, name, boundary))
        patch.replace(library, "getnode", lambda real: _node(real, boundary))


def _same(value: Any) -> Any:
    return value


def _maker(library: str, boundary: Boundary) -> Callable[[Any], Any]:
    def of(real: Any) -> Any:
        kind = _type_of(library)
        return _made(real, boundary, lambda made: made.int, lambda number: kind(int=number))

    return of


def _type_of(library: str) -> Any:
    import sys

    return sys.modules[library].UUID


def _made(real: Any, boundary: Boundary, number: Any, back: Any) -> Any:
    current, call = boundary.lane, _named(real)

    def make(*args: Any, **named: Any) -> Any:
        lane = current()
        if lane is None:
            return real(*args, **named)
        if args or named:  # a replay too lets the library say what is wrong with them
            made = real(*args, **named)
            return back(lane.read(call, lambda: number(made), False))
        return back(lane.read(call, lambda: number(real()), False))

    return stand_in(real, make)


def _lister(library: str, name: str, boundary: Boundary) -> Callable[[Any], Any]:
    """Make a list one id after the other: its length is the program's, not the recording's."""
    current = boundary.lane

    def of(real: Any) -> Any:
        kind, call = _type_of(library), f"{library.partition('.')[0]}.{name}"
        texts = "strings" in real.__name__
        dashed = texts and "-" in real(1)[0]

        def one(made: Any) -> int:
            return kind(made).int if texts else made.int  # type: ignore[no-any-return]

        def back(number: int) -> Any:
            made = kind(int=number)
            return (str(made) if dashed else made.hex) if texts else made

        def several(n: Any) -> Any:
            lane = current()
            if lane is None or not isinstance(n, int) or n < 1:
                return real(n)
            return [back(lane.read(call, lambda: one(real(1)[0]), False)) for _ in range(n)]

        return stand_in(real, several)

    return of


def _named(real: Any) -> str:
    return f"{real.__module__.partition('.')[0]}.{real.__name__}"


def _node(real: Any, boundary: Boundary) -> Any:
    current, call = boundary.lane, _named(real)

    def getnode() -> Any:
        lane = current()
        return real() if lane is None else lane.fact(call, real)

    return stand_in(real, getnode)
