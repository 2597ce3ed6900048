"""Whether a thread goes round one loop: then it may wait for what another one is to do."""

from __future__ import annotations

from agentrr_sandbox import real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType

    Place = tuple[CodeType, int]

PLACES = 20
"""How many looks it takes to tell."""
FEW = 3
"""A thread that is found in no more codes than these in so many looks goes round a loop."""


def _operations(source: str) -> set[int]:
    return set(compile(source, "", "exec").co_code[::2])


CALLS = _operations("f(a); f(a, b=1); f(*a); f(*a, **b); a.f(b)") - _operations(
    "a; a.b; 1; x = (a, a); x = {a: b}; x = [*a]\n"
    "while a: x = a\n"
    "while not a: pass\n"
    "while a is None: pass\n"
    "while a < b: pass\n"
    "while 1: pass\n"
)
"""Operations at which a thread stands while it runs C code.  One in a loop of Python's is found at
the loop's jump, for only there it lets another thread have the interpreter."""


def place_of(ident: int) -> Place | None:
    """Return which code the thread runs at this moment, and where in it."""
    frame = real.current_frames().get(ident)
    return None if frame is None else (frame.f_code, frame.f_lasti)


def goes_round(places: list[Place | None]) -> bool:
    """Whether a thread that was found at *places* is in a loop, and not in calls of C code."""
    last = [place for place in places[-PLACES:] if place is not None]
    if len(last) < PLACES or len({id(code) for code, _ in last}) > FEW:
        return False
    return any(code.co_code[at] not in CALLS for code, at in set(last))
