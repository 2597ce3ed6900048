"""host.py record|replay SCRIPT: a session, as its README has it, and that README's own assertion.

Its clients are made in this folder's `world.py`. Clocks and draws are captured where the script is
about them: elsewhere what httpx and asyncio read of the clock sets the replay apart from the run.
"""

import pathlib
import runpy
import sys

import kinescope

mode, script = sys.argv[1:]
sys.argv = [script]
sys.path.insert(0, ".")
if mode == "record":
    with kinescope.record("run", capture="all" if "draws" in script else ()) as session:
        runpy.run_path(script, run_name="__main__")
    pathlib.Path("run.id").write_text(session.run_id)
else:
    with kinescope.replay(pathlib.Path("run.id").read_text()) as session:
        runpy.run_path(script, run_name="__main__")
    sys.stdout.flush()
    assert not session.divergences, session.divergences
