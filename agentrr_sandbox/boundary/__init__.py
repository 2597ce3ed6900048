"""What a hook may know: the boundary, the patcher, and the shape of a hook.

A hook routes one source of nondeterminism through the boundary.  It asks which *lane* (strand of
execution) it runs in; outside every recording there is none and the call goes straight through.
Recording and replaying are two peers behind `Lane`: a hook never asks which one it talks to.

This module holds protocols only.  Import it under `if TYPE_CHECKING:`; `typing` is not loaded in
the agent's process.
"""

from __future__ import annotations

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
    Mapping,
)
from contextvars import Context
from typing import Any, Protocol, TypeVar

from agentrr_sandbox.boundary.baton import Baton
from agentrr_sandbox.boundary.files import Files, Opener
from agentrr_sandbox.boundary.turns import Turns
from agentrr_sandbox.boundary.workers import Worker, Workers

__all__ = [
    "AsyncStream", "Baton", "Boundary", "Files", "Hook", "Lane", "Opener", "Patcher", "Stream",
    "Turns", "Worker", "Workers",
]  # fmt: skip

T = TypeVar("T")


class Stream(Protocol):
    """An answer in pieces: a *head* at once, then the pieces, each written down, then handed on.

    `close` says that the reader wants no more; a stream left half read comes back the same way.
    """

    head: Any

    def __iter__(self) -> Iterator[Any]: ...
    def close(self) -> None:
        """Say that the reader wants no more."""
        ...


class AsyncStream(Protocol):
    """The async twin of `Stream`."""

    head: Any

    def __aiter__(self) -> AsyncIterator[Any]: ...
    async def aclose(self) -> None:
        """Say that the reader wants no more."""
        ...


class Lane(Protocol):
    """One strand of execution of one recording: the doors of the boundary.

    All doors raise `errors.Halt` subclasses (BaseException) when the run must end; a hook lets
    them pass.
    """

    name: str
    inside: bool
    """Whether a live call is under way, to which everything that happens here belongs."""

    def cross(
        self,
        call: str,
        live: Callable[[], T],
        *,
        request: object = None,
        detail: Mapping[str, object] | None = None,
        outward: bool = False,
        describe: Callable[[T], Mapping[str, object]] | None = None,
    ) -> T:
        """Ask, write down, hand on.

        *call* names the question (`http.request`, `time.sleep`).  *request* takes part in the
        signature, after scrubbing and root mapping; it is a value of the codec.  *detail* is kept
        for the person who reads and is never matched.  *outward* says that the world can see it:
        the intent is written (and synced) before *live* runs, the answer is synced before it is
        handed on.  *describe* turns the answer into more detail; only a recording calls it.

        An exception raised by *live* is an answer too; it comes back with its traceback.
        """
        ...

    async def cross_async(
        self,
        call: str,
        live: Callable[[], Awaitable[T]],
        *,
        request: object = None,
        detail: Mapping[str, object] | None = None,
        outward: bool = False,
        describe: Callable[[T], Mapping[str, object]] | None = None,
    ) -> T:
        """The async twin of `cross`."""
        ...

    def stream(
        self,
        call: str,
        live: Callable[[], tuple[Any, Iterator[Any]]],
        *,
        request: object = None,
        detail: Mapping[str, object] | None = None,
        outward: bool = True,
        describe: Callable[[Any, list[Any]], Mapping[str, object]] | None = None,
    ) -> Stream:
        """Ask for an answer in pieces; *live* gives the head and an iterator of pieces.

        If that iterator has a `close`, it is called when the stream is closed.  *describe* gets
        the head and all the pieces when the stream has ended, however it ended.
        """
        ...

    async def stream_async(
        self,
        call: str,
        live: Callable[[], Awaitable[tuple[Any, AsyncIterator[Any]]]],
        *,
        request: object = None,
        detail: Mapping[str, object] | None = None,
        outward: bool = True,
        describe: Callable[[Any, list[Any]], Mapping[str, object]] | None = None,
    ) -> AsyncStream:
        """The async twin of `stream`; the iterator's `aclose` is awaited."""
        ...

    def tool(
        self,
        call: str,
        live: Callable[[], T],
        *,
        request: Mapping[str, object],
        detail: Mapping[str, object],
        state: Callable[[], Any] | None = None,
    ) -> T:
        """Call a tool: a crossing whose body is the user's own code.

        *request* has a `name` and `arguments`; *state* gives what the call can reach, before and
        after (an object with `changed(later) -> paths`, `unknown`, `cut`).  A recording keeps
        what the body prints, and its crossings in a lane below this one.  A replay serves answer
        and output without running the body; a body that changed state runs again under the
        kernel's guard, its crossings served, and its answer is compared.
        """
        ...

    async def tool_async(
        self,
        call: str,
        live: Callable[[], Awaitable[T]],
        *,
        request: Mapping[str, object],
        detail: Mapping[str, object],
        state: Callable[[], Any] | None = None,
    ) -> T:
        """The async twin of `tool`."""
        ...

    def owns(self, filename: str) -> bool:
        """Whether *filename* is the user's code."""
        ...

    def note(self, what: str, message: str) -> None:
        """Say something that a person must know who relies on this run."""
        ...

    def read(
        self,
        call: str,
        live: Callable[[], T],
        elastic: bool = True,
        depth: int = 2,
        caller: dict[str, Any] | None = None,
    ) -> T:
        """The fast path for clock reads and draws: float, int, or another value of the codec.

        Matched one by one between two crossings, in two sequences: reads by the user's code, and
        by libraries (judged by the file of the frame *depth* above this one: 2 is the caller of
        the hook's function; a hook that has that frame's globals gives them as *caller*).  In
        library code an *elastic* read too many or too few is a note; everything else is a
        divergence.
        """
        ...

    def reader(
        self, call: str, live: Callable[[], T], elastic: bool = True, size: int = 0
    ) -> Callable[[dict[str, Any]], T]:
        """Return `read` of this call, made ready for many: a function of the caller's globals.

        Every time the same one.  *size* says that the answers are so many bytes.  It is for this
        lane only: whether the strand is still in it is for the hook to ask.  *live* must not cross
        the boundary itself.
        """
        ...

    def mark(self, call: str, value: object) -> None:
        """Write down what this process computed by itself; a replay must compute the same."""
        ...

    def fact(self, name: str, live: Callable[[], T], depth: int = 2) -> T:
        """One answer for the whole run, asked any number of times in any order, by any lane."""
        ...

    def intent(self, call: str, request: object) -> None:
        """Write down, and sync, that an outward effect is about to leave that has no answer."""
        ...

    def output(self, fd: int, data: bytes) -> None:
        """Take note of bytes that the agent writes to *fd* (1 or 2), before they are written.

        A recording keeps them; a replay compares them and raises `DivergenceError`.
        """
        ...

    def uncaptured(self, call: str, request: object = None) -> None:
        """Say that no hook understands this outward call.

        A recording notes it with the user's line and returns, so that it goes on live.  A replay
        raises `SealViolation`, and remembers it also when the agent hides it.
        """
        ...

    def child(self, kind: str, name: str) -> Lane:
        """Return a new lane under this one: *kind* is `thread` or `task`, *name* its target's."""
        ...

    def before_outward(self, check: Callable[[Lane], None]) -> None:
        """Call *check* before each crossing of this recording, to `mark` what must not drift.

        It gets the lane that crosses, at the end of the run the main one.  Asking for it again
        changes nothing.
        """
        ...

    def interrupted(self, signal: str, handle: Callable[[], None]) -> None:
        """A signal came from outside: run its handler, *handle*, where a replay finds the place.

        Within a live call it belongs to that call's answer, and its crossings to a lane of its
        own.  Anywhere else the place cannot be found again: a recording notes that, and its
        replay stops there.  A replay takes its signals from the recording, and stops at one that
        would end it.
        """
        ...

    def interrupts(self, handler: Callable[[str], Callable[[], None] | None]) -> None:
        """Say how a replay gets what handles a signal, by its name; None when nothing does."""
        ...

    counted: bool
    """Whether what this strand does is the recorded program's, in both modes: a live call's is not,
    nor a tool's body, which a replay may serve."""

    def turns(self, loop: Any) -> Turns | None:
        """Return how this recording wakes the event loop *loop*; None where it has no say."""
        ...

    def loop_made(self, loop: Any) -> object:
        """Take note that this strand made an event loop: it is named by that."""
        ...

    @property
    def baton(self) -> Baton | None:
        """What orders the threads of this recording; None for one thread, and below a live call."""
        ...

    def threaded(self) -> Baton | None:
        """Return that, made for the first thread that this strand is about to start."""
        ...

    @property
    def workers(self) -> Workers | None:
        """What records the workers that this process starts; None where nothing does."""
        ...

    @property
    def files(self) -> Files | None:
        """Where the agent's files are: the disk, or the scratch overlay of a replay.

        None: this recording leaves files alone.
        """
        ...


class Boundary(Protocol):
    """Which lane is this?  One boundary serves every recording that is open in the process."""

    @property
    def lane(self) -> Callable[[], Lane | None]:
        """The current strand's lane; None outside every recording.  ~50 ns: call it each time."""
        ...

    def lane_in(self, context: Context) -> Lane | None:
        """Return the lane of what runs in *context*."""
        ...

    def enter(self, lane: Lane | None) -> object:
        """Make *lane* current in this context; give the token back to `leave`."""
        ...

    def leave(self, token: object) -> None:
        """Undo `enter`."""
        ...


class Patcher(Protocol):
    """Replaces attributes, now or when their module is imported, and puts each one back."""

    def replace(self, module: str, attribute: str, make: Callable[[Any], Any]) -> None:
        """Set `module.attribute` (dotted: `Class.method`) to `make(real)`.

        Now if *module* is loaded, else right after its import.  A missing attribute is skipped.
        """
        ...

    def on_import(self, module: str, then: Callable[[Any], None]) -> None:
        """Call *then* with the module, now if it is loaded, else right after its import."""
        ...

    def undo_with(self, undo: Callable[[], None]) -> None:
        """Remember an undo of a patch that is not an attribute."""
        ...


class Hook(Protocol):
    """A module: a docstring of five labelled lines (Captures, Records, Serves, Reaches,
    Out of reach) and `install`.
    """

    __name__: str

    def install(self, patch: Patcher, boundary: Boundary) -> None:
        """Route this source through *boundary*."""
        ...
