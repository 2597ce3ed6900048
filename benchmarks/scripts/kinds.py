"""Every kind of clock read and draw in a warm loop, several times over: its CPU time each, in us.

The figures go to stderr through C's `write`, which is not compared: bare, recorded and replayed
runs then have the same output for agentrr, and a replay is faithful.
"""

import ctypes
import gc
import sys
import warnings

from c_clock import cpu

SETUP = """
import os, random, secrets, time, uuid
from datetime import UTC, date, datetime
own = random.Random()
"""
KINDS = (
    "time.time()", "time.monotonic()", "time.perf_counter()", "time.time_ns()",
    "datetime.now()", "datetime.now(UTC)", "datetime.utcnow()", "date.today()",
    "random.random()", "random.getrandbits(32)", "random.randint(1, 100)",
    "random.choice('abcdef')", "own.random()", "os.urandom(16)", "uuid.uuid4()",
    "secrets.token_hex()",
)  # fmt: skip
SHARED = [kind for kind in KINDS if kind.startswith("random.")]
BY_VALUE = 900
"""So many draws between two crossings are recorded one by one."""


def loop(body: str, inner: int, rounds: int = 1) -> float:
    """Time of *rounds* loops of *inner* times *body*, each of which ends in a crossing."""
    lines = ("def run():", f" for _ in range({rounds}):", f"  for _ in range({inner}):")
    names: dict[str, object] = {"__name__": "__main__", "__file__": __file__}
    exec("\n".join([SETUP, *lines, f"   {body}", "  time.sleep(0)"]), names)
    run = names["run"]
    gc.collect()
    start = cpu()
    run()
    return cpu() - start


def main(count: int, times: int) -> str:
    """Measure each kind."""
    rounds = max(count // BY_VALUE, 1)
    lines = []
    for _ in range(times):
        lines += [f"{kind}\t{loop(kind, count) / count}" for kind in KINDS]
        crossings = loop("pass", BY_VALUE, rounds)
        for kind in SHARED:
            draws = loop(kind, BY_VALUE, rounds) - crossings
            lines.append(f"{kind} by value\t{draws / rounds / BY_VALUE}")
    return "\n".join(lines) + "\n"


warnings.simplefilter("ignore", DeprecationWarning)
figures = main(int(sys.argv[1]), int(sys.argv[2])).encode()
write = ctypes.CDLL(None).write
while figures:
    figures = figures[write(2, figures, len(figures)) :]
