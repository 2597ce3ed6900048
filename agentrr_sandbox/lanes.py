"""Which strand is this?

A lane is named by how it was created: its parent, its kind, the qualified name of its target, and
the n-th of that name in that parent (`main/thread:worker#2`), never by an ident, an address or a
global order.  Which recording a crossing belongs to is decided by its strand, through a context
variable: several recordings may be open in one process.
"""

from __future__ import annotations

try:
    from _contextvars import ContextVar  # what `contextvars` takes it from, one file less
except ImportError:
    from contextvars import ContextVar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Context, Token
    from typing import Any

    from agentrr_sandbox.boundary import Lane


class Gate:
    """The boundary as hooks see it: which lane, if any, the calling strand is in.

    *default* is the lane of every strand that nobody placed: the main lane of a process that
    `agentrr run` or `agentrr replay` started, None in a process that called `record(fn)`.
    """

    def __init__(self, default: Lane | None = None) -> None:
        self.default = default
        self._current: ContextVar[Lane | None] = ContextVar("agentrr.lane", default=default)
        self.lane: Callable[[], Lane | None] = self._current.get
        """The current lane; the C method itself, for speed."""

    def become(self, lane: Lane) -> None:
        """Let every strand but those that are placed later be in *lane*, another recording's."""
        self.default = lane
        self.lane = self._current.get
        self._current.set(lane)

    def lane_in(self, context: Context) -> Lane | None:
        """Return the lane of what runs in *context*."""
        lane: Lane | None = context.get(self._current, self.default)
        return lane

    def enter(self, lane: Lane | None) -> Token[Lane | None]:
        """Make *lane* current in this context."""
        return self._current.set(lane)

    def leave(self, token: Any) -> None:
        """Undo `enter`.  A token of another context (a generator closed elsewhere) is let go."""
        try:
            self._current.reset(token)
        except ValueError:
            self._current.set(token.old_value if token.old_value is not token.MISSING else None)


def strand_of(name: str) -> str:
    """Return the lane of the thread, or the pool work, in which the lane called *name* runs.

    Tasks, bodies of tools and handlers of signals run in the thread that they were started in.
    """
    begun = max(name.rfind("/thread:"), name.rfind("/work:"), 0)
    for kind in ("/task:", "/tool:", "/signal:"):
        place = name.find(kind, begun)
        if place >= 0:
            name = name[:place]
    return name


class Names:
    """Hands out the names of the child lanes of one lane.

    Thread-safe by the interpreter's lock: one dictionary update for one name.
    """

    __slots__ = ("_counts", "_parent")

    def __init__(self, parent: str) -> None:
        self._parent = parent
        self._counts: dict[str, int] = {}

    def child(self, kind: str, name: str) -> str:
        """Return the name of the next child of that *kind* whose target is called *name*."""
        key = f"{kind}:{name}"
        count = self._counts[key] = self._counts.get(key, 0) + 1
        return f"{self._parent}/{key}#{count}"


_gates: list[Gate] = []
"""The gate that the hooks of this process go through.  Patches belong to the process, so their gate
does too; which recording a strand belongs to is the gate's business, strand by strand."""


def process_gate() -> Gate | None:
    """Return the gate of this process's hooks; None when nothing is hooked."""
    return _gates[-1] if _gates else None


def open_gate(gate: Gate) -> None:
    """Say that the hooks of this process go through *gate*."""
    _gates.append(gate)


def close_gate(gate: Gate) -> None:
    """Say that the hooks of *gate* are gone."""
    if gate in _gates:
        _gates.remove(gate)
