"""What an agent did under one schedule, and in what that differs from what it did when recorded."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from agentrr_sandbox.recording.jsontext import dumps
from agentrr_sandbox.recording.redaction_forms import without_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from agentrr_sandbox.launch.channel import Lines
    from agentrr_sandbox.launch.waiting import Outcome
    from agentrr_sandbox.recording.reader import Recording

NAMES = {1: "stdout", 2: "stderr"}
SLEEP = "time.sleep"
ASKED = frozenset({"call", "intent"})
_BODY = "/tool:"


class Behaviour:
    """How a run ended, what it wrote, what it asked for, and what its files hold.

    `ended` is what was said where a schedule's run went on where no recording reaches; such a one
    is compared by that alone.
    """

    def __init__(self) -> None:
        self.end = ""
        self.ended: dict[str, Any] | None = None
        self.wrote: dict[int, list[str]] = {fd: [] for fd in NAMES}
        self.asked: dict[str, list[tuple[str, str]]] = {}
        self.events: dict[tuple[str, str], int] = {}
        self.files: list[str] = []

    def write(self, fd: int, text: object) -> None:
        """Add a piece of output."""
        self.wrote[fd].append(without_names(text if isinstance(text, str) else dumps(text)))

    def ask(self, lane: str, call: str, signed: str, event: int | None) -> None:
        """Add a request; what the body of a tool asks for belongs to the tool."""
        if call == SLEEP or _BODY in lane:
            return
        self.asked.setdefault(lane, []).append((call, signed))
        if event is not None:
            self.events.setdefault((call, signed), event)

    def asks(self) -> Counter[tuple[str, str]]:
        """Return how often each thing was asked for, in whatever lane."""
        return Counter(each for asked in self.asked.values() for each in asked)

    def key(self) -> str:
        """Return a digest of what the agent did, in whatever order."""
        if self.ended is not None:
            return _digest(["ended", self.ended["how"], without_names(self.ended["message"])])
        wrote = [sorted(lines) for lines in self.wrote.values()]
        return _digest([self.end, wrote, sorted(self.asks().items()), self.files])

    def order(self) -> str:
        """Return a digest of the order in which it did that."""
        return _digest([list(self.wrote.values()), sorted(self.asked.items())])


def _digest(what: list[Any]) -> str:
    return sha256(dumps(what).encode("ascii")).hexdigest()


def recorded(recording: Recording) -> Behaviour:
    """Return what *recording* holds."""
    behaviour = Behaviour()
    for event in recording:
        kind = event["t"]
        if kind in ASKED:
            behaviour.ask(event["lane"], event["call"], event["sig"], event["seq"])
        elif kind == "output":
            behaviour.write(event["fd"], event["text"])
    end = recording.end or {}
    behaviour.end = (
        f"signal {end.get('signal')}"
        if end.get("how") == "signal"
        else f"exit code {end.get('code')}"
    )
    return behaviour


def seen(lines: Lines, outcome: Outcome | None) -> Behaviour:
    """Return what *lines* of a schedule's run tell; *outcome* is None if it had to be killed."""
    behaviour = Behaviour()
    for line in lines.all:
        kind = line["kind"]
        if kind == "asked":
            behaviour.ask(line["lane"], line["call"], line["sig"], line["event"])
        elif kind == "wrote":
            behaviour.write(line["fd"], line["text"])
        elif kind == "file":
            behaviour.files.append(dumps([line["message"], line["held"]]))
        elif kind in ("ended", "failed") and behaviour.ended is None:
            behaviour.ended = {"how": kind, **line}
    if outcome is None:
        behaviour.ended = {"how": "endless", "message": "it goes on without end"}
    elif outcome.signal is not None:
        behaviour.end = f"signal {outcome.signal}"
    else:
        behaviour.end = f"exit code {outcome.code}"
    return behaviour


def differences(expected: Behaviour, observed: Behaviour, most: int) -> dict[str, Any]:
    """Return in what *observed* differs, as plain data: at most *most* lines of each kind."""
    if observed.ended is not None:
        told = observed.ended
        return {"how": told["how"], "message": told["message"], "site": told.get("site") or ""}
    found: dict[str, Any] = {}
    if expected.end != observed.end:
        found["end"] = [expected.end, observed.end]
    for fd, name in NAMES.items():
        less, more = _lines(expected.wrote[fd], observed.wrote[fd])
        if less or more:
            found[name] = {"missing": less[:most], "new": more[:most]}
    left = expected.asks()
    left.subtract(observed.asks())
    missing = [[call, expected.events.get((call, sig))] for (call, sig), n in left.items() if n > 0]
    new = [[call, None] for (call, _), n in left.items() if n < 0]
    if missing or new:
        found["requests"] = {"missing": missing[:most], "new": new[:most]}
    if observed.files:
        found["files"] = observed.files[:most]
    return found


def _lines(expected: Iterable[str], observed: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the lines of each that the other has not, as often as that is so, in their order."""
    expected, observed = list(expected), list(observed)
    return _beyond(expected, observed), _beyond(observed, expected)


def _beyond(these: list[str], those: list[str]) -> list[str]:
    left = Counter(those)
    found = []
    for line in these:
        if left[line] > 0:
            left[line] -= 1
        else:
            found.append(line)
    return found
