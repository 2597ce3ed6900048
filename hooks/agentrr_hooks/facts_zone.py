"""The time zone, for `facts`: a replay lives in the zone of the recorded run."""

from __future__ import annotations

import os
import time

from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentrr_sandbox.boundary import Boundary

FACT = "time.zone"
LINK = "/etc/localtime"
DATABASES = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo")


def install(boundary: Boundary) -> None:
    """Set the recorded time zone: in a recording, the one that is set already."""
    lane = boundary.lane()
    if lane is None or not hasattr(time, "tzset"):
        return
    here = zone_here()
    name, rule = lane.fact(FACT, lambda: here)
    if [name, rule] != here:
        os.putenv("TZ", rule if rule and not _known(name) else name)  # `os.environ` shows nothing
        time.tzset()


def zone_here() -> list[str]:
    """Return the zone as `TZ` has it, and its rule: for machines that do not know its name.

    The rule is the last line of a TZif file (RFC 9636), else the present offset.
    """
    held = genuine.environ.get("TZ")
    if held is not None:
        return [held, ""]
    try:
        target = os.readlink(LINK)
    except OSError:
        target = ""
    _, _, name = target.partition("zoneinfo/")
    rule = _rule(LINK) or _offset()
    return [name or rule, rule]


def _rule(path: str) -> str:
    try:
        with genuine.open(path, "rb") as file:
            data = file.read()
    except OSError:
        return ""
    lines = data.rsplit(b"\n", 2)
    if not data.startswith(b"TZif") or len(lines) != 3 or lines[2]:  # noqa: PLR2004 - data, rule, end
        return ""
    return lines[1].decode("ascii", "replace")


def _offset() -> str:
    hours, minutes = divmod(abs(time.timezone) // 60, 60)
    sign = "-" if time.timezone < 0 else ""
    return f"<{time.tzname[0]}>{sign}{hours}:{minutes:02}"


def _known(name: str) -> bool:
    """Whether the C library finds a zone of that *name* here."""
    for folder in DATABASES:
        try:
            genuine.stat(f"{folder}/{name}")
        except (OSError, ValueError):
            continue
        return True
    return False
