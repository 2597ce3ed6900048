"""Starts agentrr in the run's interpreter, before the script, and takes every trace of that away.

The supervisor puts this folder first on PYTHONPATH and says in AGENTRR_BOOT how to go on.  Both
are undone here, PYTHONHASHSEED too, then the environment's own `sitecustomize` runs in this
module's place.  Where there is none, the ImportError that `site` expects is raised, so that no
module of this name is left behind.
"""


def _start():  # type: ignore[no-untyped-def] # noqa: ANN202 - annotations would import
    import os
    import sys

    words = os.environ.pop("AGENTRR_BOOT", "").split("\x1f")
    here = __file__.rpartition(os.sep)[0]
    sys.path[:] = [entry for entry in sys.path if entry != here]
    sys.path_importer_cache.pop(here, None)
    if len(words) == 7:  # noqa: PLR2004 - as `launch.spawn` joins them
        descriptor, engine, hooks, *before = words
        for name, had, value in (
            ("PYTHONPATH", before[0], before[1]),
            ("PYTHONHASHSEED", before[2], before[3]),
        ):
            if had:
                os.environ[name] = value
            else:
                os.environ.pop(name, None)
        try:
            _boot(int(descriptor), engine, hooks)  # noqa: F821 - deleted below, after this has run
        except Exception:
            # `site` would say a word and run the script all the same: unrecorded, or live
            import traceback

            traceback.print_exc()
            os._exit(70)
    finder = sys.modules["_frozen_importlib_external"].PathFinder
    return finder.find_spec("sitecustomize")


def _bundle(engine: str) -> dict[str, tuple]:  # type: ignore[type-arg] # marshalled
    """Return what `launch.bundle` has written: our modules' code, by name."""
    import marshal
    import sys

    tag = sys.implementation.cache_tag
    try:
        with open(f"{engine}/agentrr_sandbox/__pycache__/boot.{tag}.bundle", "rb") as file:
            return marshal.loads(file.read())  # type: ignore[no-any-return] # noqa: S302 - a .pyc, in effect
    except (OSError, ValueError, EOFError, TypeError):
        return {}


def _boot(descriptor: int, engine: str, hooks: str) -> None:
    import os
    import sys

    stale: list[str] = []
    ours = ("agentrr_sandbox", "agentrr_hooks")

    external = sys.modules["_frozen_importlib_external"]
    homes = {"agentrr_sandbox": engine, "agentrr_hooks": hooks}
    held = _bundle(engine)  # noqa: F821 - as `_boot`

    class Held(external.SourceFileLoader):  # type: ignore[misc, name-defined] # found at run time
        """Loads a module of ours whose code is here already."""

        def get_code(self, fullname: str) -> object:
            """Return the code, once: a reload reads the source."""
            entry = held.pop(fullname, None)
            return super().get_code(fullname) if entry is None else entry[3]

    class Ours:
        """Finds agentrr's two packages, and nothing else."""

        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> object:
            """Return the spec of one of our packages."""
            del path, target
            entry = held.get(name)
            if entry is not None:
                source, time, size, _ = entry
                try:
                    status = os.stat(source)
                except OSError:
                    status = None
                if status is not None and (status.st_mtime_ns, status.st_size) == (time, size):
                    loader = Held(name, source)
                    return external.spec_from_file_location(name, source, loader=loader)
                del held[name]
                stale.append(name)
            elif name.startswith(ours):
                stale.append(name)
            home = homes.get(name)
            return None if home is None else external.PathFinder.find_spec(name, [home])

    sys.meta_path.insert(0, Ours)  # type: ignore[arg-type] # a finder needs find_spec only
    try:
        __import__("agentrr_hooks")  # found now: our finder goes
        from agentrr_sandbox.launch.boot import boot

        boot(descriptor, stale)
    finally:
        sys.meta_path.remove(Ours)  # type: ignore[arg-type] # as above


_spec = _start()  # type: ignore[no-untyped-call]
if _spec is None:
    raise ImportError("No module named 'sitecustomize'", name="sitecustomize")
globals().update(
    __spec__=_spec,
    __file__=_spec.origin,
    __loader__=_spec.loader,
    __cached__=_spec.cached,
    __doc__=None,
)
_run = _spec.loader.exec_module
del _start, _boot, _bundle, _spec
globals().pop("_run")(__import__("sys").modules["sitecustomize"])
