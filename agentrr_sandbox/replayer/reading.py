"""Clock reads, draws, marks and facts of one lane, served from the recording."""

from __future__ import annotations

from agentrr_sandbox import real
from agentrr_sandbox.errors import DivergenceError
from agentrr_sandbox.matching import divergence
from agentrr_sandbox.recording import codec
from agentrr_sandbox.replayer.place import Place
from agentrr_sandbox.sites import caller_is_user

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
        if caller is None:
            caller = _getframe(depth).f_globals
        return self._read(call, live, elastic, caller)

    def reader(
        self, call: str, live: Callable[[], Any], elastic: bool = True, size: int = 0
    ) -> Callable[[dict[str, Any]], Any]:
        """Return the function that serves such reads."""
        del size
        known = self._readers.get(call)
        if known is not None:
            return known
        replayer, owners = self.replayer, self._owners
        calls, values = self._stretch.calls, self._stretch.values

        def read(caller: dict[str, Any]) -> Any:
            try:
                if owners[caller["__name__"]] and calls[-1] == call and replayer.halted is None:
                    calls.pop()
                    return values.pop()
            except LookupError:  # another module, or no more of this stretch
                pass
            return self._read(call, live, elastic, caller)

        self._readers[call] = read
        return read

    def _read(
        self, call: str, live: Callable[[], Any], elastic: bool, caller: dict[str, Any]
    ) -> Any:
        if self.replayer.halted is not None:
            raise self.replayer.halted
        user = self._owners.get(caller.get("__name__", ""))
        if user is None:
            user = self._owner(caller)
        stretch = self._stretch
        if user:
            return self._user_read(call)
        left = stretch.library.get(call)
        if left:
            value = left.pop()
            if not left:
                stretch.last[call] = value
            return value
        return self._library_read(call, live, elastic)

    def _owner(self, caller: dict[str, Any]) -> bool:
        user = caller_is_user(self.replayer.user, caller)
        if "__name__" in caller:
            self._owners[caller["__name__"]] = user
        return user

    def _user_read(self, call: str) -> Any:
        stretch, replayer = self._stretch, self.replayer
        while not stretch.calls:
            if not self._load():
                break
        held = stretch.calls[-1] if stretch.calls else None
        if held == call:
            stretch.calls.pop()
            return stretch.values.pop()
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
        while stretch.calls:
            value = stretch.values.pop()
            if stretch.calls.pop() == call:
                return value
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
