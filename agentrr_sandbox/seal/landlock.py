"""Landlock: which files a process may change, by the kernel, without privilege.

Everything that changes the file system is handled, and `execve`, both TCP rights and both scopes;
reading is left alone, for it is no side effect.  What a kernel does not know yet is left out (by
ABI), and the caller is told the ABI.  Rights and layouts: `linux/landlock.h`.
"""

from __future__ import annotations

import os
from _struct import pack

from agentrr_sandbox import real
from agentrr_sandbox.seal import kernel

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE = 1, 2
_READS = 4 | 8  # READ_FILE, READ_DIR
_UP_TO_MAKE_SYM = (1 << 13) - 1
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_BIND_AND_CONNECT_TCP = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3

REFER_ABI, TRUNCATE_ABI, TCP_ABI, IOCTL_ABI, SCOPE_ABI = 2, 3, 4, 5, 6


def abi() -> int:
    """Return the version of Landlock that this kernel speaks; 0 when it has none."""
    try:
        return kernel.call(_CREATE_RULESET, None, 0, _VERSION)
    except OSError:
        return 0


def restrict(writable: list[str], version: int) -> None:
    """Allow changes below the folders *writable*, and writing to `/dev/null`, and nowhere else.

    Binds this thread and all that it starts; there is no way back.  Raises `OSError`.
    """
    handled = (_UP_TO_MAKE_SYM & ~_READS) | (_REFER if version >= REFER_ABI else 0)
    handled |= _TRUNCATE if version >= TRUNCATE_ABI else 0
    handled |= _IOCTL_DEV if version >= IOCTL_ABI else 0
    attributes = pack("<Q", handled)
    if version >= TCP_ABI:
        attributes += pack("<Q", _BIND_AND_CONNECT_TCP)
    if version >= SCOPE_ABI:
        attributes += pack("<Q", _ABSTRACT_SOCKETS_AND_SIGNALS)
    rules = kernel.call(_CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for folder in writable:
            _allow(rules, folder, handled & ~_EXECUTE)
        _allow(rules, "/dev/null", handled & (_WRITE_FILE | _TRUNCATE | _IOCTL_DEV))
        kernel.no_new_privileges()
        kernel.call(_RESTRICT_SELF, rules, 0)
    finally:
        real.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    beneath = real.os_open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        kernel.call(_ADD_RULE, rules, _PATH_BENEATH, pack("<Qi", rights, beneath), 0)
    finally:
        real.close(beneath)
