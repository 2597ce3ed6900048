"""Close the guard as a replay does at its start, and print what that took, in milliseconds."""

import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
began = time.perf_counter()
import _socket  # noqa: E402 - what the supervisor loads for it

ours, theirs = _socket.socketpair()
stacks = os.memfd_create("stacks")
from agentrr_sandbox.seal import frames, guard  # noqa: E402

with tempfile.TemporaryDirectory() as scratch:
    frames.tell(stacks)
    guard.enter(scratch, require=True, listener=theirs.fileno())
    print((time.perf_counter() - began) * 1000, flush=True)
    os._exit(0)
