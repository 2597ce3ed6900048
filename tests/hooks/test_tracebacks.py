"""A traceback is the same text bare, while recording and while replaying.

The same program runs three times.  In the second its library is reached through functions that
live in a file of ours; in the third they raise the stored exception.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LIBRARY = """
import asyncio, json

def connect(host):
    try:
        return {}[host]
    except KeyError as error:
        raise ConnectionError(
            f"no route to {host}"
        ) from error

class Client:
    def get(self, host):
        found = [connect(name) for name in (host,)]
        return found

    def many(self, host):
        errors = []
        for name in (host, "b"):
            try:
                self.get(name)
            except ConnectionError as error:
                error.add_note(f"while asking {name}")
                errors.append(error)
        raise ExceptionGroup("both failed", errors)

    def parse(self, text):
        return json.loads(text)

    def hidden(self, host):
        try:
            self.get(host)
        except ConnectionError:
            raise TimeoutError("gave up") from None

    def deep(self, n):
        if n == 0:
            raise RecursionError("too deep")
        self.deep(n - 1)

    def while_handling(self, host):
        try:
            int("x")
        except ValueError:
            return self.get(host)

    def misspelt(self, value):
        return self.clent

    def unnamed(self, value):
        strnig = value
        return strng

    clint = 1

client = Client()
"""

PROGRAM = """
import logging, sys, threading, traceback
import wrapped
from library import client

def ask(name, value):
    return wrapped.call(getattr(client, name), value)

for name, value in [("get", "a"), ("many", "a"), ("parse", "{"), ("hidden", "a"), ("deep", 30),
                    ("while_handling", "a"), ("misspelt", "a"), ("unnamed", "a")]:
    try:
        ask(name, value)
    except Exception:
        print(traceback.format_exc())
    try:
        try:
            [][0]
        except IndexError:
            ask(name, value)
    except Exception:
        print(traceback.format_exc())
    try:
        try:
            ask(name, value)
        except Exception as error:
            raise RuntimeError("the agent failed") from error
    except RuntimeError as error:
        print("".join(traceback.format_exception(error)))
        trace = error.__cause__.__traceback__
        print([frame.f_code.co_qualname for frame, _ in traceback.walk_tb(trace)])
        logging.exception("logged")

thread = threading.Thread(target=ask, args=("get", "a"), name="worker")
thread.start()
thread.join()

class Leaving:
    def __del__(self):
        ask("get", "a")

Leaving()

class Direct:
    pass

Direct.__del__ = lambda self: ask("get", "a")
Direct()
for name in ("misspelt", "unnamed"):
    thread = threading.Thread(target=ask, args=(name, "a"), name="worker")
    thread.start()
    thread.join()
exec(sys.argv[1])
ask("get", "a")
"""

BARE = "from operator import call"  # made in C: no frame of its own

OURS = """
import itertools, json
from agentrr_sandbox import frames
from agentrr_sandbox.patching import Patching
from agentrr_sandbox.recording import raised
import agentrr_hooks.tracebacks

agentrr_hooks.tracebacks.install(Patching(), None)

count = itertools.count()

def inner(real, value):
    return (lambda: real(value))()

def recorded(real, value):
    try:
        return inner(real, value)
    except BaseException as error:
        with open(f"{next(count)}.json", "w") as file:
            json.dump(raised.encode(error), file)
        raise

def replayed(real, value):
    with open(f"{next(count)}.json") as file:
        raised.throw(raised.decode(json.load(file)))
"""


def _run(folder: Path, module: str, *, last: str = "", options: tuple[str, ...] = ()) -> str:
    (folder / "wrapped.py").write_text(module)
    done = subprocess.run(
        [sys.executable, *options, "program.py", last],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'hooks'}",
             "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"},
    )  # fmt: skip
    assert done.returncode == 1
    return re.sub("0x[0-9a-f]+", "0x", f"{done.stdout}\n----\n{done.stderr}")


@pytest.mark.parametrize("options", [(), ("-X", "no_debug_ranges")])
@pytest.mark.parametrize(
    "last",
    ["", "sys.excepthook = lambda *args: print(''.join(traceback.format_exception(*args)))",
     "sys.excepthook = sys.__excepthook__"],
)  # fmt: skip
def test_text_is_equal_bare_recorded_replayed(
    tmp_path: Path, last: str, options: tuple[str, ...]
) -> None:
    (tmp_path / "library.py").write_text(LIBRARY)
    (tmp_path / "program.py").write_text(PROGRAM)
    ours = _ours("fake_hook")
    bare = _run(tmp_path, BARE, last=last, options=options)
    recorded = _run(tmp_path, ours + "call = recorded\n", last=last, options=options)
    replayed = _run(tmp_path, ours + "call = replayed\n", last=last, options=options)
    assert bare == recorded
    assert recorded == replayed
    assert "ConnectionError: no route to a" in recorded
    assert "while asking b" in recorded
    assert "Did you mean: 'clint'" in recorded


def _ours(name: str) -> str:
    """Return the module whose functions have a file among the hooks, as a hook's do."""
    place = str(ROOT / "hooks" / "agentrr_hooks" / f"{name}.py")
    return f"exec(compile({OURS!r}, {place!r}, 'exec'))\n"


def test_the_two_names_of_a_hook_stay_one() -> None:
    program = (
        "import agentrr_hooks.tracebacks as t, sys\n"
        "from agentrr_sandbox.patching import Patching\n"
        "before = sys.excepthook\n"
        "p = Patching(); t.install(p, None)\n"
        "assert sys.excepthook is sys.__excepthook__ is not before\n"
        "assert sys.unraisablehook is sys.__unraisablehook__\n"
        "import threading, traceback\n"
        "assert threading.excepthook is threading.__excepthook__\n"
        "p.undo()\n"
        "assert sys.excepthook is before\n"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'hooks'}"},
    )
