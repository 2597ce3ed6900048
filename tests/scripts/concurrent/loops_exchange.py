"""Two loops in two threads that put items into each other's queue."""

import asyncio
import random
import threading

LOOPS, QUEUES, READY = {}, {}, threading.Barrier(2)


async def player(me, other):
    LOOPS[me], QUEUES[me] = asyncio.get_running_loop(), asyncio.Queue()
    READY.wait()
    seen = []
    for n in range(6):
        await asyncio.sleep(random.random() / 200)
        LOOPS[other].call_soon_threadsafe(QUEUES[other].put_nowait, (me, n))
        while not QUEUES[me].empty():
            seen.append((await QUEUES[me].get(), n))
    while len(seen) < 6:
        seen.append((await QUEUES[me].get(), "rest"))
    print(me, seen)
    await asyncio.to_thread(READY.wait)


threads = [threading.Thread(target=asyncio.run, args=(player(*names),)) for names in ("ab", "ba")]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
