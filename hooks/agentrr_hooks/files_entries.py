"""What `os.scandir` gives, made from plain data: see `files_questions`."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Self


def take(real: Any, path: Any) -> list[list[Any]]:
    """Return what a folder holds: name, i-node, kind, and for a link the kind that it leads to.

    A kind is `f`, `d`, or `-` for another or none.
    """
    found: list[list[Any]] = []
    with real() if path is None else real(path) as entries:
        for entry in entries:
            link = entry.is_symlink()
            try:
                kind = "d" if entry.is_dir() else "f" if entry.is_file() else "-"
            except OSError:
                kind = "-"
            found.append([entry.name, entry.inode(), "l" if link else kind, kind])
    return found


class Entry:
    """An `os.DirEntry`: what it knows was taken down when its folder was read."""

    __slots__ = ("_inode", "_kind", "_leads_to", "_status", "name", "path")

    def __init__(self, folder: Any, taken: list[Any]) -> None:
        self.name, self._inode, self._kind, self._leads_to = taken
        self._status: dict[bool, os.stat_result] = {}
        if folder is None:
            self.path: Any = self.name
        elif isinstance(folder, int):
            self.path = self.name
        else:
            self.path = os.path.join(os.fspath(folder), self.name)

    def __fspath__(self) -> Any:
        return self.path

    def __repr__(self) -> str:
        return f"<DirEntry {self.name!r}>"

    def __class_getitem__(cls, item: object) -> Any:
        from types import GenericAlias

        return GenericAlias(cls, item)

    def inode(self) -> int:
        """Return the i-node's number."""
        number: int = self._inode
        return number

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        """Tell whether it is a folder."""
        return bool((self._leads_to if follow_symlinks else self._kind) == "d")

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        """Tell whether it is a regular file."""
        return bool((self._leads_to if follow_symlinks else self._kind) == "f")

    def is_symlink(self) -> bool:
        """Tell whether it is a symbolic link."""
        return bool(self._kind == "l")

    def is_junction(self) -> bool:
        """Tell whether it is a junction: only Windows has them."""
        return False

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Return its status, asked for once."""
        if follow_symlinks not in self._status:
            ask = os.stat if follow_symlinks else os.lstat
            self._status[follow_symlinks] = ask(self.path)
        return self._status[follow_symlinks]


class Listing:
    """The iterator that `os.scandir` gives."""

    def __init__(self, folder: Any, taken: list[list[Any]]) -> None:
        self._entries = iter([Entry(folder, one) for one in taken])

    def __iter__(self) -> Iterator[Entry]:
        return self

    def __next__(self) -> Entry:
        return next(self._entries)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Give no more."""
        self._entries = iter(())
