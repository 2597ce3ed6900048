"""Replay `run.retrace`: take its processes out into files, and replay the script's own."""

import json
import pathlib
import subprocess
import sys

replay = str(pathlib.Path(sys.executable).with_name("replay"))
take_out = [replay, "--recording", "run.retrace", "--extract", "taken-out"]
subprocess.run(take_out, check=True, capture_output=True)
index = json.loads(pathlib.Path("taken-out/index.json").read_text())
script = f"taken-out/{index['root']['pid']}.bin"
sys.exit(subprocess.run([replay, script], check=False).returncode)
