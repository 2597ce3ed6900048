"""`agentrr run`: run a script as python would, and record it."""

from __future__ import annotations

from agentrr_sandbox.cli.launching import Launching
from agentrr_sandbox.launch.options import RUN

command = Launching(
    "run",
    usage="[OPTIONS] [PYTHON OPTIONS] TARGET [ARGS]...",
    about="Run TARGET as python would, and record every answer that the world gives it.",
    notes="TARGET is a script (agent.py), a module (-m pkg.mod), code (-c 'print(1)') or a"
    " callable (pkg.mod:main).  What follows it belongs to it.  Python's own options (-X, -W, -O,"
    " -u ...) go before it."
    "\n\n"
    "The recording goes to .agentrr/runs/, or where -o or AGENTRR_DIR say.  The exit code is the"
    " agent's own; 74 when the run could not be recorded.  `run` does not confine the agent.",
    table=RUN,
)
