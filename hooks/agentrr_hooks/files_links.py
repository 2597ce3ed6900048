"""Making links: see `files`.  A replay makes none; their names are other names of the same file."""

from __future__ import annotations

import os

from agentrr_hooks.files_common import Door, bound, dress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route links through *boundary*."""
    door = Door(boundary)
    patch.replace("os", "symlink", bound(_symlink, door))
    patch.replace("os", "link", bound(_link, door))


def _symlink(real: Any, door: Door) -> Any:
    def symlink(
        src: Any, dst: Any, target_is_directory: bool = False, *, dir_fd: int | None = None
    ) -> None:
        given = door.of(dst, dir_fd, change=True)
        if given is None:
            real(src, door.write(dst), target_is_directory, dir_fd=dir_fd)
            return
        lane, files, path, _ = given
        target = os.fsdecode(src)
        lane.cross(
            "file.symlink",
            lambda: real(src, dst, target_is_directory, dir_fd=dir_fd),
            request={"path": path, "to": target},
        )
        files.linked(path, target, hard=False)

    return dress(symlink, real)


def _link(real: Any, door: Door) -> Any:
    def link(
        src: Any,
        dst: Any,
        *,
        src_dir_fd: int | None = None,
        dst_dir_fd: int | None = None,
        follow_symlinks: bool = True,
    ) -> None:
        options: dict[str, Any] = {"src_dir_fd": src_dir_fd, "dst_dir_fd": dst_dir_fd}
        if not follow_symlinks:
            options["follow_symlinks"] = False
        source, given = door.of(src, src_dir_fd, change=True), door.of(dst, dst_dir_fd, change=True)
        if source is None or given is None:
            real(src, door.write(dst), **options)
            return
        lane, files, path, _ = given
        lane.cross(
            "file.link",
            lambda: real(src, dst, **options),
            request={"path": source[2], "to": path},
        )
        files.linked(path, source[2], hard=True)

    return dress(link, real)
