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
    if len(words) == 8:  # noqa: PLR2004 - as `launch.spawn` joins them
        descriptor, stage, engine, hooks, *before = words
        for name, had, value in (
            ("PYTHONPATH", before[0], before[1]),
            ("PYTHONHASHSEED", before[2], before[3]),
        ):
            if had:
                os.environ[name] = value
            else:
                os.environ.pop(name, None)
        import gc

        gc.disable()
        try:
            _boot(int(descriptor), stage, engine, hooks)  # noqa: F821 - deleted below, after this has run
        except Exception:
            # `site` would say a word and run the script all the same: unrecorded, or live
            import traceback

            traceback.print_exc()
            os._exit(70)
        gc.enable()
    finder = sys.modules["_frozen_importlib_external"].PathFinder
    return finder.find_spec("sitecustomize")


def _boot(descriptor: int, stage: str, engine: str, hooks: str) -> None:
    import sys

    external = sys.modules["_frozen_importlib_external"]
    name = "agentrr_sandbox.loading"
    found: dict = {"__name__": name}  # type: ignore[type-arg]
    code = external.SourceFileLoader(name, f"{engine}/agentrr_sandbox/loading.py").get_code(name)
    exec(code, found)  # noqa: S102 - not an import: the package itself may come from the bundle
    try:
        found["load"](stage, {"agentrr_sandbox": engine, "agentrr_hooks": hooks})
        from agentrr_sandbox.launch.boot import boot

        boot(descriptor, found["noted"])
    finally:
        found["end"]()


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
del _start, _boot, _spec
globals().pop("_run")(__import__("sys").modules["sitecustomize"])
