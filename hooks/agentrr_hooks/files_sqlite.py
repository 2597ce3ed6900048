"""SQLite opens its files in C: a replay works on copies.  See `files`."""

from __future__ import annotations

import os

from agentrr_hooks.files_common import Door, dress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Files, Lane, Patcher

_BUILTIN = type(len)
COMPANIONS = ("-wal", "-journal")
"""Ends of the names of what lies beside a database."""


def install(module: Any, patch: Patcher, boundary: Boundary) -> None:
    """Route `connect` of *module* through *boundary*: three modules name one function."""
    real = module.connect
    if not isinstance(real, _BUILTIN):
        return  # the module took it from one of the others

    def undo() -> None:
        module.connect = real

    module.connect = connecting(real, Door(boundary), _path, COMPANIONS)
    patch.undo_with(undo)


def connecting(
    real: Any, door: Door, path_of: Callable[..., Any], companions: tuple[str, ...]
) -> Any:
    """Return what stands for *real*, which opens the database of its first argument in C.

    *path_of* tells the path in that; *companions* lie beside it.
    """

    def connect(database: Any, *args: Any, **kwargs: Any) -> Any:
        given = door.of(path_of(database, uri=bool(kwargs.get("uri"))), change=True)
        if given is None:
            return real(door.write(database), *args, **kwargs)
        lane, files, text, _ = given
        found = _look(lane, files, text, companions)
        live: list[Any] = []

        def go() -> dict[str, Any]:
            live.append(real(database, *args, **kwargs))
            return found

        answer = lane.cross("file.open", go, request={"path": text, "mode": "sqlite"})
        if live:
            files.opened(text, "change")
            return live[0]
        place = _lay_out(lane, files, text, answer)
        if kwargs.get("uri"):
            place = str(database).replace(str(path_of(database, uri=True)), place, 1)
        return real(place, *args, **kwargs)

    return dress(connect, real)


def _path(database: Any, *, uri: bool) -> Any:
    """Return the path in what `connect` was given; None for a database in memory."""
    try:
        text = os.fsdecode(database)
    except TypeError:
        return None
    if uri and text.startswith("file:"):
        text = text[5:].partition("?")[0].partition("#")[0]
        text = text.removeprefix("//localhost") if text.startswith("//localhost") else text
        text = text[2:] if text.startswith("///") else text
        if "mode=memory" in os.fsdecode(database):
            return None
    return None if text in ("", ":memory:") else text


def _look(lane: Lane, files: Files, path: str, companions: tuple[str, ...]) -> dict[str, Any]:
    found = {"": files.look(lane, path, "copy")[0]}
    for end in companions:
        found[end] = {} if _is_own(found) else files.look(lane, path + end, "copy")[0]
    return found


def _is_own(found: dict[str, Any]) -> bool:
    """Whether the run has opened this database before: a replay has written what is beside it.

    An open connection has those files mapped: to lay out others in their place would break it.
    """
    return bool(found[""].get("own"))


def _lay_out(lane: Lane, files: Files, path: str, found: dict[str, Any]) -> str:
    place = files.place(lane, path, "change", found[""])
    if _is_own(found):
        return place
    for end, beside in found.items():
        if end and beside:
            files.place(lane, path + end, "copy", beside)
    return place
