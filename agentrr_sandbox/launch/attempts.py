"""Replays under drawn schedules, several at a time, as the supervisor sees them."""

from __future__ import annotations

import os

from agentrr_sandbox import real
from agentrr_sandbox.launch import waiting
from agentrr_sandbox.launch.behaviour import seen
from agentrr_sandbox.launch.replaying import Replaying

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from agentrr_sandbox.launch.behaviour import Behaviour
    from agentrr_sandbox.launch.waiting import Outcome

_LOOK = 0.05
_KILL = 9


class Baseline(Replaying):
    """A replay in the recorded order that says nothing."""

    def _silent(self) -> tuple[int, ...]:
        return 1, 2

    def _first_line(self) -> str:
        return ""


class Attempt(Replaying):
    """A replay under the schedule of *seed*; *tools* is what becomes of tools' bodies."""

    stage = "chaos"
    seed = 0
    tools = "auto"
    shown = False
    """Whether what the agent writes is to be seen."""

    def begin(self, mask: Any) -> None:
        """Start the program."""
        self.began = real.monotonic()
        super().begin(mask)

    def seconds(self) -> float:
        """Return for how long it has run."""
        return real.monotonic() - self.began

    def close(self) -> None:
        """Everything has been read that it told."""
        real.close(self._report)

    def _silent(self) -> tuple[int, ...]:
        return super()._silent() if self.shown else (1, 2)

    def _first_line(self) -> str:
        return super()._first_line() if self.shown else ""

    def _config(self, numbers: dict[str, int]) -> dict[str, Any]:
        return {**super()._config(numbers), "seed": self.seed, "tools": self.tools}


class Interrupted(Exception):
    """The supervisor was asked to end."""

    def __init__(self, signal: int) -> None:
        super().__init__(f"signal {signal}")
        self.signal = signal


def each(
    make: Callable[[int], Attempt], seeds: Iterable[int], *, jobs: int, most: float, mask: Any
) -> Iterator[tuple[int, Behaviour, Attempt]]:
    """Run the schedules of *seeds*, *jobs* at a time; yield the seed, and what the agent did.

    They come as they end.  One that has not ended after *most* seconds is killed.
    """
    left = iter(seeds)
    running: list[Attempt] = []
    try:
        while True:
            while len(running) < jobs and (seed := next(left, None)) is not None:
                attempt = make(seed)
                running.append(attempt)
                attempt.begin(mask)
            if not running:
                return
            number, _ = waiting.pause(_LOOK)
            if number in waiting.ENDING:
                raise Interrupted(number)
            for attempt in list(running):
                ended, outcome = _looked(attempt, most)
                if ended:
                    running.remove(attempt)
                    yield attempt.seed, _over(attempt, outcome), attempt
    finally:
        for attempt in running:
            _kill(attempt)
            attempt.clean_up()


def _looked(attempt: Attempt, most: float) -> tuple[bool, Outcome | None]:
    outcome = waiting.ended(attempt.pid)
    if outcome is not None:
        return True, outcome
    if attempt.seconds() > most:
        _kill(attempt)
        return True, None
    return False, None


def _kill(attempt: Attempt) -> None:
    if attempt.pid:
        real.kill(attempt.pid, _KILL)
        os.waitpid(attempt.pid, 0)


def _over(attempt: Attempt, outcome: Outcome | None) -> Behaviour:
    attempt.clean_up()
    attempt.lines.read()
    attempt.close()
    return seen(attempt.lines, outcome)
