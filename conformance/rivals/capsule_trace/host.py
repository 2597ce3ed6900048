"""host.py record|replay SCRIPT: the script in a function under `@capsule_trace.trace`.

Its `replay` command goes through the recorded steps and does not run the program, so a replay is
that function again, in the scope that makes capsule serve what it has.
"""

import pathlib
import runpy
import sys

import capsule_trace
from capsule_trace.replay.engine import Replayer
from capsule_trace.replay.mode import replay_scope

mode, script = sys.argv[1:]
sys.argv = [script]
sys.path.insert(0, ".")


@capsule_trace.trace(agent_name="conformance")
def agent():
    runpy.run_path(script, run_name="__main__")
    session = capsule_trace.get_current_session()
    if mode == "record":
        pathlib.Path("session.id").write_text(session.session_id)


if mode == "record":
    agent()
else:
    replayer = Replayer.from_session_id(pathlib.Path("session.id").read_text())
    with replay_scope(replayer._store):
        agent()
