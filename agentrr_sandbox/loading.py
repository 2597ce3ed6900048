"""Loads modules of ours from one file a stage, so that a run starts sooner.

Some sixty modules are loaded before the script, and looking for each on the disk costs more than
running it.  `launch.bundle` writes a stage's file after a run that had none, or an old one: the
modules' compiled code in the order in which they were completed, so that each finds what it
imports.  Each entry holds the size and time of its source, as a `.pyc` does.  One that differs, and
the whole stage is loaded the usual way; `noted` then tells what to write.

Imports nothing that is not loaded: `site/sitecustomize.py` runs this file by itself.
"""

from __future__ import annotations

import _thread
import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar

OURS = ("agentrr_sandbox", "agentrr_hooks")
_waiting: dict[str, bytes] = {}
_lock = _thread.RLock()
_LONG = 10.0
noted: dict[str, list[list[str]]] = {}
"""Name and source of each module, in order, of the stages that were not loaded from a file."""


def path(engine: str, stage: str) -> str:
    """Return where the file of *stage* is, for the Python that runs."""
    tag = sys.implementation.cache_tag
    return f"{engine}/agentrr_sandbox/__pycache__/{stage}.{tag}.bundle"


def load(stage: str, homes: dict[str, str] | None = None) -> None:
    """Load *stage*'s modules from its file; *homes* names the folder of each package.

    Without *homes* this package is where it was found.  Without a file as it should be, modules
    that are imported from now on are noted as the stage's, until the next is loaded.
    """
    if homes is None:
        homes = {OURS[0]: os.path.dirname(os.path.dirname(os.path.abspath(__file__)))}
    held = _held(path(homes["agentrr_sandbox"], stage))
    if held is None:
        Noting.begin(stage, homes)
        return
    modules: Any = sys.modules
    made: list[tuple[str, Any, Any]] = [
        (name, _module(name, str(entry[0])), entry[3])
        for name, *entry in held
        if name not in modules
    ]
    modules.update({name: module for name, module, _ in made})  # a package runs after its modules
    try:
        for name, module, code in made:
            if type(code) is bytes:
                _waiting[name] = code
                module.__class__ = Later
            else:
                exec(code, module.__dict__)  # noqa: S102 - what an import does
            package, _, own = name.rpartition(".")
            if package:
                setattr(modules[package], own, module)
    except BaseException:
        for name, _, _ in made:
            modules.pop(name, None)
        raise


class Later(type(sys)):  # type: ignore[misc] # the type of modules
    """A module that runs when something of it is asked for: most short runs need none of it.

    Its code is in memory, so neither the path nor the import system takes part any more.
    """

    def __getattr__(self, attribute: str) -> Any:
        """Run the module; another thread that asks meanwhile waits."""
        with _lock:
            name: str = self.__dict__["__name__"]
            code = _waiting.pop(name, None)
            if code is not None:
                switching = sys.getswitchinterval()
                sys.setswitchinterval(_LONG)  # nobody is to see it half made
                try:
                    exec(marshal.loads(code), self.__dict__)  # noqa: S102, S302 - as above
                except BaseException:
                    _waiting[name] = code
                    raise
                finally:
                    sys.setswitchinterval(switching)
                self.__class__ = type(sys)  # type: ignore[assignment] # an ordinary one from now on
        return object.__getattribute__(self, attribute)


def _module(name: str, source: str) -> Any:
    """Return a module as the import system makes one, before it runs."""
    external: Any = sys.modules["_frozen_importlib_external"]
    module: Any = type(sys)(name)
    loader = external.SourceFileLoader(name, source)
    spec = type(sys.__spec__)(name, loader, origin=source)
    spec.has_location = True
    if source.endswith("__init__.py"):
        module.__path__ = spec.submodule_search_locations = [os.path.dirname(source)]
        module.__package__ = name
    else:
        module.__package__ = name.rpartition(".")[0]
    module.__spec__, module.__loader__, module.__file__ = spec, loader, source
    module.__cached__ = spec.cached
    return module


def end() -> None:
    """Note no more."""
    if Noting in sys.meta_path:
        sys.meta_path.remove(Noting)


def _held(file: str) -> list[tuple[str, str, int, int, Any]] | None:
    """Return the entries of *file* when all are as their sources are now."""
    external: Any = sys.modules["_frozen_importlib_external"]
    try:
        with open(file, "rb") as opened:
            magic, held = marshal.loads(opened.read())  # noqa: S302 - a .pyc, in effect
        if magic != external.MAGIC_NUMBER:
            return None
        for _, source, time, size, _ in held:
            status = os.stat(source)
            if status.st_mtime_ns != time or status.st_size != size:
                return None
    except (OSError, ValueError, EOFError, TypeError):
        return None
    entries: list[tuple[str, str, int, int, Any]] = held
    return entries


class Noting:
    """Finds agentrr's packages, and notes which of their modules were loaded, in which order."""

    stage = ""
    homes: ClassVar[dict[str, str]]

    @classmethod
    def begin(cls, stage: str, homes: dict[str, str]) -> None:
        """Note what is loaded from now on as *stage*'s."""
        cls.stage, cls.homes = stage, homes
        noted[stage] = []
        if cls not in sys.meta_path:
            sys.meta_path.insert(0, cls)

    @classmethod
    def find_spec(cls, name: str, path: Any = None, target: object = None) -> Any:
        """Return the spec of a module of ours, whose loader notes it; None for any other."""
        del target
        if name.partition(".")[0] not in OURS:
            return None
        external: Any = sys.modules["_frozen_importlib_external"]
        home = cls.homes.get(name)
        spec = external.PathFinder.find_spec(name, path if home is None else [home])
        if spec is not None and type(spec.loader) is external.SourceFileLoader:
            spec.loader = _noting(external, spec.loader, noted[cls.stage])
        return spec


def _noting(external: Any, real: Any, into: list[list[str]]) -> Any:
    class Noted(external.SourceFileLoader):  # type: ignore[misc] # found at run time
        def exec_module(self, module: Any) -> None:
            module.__spec__.loader = module.__loader__ = real
            super().exec_module(module)
            into.append([self.name, self.path])

    return Noted(real.name, real.path)
