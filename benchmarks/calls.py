"""Model calls through the real openai SDK, to a model server on this machine."""

from __future__ import annotations

import os
import statistics

from bench import Bench
from model_server import ModelServer

CALL = 100
LATENCY = 0.4


def model_call(bench: Bench) -> None:
    """What one call costs beside the network and the sync, in a warm process.

    The script tells the median over blocks of its calls; the kinds of run come in turn, and the
    figure is the median of their differences.
    """
    count, rounds = ("100", 3) if bench.quick else ("300", 5)
    bare, recorded, own, replayed = [], [], [], []
    with ModelServer(latency=0) as server:
        bench.place.env.update(server.environment())
        for _ in range(rounds):
            run = bench.fresh("warm")
            bare.append(bench.told(bench.bare("warm", count)))
            recorded.append(bench.told(bench.record(run, "warm", count, durable="process")))
            own.append(bench.told(bench.bare("parsing", count)))
            # its last line, a measurement, differs: nothing comes after
            replayed.append(bench.told(bench.replay(run, "--observe"), code=76))
    how = f"CPU, --durable=process, median of {rounds} rounds of {count} calls in a warm process"
    above = statistics.median(b - a for a, b in zip(bare, recorded, strict=True))
    bare_at = f"bare {statistics.median(bare):.0f} us, its network included"
    bench.row("a model call recorded, beside the sync", above, "us", CALL, f"{how}; {bare_at}")
    above = statistics.median(b - a for a, b in zip(own, replayed, strict=True))
    own_at = f"the SDK alone, answers from memory, {statistics.median(own):.0f} us"
    bench.row("a model call replayed, above the SDK's own", above, "us", CALL, f"{how}; {own_at}")


def slow_agent(bench: Bench) -> None:
    """An agent that waits for its model, recorded and replayed."""
    latency, count = (0.1, 20) if bench.quick else (LATENCY, 50)
    run = bench.fresh("slow")
    words = ("calls", str(count), "apart", "400")
    with ModelServer(latency=latency, steady=True) as server:
        bench.place.env.update(server.environment())
        bare = bench.spend(bench.bare(*words)).wall
        recorded = bench.spend(bench.record(run, *words)).wall
    replayed = min(bench.spend(bench.replay(run)).wall for _ in range(3))
    loading = [f"import openai; openai.OpenAI(api_key={'x' * 20!r})"]
    importing = min(bench.spend([*bench.bare("empty")[:1], "-c", *loading]).wall for _ in range(3))
    what = f"{count} calls of {latency * 1000:.0f} ms each"
    how = f"wall, whole processes: {bare:.2f} s bare, {recorded:.2f} s recorded"
    bench.row(f"{what}: recorded / bare", recorded / bare, "x", 1.02, how)
    how = f"wall, whole processes: {replayed:.2f} s replayed (best of 3)"
    bench.row(f"{what}: replay is faster by", recorded / replayed, "x", 50, how, least=True)
    beside = (recorded - importing) / max(replayed - importing, 0.001)
    how = f"the same less {importing:.2f} s, what bare python takes to import the SDK"
    bench.row(f"{what}: the same beside the SDK's import", beside, "x", None, how)


def conversation(bench: Bench) -> None:
    """The log of a conversation that is sent whole each turn."""
    sizes = {}
    with ModelServer(latency=0) as server:
        bench.place.env.update(server.environment())
        for turns in (50, 100):
            run = bench.fresh(f"grow{turns}")
            bench.spend(bench.record(run, "calls", str(turns), "grow", "2048", durable="process"))
            sizes[turns] = os.path.getsize(run)
    how = f"{sizes[100] / 1000:.0f} kB / {sizes[50] / 1000:.0f} kB, turns of 2 KB"
    bench.row("a conversation: log of 100 turns / 50", sizes[100] / sizes[50], "x", 2.1, how)
