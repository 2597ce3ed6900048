"""Sets of functions that a library goes through: their order is that of addresses in memory.

Captures      which handler of an event crewai's event bus calls first, by name
Records       nothing: the handlers are called by module, name and line
Serves        nothing: the order is the same in each run
Reaches       handlers of each kind, sync and async
Out of reach  functions that one piece of code made several times; any other set of objects whose
              hash is their address, which is gone through in another order in a replay
"""

from __future__ import annotations

from agentrr_hooks.standin import like

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

_BUS = "crewai.events.event_bus"
_CALLS = ("CrewAIEventsBus._call_handlers", "CrewAIEventsBus._acall_handlers")


class ByName(frozenset):  # type: ignore[type-arg] # its members are functions of any type
    """A `frozenset` of functions which is gone through by module, name and line."""

    def __iter__(self) -> Iterator[Any]:
        """Go through the functions in order."""
        return iter(sorted(super().__iter__(), key=_place))


def install(patch: Patcher, boundary: Boundary) -> None:
    """Let the event bus call its handlers in an order."""
    for name in _CALLS:
        patch.replace(_BUS, name, lambda real: _in_order(real, boundary))


def _in_order(real: Any, boundary: Boundary) -> Any:
    def _call_handlers(
        self: Any, source: Any, event: Any, handlers: Any, *more: Any, **named: Any
    ) -> Any:
        if boundary.lane() is not None:
            handlers = ByName(handlers)
        return real(self, source, event, handlers, *more, **named)

    return like(_call_handlers, real)


def _place(function: Any) -> tuple[str, str, int]:
    code = getattr(function, "__code__", None)
    line = 0 if code is None else code.co_firstlineno
    return getattr(function, "__module__", ""), getattr(function, "__qualname__", ""), line
