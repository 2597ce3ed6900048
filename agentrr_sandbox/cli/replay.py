"""`agentrr replay`: run a script again, every answer served from a recording."""

from __future__ import annotations

from agentrr_sandbox.cli.launching import Launching
from agentrr_sandbox.launch.options import REPLAY

command = Launching(
    "replay",
    usage="[OPTIONS] RUN [SCRIPT] [-- ARGS...] | [OPTIONS] PATH... [-j N]",
    about="Run the recorded script again, offline: every answer is served from RUN.",
    notes="RUN is a path, a run id, the beginning of one, or `last`.  SCRIPT and ARGS default to"
    " the recorded ones; give a changed script to see where it departs."
    "\n\n"
    "Several recordings, or folders of them, are replayed -j at a time, without the output of"
    " the agents: one line each, and the worst exit code of --check:"
    " agentrr replay runs/ more.jsonl -j 4"
    "\n\n"
    "The exit code is the agent's own when the replay is faithful; 76 when it diverged, 77 when"
    " it tried to leave, 125 when it cannot be replayed here, 65 or 66 when the recording is"
    " damaged or missing.  With --chaos it is 0 when the agent behaves as recorded in every"
    " schedule, 76 when it does not in some: agentrr replay last --chaos",
    table=REPLAY,
)
