"""Our modules' compiled code in one file, so that a run starts sooner.

Fifty modules are loaded before the script, and looking for each on the disk costs more than
running it.  The supervisor writes this file beside the other compiled files (`__pycache__`) after
a run that had none; `site/sitecustomize.py` reads it.  Each module's entry holds the size and time
of its source, as a `.pyc` does; one that differs is loaded the usual way.
"""

from __future__ import annotations

import marshal
import os
import sys

from agentrr_sandbox import real
from agentrr_sandbox.launch.spawn import ENGINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def path() -> str:
    """Return where the file is; as `sitecustomize` has it."""
    tag = sys.implementation.cache_tag
    return os.path.join(ENGINE, "agentrr_sandbox", "__pycache__", f"boot.{tag}.bundle")


def write(modules: list[list[str]]) -> None:
    """Write the code of *modules*, names and paths; where that cannot be, do nothing."""
    if sys.dont_write_bytecode or sys.pycache_prefix is not None:
        return
    loader: Any = sys.modules["_frozen_importlib_external"]
    held: dict[str, tuple[Any, ...]] = {}
    try:
        for name, source in modules:
            status = real.stat(source)
            code = loader.SourceFileLoader(name, source).get_code(name)
            held[name] = (source, status.st_mtime_ns, status.st_size, code)
        new = f"{path()}.{real.getpid()}"
        with real.open(new, "xb") as file:
            file.write(marshal.dumps(held))
        real.rename(new, path())
    except (OSError, ImportError, SyntaxError, ValueError):
        return
