"""host.py record|replay SCRIPT: the script under `vcr.use_cassette`, as vcrpy's guide has it."""

import runpy
import sys

import vcr

mode, script = sys.argv[1:]
sys.argv = [script]
sys.path.insert(0, ".")
recorder = vcr.VCR(match_on=["method", "scheme", "host", "port", "path", "query", "body"])
with recorder.use_cassette("run.yaml", record_mode="once" if mode == "record" else "none"):
    runpy.run_path(script, run_name="__main__")
