"""The doors of one strand of a replay."""

from __future__ import annotations

from agentrr_sandbox.errors import Halt
from agentrr_sandbox.inner import InnerLane
from agentrr_sandbox.replayer.reading import Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from agentrr_sandbox.boundary import Lane
    from agentrr_sandbox.replayer import Replayer


class ReplayedLane(Reading):
    """The doors of one strand, replaying.  See `boundary.Lane` for what each promises."""

    def __init__(self, replayer: Replayer, name: str) -> None:
        super().__init__(replayer, name)
        self.inner = SealedInnerLane(self)
        replayer.lanes[name] = self

    @property
    def files(self) -> Any:
        """Where the agent's files are: the scratch overlay."""
        return self.replayer.files

    # -- crossings -------------------------------------------------------------------------

    def cross(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: object = None,
        detail: Mapping[str, object] | None = None,
        outward: bool = False,
        describe: Callable[[Any], Mapping[str, object]] | None = None,
    ) -> Any:
        """Hand on the recorded answer."""
        del live, detail, outward, describe
        event = self.expect(call, request)
        answer = self.answer_of(event)
        self.pass_on()
        return self.handed_on(answer)

    def handed_on(self, answer: dict[str, Any]) -> Any:
        """Return the recorded answer, or raise it, once the signals that came within have come."""
        if "signals" in answer:
            from agentrr_sandbox.replayer.signals import deliver

            deliver(self.replayer, answer)
        return self.replayer.value(answer)

    async def cross_async(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: object = None,
        detail: Mapping[str, object] | None = None,
        outward: bool = False,
        describe: Callable[[Any], Mapping[str, object]] | None = None,
    ) -> Any:
        """Hand on the recorded answer."""
        del live, detail, outward, describe
        from agentrr_sandbox.replayer.awaiting import answer, expected

        return await answer(self, await expected(self, call, request))

    def stream(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: object = None,
        detail: Mapping[str, object] | None = None,
        outward: bool = True,
        describe: Callable[[Any, list[Any]], Mapping[str, object]] | None = None,
    ) -> Any:
        """Hand on the recorded answer, piece by piece."""
        from agentrr_sandbox.replayer.streams import ReplayedStream

        del live, detail, outward, describe
        event = self.expect(call, request)
        head = self.answer_of(event)
        self.pass_on()
        return ReplayedStream(self, event, self.handed_on(head))

    async def stream_async(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: object = None,
        detail: Mapping[str, object] | None = None,
        outward: bool = True,
        describe: Callable[[Any, list[Any]], Mapping[str, object]] | None = None,
    ) -> Any:
        """Hand on the recorded answer, piece by piece."""
        from agentrr_sandbox.replayer.awaiting import answer, expected
        from agentrr_sandbox.replayer.streams import ReplayedAsyncStream

        del live, detail, outward, describe
        event = await expected(self, call, request)
        return ReplayedAsyncStream(self, event, await answer(self, event))

    def answer_of(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the event that holds the answer, or the head, of *event*."""
        if event["t"] != "intent":
            return event
        if not self.is_answered(event):
            if event["call"] == "process.exec":
                self.replayer.became = " ".join(map(str, event["request"]["args"]))
            self.cut_short(
                f"event {event['seq']} ({event['call']}) was sent, its outcome is unknown:"
                " the run was cut short there"
            )
        return self.replayer.event(self.replayer.index.parts[event["seq"]][0])

    def is_answered(self, event: dict[str, Any]) -> bool:
        """Whether the recording holds the answer, or the head, of *event*."""
        return event["t"] != "intent" or event["seq"] in self.replayer.index.parts

    def tool(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: Any,
        detail: Mapping[str, object],
        state: Callable[[], Any] | None = None,
    ) -> Any:
        """Serve a tool's answer; or run its body again, its crossings served, and compare."""
        from agentrr_sandbox.replayer.tools import ServedTool

        del detail, state
        served = ServedTool(self, request)
        served.answered(self.expect(call, served.request))
        if not served.runs:
            return served.serve()
        token = served.enter()
        try:
            value = live()
        except Halt:
            raise
        except BaseException as error:
            self.pass_on()
            served.compare_raised(error)
            raise
        finally:
            served.leave(token)
        self.pass_on()
        served.compare(value)
        return value

    async def tool_async(
        self,
        call: str,
        live: Callable[[], Any],
        *,
        request: Any,
        detail: Mapping[str, object],
        state: Callable[[], Any] | None = None,
    ) -> Any:
        """The async twin of `tool`."""
        from agentrr_sandbox.replayer.awaiting import expected
        from agentrr_sandbox.replayer.tools import ServedTool

        del detail, state
        served = ServedTool(self, request)
        await served.answered_async(await expected(self, call, served.request))
        if not served.runs:
            return await served.serve_async()
        return await served.awaited(live)

    # -- the rest --------------------------------------------------------------------------

    def intent(self, call: str, request: object) -> None:
        """Match an outward effect that has no answer; it does not leave."""
        self.expect(call, request)

    def uncaptured(self, call: str, request: object = None) -> None:
        """Refuse an outward call that no hook understands."""
        self.replayer.sealed_off(call, request, self.name)

    def output(self, fd: int, data: bytes) -> None:
        """Compare what the agent writes to stdout or stderr."""
        self.replayer.output.feed(fd, data, self.name)

    def child(self, kind: str, name: str) -> ReplayedLane:
        """Return the lane of that name under this one."""
        return self.replayer.lane(self.names.child(kind, name))

    def before_outward(self, check: Callable[[Lane], None]) -> None:
        """Call *check* before each crossing."""
        if check not in self.replayer.checks:
            self.replayer.checks.append(check)

    def step(self, name: str, phase: str) -> None:
        """Steps are for the person who reads the recording."""

    def interrupted(self, signal: str, handle: Callable[[], None]) -> None:
        """A signal came to the replay itself: one that is meant to end it does."""
        from agentrr_sandbox.replayer.signals import arrived

        arrived(self.replayer, signal, handle)

    interrupted_within = interrupted

    def interrupts(self, handler: Callable[[str], Callable[[], None] | None]) -> None:
        """Take what handles a signal, by its name."""
        self.replayer.handler = handler

    def owns(self, filename: str) -> bool:
        """Whether *filename* is the user's code."""
        return self.replayer.cleaner.roots.user(filename)

    def note(self, what: str, message: str) -> None:
        """Say it with the verdict."""
        del what
        self.replayer.note(message)

    def passed(self, call: str) -> None:
        """A crossing went through below a live fact: nothing to match."""


class SealedInnerLane(InnerLane):
    """Below a live fact of a replay: nothing leaves there either."""

    def uncaptured(self, call: str, request: object = None) -> None:
        """Refuse."""
        self.outer.uncaptured(call, request)
