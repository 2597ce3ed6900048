"""host.py record|replay SCRIPT: a session and the httpx plugin, as its pytest plugin sets them up."""

import pathlib
import runpy
import sys

from timetracer.cassette import read_cassette, write_cassette
from timetracer.config import TraceConfig
from timetracer.context import reset_session, set_session
from timetracer.plugins import enable_httpx
from timetracer.session import ReplaySession, TraceSession

mode, script = sys.argv[1:]
sys.argv = [script]
sys.path.insert(0, ".")
enable_httpx()
if mode == "record":
    config = TraceConfig(mode="record", cassette_dir="cassettes")
    session = TraceSession(config=config)
else:
    path = str(next(pathlib.Path("cassettes").rglob("*.json")))
    config = TraceConfig(mode="replay", cassette_path=path)
    cassette = read_cassette(path)
    session = ReplaySession(cassette=cassette, cassette_path=path, strict=True, config=config)
token = set_session(session)
try:
    runpy.run_path(script, run_name="__main__")
finally:
    reset_session(token)
    if mode == "record":
        session.finalize()
        write_cassette(session, config)
