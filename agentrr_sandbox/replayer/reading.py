"""Clock reads, draws, marks and facts of one lane, served from the recording."""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.errors import DivergenceError
from agentrr_sandbox.matching import divergence
from agentrr_sandbox.recording import codec
from agentrr_sandbox.replayer.place import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_getframe = real.getframe


class Reading(Place):
    """The doors `read`, `mark` and `fact`."""

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
            following = self._here(call, None)
        replayer.diverge(
            divergence(
                "read",
                f"the run reads {call}, the recording holds "
                + (held or (following["call"] if following else "nothing more")),
                event=self.following(),
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
                event=self.following(),
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
            value = replayer.decoded(replayer.index.facts[name])
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
                    event=self.following(),
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
