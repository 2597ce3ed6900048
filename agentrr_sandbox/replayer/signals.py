"""Signals, replaying: those of the recording come again, where they came; no other is seen."""

from __future__ import annotations

from agentrr_sandbox.errors import Halt
from agentrr_sandbox.matching import divergence
from agentrr_sandbox.recording import raised

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.replayer import Replayer

_ENDING = frozenset(("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"))


def deliver(replayer: Replayer, answer: dict[str, Any]) -> None:
    """Run the handlers of the signals that came within the call of *answer*.

    What a handler raises is the answer, if that was so: the very object, with the frames between
    the call and the handler that were recorded.
    """
    error: BaseException | None = None
    for told in answer["signals"]:
        error = come(replayer, answer, told)
    if error is not None:
        hand_on(replayer, answer, error)


def hand_on(replayer: Replayer, answer: dict[str, Any], error: BaseException) -> None:
    """Raise *error*, which a handler has raised, if that was the answer."""
    if "raised" not in answer:
        return
    recorded = replayer.error(answer["raised"])
    if type(recorded) is type(error):
        raised.throw(error.with_traceback(recorded.__traceback__))


def come(replayer: Replayer, answer: dict[str, Any], told: dict[str, Any]) -> BaseException | None:
    """Run one handler in its lane; return what it raised."""
    handle = replayer.handler(told["signal"])
    if handle is None:
        _differs(replayer, answer, told, "nothing handles it")
        return None
    gate = replayer.gate
    assert gate is not None
    token = gate.enter(replayer.lane(told["lane"]))
    error: BaseException | None = None
    try:
        handle()
    except Halt:
        raise
    except BaseException as thrown:
        error = thrown
    finally:
        gate.leave(token)
    if (error is not None) is not bool(told.get("raised")):
        said = "its handler returned" if error is None else f"its handler raised {error!r}"
        _differs(replayer, answer, told, said)
    return error


def _differs(
    replayer: Replayer, answer: dict[str, Any], told: dict[str, Any], observed: str
) -> None:
    expected = "its handler raised" if told.get("raised") else "its handler returned"
    replayer.diverge(
        divergence(
            "signal",
            f"{told['signal']} came here in the recorded run and {expected}; now {observed}",
            event=answer["seq"],
            lane=answer["lane"],
            call=told["signal"],
            expected={"signal": told["signal"], "raised": bool(told.get("raised"))},
            observed={"signal": told["signal"], "now": observed},
            present_site=replayer.site(),
        )
    )


def arrived(replayer: Replayer, signal: str, handle: Callable[[], None]) -> None:
    """Take note of a signal from outside: the program is not to see it."""
    del handle
    if signal in _ENDING:
        replayer.stop(f"{signal} came from outside of the replay", 125)
