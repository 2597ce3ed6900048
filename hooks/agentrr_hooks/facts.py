"""Facts of the machine and the process.

Captures      process, user and group ids, host, user, processors, terminal, platform, locale, zone
Records       one fact a question, at its first asking; an error is an answer too
Serves        the recorded answer, for the whole run; the recorded time zone and locale are set
Reaches       the functions in `TABLE` and `STRUCTS`, all of `platform`, what `distro` asks programs
Out of reach  what C code asks by itself; what changes while the run goes on (`os.setuid`, another
              parent); `sys.version` and its like, which are the interpreter's
"""

from __future__ import annotations

import sys

from agentrr_hooks import facts_locale, facts_zone
from agentrr_hooks.standin import partial, stand_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

TABLE: dict[str, tuple[str, ...]] = {
    "os": (
        "getpid", "getppid", "getpgid", "getpgrp", "getsid", "getlogin", "getuid", "geteuid",
        "getgid", "getegid", "getresuid", "getresgid", "getgroups",
        "cpu_count", "process_cpu_count", "sched_getaffinity",
    ),
    "socket": ("gethostname", "getfqdn"),
    "getpass": ("getuser",),
    "platform": (
        "platform", "system", "node", "release", "version", "machine", "processor",
        "architecture", "libc_ver", "mac_ver", "win32_ver", "freedesktop_os_release",
        "python_version", "python_version_tuple", "python_build", "python_compiler",
    ),
}  # fmt: skip
"""Functions whose answers are plain values."""

STRUCTS: dict[str, tuple[tuple[str, str], ...]] = {
    "os": (("uname", "uname_result"), ("get_terminal_size", "terminal_size")),
    "pwd": (("getpwuid", "struct_passwd"), ("getpwnam", "struct_passwd")),
    "grp": (("getgrgid", "struct_group"), ("getgrnam", "struct_group")),
}
"""Functions whose answers are named tuples, with the tuple's type in the same module."""

DISTRO = ("_lsb_release_info", "_uname_info", "_oslevel_info")
"""What the package `distro` asks programs for; telemetry of SDKs does."""

_RAISED = "raised"
_ERRORS = {"KeyError": KeyError, "ValueError": ValueError}


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the questions through *boundary*."""
    for module, names in TABLE.items():
        for name in names:
            patch.replace(module, name, partial(_plain, module, boundary))
    for module, pairs in STRUCTS.items():
        for name, kind in pairs:
            patch.replace(module, name, partial(_struct, module, kind, boundary))
    patch.replace("os", "getloadavg", lambda real: _load(real, boundary))
    patch.on_import("platform", lambda module: _platform(module, patch, boundary))
    for name in DISTRO:
        patch.replace(
            "distro.distro", f"LinuxDistribution.{name}", lambda real: _distro(real, boundary)
        )
    facts_locale.install(patch, boundary)
    facts_zone.install(boundary)


def _plain(module: str, boundary: Boundary, real: Callable[..., Any]) -> Any:
    """Ask for a value; a container is given out as a copy."""

    def served(found: Any) -> Any:
        return found.copy() if type(found) in (set, list, dict) else found

    return _question(real, module, boundary, lambda value: value, served)


def _struct(module: str, kind: str, boundary: Boundary, real: Callable[..., Any]) -> Any:
    """Ask for a named tuple; its members are what is stored."""

    def served(found: Any) -> Any:
        return getattr(sys.modules[module], kind)(found)

    return _question(real, module, boundary, list, served)


def _question(
    real: Callable[..., Any],
    module: str,
    boundary: Boundary,
    stored: Callable[[Any], Any],
    served: Callable[[Any], Any],
) -> Any:
    current = boundary.lane
    label = f"{module}.{real.__name__}"

    def question(*args: Any, **kwargs: Any) -> Any:
        lane = current()
        if lane is None:
            return real(*args, **kwargs)
        name = label
        if args or kwargs:
            shown = [repr(arg) for arg in args] + [f"{k}={v!r}" for k, v in kwargs.items()]
            name = f"{label}({', '.join(shown)})"
        found = lane.fact(name, lambda: answer(partial(real, *args, **kwargs), stored))
        if type(found) is dict and _RAISED in found:
            raise error_of(found[_RAISED])
        return served(found)

    return stand_in(real, question, module)


def answer(live: Callable[[], Any], stored: Callable[[Any], Any]) -> Any:
    """Return what is stored of a live answer: of an error its kind and arguments."""
    try:
        return stored(live())
    except OSError as error:
        return {_RAISED: ["OSError", *error.args]}
    except (KeyError, ValueError) as error:
        return {_RAISED: [type(error).__name__, *error.args]}


def error_of(stored: list[Any]) -> Exception:
    """Return the error that `answer` stored; an `OSError` takes its subclass from its number."""
    kind, *args = stored
    return _ERRORS.get(kind, OSError)(*args)


def _load(real: Callable[[], Any], boundary: Boundary) -> Any:
    """Read the load each time: it changes from moment to moment, and is no fact."""
    current = boundary.lane

    def getloadavg() -> Any:
        lane = current()
        return real() if lane is None else lane.read("os.getloadavg", real)

    return stand_in(real, getloadavg, "os")


def _distro(real: Any, boundary: Boundary) -> Any:
    """Ask once for what a program says: *real* is a cached property."""
    current = boundary.lane

    def info(self: Any) -> Any:
        lane = current()
        return real.func(self) if lane is None else lane.fact(label, lambda: real.func(self))

    asked = type(real)(info)
    label = f"distro.{real.attrname}"
    asked.__set_name__(sys.modules["distro.distro"].LinuxDistribution, real.attrname)
    return asked


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

        return stand_in(real, uname, "platform")

    patch.replace("platform", "uname", make)
