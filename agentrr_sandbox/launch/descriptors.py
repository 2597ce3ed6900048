"""Keeps descriptors of ours out of the agent's reach.

A daemon closes every descriptor that it does not know, and the next file that it opens gets the
number.  For the agent's code ours are not open: `os.close` says so, `os.closerange` goes round
them, and `os.dup2` cannot take their numbers.
"""

from __future__ import annotations

import errno
import os

from agentrr_sandbox import real

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    from agentrr_sandbox.patching import Patching

    Made = TypeVar("Made")

_LOW = 250
_SPARE = 40


def above_the_scripts(make: Callable[[], Made]) -> tuple[Made, int]:
    """Return what *make* makes, and the number of the descriptor that it opens and keeps.

    An open file, or the duplicate that `mmap` keeps, takes the lowest free number, which is the
    script's, and can not be moved afterwards: so the low numbers are taken while it is made.
    """
    floor = min(_LOW, os.sysconf("SC_OPEN_MAX") - _SPARE)
    taken = [real.os_open(os.devnull, os.O_RDONLY)]
    while taken[-1] < floor:
        taken.append(os.dup(taken[0]))
    number = taken.pop()
    real.close(number)
    try:
        return make(), number
    finally:
        for low in taken:
            real.close(low)


_kept: set[int] = set()
"""Descriptors of ours in this process."""


def protect(  # noqa: C901 - one small wrapper a call
    patching: Patching, ours: Iterable[int]
) -> None:
    """Hide the descriptors *ours* from the agent, in this process."""
    kept = _kept
    kept.update(ours)
    closed = OSError, errno.EBADF, os.strerror(errno.EBADF)

    def close(live: Callable[[int], None]) -> Callable[[int], None]:
        def close(fd: int) -> None:
            if fd in kept:
                raise closed[0](*closed[1:])
            live(fd)

        return close

    def closerange(live: Callable[[int, int], None]) -> Callable[[int, int], None]:
        def closerange(fd_low: int, fd_high: int, /) -> None:
            for fd in sorted(kept):
                if fd_low <= fd < fd_high:
                    live(fd_low, fd)
                    fd_low = fd + 1
            live(fd_low, fd_high)

        return closerange

    def dup2(live: Callable[..., int]) -> Callable[..., int]:
        def dup2(fd: int, fd2: int, inheritable: bool = True) -> int:
            if fd in kept or fd2 in kept:
                raise closed[0](*closed[1:])
            return live(fd, fd2, inheritable)

        return dup2

    wrap: tuple[tuple[str, Callable[[Any], Any]], ...] = (
        ("close", close),
        ("closerange", closerange),
        ("dup2", dup2),
    )
    for name, make in wrap:
        patching.replace("os", name, make)


def keep(ours: Iterable[int]) -> None:
    """Hide the descriptors *ours* as well."""
    _kept.update(ours)


def forget() -> None:
    """Close descriptors of ours in a forked child."""
    ours = [*_kept]
    _kept.clear()
    for fd in ours:
        try:
            real.close(fd)
        except OSError:
            continue
