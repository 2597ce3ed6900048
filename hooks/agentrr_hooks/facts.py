"""Facts of the machine and the process.

Captures      process ids, host, user, processors, terminal, platform, locale, time zone
Records       one fact a question, at its first asking
Serves        the recorded answer, for the whole run; the recorded time zone is set
Reaches       the functions in `TABLE` and all of `platform`, called by name or alias
Out of reach  what C code asks by itself; `sys.version` and its like, which are the interpreter's
"""

from __future__ import annotations

import os
import time

from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

TABLE: dict[str, tuple[str, ...]] = {
    "os": (
        "getpid", "getppid", "getlogin", "getuid", "geteuid", "getgid", "getegid",
        "cpu_count", "process_cpu_count", "sched_getaffinity", "getloadavg",
    ),
    "socket": ("gethostname", "getfqdn"),
    "getpass": ("getuser",),
    "locale": ("getlocale", "getpreferredencoding", "getdefaultlocale"),
    "platform": (
        "platform", "system", "node", "release", "version", "machine", "processor",
        "architecture", "libc_ver", "mac_ver", "win32_ver", "freedesktop_os_release",
        "python_version", "python_version_tuple", "python_build", "python_compiler",
    ),
}  # fmt: skip
"""Functions whose answers are plain values."""


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the questions through *boundary*."""
    for module, names in TABLE.items():
        for name in names:
            patch.replace(module, name, lambda real, m=module: _question(real, m, boundary))
    patch.replace("os", "uname", lambda real: _uname(real, boundary))
    patch.replace("os", "get_terminal_size", lambda real: _terminal(real, boundary))
    patch.on_import("platform", lambda module: _platform(module, patch, boundary))
    _zone(boundary)


def _dressed(ours: Any, real: Any) -> Any:
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        value = getattr(real, name, None)
        if value is not None:
            setattr(ours, name, value)
    return ours


def _question(real: Callable[..., Any], module: str, boundary: Boundary) -> Any:
    current = boundary.lane
    label = f"{'os' if module == 'posix' else module}.{real.__name__}"

    def question(*args: Any, **kwargs: Any) -> Any:
        lane = current()
        if lane is None:
            return real(*args, **kwargs)
        name = label
        if args or kwargs:
            shown = [repr(arg) for arg in args] + [f"{k}={v!r}" for k, v in kwargs.items()]
            name = f"{label}({', '.join(shown)})"
        return lane.fact(name, lambda: real(*args, **kwargs))

    return _dressed(question, real)


def _uname(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def uname() -> Any:
        lane = current()
        if lane is None:
            return real()
        return os.uname_result(lane.fact("os.uname", lambda: list(real())))

    return _dressed(uname, real)


def _terminal(real: Any, boundary: Boundary) -> Any:
    current = boundary.lane

    def get_terminal_size(*args: Any) -> Any:
        lane = current()
        if lane is None:
            return real(*args)

        def live() -> Any:
            try:
                return list(real(*args))
            except (OSError, ValueError) as error:
                return [type(error).__name__, error.errno if isinstance(error, OSError) else None,
                        str(error.args[-1]) if error.args else ""]  # fmt: skip

        found = lane.fact(f"os.get_terminal_size{args!r}", live)
        if len(found) == 2:  # noqa: PLR2004 - columns and lines
            return os.terminal_size(found)
        if found[0] == "ValueError":
            raise ValueError(found[2])
        raise OSError(found[1], found[2])

    return _dressed(get_terminal_size, real)


def _platform(module: Any, patch: Patcher, boundary: Boundary) -> None:
    """`platform.uname` gives an object that starts `uname -p` when its last field is read."""
    current = boundary.lane

    def make(real: Any) -> Any:
        def uname() -> Any:
            lane = current()
            if lane is None:
                return real()
            fields = lane.fact("platform.uname", lambda: list(real()))
            result = module.uname_result(*fields[:5])
            result.__dict__["processor"] = fields[5]
            return result

        return _dressed(uname, real)

    patch.replace("platform", "uname", make)


def _zone(boundary: Boundary) -> None:
    """Set the recorded time zone: in a recording, the one that is set already."""
    lane = boundary.lane()
    if lane is None or not hasattr(time, "tzset"):
        return
    here = _zone_here()
    zone = lane.fact("time.zone", lambda: here)
    if zone != here:
        os.putenv("TZ", zone)  # past `os.environ`, which does not show it
        time.tzset()


def _zone_here() -> str:
    """Return the zone as TZ has it: its name where there is one, else its offset."""
    held = genuine.environ.get("TZ")
    if held is not None:
        return held
    try:
        target = os.readlink("/etc/localtime")
    except OSError:
        target = ""
    _, found, name = target.partition("zoneinfo/")
    if found:
        return name
    hours, minutes = divmod(abs(time.timezone) // 60, 60)
    sign = "-" if time.timezone < 0 else ""
    return f"<{time.tzname[0]}>{sign}{hours}:{minutes:02}"
