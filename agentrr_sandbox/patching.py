"""Replaces attributes, now or when their module is imported, and puts each one back.

This is the one place where foreign objects are changed.  Replacements are plain attributes: the
wrapper library that the field uses costs 140-250 ms of import in the agent's process and must be
installed in the agent's own environment, so it stays out of it.

A module that is not loaded yet is caught by a finder on `sys.meta_path`, which lets the other
finders find it, puts itself between them and the module's execution, and leaves no trace on the
module: `__loader__` and `__spec__` are the genuine ones.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

_MISSING = object()
_IO = ("io", "_io")  # `open` is there and among the builtins


class Patching:
    """Implements `boundary.Patcher`: everything that it did is undone last in, first out."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []
        self._finder = _Finder()
        sys.meta_path.insert(0, self._finder)

    def replace(self, module: str, attribute: str, make: Callable[[Any], Any]) -> None:
        """Set `module.attribute` (dotted for a class member) to `make(real)`; see `Patcher`."""

        def then(loaded: ModuleType) -> None:
            self._set(loaded, attribute, make)

        self.on_import(module, then)

    def on_import(self, module: str, then: Callable[[Any], None]) -> None:
        """Call *then* with the module, now if it is loaded, else right after its import."""
        self._finder.waiting.setdefault(module, []).append(then)
        loaded = sys.modules.get(module)
        if loaded is not None:
            spec = getattr(loaded, "__spec__", None)
            if not getattr(spec, "_initializing", False):
                then(loaded)
            # a module that is half imported calls back through nobody: it was found before us

    def undo_with(self, undo: Callable[[], None]) -> None:
        """Remember an undo of a patch that is not an attribute."""
        self._undo.append(undo)

    def undo(self) -> None:
        """Put everything back, last in, first out.  Waiting imports are forgotten."""
        self._finder.waiting.clear()
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        while self._undo:
            self._undo.pop()()

    def _set(self, root: object, attribute: str, make: Callable[[Any], Any]) -> None:
        *path, name = attribute.split(".")
        owner: Any = root
        for part in path:
            owner = getattr(owner, part, None)
            if owner is None:
                return
        own = getattr(owner, "__dict__", {}).get(name, _MISSING)
        real = own if own is not _MISSING else getattr(owner, name, _MISSING)
        if real is _MISSING:
            return
        made = make(real)
        if owner is root and made is not real and getattr(real, "__name__", "") == name:
            _let_be_found(made, real, root)
        setattr(owner, name, made)

        def undo() -> None:
            if own is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, own)

        self._undo.append(undo)


def _let_be_found(made: Any, real: Any, module: Any) -> None:
    """Let `pickle`, which found *real* by its names, find *made* in *module*.

    A class keeps its names, which are printed; so does what is put in two places.
    """
    name, home = real.__name__, getattr(real, "__module__", None) or ""
    if isinstance(made, type) or home in _IO:
        return
    if getattr(sys.modules.get(home), name, None) is not real:
        return
    try:
        made.__module__, made.__qualname__ = module.__name__, name
    except AttributeError:
        pass  # it is pickled otherwise


class _Finder:
    """Notices the first import of a hooked module."""

    def __init__(self) -> None:
        self.waiting: dict[str, list[Callable[[ModuleType], None]]] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the other finders' spec, its loader wrapped, for a module that is waited for."""
        if name not in self.waiting:
            return None
        for finder in sys.meta_path:
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                if spec.loader is not None and hasattr(spec.loader, "exec_module"):
                    spec.loader = _Loader(spec.loader, self.waiting)  # type: ignore[assignment]
                return spec
        return None


class _Loader:
    """Executes the module with its genuine loader, then calls those who wait for it."""

    def __init__(self, real: Any, waiting: dict[str, list[Callable[[ModuleType], None]]]) -> None:
        self._real = real
        self._waiting = waiting

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Let the genuine loader make the module."""
        spec.loader = self._real
        module: ModuleType | None = self._real.create_module(spec)
        spec.loader = self  # type: ignore[assignment] # the import system asks the spec again
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Take our traces off the module, let the genuine loader execute it, then call."""
        module.__loader__ = self._real
        if module.__spec__ is not None:
            module.__spec__.loader = self._real
        self._real.exec_module(module)
        # not a copy: a hook that is loaded only now adds its own to the list
        for then in self._waiting.get(module.__name__, ()):
            then(sys.modules.get(module.__name__, module))
