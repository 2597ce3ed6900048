"""The doors of one strand of a replay."""

from __future__ import annotations

from array import array

from agentrr_sandbox import real
from agentrr_sandbox.errors import DivergenceError, Halt
from agentrr_sandbox.inner import InnerLane
from agentrr_sandbox.lanes import Names
from agentrr_sandbox.matching import divergence, shape, signature
from agentrr_sandbox.recording import codec
from agentrr_sandbox.replayer.reads import Stretch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from agentrr_sandbox.boundary import Lane
    from agentrr_sandbox.replayer import Replayer

_getframe = real.getframe
_LOOK_AHEAD = 200


class ReplayedLane:
    """The doors of one strand, replaying.  See `boundary.Lane` for what each promises."""

    def __init__(self, replayer: Replayer, name: str) -> None:
        self.replayer = replayer
        self.name = name
        self.names = Names(name)
        self.inner = SealedInnerLane(self)
        self._numbers: array[int] = replayer.index.lanes.get(name, array("q"))
        self._place = 0
        self._stretch = Stretch()
        self._owners: dict[str, bool] = {}
        self._owed: dict[str, object] | None = None
        replayer.lanes[name] = self

    @property
    def files(self) -> Any:
        """Where the agent's files are: the scratch overlay."""
        return self.replayer.files

    # -- matching --------------------------------------------------------------------------

    def expect(self, call: str, request: object) -> dict[str, Any]:
        """Return the recorded event that this crossing matches; anything else is a divergence."""
        replayer = self.replayer
        replayer.check()
        for check in replayer.checks:
            check(self)
        shaped = shape(request, replayer.cleaner)
        self._resynchronise(call)
        event = self._here(call, shaped)
        if event["call"] != call or event["t"] == "mark":
            event = self._other_call(event, call, shaped)
        elif event["sig"] != signature(call, shaped):
            self._other_request(event, shaped)
        self._settle()
        self._place += 1
        replayer.served += 1
        return event

    def _settle(self) -> None:
        """Report a draw of a library's that was not recorded, at the next crossing or the end.

        It comes first, but it is a symptom: if that crossing differs too, that one is shown.
        """
        owed, self._owed = self._owed, None
        if owed is not None:
            self.replayer.diverge(owed)

    def _here(self, call: str, observed: object) -> dict[str, Any]:
        """Return the next recorded event of this lane, or say that there is none."""
        replayer = self.replayer
        if self._place >= len(self._numbers):
            if replayer.cut:
                replayer.stop(f"the recording ends here, before {call} in lane {self.name}")
            replayer.diverge(
                divergence(
                    "extra",
                    f"the run asks for {call}, but lane {self.name} of the recording has no more",
                    event=None,
                    lane=self.name,
                    call=call,
                    observed=observed,
                    present_site=replayer.site(),
                    hint="a crossing was added, or the run took another branch",
                )
            )
            raise DivergenceError(f"nothing is recorded for {call}")
        number = self._numbers[self._place]
        since = replayer.index.concurrent_from
        if since is not None and number >= since:
            replayer.stop(
                f"from event {since} on, lanes of this run crossed the boundary at the same time;"
                " this version cannot replay that exactly",
                125,
            )
        return replayer.event(number)

    def _other_call(self, event: dict[str, Any], call: str, shaped: object) -> dict[str, Any]:
        replayer = self.replayer
        later = self._find(call, shaped)
        hint = ""
        if later is not None:
            hint = f"event {later['seq']} is what the run asks for: a crossing was removed"
        recorded = event.get("request", event.get("value"))
        replayer.diverge(
            divergence(
                "call",
                f"the run calls {call}, the recording holds {event['call']}",
                event=event["seq"],
                lane=self.name,
                call=call,
                expected={"call": event["call"], "request": replayer.plain(recorded)},
                observed={"call": call, "request": shaped},
                recorded_site=event.get("site"),
                present_site=replayer.site(),
                hint=hint,
            )
        )
        follow = later or self._find(call, None)
        if follow is None:
            raise DivergenceError(f"nothing is recorded for {call}")
        while self._numbers[self._place] != follow["seq"]:
            self._place += 1
        return follow

    def _other_request(self, event: dict[str, Any], shaped: object) -> None:
        replayer = self.replayer
        later = self._find(event["call"], shaped)
        hint = "the code or its input changed since the recording: record again, or undo the change"
        if later is not None:
            hint = f"event {later['seq']} is what the run asks for: a crossing was removed"
        replayer.diverge(
            divergence(
                "request",
                f"{event['call']} asks for something else than was recorded",
                event=event["seq"],
                lane=self.name,
                call=event["call"],
                expected=replayer.plain(event.get("request")),
                observed=shaped,
                recorded_site=event.get("site"),
                present_site=replayer.site(),
                hint=hint,
            )
        )

    def _find(self, call: str, shaped: object) -> dict[str, Any] | None:
        """Return the nearest later event of this lane that would match; any *call* if no shape."""
        wanted = None if shaped is None else signature(call, shaped)
        for number in self._numbers[self._place + 1 : self._place + 1 + _LOOK_AHEAD]:
            event = self.replayer.event(number)
            if event.get("call") == call and (wanted is None or event.get("sig") == wanted):
                return event
        return None

    def _load(self) -> bool:
        """Bring in the next packed reads before the next crossing; False when there are none."""
        if self._place >= len(self._numbers):
            return False
        event = self.replayer.event(self._numbers[self._place])
        if event["t"] != "reads":
            return False
        self._place += 1
        self._stretch.load(event, self.replayer)
        return True

    def _resynchronise(self, call: str) -> None:
        """A crossing ends a stretch of reads: what is left of it was not asked for."""
        while self._load():
            pass
        stretch, replayer = self._stretch, self.replayer
        left = len(stretch.calls) - stretch.place
        if left:
            missing = stretch.calls[stretch.place]
            stretch.calls.clear()
            stretch.values.clear()
            stretch.place = 0
            replayer.diverge(
                divergence(
                    "read",
                    f"the run did not read {missing} again before {call}",
                    event=None,
                    lane=self.name,
                    call=missing,
                    expected={"call": missing, "reads left": left},
                    observed={"call": call},
                    present_site=replayer.site(),
                )
            )
        elastic, strict = stretch.left_in_library()
        replayer.elastic += elastic
        if strict is not None:
            replayer.diverge(
                divergence(
                    "read",
                    f"library code did not draw {strict} again before {call}",
                    event=None,
                    lane=self.name,
                    call=strict,
                    expected={"call": strict},
                    observed={"call": call},
                )
            )

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
        return self.replayer.value(self.answer_of(event))

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
        answer = self.answer_of(self.expect(call, request))
        if "raised" in answer:
            await cancelled(self.replayer, answer)
        return self.replayer.value(answer)

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
        return ReplayedStream(self.replayer, event, self.replayer.value(self.answer_of(event)))

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
        from agentrr_sandbox.replayer.streams import ReplayedAsyncStream

        del live, detail, outward, describe
        event = self.expect(call, request)
        head = self.answer_of(event)
        if "raised" in head:
            await cancelled(self.replayer, head)
        return ReplayedAsyncStream(self.replayer, event, self.replayer.value(head))

    def answer_of(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the event that holds the answer, or the head, of *event*."""
        if event["t"] != "intent":
            return event
        parts = self.replayer.index.parts.get(event["seq"])
        if not parts:
            self.replayer.stop(
                f"event {event['seq']} ({event['call']}) was sent, its outcome is unknown:"
                " the run was cut short there"
            )
            raise AssertionError
        return self.replayer.event(parts[0])

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
        served = ServedTool(self, call, request)
        if not served.runs:
            return served.serve()
        token = served.enter()
        try:
            value = live()
        except Halt:
            raise
        except BaseException as error:
            served.compare_raised(error)
            raise
        finally:
            served.leave(token)
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
        from agentrr_sandbox.replayer.tools import ServedTool

        del detail, state
        served = ServedTool(self, call, request)
        if not served.runs:
            return await served.serve_async()
        token = served.enter()
        try:
            value = await live()
        except Halt:
            raise
        except BaseException as error:
            served.compare_raised(error)
            raise
        finally:
            served.leave(token)
        served.compare(value)
        return value

    # -- reads and facts -------------------------------------------------------------------

    def read(
        self,
        call: str,
        live: Callable[[], Any],
        elastic: bool = True,
        depth: int = 2,
        caller: dict[str, Any] | None = None,
    ) -> Any:
        """Serve the next recorded read of this owner."""
        if self.replayer.halted is not None:
            raise self.replayer.halted
        try:
            user = self._owners[(caller or _getframe(depth).f_globals)["__name__"]]
        except KeyError:
            user = self._owner(_getframe(depth))
        stretch = self._stretch
        if user:
            place = stretch.place
            if place < len(stretch.calls) and stretch.calls[place] == call:
                stretch.place = place + 1
                return stretch.values[place]
            return self._user_read(call)
        left = stretch.library.get(call)
        if left:
            value = left.pop()
            if not left:
                stretch.last[call] = value
            return value
        return self._library_read(call, live, elastic)

    def _owner(self, frame: Any) -> bool:
        user = self.replayer.user(frame)
        module = frame.f_globals.get("__name__")
        if module is not None:
            self._owners[module] = user
        return user

    def _user_read(self, call: str) -> Any:
        stretch, replayer = self._stretch, self.replayer
        while len(stretch.calls) == stretch.place:
            if not self._load():
                break
        held = stretch.calls[stretch.place] if stretch.place < len(stretch.calls) else None
        if held == call:
            stretch.place += 1
            return stretch.values[stretch.place - 1]
        if held is None and replayer.cut and self._place >= len(self._numbers):
            replayer.stop(f"the recording ends here, before {call} in lane {self.name}")
        following = None
        if held is None and self._place < len(self._numbers):
            following = replayer.event(self._numbers[self._place])
        replayer.diverge(
            divergence(
                "read",
                f"the run reads {call}, the recording holds "
                + (held or (following["call"] if following else "nothing more")),
                event=following["seq"] if following else None,
                lane=self.name,
                call=call,
                expected={"call": held or (following["call"] if following else None)},
                observed={"call": call},
                recorded_site=following.get("site") if following else None,
                present_site=replayer.site(),
            )
        )
        if call in stretch.calls[stretch.place :]:
            stretch.place = stretch.calls.index(call, stretch.place) + 1
            return stretch.values[stretch.place - 1]
        raise DivergenceError(f"nothing is recorded for {call}")

    def _library_read(self, call: str, live: Callable[[], Any], elastic: bool) -> Any:
        stretch, replayer = self._stretch, self.replayer
        while self._load():
            if stretch.library.get(call):
                return stretch.library[call].pop()
        if elastic:
            replayer.elastic += 1
            return stretch.last[call] if call in stretch.last else live()
        if replayer.cut and self._place >= len(self._numbers):
            replayer.stop(f"the recording ends here, before {call} in lane {self.name}")
        if self._owed is None:
            self._owed = divergence(
                "read",
                f"library code draws {call}, which the recording does not hold here",
                event=None,
                lane=self.name,
                call=call,
                observed={"call": call},
                present_site=replayer.site(),
            )
        return live()  # what the library wanted it for says more: see `_settle`

    def mark(self, call: str, value: object) -> None:
        """Compare what this process computed with what the recorded one did."""
        replayer = self.replayer
        replayer.check()
        self._resynchronise(call)
        observed = replayer.cleaner.tree(codec.encode(value))
        event = self._here(call, observed)
        if event["t"] != "mark" or event["call"] != call:
            self._other_call(event, call, observed)
        elif event["value"] != observed:
            replayer.diverge(
                divergence(
                    "mark",
                    f"{call} is not what it was in the recorded run",
                    event=event["seq"],
                    lane=self.name,
                    call=call,
                    expected=event["value"],
                    observed=observed,
                    present_site=replayer.site(),
                )
            )
        self._place += 1

    def fact(self, name: str, live: Callable[[], Any], depth: int = 2) -> Any:
        """One answer for the whole run: the recorded one."""
        replayer = self.replayer
        try:
            return replayer.facts[name]
        except KeyError:
            pass
        if name in replayer.index.facts:
            stored = replayer.plain(replayer.index.facts[name])
            value = codec.decode(replayer.cleaner.localize(stored))
        else:
            value = self._unknown_fact(name, live, _getframe(depth))
        replayer.facts[name] = value
        return value

    def _unknown_fact(self, name: str, live: Callable[[], Any], frame: Any) -> Any:
        replayer = self.replayer
        replayer.check()
        if replayer.user(frame):
            if replayer.cut:
                replayer.stop(f"the recording ends here, before {name} was asked for")
            replayer.diverge(
                divergence(
                    "fact",
                    f"the run asks for {name}, which the recorded run did not",
                    event=None,
                    lane=self.name,
                    call=name,
                    observed={"fact": name},
                    present_site=replayer.site(),
                )
            )
        replayer.elastic += 1
        assert replayer.gate is not None
        token = replayer.gate.enter(self.inner)
        try:
            return live()
        finally:
            replayer.gate.leave(token)

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
        return ReplayedLane(self.replayer, self.names.child(kind, name))

    def before_outward(self, check: Callable[[Lane], None]) -> None:
        """Call *check* before each crossing."""
        if check not in self.replayer.checks:
            self.replayer.checks.append(check)

    def step(self, name: str, phase: str) -> None:
        """Steps are for the person who reads the recording."""

    def idle(self, seconds: float | None) -> float | None:
        """How long an event loop with nothing to do really waits: not at all."""
        return None if seconds is None else 0.0

    def owns(self, filename: str) -> bool:
        """Whether *filename* is the user's code."""
        return self.replayer.cleaner.roots.user(filename)

    def note(self, what: str, message: str) -> None:
        """Say it with the verdict."""
        del what
        self.replayer.note(message)

    def passed(self, call: str) -> None:
        """A crossing went through below a live fact: nothing to match."""

    def finish(self) -> None:
        """Say what of this lane was not asked for."""
        self._settle()
        self._resynchronise("the end of the run")
        replayer = self.replayer
        while self._place < len(self._numbers):
            event = replayer.event(self._numbers[self._place])
            left = len(self._numbers) - self._place
            replayer.diverge(
                divergence(
                    "missing",
                    f"the run ended, but lane {self.name} of the recording holds {left} more",
                    event=event["seq"],
                    lane=self.name,
                    call=event["call"],
                    expected={
                        "call": event["call"],
                        "request": replayer.plain(event.get("request", event.get("value"))),
                    },
                    recorded_site=event.get("site"),
                    hint="a crossing was removed, or the run ended early",
                )
            )
            self._place = len(self._numbers)


class SealedInnerLane(InnerLane):
    """Below a live fact of a replay: nothing leaves there either."""

    def uncaptured(self, call: str, request: object = None) -> None:
        """Refuse."""
        self.outer.uncaptured(call, request)


async def cancelled(replayer: Replayer, answer: dict[str, Any]) -> None:
    """Where the recorded wait was cancelled, wait until this one is."""
    import asyncio

    if isinstance(replayer.error(answer["raised"]), asyncio.CancelledError):
        await asyncio.get_running_loop().create_future()
