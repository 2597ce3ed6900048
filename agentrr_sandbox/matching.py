"""Does this crossing match the recorded one, and if not, in what does it differ?

A signature is the request reduced to the key that must match: a SHA-256 over the call's name and
the cleaned request, so secrets and the recording machine's paths take no part in it.  When two
signatures differ the stored request is compared with the present one, member by member.
"""

from __future__ import annotations

from agentrr_sandbox.recording import bodies, codec
from agentrr_sandbox.recording.jsontext import dumps, sha256
from agentrr_sandbox.recording.redaction_forms import without_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from agentrr_sandbox.recording.cleaning import Cleaner

MAX_DIFFERENCES = 40
PREVIEW = 400
_SHORT = 60
_BEFORE, _AFTER = 16, 24
_ABSENT = "(absent)"


def shape(request: object, cleaner: Cleaner) -> Any:
    """Return *request* as JSON-able data, secrets out and roots mapped.

    A `body` of bytes becomes its readable form (see `recording.bodies`).
    """
    if request is None:
        return None
    if isinstance(request, dict) and isinstance(request.get("body"), bytes):
        rest = {key: value for key, value in request.items() if key != "body"}
        shaped = cleaner.tree(codec.encode(rest))
        body = bodies.encode(request["body"], form=_is_form(request.get("headers")))
        shaped["body"] = cleaner.tree(body)
        return shaped
    return cleaner.tree(codec.encode(request))


def _is_form(headers: Any) -> bool:
    """Whether the headers call the body a form: `A=x` in another may be anything.

    Its bytes do not tell: with a placeholder for `x` they are no form any more.
    """
    return not isinstance(headers, list) or any(
        name == "content-type" and value.startswith("application/x-www-form-urlencoded")
        for name, value in headers
    )


def signature(call: str, request: object) -> str:
    """Return the key of a crossing: *request* is cleaned, JSON-able data.  128 bits, in hex."""
    return signed(call, dumps(request))


def signed(call: str, text: str) -> str:
    """Return the key of a crossing of which *text* is the request as JSON."""
    key: str = sha256(f"{call}\n{without_names(text)}".encode()).hexdigest()
    return key[:32]


def differences(expected: object, observed: object, path: str = "$") -> Iterator[dict[str, Any]]:
    """Yield what differs: `{"path", "expected", "observed"}`, and `"words"` for long texts.

    A member that only one side has is shown as `"(absent)"`.  Lists are compared from both ends,
    so that one message more does not make all the others differ.
    """
    if _is_bytes(expected) and _is_bytes(observed) and expected != observed:
        yield _first_byte(codec.decode(expected), codec.decode(observed), path)
    elif isinstance(expected, dict) and isinstance(observed, dict):
        for key in [*expected, *(k for k in observed if k not in expected)]:
            yield from _member(expected, observed, key, f"{path}.{key}")
    elif isinstance(expected, list) and isinstance(observed, list):
        yield from _lists(expected, observed, path)
    elif type(expected) is not type(observed) or expected != observed:
        found: dict[str, Any] = {"path": path, "expected": expected, "observed": observed}
        if (
            isinstance(expected, str)
            and isinstance(observed, str)
            and max(len(expected), len(observed)) > _SHORT // 2
        ):
            found["words"] = words(expected, observed)
        yield found


def _is_bytes(shaped: object) -> bool:
    return isinstance(shaped, dict) and shaped.keys() == {"$", "v"} and shaped["$"] in ("b", "bt")


def _first_byte(expected: bytes, observed: bytes, path: str) -> dict[str, Any]:
    """Show the bytes round the first one that differs, whose offset the path names."""
    at = next(
        (n for n, (a, b) in enumerate(zip(expected, observed, strict=False)) if a != b),
        min(len(expected), len(observed)),
    )
    first, last = max(0, at - _BEFORE), at + _AFTER
    return {
        "path": f"{path}[{at}]",
        "expected": repr(expected[first:last]),
        "observed": repr(observed[first:last]),
    }


def _member(
    expected: dict[str, Any], observed: dict[str, Any], key: str, path: str
) -> Iterator[dict[str, Any]]:
    if key not in observed:
        yield {"path": path, "expected": expected[key], "observed": _ABSENT}
    elif key not in expected:
        yield {"path": path, "expected": _ABSENT, "observed": observed[key]}
    else:
        yield from differences(expected[key], observed[key], path)


def _lists(expected: list[Any], observed: list[Any], path: str) -> Iterator[dict[str, Any]]:
    if len(expected) == len(observed):
        for index, (a, b) in enumerate(zip(expected, observed, strict=True)):
            yield from differences(a, b, f"{path}[{index}]")
        return
    head = 0
    while head < min(len(expected), len(observed)) and expected[head] == observed[head]:
        head += 1
    tail = 0
    while (
        tail < min(len(expected), len(observed)) - head
        and expected[-1 - tail] == observed[-1 - tail]
    ):
        tail += 1
    left, right = expected[head : len(expected) - tail], observed[head : len(observed) - tail]
    for index in range(max(len(left), len(right))):
        where = f"{path}[{head + index}]"
        if index >= len(right):
            yield {"path": where, "expected": left[index], "observed": _ABSENT}
        elif index >= len(left):
            yield {"path": where, "expected": _ABSENT, "observed": right[index]}
        else:
            yield from differences(left[index], right[index], where)


def words(expected: str, observed: str) -> list[list[str]]:
    """Return the changed words: `["=", same]`, `["-", recorded]`, `["+", present]` in order."""
    import difflib
    import re

    a, b = re.findall(r"\s+|\w+|[^\w\s]", expected), re.findall(r"\s+|\w+|[^\w\s]", observed)
    out: list[list[str]] = []
    for tag, a0, a1, b0, b1 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            out.append(["=", "".join(a[a0:a1])])
        else:
            out.extend(
                [sign, text]
                for sign, text in (("-", "".join(a[a0:a1])), ("+", "".join(b[b0:b1])))
                if text
            )
    return out


def preview(request: object) -> str:
    """Return one line of at most `PREVIEW` characters that shows *request*."""
    text = request if isinstance(request, str) else dumps(request)
    return text if len(text) <= PREVIEW else text[: PREVIEW - 1] + "\u2026"


def divergence(
    slug: str,
    message: str,
    *,
    event: int | None,
    lane: str,
    call: str,
    expected: object = None,
    observed: object = None,
    **more: object,
) -> dict[str, object]:
    """Return the report of one divergence, as plain data.

    *slug* is its kind (`request`, `call`, `extra`, `missing`, `read`, `mark`, `output`,
    `exit`); *expected* is what the recording holds, *observed* what the run did.  In *more*:
    `recorded_site`, `present_site`, `hint`, `notes`.
    """
    found: list[dict[str, Any]] = []
    for difference in differences(expected, observed):
        found.append(difference)
        if len(found) == MAX_DIFFERENCES:
            break
    report: dict[str, object] = {
        "slug": slug,
        "message": message,
        "event": event,
        "lane": lane,
        "call": call,
        "expected": expected,
        "observed": observed,
        "expected_preview": preview(expected),
        "observed_preview": preview(observed),
        "differences": found,
    }
    report.update({key: value for key, value in more.items() if value})
    return report
