"""Runs one escape under the guard, or without, to prove that it is one.

Arguments: name, "guarded" or "open", uid or "same", port, folder, scratch.
"""

from __future__ import annotations

import asyncio  # noqa: F401 - another user may not read the standard library of this interpreter
import importlib
import os
import sqlite3  # noqa: F401 - as above
import sys
import traceback

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(os.path.dirname(here)), os.path.dirname(here)]

import seal.escapes as escapes  # noqa: E402, PLR0402

from agentrr_sandbox.seal import frames, guard, kernel, landlock, seccomp  # noqa: E402, F401


def main() -> None:
    name, guarded, uid, port, folder, scratch = sys.argv[1:]
    if name in escapes.LIBRARY:
        importlib.import_module(escapes.LIBRARY[name])
    "x".encode("idna")  # as above
    if uid != "same":
        os.setgid(int(uid))
        os.setuid(int(uid))
    if guarded == "guarded":
        listener, stacks = int(os.environ["LISTENER"]), int(os.environ["STACKS"])
        guard.close_inherited([listener, stacks])
        frames.tell(stacks)
        print(guard.enter(scratch, require=True, listener=listener), flush=True)
        os.close(listener)
        with open(os.path.join(scratch, "inside"), "w") as f:
            f.write("allowed")
    try:
        escapes.ESCAPES[name](int(port), folder)
    except OSError as error:
        print("stopped:", error, flush=True)
    except Exception:
        traceback.print_exc()


main()
