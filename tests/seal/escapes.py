"""Thirty ways out of a replay.  Each returns when it believes that it got out; the test looks at
the ground truth: what the listeners heard, what the files hold, who is still alive."""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable

libc = ctypes.CDLL(None, use_errno=True)
Escape = Callable[[int, str], None]


def sa(port: int) -> bytes:
    return struct.pack("<H", 2) + struct.pack(">H", port) + bytes([127, 0, 0, 1]) + b"\0" * 8


def e(answer: int) -> int:
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return answer


# --- the network


def py_connect(port: int, folder: str) -> None:
    with socket.create_connection(("127.0.0.1", port), 2) as s:
        s.sendall(b"X py_connect")


def py_udp(port: int, folder: str) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"X", ("127.0.0.1", port))


def py_listen(port: int, folder: str) -> None:
    s = socket.socket()
    s.listen()
    with open(folder + "/../listening", "w") as f:
        f.write(str(s.getsockname()[1]))


def _stream(port: int, protocol: int) -> None:
    fd = e(libc.socket(2, 1, protocol))
    e(libc.connect(fd, sa(port), 16))
    e(libc.write(fd, b"X", 1))


def ctypes_connect(port: int, folder: str) -> None:
    _stream(port, 0)


def mptcp(port: int, folder: str) -> None:
    _stream(port, 262)


def tcp_fastopen(port: int, folder: str) -> None:
    fd = e(libc.socket(2, 1, 0))
    e(libc.sendto(fd, b"X tfo", 5, 0x20000000, sa(port), 16))


def udp_sendto(port: int, folder: str) -> None:
    fd = e(libc.socket(2, 2, 0))
    e(libc.sendto(fd, b"X udp", 5, 0, sa(port), 16))


class _Message(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p), ("namelen", ctypes.c_uint), ("iov", ctypes.c_void_p),
        ("iovlen", ctypes.c_size_t), ("control", ctypes.c_void_p),
        ("controllen", ctypes.c_size_t), ("flags", ctypes.c_int),
    )  # fmt: skip


def _sendmsg(fd: int, address: bytes, flags: int) -> None:
    data = ctypes.create_string_buffer(b"X msg", 5)
    iov = ctypes.create_string_buffer(struct.pack("<QQ", ctypes.addressof(data), 5), 16)
    message = _Message(address, len(address), ctypes.addressof(iov), 1, None, 0, 0)
    e(libc.sendmsg(fd, ctypes.byref(message), flags))


def sendmsg_fastopen(port: int, folder: str) -> None:
    _sendmsg(e(libc.socket(2, 1, 0)), sa(port), 0x20000000)


def sendmsg_unix_datagram(port: int, folder: str) -> None:
    pair = (ctypes.c_int * 2)()
    e(libc.socketpair(1, 2, 0, pair))
    _sendmsg(pair[0], struct.pack("<H", 1) + (folder + "/d.sock").encode() + b"\0", 0)


def unix_sock(port: int, folder: str) -> None:
    fd = e(libc.socket(1, 1, 0))
    name = (folder + "/u.sock").encode() + b"\0"
    e(libc.connect(fd, struct.pack("<H", 1) + name, 2 + len(name)))
    e(libc.write(fd, b"X unix", 6))


def abstract_unix(port: int, folder: str) -> None:
    fd = e(libc.socket(1, 1, 0))
    name = b"\0rrabs%d" % port
    e(libc.connect(fd, struct.pack("<H", 1) + name, 2 + len(name)))
    e(libc.write(fd, b"X abs", 5))


def program_subprocess(port: int, folder: str) -> None:
    code = f"import socket; socket.create_connection(('127.0.0.1', {port})).send(b'X')"
    subprocess.run([sys.executable, "-c", code], check=True, stderr=subprocess.DEVNULL)


def program_system_c(port: int, folder: str) -> None:
    e(-(libc.system(b"echo X > " + folder.encode() + b"/f1") != 0))


def pycurl_c(port: int, folder: str) -> None:
    import pycurl  # type: ignore[import-untyped,unused-ignore]

    c = pycurl.Curl()
    c.setopt(c.URL, f"http://127.0.0.1:{port}/")
    c.setopt(c.TIMEOUT, 2)
    c.perform()


def psycopg2_c(port: int, folder: str) -> None:
    import psycopg2  # type: ignore[import-untyped,unused-ignore]

    psycopg2.connect(host="127.0.0.1", port=port, connect_timeout=2, user="x", sslmode="disable")


def uvloop_c(port: int, folder: str) -> None:
    import asyncio

    import uvloop  # type: ignore[import-not-found,unused-ignore]

    async def main() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"X uvloop")
        await writer.drain()

    uvloop.run(main())


def preopened(port: int, folder: str) -> None:
    os.write(int(os.environ["PRE"]), b"X preopened")


def io_uring(port: int, folder: str) -> None:
    """A ring would make the socket and connect it without either system call."""
    parameters = ctypes.create_string_buffer(120)
    fd = e(libc.syscall(425, ctypes.c_uint(8), parameters))
    with open(folder + "/f1", "w") as f:
        f.write(f"a ring: {fd}")


# --- files, processes, the machine


def py_remove(port: int, folder: str) -> None:
    os.remove(folder + "/f1")


def c_unlink(port: int, folder: str) -> None:
    e(libc.unlink((folder + "/f1").encode()))


def rm_subprocess(port: int, folder: str) -> None:
    subprocess.run(["rm", "-f", folder + "/f1"], check=True)


def py_write(port: int, folder: str) -> None:
    with open(folder + "/f1", "w") as f:
        f.write("changed")


def c_open_write(port: int, folder: str) -> None:
    fd = e(libc.open((folder + "/f1").encode(), 1 | 0o1000))
    libc.write(fd, b"changed", 7)


def c_truncate(port: int, folder: str) -> None:
    e(libc.truncate((folder + "/f1").encode(), ctypes.c_long(0)))


def c_rename(port: int, folder: str) -> None:
    e(libc.rename((folder + "/f1").encode(), (folder + "/f2").encode()))


def c_link_out(port: int, folder: str) -> None:
    e(libc.symlink(b"/etc/passwd", (folder + "/s").encode()))


def c_chmod(port: int, folder: str) -> None:
    e(libc.chmod((folder + "/f1").encode(), 0o777))


def c_utime(port: int, folder: str) -> None:
    e(libc.utimes((folder + "/f1").encode(), None))


def c_setxattr(port: int, folder: str) -> None:
    e(libc.setxattr((folder + "/f1").encode(), b"user.x", b"1", 1, 0))


def sqlite_c(port: int, folder: str) -> None:
    import sqlite3

    db = sqlite3.connect(folder + "/db")
    db.execute("insert into t values(2)")
    db.commit()


def numpy_tofile(port: int, folder: str) -> None:
    import numpy as np

    np.arange(3).tofile(folder + "/f1")


def preopened_rw(port: int, folder: str) -> None:
    os.write(int(os.environ["PRERW"]), b"changed")


def kill_other(port: int, folder: str) -> None:
    e(libc.kill(int(os.environ["VICTIM"]), 15))


def fork_and_write(port: int, folder: str) -> None:
    if os.fork() == 0:
        py_write(port, folder)
        os._exit(0)


ESCAPES: dict[str, Escape] = {
    f.__name__: f
    for f in (
        py_connect, py_udp, py_listen, ctypes_connect, mptcp, tcp_fastopen, udp_sendto,
        sendmsg_fastopen, sendmsg_unix_datagram, unix_sock, abstract_unix, program_subprocess,
        program_system_c, pycurl_c, psycopg2_c, uvloop_c, preopened, io_uring, py_remove,
        c_unlink, rm_subprocess, py_write, c_open_write, c_truncate, c_rename, c_link_out,
        c_chmod, c_utime, c_setxattr, sqlite_c, numpy_tofile, preopened_rw, kill_other,
        fork_and_write,
    )
}  # fmt: skip
LIBRARY = {
    "pycurl_c": "pycurl",
    "psycopg2_c": "psycopg2",
    "uvloop_c": "uvloop",
    "numpy_tofile": "numpy",
}
NAMED = {
    "py_connect": ("a TCP connection", "connect(127.0.0.1:{port})"),
    "py_udp": ("a datagram", "socket(AF_INET, SOCK_DGRAM)"),
    "py_listen": ("a port to listen on", "listen()"),
    "ctypes_connect": ("a TCP connection by C code", "connect(127.0.0.1:{port})"),
    "mptcp": ("a Multipath TCP connection", "connect(127.0.0.1:{port})"),
    "tcp_fastopen": ("data in the first packet (TCP Fast Open)", "sendto(127.0.0.1:{port})"),
    "udp_sendto": ("a datagram by C code", "socket(AF_INET, SOCK_DGRAM)"),
    "sendmsg_fastopen": ("TCP Fast Open by `sendmsg`", "sendmsg(127.0.0.1:{port})"),
    "sendmsg_unix_datagram": (
        "a datagram to a socket with a path",
        "socketpair(AF_UNIX, SOCK_DGRAM)",
    ),
    "unix_sock": ("a connection to a socket with a path", "connect(unix:{folder}/u.sock)"),
    "abstract_unix": ("a connection to an abstract socket", "connect(unix:@rrabs{port})"),
    "program_subprocess": ("another program, by `subprocess`", "execve({python} -c import socket"),
    "program_system_c": ("a command, by C's `system`", "execve(/bin/sh -c echo X > {folder}/f1)"),
    "pycurl_c": ("libcurl", "connect(127.0.0.1:{port})"),
    "psycopg2_c": ("libpq", "connect(127.0.0.1:{port})"),
    "uvloop_c": ("libuv", "connect(127.0.0.1:{port})"),
    "preopened": ("a socket that was open before", ""),
    "io_uring": ("a ring, which needs no system calls to connect", "io_uring_setup()"),
    "py_remove": ("a file removed", "unlink({folder}/f1)"),
    "c_unlink": ("a file removed by C code", "unlink({folder}/f1)"),
    "rm_subprocess": ("`rm`, by `subprocess`", "execve({rm} -f {folder}/f1)"),
    "py_write": ("a file written", "open({folder}/f1)"),
    "c_open_write": ("a file written by C code", "open({folder}/f1)"),
    "c_truncate": ("a file cut off", "truncate({folder}/f1)"),
    "c_rename": ("a file renamed", "rename({folder}/f1, {folder}/f2)"),
    "c_link_out": ("a symbolic link made", "symlink({folder}/s)"),
    "c_chmod": ("a file's mode", "chmod({folder}/f1)"),
    "c_utime": ("a file's times", "utimensat({folder}/f1)"),
    "c_setxattr": ("a file's extended attributes", "setxattr({folder}/f1)"),
    "sqlite_c": ("a row in a database, by sqlite", "open({folder}/db)"),
    "numpy_tofile": ("an array in a file, by numpy", "open({folder}/f1)"),
    "preopened_rw": ("a file that was open for writing before", ""),
    "kill_other": ("a signal to another process", "kill({victim}, 15)"),
    "fork_and_write": ("a child process that writes a file", "fork()"),
}
"""What each tries, and how it is named; a write to a descriptor that is closed names nothing."""
