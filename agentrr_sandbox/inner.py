"""The doors below a live call: everything goes straight through."""

from __future__ import annotations

from agentrr_sandbox.frames import let_interrupt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Lane


class InnerLane:
    """The doors below a live call: everything goes straight through."""

    inside = True
    counted = False

    def __init__(self, outer: Any) -> None:
        self.outer = outer
        self.peer = outer.peer
        self.name = outer.name

    @property
    def files(self) -> Any:
        """Where the agent's files are: they belong to the live call."""
        files = self.outer.files
        return None if files is None else files.beneath

    def cross(self, call: str, live: Callable[[], Any], **_: Any) -> Any:
        """Go through; kept as a child of the crossing above, for the person who reads."""
        self.outer.passed(call)
        return live()

    async def cross_async(self, call: str, live: Callable[[], Any], **_: Any) -> Any:
        """Go through."""
        self.outer.passed(call)
        return await live()

    def stream(self, call: str, live: Callable[[], Any], **_: Any) -> Any:
        """Go through."""
        self.outer.passed(call)
        return PassedStream(*live())

    async def stream_async(self, call: str, live: Callable[[], Any], **_: Any) -> Any:
        """Go through."""
        self.outer.passed(call)
        return PassedStream(*await live())

    def tool(self, call: str, live: Callable[[], Any], **_: Any) -> Any:
        """Go through."""
        self.outer.passed(call)
        return live()

    async def tool_async(self, call: str, live: Callable[[], Any], **_: Any) -> Any:
        """Go through."""
        self.outer.passed(call)
        return await live()

    def owns(self, filename: str) -> bool:
        """Whether *filename* is the user's code."""
        owned: bool = self.outer.owns(filename)
        return owned

    def note(self, what: str, message: str) -> None:
        """Say it."""
        self.outer.note(what, message)

    def read(
        self,
        call: str,
        live: Callable[[], Any],
        elastic: bool = True,
        depth: int = 2,
        caller: dict[str, Any] | None = None,
    ) -> Any:
        """Go through."""
        del call, elastic, depth, caller
        return live()

    def reader(
        self, call: str, live: Callable[[], Any], elastic: bool = True, size: int = 0
    ) -> Callable[[dict[str, Any]], Any]:
        """Go through."""
        del call, elastic, size
        return lambda _: live()

    def fact(self, name: str, live: Callable[[], Any], depth: int = 2) -> Any:
        """Go through."""
        del name, depth
        return live()

    def mark(self, call: str, value: object) -> None:
        """Nothing to check below a live call."""

    def intent(self, call: str, request: object) -> None:
        """Owned by the call above."""

    def uncaptured(self, call: str, request: object = None) -> None:
        """Owned by the call above, which understands it."""

    def output(self, fd: int, data: bytes) -> None:
        """Output is the run's, wherever it is written."""
        self.outer.output(fd, data)

    def interrupted(self, signal: str, handle: Callable[[], None]) -> None:
        """The signal belongs to the live call."""
        self.outer.interrupted_within(signal, handle)

    def interrupts(self, handler: Callable[[str], Callable[[], None] | None]) -> None:
        """Say how a replay gets what handles a signal."""
        self.outer.interrupts(handler)

    def child(self, kind: str, name: str) -> InnerLane:
        """A strand that a live call starts is below it too."""
        del kind, name
        return self

    def before_outward(self, check: Callable[[Lane], None]) -> None:
        """Call *check* before each crossing of the recording."""
        self.outer.before_outward(check)

    def step(self, name: str, phase: str) -> None:
        """Mark a stretch of the timeline."""
        self.outer.step(name, phase)

    workers = None
    """What a live call starts has no recording of its own."""

    baton = None

    def wait_alone(self, take: Any) -> bool:
        """Wait for the lock that *take* takes."""
        return bool(take(True, -1))

    """Threads below a live call run as they like."""

    def threaded(self) -> None:
        """What a live call starts is the live call's."""

    def turns(self, loop: Any) -> None:
        """What wakes a loop below a live call is the live call's."""

    loop_made = turns


for _door in (
    InnerLane.cross, InnerLane.cross_async, InnerLane.stream, InnerLane.stream_async,
    InnerLane.tool, InnerLane.tool_async, InnerLane.read, InnerLane.fact,
):  # fmt: skip
    let_interrupt(_door.__code__)


class PassedStream:
    """A live stream handed on as it is."""

    def __init__(self, head: Any, pieces: Any) -> None:
        self.head = head
        self._pieces = pieces

    def __iter__(self) -> Any:
        return iter(self._pieces)

    def __aiter__(self) -> Any:
        return aiter(self._pieces)

    def close(self) -> None:
        """Close the live stream."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            close()

    async def aclose(self) -> None:
        """Close the live stream."""
        close = getattr(self._pieces, "aclose", None)
        if close is not None:
            await close()
