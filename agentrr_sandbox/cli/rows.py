"""One row of a timeline, and the rows of events that are no crossings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agentrr_sandbox.recording import reads
from agentrr_sandbox.summary import asked, command_of, compact, local


class Row:
    """One line: which event, when, in which lane, what, how long; `tokens` are (in, out).

    Of reads `of_user` and `count`, of facts `names` and how many are `unset`, for `gathering`.
    """

    def __init__(self, event: Mapping[str, Any], kind: str, what: str) -> None:
        self.event = int(event.get("seq", -1))
        self.at = seconds(event.get("at"))
        self.lane = str(event.get("lane", ""))
        self.kind = kind
        self.call = str(event.get("call", ""))
        self.what = what
        self.model = ""
        self.tokens: tuple[int, int] | None = None
        self.took: float | None = None
        self.outcome = ""
        self.done = True
        self.of_user = False
        self.names: list[str] = []
        self.unset = self.count = 0

    def as_dict(self) -> dict[str, object]:
        """Return the row for machines; what is not known is left out."""
        found = {
            "event": self.event,
            "at": self.at,
            "lane": self.lane,
            "kind": self.kind,
            "call": self.call,
            "what": self.what,
            "model": self.model,
            "input_tokens": self.tokens and self.tokens[0],
            "output_tokens": self.tokens and self.tokens[1],
            "seconds": self.took,
            "outcome": self.outcome,
        }
        return {key: value for key, value in found.items() if value is not None and value != ""}


def _reads(event: Mapping[str, Any]) -> Row:
    counts: dict[str, int] = {}
    of_user = False
    for run in event.get("runs") or ():
        call, owner = run[:2]
        name = f"{call}" + ("" if owner == "user" else " (library)")
        counts[name] = counts.get(name, 0) + reads.count(run)
        of_user = of_user or owner == "user"
    row = Row(event, "reads", ", ".join(f"{n} {name}" for name, n in counts.items()))
    row.of_user, row.count = of_user, sum(counts.values())
    return row


def _facts(event: Mapping[str, Any]) -> Row:
    facts = mapping(event.get("facts"))
    row = Row(event, "facts", ", ".join(_fact(*pair) for pair in facts.items()))
    for name, value in facts.items():
        if name.startswith("env:") and value is None:
            row.unset += 1
        else:
            row.names.append(_named(name))
    return row


def _named(name: str) -> str:
    if name.startswith("file:"):
        return f"the content of file {name[5:13]}"
    return name.removeprefix("env:")


def _fact(name: str, value: object) -> str:
    if name.startswith("file:"):
        return _named(name)
    return f"{name}={local(compact(value, 60))}"


def _output(event: Mapping[str, Any]) -> Row:
    text = event.get("text")
    shown = local(text.rstrip("\n")) if isinstance(text, str) else compact(text)
    return Row(event, "stderr" if event.get("fd") == 2 else "stdout", shown)  # noqa: PLR2004


def _note(event: Mapping[str, Any]) -> Row:
    what = str(event.get("what", "")).replace("-", " ")
    call = event.get("call")
    about = asked(str(call), event.get("request")) if call else ", ".join(event.get("lanes") or ())
    site = f" at {event['site']}" if event.get("site") else ""
    return Row(event, "note", local(f"{what}: {about}{site}"))


def _mark(event: Mapping[str, Any]) -> Row:
    return Row(event, "mark", local(f"{event.get('call', '')} = {compact(event.get('value'))}"))


def _step(event: Mapping[str, Any]) -> Row:
    arrow = "begins" if event.get("phase") == "begin" else "ends"
    return Row(event, "step", f"{event.get('name', '')} {arrow}")


def _wake(event: Mapping[str, Any]) -> Row:
    return Row(event, "wake", f"{event.get('kind', '')} {event.get('nth', '')}")


def _baton(event: Mapping[str, Any]) -> Row:
    order = event.get("order")
    hands = [str(hand[0]) for hand in order if hand] if isinstance(order, list) else []
    shown = " → ".join(hands[:3])
    return Row(event, "threads", local(shown + (" …" if len(hands) > 3 else "")))  # noqa: PLR2004 - a line


def _start(event: Mapping[str, Any]) -> Row:
    return Row(event, "start", command_of(event))


def _end(event: Mapping[str, Any]) -> Row:
    return Row(event, "end", ended(event))


PLAIN = {
    "baton": _baton,
    "facts": _facts,
    "mark": _mark,
    "note": _note,
    "output": _output,
    "reads": _reads,
    "run.end": _end,
    "run.start": _start,
    "step": _step,
    "wake": _wake,
}


def ended(end: Mapping[str, Any] | None) -> str:
    """Return how a run ended, from its `run.end`, or that it was cut short."""
    if end is None:
        return "cut short"
    if end.get("how") == "signal":
        return f"killed by signal {end.get('signal')}"
    return f"exit {end.get('code')}"


def exception_line(raised: object) -> str:
    """Return the type and message of a stored exception."""
    found = mapping(raised)
    if found.get("$") == "=":  # marked, because something refers to it
        found = mapping(found.get("v"))
    name = str(found.get("c") or found.get("$") or "an exception").rpartition(":")[2]
    said = found.get("a", found.get("v"))
    shown = compact(said, 160)
    return f"{name}({shown[1:-1] if isinstance(said, list) else shown})"


def mapping(value: object) -> Mapping[str, Any]:
    """Return *value* if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def seconds(value: object) -> float | None:
    """Return nanoseconds as seconds; None where there are none."""
    return value / 1e9 if isinstance(value, int) else None
