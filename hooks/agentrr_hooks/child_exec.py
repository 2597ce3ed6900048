"""`os.exec*`: the run becomes another program.  See `processes`.

It is written down, and synced, before it happens: nothing of the run comes after, and a replay
ends there.  One that fails is answered as any call is.
"""

from __future__ import annotations

import os

from agentrr_hooks.child_start import environment, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentrr_sandbox.boundary import Lane

CALL = "process.exec"


def become(lane: Lane, real: Any, path: Any, argv: Any, *env: Any) -> None:
    """Cross to *real*, which is `os.execv` or `os.execve`."""
    if lane.files is not None:
        lane.files.settle(lane)
    request: dict[str, object] = {"args": words(argv), "executable": os.fsdecode(path)}
    changed = environment(env[0] if env and env[0] is not os.environ else None)
    if changed:
        request["environment"] = changed
    detail = {"process.executable.name": os.fsdecode(path).rpartition("/")[2]}
    into = () if not env else (_own(env[0]),)
    lane.cross(CALL, lambda: real(path, argv, *into), request=request, detail=detail, outward=True)


def _own(env: Any) -> Any:
    """Return *env*; for the program's own environment what it holds, past the hook."""
    environ: Any = os.environ
    now = getattr(environ._data, "now", None)
    return now() if env is environ and now is not None else env
