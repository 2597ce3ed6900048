"""host.py record|replay SCRIPT: the script as the entry point of its `record` and `replay`."""

import pathlib
import sys

from agentrr_sdk import record, replay

mode, script = sys.argv[1:]
sys.argv = [script]
sys.path.insert(0, ".")

import entry

log = pathlib.Path("run.jsonl").absolute()
if mode == "record":
    record("conformance", entry.agent, log_path=log)
else:
    replay(log, entry.agent)
