"""A lane's place in the recording: what comes next, and whether a crossing is it."""

from __future__ import annotations

from array import array

from agentrr_sandbox.errors import DivergenceError
from agentrr_sandbox.lanes import Names
from agentrr_sandbox.matching import divergence, shape, signature, signed
from agentrr_sandbox.recording.jsontext import dumps
from agentrr_sandbox.recording.redaction_forms import MARK
from agentrr_sandbox.replayer.reads import Stretch
from agentrr_sandbox.schedule.doors import Scheduled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Lane
    from agentrr_sandbox.replayer import Replayer

_LOOK_AHEAD = 200


class Place(Scheduled):
    """What one lane's recorded events are matched by; the doors are in `lane`.

    `latest` is the number of the event that its last crossing was served from.
    """

    inner: Lane
    inside = False

    def __init__(self, replayer: Replayer, name: str) -> None:
        self.replayer = self.peer = replayer
        self.name = name
        self.counted = "/tool:" not in name
        self.names = Names(name)
        self._numbers: array[int] = replayer.index.lanes.get(name, array("q"))
        self.latest: int | None = None
        self._place = 0
        self._stretch = Stretch()
        self._signals = name in replayer.index.signals
        self._owners: dict[str, bool] = {}
        self._readers: dict[str, Callable[[dict[str, Any]], Any]] = {}
        self._owed: dict[str, object] | None = None

    def expect(self, call: str, request: object, *, waits: bool = False) -> dict[str, Any]:
        """Return the recorded event that this crossing matches; anything else is a divergence.

        Where a recording was cut there may be none: the strand waits for ever then, that others may
        go on, or the replay ends.  With *waits* it is the caller who waits: the event is empty.
        """
        replayer = self.replayer
        replayer.check()
        lane: Any = self  # the doors of `ReplayedLane` are below this class
        for check in replayer.checks:
            check(lane)
        shaped = shape(request, replayer.cleaner)
        self._resynchronise(call)
        event = self._here(call, shaped, waits=waits)
        if not event:
            return event
        if event["call"] != call or event["t"] == "mark":
            event = self._other_call(event, call, shaped)
        elif not self._matches(event, dumps(shaped)):
            self._other_request(event, shaped)
        self._settle()
        self.latest = event["seq"]
        self._place += 1
        replayer.served += 1
        if self._signals:
            self.halt_before_signal()
        return event

    def _matches(self, event: dict[str, Any], text: str) -> bool:
        """Whether *text* is the recorded request, and in it the same secrets."""
        if event["sig"] != signed(event["call"], text):
            return False
        if MARK not in text:
            return True
        recorded = dumps(self.replayer.plain(event.get("request")))
        return self.replayer.cleaner.redactor.identity.same(recorded, text)

    def halt_before_signal(self) -> None:
        """End the replay where nothing but clock reads lies before a signal without a place.

        Going on could wait for that signal without end.
        """
        replayer = self.replayer
        for number in self._numbers[self._place :]:
            event = replayer.event(number)
            if event["t"] == "note":
                self._stop_at(event)
            if event["t"] != "reads":
                return

    def _stop_at(self, event: dict[str, Any]) -> None:
        where = f" ({event['site']})" if "site" in event else ""
        self.replayer.stop(
            f"{event['signal']} came while the program's own code ran{where}, after event"
            f" {event['seq'] - 1}: where exactly cannot be found again",
            125,
        )

    def cut_short(self, message: str, exit_code: int = 0) -> None:
        """Nothing is recorded of what comes next here: let other threads go on, or end."""
        if self.baton is not None:
            self.baton.never(self)
        self.replayer.stop(message, exit_code)

    def _settle(self) -> None:
        """Report a draw of a library's that was not recorded, at the next crossing or the end.

        It comes first, but it is a symptom: if that crossing differs too, that one is shown.
        """
        owed, self._owed = self._owed, None
        if owed is not None:
            self.replayer.diverge(owed)

    def _here(self, call: str, observed: object, *, waits: bool = False) -> dict[str, Any]:
        """Return the next recorded event of this lane, or say that there is none."""
        replayer = self.replayer
        if self._place >= len(self._numbers):
            if replayer.cut and waits:
                return {}
            if replayer.cut:
                self.cut_short(f"the recording ends here, before {call} in lane {self.name}")
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
        event: dict[str, Any] = replayer.event(number)
        if event["t"] == "note":
            self._stop_at(event)
        return event

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

    def following(self) -> int | None:
        """Return the number of the event that this lane comes to next, if there is one."""
        number = self._stretch.event()
        if number is None and self._place < len(self._numbers):
            number = self._numbers[self._place]
        return number

    def wait_alone(self, take: Callable[[bool, float], bool]) -> bool:
        """Wait for a lock; nobody is there who could let it go."""
        from agentrr_sandbox.replayer.alone import wait

        return wait(self, take)

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
        left = len(stretch.calls)
        if left:
            missing, number = stretch.calls[-1], stretch.event()
            stretch.forget()
            replayer.diverge(
                divergence(
                    "read",
                    f"the run did not read {missing} again before {call}",
                    event=number,
                    lane=self.name,
                    call=missing,
                    expected={"call": missing, "reads left": left},
                    observed={"call": call},
                    present_site=replayer.site(),
                )
            )
        elastic, strict = stretch.left_in_library()
        replayer.elastic += elastic
        if strict is not None and self._owed is None:
            self._owed = divergence(
                "read",
                f"library code did not draw {strict} again before {call}",
                event=stretch.strict[strict],
                lane=self.name,
                call=strict,
                expected={"call": strict},
                observed={"call": call},
            )

    def finish(self) -> None:
        """Say what of this lane was not asked for."""
        self._settle()
        self._resynchronise("the end of the run")
        self._settle()
        replayer = self.replayer
        while self._place < len(self._numbers):
            event = replayer.event(self._numbers[self._place])
            if event["t"] == "note":
                self._stop_at(event)
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
