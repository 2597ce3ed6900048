"""SQLite opens its files in C: a replay works on copies.  See `files`."""

from __future__ import annotations

import os

from agentrr_hooks.files_common import Door, dress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Files, Lane, Patcher

_COMPANIONS = ("", "-wal", "-journal")


def install(patch: Patcher, boundary: Boundary) -> None:
    """Route `sqlite3.connect` through *boundary*."""
    door = Door(boundary)
    for module in ("_sqlite3", "sqlite3.dbapi2", "sqlite3"):
        patch.replace(module, "connect", lambda real: _connect(real, door))


def _connect(real: Any, door: Door) -> Any:
    if door.connects is not None and real in door.connects:
        return door.connects[1]  # three modules name one function

    def connect(database: Any, *args: Any, **kwargs: Any) -> Any:
        given = door.of(_path(database, uri=bool(kwargs.get("uri"))))
        if given is None:
            door.write(database)
            return real(database, *args, **kwargs)
        lane, files, text, _ = given
        found = {end: files.look(lane, text + end, "copy")[0] for end in _COMPANIONS}
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
            place = str(database).replace(str(_path(database, uri=True)), place, 1)
        return real(place, *args, **kwargs)

    door.connects = (real, dress(connect, real))
    return connect


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


def _lay_out(lane: Lane, files: Files, path: str, found: dict[str, Any]) -> str:
    place = files.place(lane, path, "change", found[""])
    for end in _COMPANIONS[1:]:
        if found[end]:
            files.place(lane, path + end, "copy", found[end])
    return place
