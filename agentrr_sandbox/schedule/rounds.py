"""Whether a thread goes round one loop: then it may wait for what another one is to do."""

from __future__ import annotations

from agentrr_sandbox import real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType

    Stack = tuple[tuple[CodeType, int], ...]

PLACES = 20
"""How many looks it takes to tell."""
FEW = 6
"""A thread that is found at no more places than these in so many looks goes round a loop."""
DEEP = 4
"""As many frames, the loop's among them, as one round may need.  One that imports, or that makes
many classes, is found in the same few functions, but at other places of what calls them."""


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


def stack_of(ident: int) -> Stack | None:
    """Return which codes the thread runs at this moment, and where in each; the outermost first."""
    frame = real.current_frames().get(ident)
    if frame is None:
        return None
    found = []
    while frame is not None:
        found.append((frame.f_code, frame.f_lasti))
        frame = frame.f_back
    return tuple(reversed(found))


def goes_round(stacks: list[Stack | None]) -> bool:
    """Whether a thread that was found with *stacks* is in a loop, and not in calls of C code."""
    last = [stack for stack in stacks[-PLACES:] if stack]
    if len(last) < PLACES:
        return False
    same = 0
    for places in zip(*last, strict=False):
        if any(place != places[0] for place in places):
            break
        same += 1
    rounds = {stack[same:] for stack in last}
    if len(rounds) > FEW or max(map(len, rounds)) > DEEP:
        return False
    return any(code.co_code[at] not in CALLS for code, at in {stack[-1] for stack in last})
