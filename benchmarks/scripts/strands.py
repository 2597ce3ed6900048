"""Tell how many microseconds a lock, a turn of a loop, or a hand-over takes."""

import asyncio
import queue
import statistics
import sys
import threading
import time

COUNT = {"lock": 200_000, "turn": 30_000, "switch": 5_000}
clock = time.perf_counter


def lock(count):
    held = threading.Lock()
    start = clock()
    for _ in range(count):
        with held:
            pass
    return clock() - start


def turn(count):
    async def turns():
        start = clock()
        for _ in range(count):
            await asyncio.sleep(0)
        return clock() - start

    return asyncio.run(turns())


def switch(count):
    there, back = queue.Queue(), queue.Queue()

    def answer():
        while there.get() is not None:
            back.put(1)

    thread = threading.Thread(target=answer)
    thread.start()
    start = clock()
    for _ in range(count):
        there.put(1)
        back.get()
    spent = clock() - start
    there.put(None)
    thread.join()
    return spent / 2


kind = sys.argv[1]
count = COUNT[kind]
print(statistics.median(globals()[kind](count) for _ in range(3)) / count * 1e6)
