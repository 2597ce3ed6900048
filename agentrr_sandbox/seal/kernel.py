"""System calls that Python has no function for.

`ctypes` costs about 5 ms, so it is imported by the first call and nowhere else in the engine's
replaying half.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PR_SET_NO_NEW_PRIVS = 38
_libc: Any = None


def libc() -> Any:
    """Return the C library, with errno kept."""
    global _libc  # noqa: PLW0603 - one handle a process
    if _libc is None:
        import ctypes

        _libc = ctypes.CDLL(None, use_errno=True)
    return _libc


def call(number: int, *arguments: int | bytes | None) -> int:
    """Make one system call; bytes go as a pointer to a copy.  Raise `OSError` when it fails."""
    import ctypes

    passed: list[Any] = []
    for argument in arguments:
        if isinstance(argument, bytes):
            passed.append(ctypes.create_string_buffer(argument, len(argument)))
        elif argument is None:
            passed.append(ctypes.c_void_p(None))
        else:
            passed.append(ctypes.c_ulong(argument))
    answer: int = libc().syscall(ctypes.c_long(number), *passed)
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return answer


def no_new_privileges() -> None:
    """Give up gaining privilege by `execve`: what an ordinary user must do before either guard."""
    import ctypes

    if libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
