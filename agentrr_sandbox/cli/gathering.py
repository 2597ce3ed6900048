"""Gathers facts, file lookups and library reads, which a person rarely looks at, in one row.

Between two rows that matter there may be dozens of them, made by imports and by libraries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentrr_sandbox.cli.rows import Row

_LOOKUPS = frozenset(
    (
        *("file.stat", "file.lstat", "file.fstat", "file.statvfs", "file.access"),
        *("file.listdir", "file.scandir", "file.realpath", "file.readlink"),
    )
)
_NAMED = 6
_MOST = 1000  # so that the first rows come at once, and memory stays flat


def gathered(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield *rows*, each stretch of small ones as one."""
    stretch: list[Row] = []
    for row in rows:
        small = _small(row)
        if stretch and (not small or len(stretch) == _MOST):
            yield _one(stretch)
            stretch = []
        if small:
            stretch.append(row)
        else:
            yield row
    if stretch:
        yield _one(stretch)


def _small(row: Row) -> bool:
    if row.kind == "reads":
        return not row.of_user
    return row.kind == "facts" or (row.call in _LOOKUPS)


def _one(stretch: list[Row]) -> Row:
    if len(stretch) == 1 and stretch[0].kind != "facts":
        return stretch[0]
    row = stretch[0]
    names = [name for part in stretch for name in part.names]
    unset = sum(part.unset for part in stretch)
    lookups = sum(part.call in _LOOKUPS for part in stretch)
    reads = sum(part.count for part in stretch if part.kind == "reads")
    said: list[str] = []
    if names:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        said.append(", ".join(names[:_NAMED]) + more)
    for count, what in (
        (unset, "variable that is not set"),
        (lookups, "file lookup"),
        (reads, "read by libraries"),
    ):
        if count:
            said.append(f"{count} {_plural(what) if count != 1 else what}")
    row.kind, row.what, row.outcome = "small", "; ".join(said), ""
    row.call, row.took = "", None
    return row


def _plural(what: str) -> str:
    first, _, rest = what.partition(" ")
    if first == "file":
        return "file lookups"
    return f"{first}s {rest}".replace(" is ", " are ")
