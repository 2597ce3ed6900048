"""Paths of this machine, written so that they mean the same on another one.

`/home/a/proj/x.py` is stored as `[root:code]/x.py`, in requests, output, tracebacks.  What looks
like that by itself is escaped, so that `localize(map(text)) == text` for every text.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_MARK = "[root:"
_ESCAPE = "[root:!"
_BY_NAME = frozenset({"/root", "/tmp"})  # noqa: S108 - compared with, not written to
_LIBRARY = ("/site-packages/", "/dist-packages/")
_FOREIGN = ("prefix", "stdlib")


class Roots:
    """The named roots of one machine: *mapping* is name to absolute path; first name wins a path.

    The root `/` takes no part.  A root of one component (`/app`) does only when a `/` follows,
    but for `/root` and `/tmp`: it may be a word of an answer.

    *recorded* are the roots of the recording machine, for a replay: a path that the script or a
    library spells out (`/tmp`, a literal) means the same root there and here.
    """

    __slots__ = ("_code", "_foreign", "_ours", "_paths", "names")

    def __init__(
        self, mapping: Mapping[str, str], recorded: Mapping[str, str] | None = None
    ) -> None:
        self.names = {name: _trimmed(path) for name, path in mapping.items()}
        paths: dict[str, str] = {}
        for name, path in self.names.items():
            if path:
                paths.setdefault(path, name)
        for name, path in (recorded or {}).items():
            if name in self.names and _trimmed(path):
                paths.setdefault(_trimmed(path), name)
        self._paths = sorted(paths.items(), key=_longest_first)
        self._code = self.names.get("code")
        self._foreign = [self.names[name] for name in _FOREIGN if self.names.get(name)]
        ours = __file__.rpartition("/agentrr_sandbox/")[0]
        self._ours = (f"{ours}/agentrr_sandbox/", f"{ours}/hooks/agentrr_hooks/")

    def hit(self, text: str) -> bool:
        """Whether `map` might change *text*: cheap, never wrongly false."""
        if _MARK in text:
            return True
        return any(path in text for path, _ in self._paths)

    def map(self, text: str) -> str:
        """Return *text* with the paths of this machine replaced by their roots."""
        if _MARK in text:
            text = text.replace(_MARK, _ESCAPE)
        for path, name in self._paths:
            if path in text:
                text = _replaced(text, path, f"{_MARK}{name}]")
        return text

    def localize(self, text: str) -> str:
        """Return *text* with roots replaced by the paths of this machine."""
        if _MARK not in text:
            return text
        first, *rest = text.split(_MARK)
        parts = [first]
        for part in rest:
            if part.startswith("!"):
                parts += (_MARK, part[1:])
                continue
            name, bracket, after = part.partition("]")
            path = self.names.get(name) if bracket else None
            parts += (_MARK, part) if not path else (path, after)
        return "".join(parts)

    def user(self, filename: str) -> bool:
        """Whether *filename* (a code object's) is the user's: under `code`, and no library.

        Code without a file (`<string>` of `-c`, `<stdin>`) is the user's; frozen modules are not.
        """
        if filename.startswith("<"):
            return not filename.startswith("<frozen ")
        if self._code is None or not filename.startswith(f"{self._code}/"):
            return False
        rest = filename[len(self._code) :]
        if any(part in rest for part in _LIBRARY) or filename.startswith(self._ours):
            return False
        return not any(
            filename.startswith(f"{path}/") and len(path) >= len(self._code)
            for path in self._foreign
        )


def _trimmed(path: str) -> str:
    return path.rstrip("/")


def _longest_first(item: tuple[str, str]) -> int:
    return -len(item[0])


def _replaced(text: str, path: str, mark: str) -> str:
    """Replace whole-component occurrences of *path*."""
    slash_only = path.count("/") == 1 and path not in _BY_NAME
    parts: list[str] = []
    start = 0
    at = text.find(path)
    while at >= 0:
        end = at + len(path)
        if _begins(text, at) and _ends(text, end, slash_only=slash_only):
            parts += (text[start:at], mark)
            start = end
        at = text.find(path, end)
    parts.append(text[start:])
    return "".join(parts)


def _begins(text: str, at: int) -> bool:
    before = text[at - 1] if at else " "
    return not (before.isalnum() or before in "_-.~]")


def _ends(text: str, end: int, *, slash_only: bool) -> bool:
    after = text[end : end + 2]
    if after.startswith("/"):
        return True
    if slash_only or after[:1].isalnum() or after[:1] in ("_", "-", "~"):
        return False
    return not (
        after.startswith(".") and len(after) > 1 and (after[1].isalnum() or after[1] in "._")
    )
