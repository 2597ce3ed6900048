"""Writes the files that `loading` reads: a stage's modules, compiled, in the order of loading.

The supervisor writes them beside the other compiled files (`__pycache__`) after a run that found
none, or an old one.
"""

from __future__ import annotations

import marshal
import sys

from agentrr_sandbox import loading, real
from agentrr_sandbox.launch.spawn import ENGINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LATER = frozenset(
    f"agentrr_sandbox.{name}"
    for name in (
        "matching", "recording.bodies", "recording.codec", "recording.codec_classes",
        "recording.codec_names", "recording.once", "recording.payloads",
        "recording.raised", "recording.reads", "seal.content",
    )
)  # fmt: skip
"""Modules that run when they are first needed; who imports them takes no name out of them."""


def write(stage: str, modules: list[list[str]]) -> None:
    """Write the code of *modules*, names and sources; where that cannot be, do nothing."""
    if sys.dont_write_bytecode or sys.pycache_prefix is not None:
        return
    external: Any = sys.modules["_frozen_importlib_external"]
    held: list[tuple[Any, ...]] = []
    path = loading.path(ENGINE, stage)
    try:
        for name, source in modules:
            status = real.stat(source)
            code = external.SourceFileLoader(name, source).get_code(name)
            if name in _LATER:
                code = marshal.dumps(code)
            held.append((name, source, status.st_mtime_ns, status.st_size, code))
        new = f"{path}.{real.getpid()}"
        with real.open(new, "xb") as file:
            file.write(marshal.dumps((external.MAGIC_NUMBER, held)))
        real.rename(new, path)
    except (OSError, ImportError, SyntaxError, ValueError):
        return


def write_all(child: dict[str, list[list[str]]]) -> None:
    """Write the stages that were noted in this process, and in its *child*, of the same Python."""
    for stage, modules in {**loading.noted, **child}.items():
        write(stage, modules)
    loading.noted.clear()
