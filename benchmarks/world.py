"""What one HTTP exchange, one process and one file cost, recorded and replayed."""

from __future__ import annotations

import statistics

from bench import Bench
from model_server import ModelServer

KINDS = {
    "httpx": ("an HTTP exchange by httpx", 200),
    "requests": ("an HTTP exchange by requests", 200),
    "http_client": ("an HTTP exchange by http.client", 200),
    "process": ("a process without pipes", 100),
    "output": ("a process whose output is read", 100),
    "read": ("a file of 1 KB opened and read", 500),
    "write": ("a file of 1 KB opened and written", 500),
    "stat": ("a file's status asked", 500),
}


def kinds(bench: Bench) -> None:
    """Each in a warm process; bare, recorded and replayed ones run in turn."""
    times = 2 if bench.quick else 5
    for kind, (what, count) in KINDS.items():
        bare, recorded, replayed = [], [], []
        with ModelServer(latency=0) as server:
            bench.place.env.update(server.environment())
            for _ in range(times):
                run, words = bench.fresh(kind), ("world", kind, str(count))
                bare.append(bench.told(bench.bare(*words)))
                recorded.append(bench.told(bench.record(run, *words, durable="process")))
                # its last line, a measurement, differs: nothing comes after
                replayed.append(bench.told(bench.replay(run, "--observe"), code=76))
        how = f"wall, --durable=process, median of {times} warm processes; bare {{:.0f}} us"
        how = how.format(statistics.median(bare))
        for manner, found in (("recorded", recorded), ("replayed", replayed)):
            ratio = statistics.median(a / b for a, b in zip(found, bare, strict=True))
            told = f"{how}, {manner} {statistics.median(found):.0f} us"
            bench.row(f"{what}: {manner} / bare", ratio, "x", None, told)
