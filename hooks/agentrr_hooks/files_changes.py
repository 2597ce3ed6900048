"""Changing the file system: see `files`."""

from __future__ import annotations

import os

from agentrr_hooks.files_common import Door, bound, descriptor_path, dress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Files, Patcher

_REFUSED = ("mkfifo", "mknod", "chroot", "lchflags", "chflags")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route the changes through *boundary*."""
    door = Door(boundary)
    for name, follow in (
        ("mkdir", lambda files, path: files.made(path)),
        ("rmdir", lambda files, path: files.removed(path)),
        ("unlink", lambda files, path: files.removed(path)),
        ("remove", lambda files, path: files.removed(path)),
        ("chdir", lambda files, path: files.entered(path)),
        ("fchdir", lambda files, path: files.entered(path)),
        ("chmod", None),
        ("utime", None),
        ("setxattr", None),
        ("removexattr", None),
    ):
        patch.replace("os", name, bound(_change, door, name, follow))
    for name in ("rename", "replace"):
        patch.replace("os", name, bound(_rename, door, name))
    patch.replace("os", "truncate", bound(_truncate, door))
    patch.replace("os", "fchmod", bound(_fchmod, door))
    for name in _REFUSED:
        patch.replace("os", name, bound(_refused, door, name))
    patch.replace("shutil", "_use_fd_functions", lambda _: False)


def _change(real: Any, door: Door, name: str, follow: Callable[[Files, str], None] | None) -> Any:
    """Stand in for a change of one path; *follow* tells the files what it was."""
    call = "file.remove" if name == "unlink" else f"file.{name}"

    def change(path: Any, *args: Any, **kwargs: Any) -> Any:
        lane = door.lane()
        files = lane.files if lane is not None else None
        given = None
        if lane is not None and files is not None and not files.quiet:
            change = not name.endswith("chdir")
            given = door.of(descriptor_path(files, path), kwargs.get("dir_fd"), change=change)
        if lane is None or files is None or given is None:
            path = door.write(path)
            answer = real(path, *args, **kwargs)
            if files is not None and name.endswith("chdir"):
                files.moved_to = None  # the process itself knows where it is
            return answer
        request: dict[str, object] = {"path": given[2]}
        told = [*args, *(kwargs[key] for key in ("mode", "times", "ns", "value") if key in kwargs)]
        if told:
            request["arguments"] = told
        answer = lane.cross(call, lambda: real(path, *args, **kwargs), request=request)
        if follow is not None:
            follow(files, given[2])
        return answer

    return dress(change, real)


def _rename(real: Any, door: Door, name: str) -> Any:
    def rename(
        src: Any, dst: Any, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None
    ) -> None:
        source = door.of(src, src_dir_fd, change=True)
        target = door.of(dst, dst_dir_fd, change=True)
        either = source or target
        if either is None:
            src, dst = door.write(src), door.write(dst)
            real(src, dst, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)
            return
        lane, files, *_ = either
        old = source[2] if source else os.fsdecode(src)
        new = target[2] if target else os.fsdecode(dst)
        lane.cross(
            f"file.{name}",
            lambda: real(src, dst, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd),
            request={"path": old, "to": new},
        )
        files.renamed(old, new)

    return dress(rename, real)


def _truncate(real: Any, door: Door) -> Any:
    def truncate(path: Any, length: int) -> None:
        given = None if isinstance(path, int) else door.of(path, change=True)
        if given is None:
            path = door.write(path)
            real(path, length)
            return
        lane, files, text, _ = given
        found, _opener = files.look(lane, text, "change")
        live: list[bool] = []

        def go() -> dict[str, Any]:
            real(path, length)
            live.append(True)
            return found

        answer = lane.cross("file.truncate", go, request={"path": text, "length": length})
        if live:
            files.opened(text, "change")
        else:
            real(files.place(lane, text, "change", answer), length)

    return dress(truncate, real)


def _fchmod(real: Any, door: Door) -> Any:
    def fchmod(fd: int, mode: int) -> None:
        lane = door.lane()
        files = lane.files if lane is not None else None
        path = files.of_descriptor(fd) if files is not None and not files.quiet else None
        if lane is None or path is None:
            real(fd, mode)
            return
        lane.cross("file.fchmod", lambda: real(fd, mode), request={"mode": mode})

    return dress(fchmod, real)


def _refused(real: Any, door: Door, name: str) -> Any:
    """Stand in for a change that an overlay cannot make, and that raises no audit event."""

    def refuse(path: Any, *args: Any, **kwargs: Any) -> Any:
        lane = door.lane()
        if lane is not None:
            lane.uncaptured(f"os.{name}", {"path": os.fsdecode(path)})
        return real(path, *args, **kwargs)

    return dress(refuse, real)
