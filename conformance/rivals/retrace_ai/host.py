"""host.py record|replay SCRIPT: the script in a `with retrace.record(...)`, as its README has it."""

import runpy
import sys

import retrace

mode, script = sys.argv[1:]
sys.argv = [script]
sys.path.insert(0, ".")
with retrace.record("run.flight") if mode == "record" else retrace.replay("run.flight"):
    runpy.run_path(script, run_name="__main__")
