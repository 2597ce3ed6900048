"""The environment.

Captures      each variable that is asked for, absent ones too, and the list of names
Records       one fact a name, at its first asking; of a secret one the shape of a stand-in only
Serves        the recorded value, or a stand-in of the same length, alphabet and published prefix
Reaches       `os.environ` in all its forms, `os.getenv`, `os.environb`, proxies by `urllib`
Out of reach  `getenv` called by C code; `os.putenv`, which no Python reader sees; `posix.environ`
"""

from __future__ import annotations

import os

from agentrr_hooks.standin import partial
from agentrr_sandbox import real as genuine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from agentrr_sandbox.boundary import Boundary, Patcher

NAMES = "env*"
PROXIES = "env*_proxy"
_BETWEEN = frozenset({"os", "_collections_abc", "collections.abc", __name__})
"""Modules whose frames stand between the mapping and whoever asks."""
_getframe = genuine.getframe


def install(patch: Patcher, boundary: Boundary) -> None:
    """Let reads of the environment pass through *boundary*; what the script writes is its own."""
    environ: Any = os.environ
    real = environ._data
    served = Variables(real, boundary)
    holders: list[Any] = [environ, *([os.environb] if hasattr(os, "environb") else [])]
    for holder in holders:
        holder._data = served

    def undo() -> None:
        real.clear()
        real.update(served.now())
        for holder in holders:
            holder._data = real

    patch.undo_with(undo)
    for name in ("getproxies_environment", "getproxies"):
        patch.replace("urllib.request", name, lambda function: _proxies(function, boundary, served))


def _asker() -> int:
    """Return the depth of the frame that asks, seen from a caller of `Lane.fact`."""
    frame: Any = _getframe(2)
    depth = 2
    while frame.f_back is not None and frame.f_globals.get("__name__") in _BETWEEN:
        frame = frame.f_back
        depth += 1
    return depth


class Variables(dict):  # type: ignore[type-arg] # keys and values are bytes on POSIX, text elsewhere
    """The mapping below `os.environ`: reads are facts, but for what the script itself has set."""

    def __init__(self, real: dict[Any, Any], boundary: Boundary) -> None:
        super().__init__(real)
        self._current = boundary.lane
        self._own: set[Any] = set()

    def now(self) -> dict[Any, Any]:
        """Return what the process's environment holds, past the boundary."""
        return {key: dict.__getitem__(self, key) for key in dict.__iter__(self)}

    def own(self) -> dict[str, str]:
        """Return what the script has set, past the boundary."""
        held = ((key, dict.get(self, key)) for key in sorted(self._own))
        return {_text(key): _text(value) for key, value in held if value is not None}

    def owned(self, suffix: str) -> bool:
        """Whether the script has set or deleted a variable whose name ends so."""
        return any(_text(key).lower().endswith(suffix) for key in self._own)

    def __getitem__(self, key: Any) -> Any:
        lane = self._current()
        if lane is None or key in self._own:
            return dict.__getitem__(self, key)
        held: Any = dict.get(self, key)
        name = f"env:{_text(key)}"
        value = lane.fact(name, lambda: None if held is None else _text(held), _asker())
        if value is None:
            raise KeyError(key)
        return _like(key, value)

    def __contains__(self, key: object) -> bool:
        try:
            self[key]
        except KeyError:
            return False
        return True

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the value, or *default*."""
        try:
            return self[key]
        except KeyError:
            return default

    def __setitem__(self, key: Any, value: Any) -> None:
        self._own.add(key)
        dict.__setitem__(self, key, value)

    def __delitem__(self, key: Any) -> None:
        self[key]  # it must be there for the script, wherever this runs
        self._own.add(key)
        dict.pop(self, key, None)

    def pop(self, key: Any, *default: Any) -> Any:
        """Take a variable out."""
        try:
            value = self[key]
        except KeyError:
            if default:
                return default[0]
            raise
        del self[key]
        return value

    def _names(self) -> list[Any]:
        lane = self._current()
        held = list(dict.__iter__(self))
        if lane is None:
            return held
        names: list[str] = lane.fact(NAMES, lambda: [_text(key) for key in held], _asker())
        like: Any = held[0] if held else b""
        found = [_like(like, name) for name in names]
        added = [key for key in held if key in self._own and key not in found]
        own = self._own
        return [k for k in found if k not in own or dict.__contains__(self, k)] + added

    def __iter__(self) -> Iterator[Any]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __bool__(self) -> bool:
        return bool(self._names())

    def keys(self) -> Any:
        """Return the names."""
        return dict.fromkeys(self._names()).keys()

    def items(self) -> Any:
        """Return names and values."""
        return {name: self[name] for name in self._names()}.items()

    def values(self) -> Any:
        """Return the values."""
        return {name: self[name] for name in self._names()}.values()

    def copy(self) -> dict[Any, Any]:
        """Return a plain dictionary."""
        return dict(self.items())

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (list(self.items()),)


def _text(key: Any) -> str:
    return key.decode("utf-8", "surrogateescape") if isinstance(key, bytes) else str(key)


def _like(model: Any, value: str) -> Any:
    return value.encode("utf-8", "surrogateescape") if isinstance(model, bytes) else value


def _proxies(real: Any, boundary: Boundary, served: Variables) -> Any:
    """Keep the proxies only: the function looks through the whole environment for them."""
    current = boundary.lane

    def getproxies() -> Any:
        lane = current()
        if lane is None or served.owned("_proxy"):
            return real()
        schemes = lane.fact(PROXIES, lambda: list(real()))
        # one fact each, for a proxy's address may hold a login
        return {
            scheme: lane.fact(f"env:{scheme}_proxy (any)", partial(_one, real, scheme))
            for scheme in schemes
        }

    for name in ("__name__", "__qualname__", "__doc__", "__module__"):
        setattr(getproxies, name, getattr(real, name, None))
    return getproxies


def _one(real: Any, scheme: str) -> Any:
    return real()[scheme]
