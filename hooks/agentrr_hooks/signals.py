"""Signals.

Captures      signals that Python code handles; timers; waits for a signal
Records       a signal within a call (a sleep, a model's answer) with that call's answer, and what
              its handler does in a lane of its own; anywhere else, that it came
Serves        the handler runs again within that call; a timer that is set never fires by itself;
              where a signal came while the program's own code ran, the replay stops
Reaches       every handler set by `signal.signal`, and the one of ^C; `alarm`, `setitimer`,
              `pause`, `sigwait`, `sigwaitinfo`, `sigtimedwait`
Out of reach  `loop.add_signal_handler` and `set_wakeup_fd`, whose signals come between calls; what
              a signal does that no Python code handles
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found] # the C part of `signal`

from agentrr_hooks.signal_places import Later, outside, place_of
from agentrr_hooks.standin import partial, stand_in
from agentrr_sandbox import real as genuine
from agentrr_sandbox.frames import let_interrupt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

NAMES: dict[int, str] = {
    int(number): name
    for name, number in vars(_signal).items()
    if name.startswith("SIG") and name[3] != "_" and isinstance(number, int)
}
_BUILTIN: Any = type(len)
ASKED = ("alarm", "setitimer", "getitimer", "pause", "sigwait", "sigwaitinfo", "sigtimedwait")
SENDERS = ("raise_signal", "pthread_kill")
_get, _set = _signal.getsignal, _signal.signal

sent: set[int] = set()
"""Signals that the program is sending to itself: they come by themselves, in a replay too."""


class Handlers:
    """The program's handlers; the interpreter knows one of ours in their place."""

    def __init__(self, boundary: Boundary) -> None:
        self._current = boundary.lane
        self._handlers: dict[int, Any] = {}
        self._later = Later(self._handle)
        self.ours = self.came

    def came(self, number: int, frame: Any) -> None:
        """Handle signal *number*; the interpreter calls this between two steps of the program."""
        lane = self._current()
        if number in sent:
            sent.discard(number)
            self._call(number, frame)
        elif lane is None:
            self._call(number, frame)
        else:
            edge = place_of(frame, lane.owns, inner=lane.inside)
            if edge is None:
                self._handle(number, frame)
            else:
                self._later.after(edge, number)

    def _handle(self, number: int, frame: Any) -> None:
        lane = self._current()
        if lane is None:
            self._call(number, frame)
        else:
            lane.interrupted(name_of(number), partial(self._call, number, frame))

    def _call(self, number: int, frame: Any) -> None:
        self._handlers[number](number, outside(frame))

    def asked(self, name: str) -> Callable[[], None] | None:
        """Return what handles the signal called *name*; see `Lane.interrupts`."""
        for number in self._handlers:
            if name_of(number) == name and _get(number) is self.ours:
                return partial(self._call, number, None)
        return None

    def set(self, real: Any, number: int, handler: Any) -> Any:
        """Do what `signal.signal` does."""
        before = self.get(_get, number)
        ours = callable(handler) and not isinstance(handler, int)
        real(number, self.ours if ours else handler)
        if ours:
            self._handlers[int(number)] = handler
        return before

    def get(self, real: Any, number: int) -> Any:
        """Do what `signal.getsignal` does."""
        handler = real(number)
        return self._handlers[int(number)] if handler is self.ours else handler

    def undo(self) -> None:
        """Give the interpreter the program's handlers back."""
        for number, handler in self._handlers.items():
            if _get(number) is self.ours:
                _set(number, handler)


def install(patch: Patcher, boundary: Boundary) -> None:
    """Stand before every handler; route timers and waits through *boundary*."""
    handlers = Handlers(boundary)
    lane = boundary.lane()
    if lane is not None:
        lane.interrupts(handlers.asked)
    interrupt = _signal.SIGINT
    if _is_main():
        _main.add(genuine.get_ident())
    if _main and _get(interrupt) is _signal.default_int_handler:
        handlers.set(_set, interrupt, _signal.default_int_handler)
    patch.undo_with(handlers.undo)
    patch.replace("_signal", "signal", lambda real: stand_in(real, partial(handlers.set, real)))
    patch.replace("_signal", "getsignal", lambda real: stand_in(real, partial(handlers.get, real)))
    for module in ("_signal", "signal"):
        for name in ASKED:
            patch.replace(module, name, lambda real: _asked(real, boundary))
        for name in SENDERS:
            patch.replace(module, name, lambda real: sending(real) if _plain(real) else real)


def name_of(number: int) -> str:
    """Return what signal *number* is called here."""
    return NAMES.get(number, f"signal {int(number)}")


def _plain(real: Any) -> bool:
    """Whether *real* is a builtin, and not one that `signal` has taken from a patched `_signal`."""
    return isinstance(real, _BUILTIN)


def _is_main() -> bool:
    try:
        _set(_signal.SIGINT, _get(_signal.SIGINT))
    except ValueError:  # only the main thread may
        return False
    return True


def sending(real: Any) -> Any:
    """Stand in for what sends the signal that is its last argument to the program itself."""
    module = real.__module__

    def send(*arguments: Any) -> Any:
        return deliver(real, arguments, arguments[-1] if arguments else 0)

    let_interrupt(send.__code__)
    return stand_in(real, send, module)


def deliver(real: Any, arguments: tuple[Any, ...], number: Any) -> Any:
    """Call *real*, which sends *number* to this process: its handler runs within this call.

    A signal that is blocked comes when it no longer is; then, too, by itself.
    """
    plain = isinstance(number, int) and genuine.get_ident() in _main
    if plain:
        sent.add(int(number))
    try:
        return real(*arguments)
    finally:
        if plain and number in sent and number not in _signal.pthread_sigmask(_BLOCK, ()):
            sent.discard(int(number))


let_interrupt(deliver.__code__)
_BLOCK = _signal.SIG_BLOCK
_main: set[int] = set()
"""The thread that handles signals."""


def _asked(real: Any, boundary: Boundary) -> Any:
    """Stand in for a timer or a wait: its answer is not the program's own."""
    if not _plain(real):
        return real
    current = boundary.lane
    call = f"signal.{real.__name__}"

    def ask(*arguments: Any) -> Any:
        lane = current()
        if lane is None:
            return real(*arguments)
        live: list[Any] = []

        def go() -> Any:
            live.append(real(*arguments))
            return _stored(live[0])

        told = [sorted(a) if isinstance(a, set | frozenset) else a for a in arguments]
        answer = lane.cross(call, go, request=told)
        return live[0] if live else _restored(answer)

    return stand_in(real, ask)


def _stored(answer: Any) -> Any:
    return {"siginfo": list(answer)} if hasattr(answer, "si_signo") else answer


def _restored(answer: Any) -> Any:
    return _signal.struct_siginfo(answer["siginfo"]) if isinstance(answer, dict) else answer
