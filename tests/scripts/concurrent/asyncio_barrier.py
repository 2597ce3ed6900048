"""A barrier met three times, then broken while two tasks wait at it."""

import asyncio
import random

ORDER = []


async def work(barrier, n):
    for _ in range(3):
        await asyncio.sleep(random.random() / 100)
        ORDER.append((n, await barrier.wait()))
    try:
        if n != 2:
            await barrier.wait()
    except asyncio.BrokenBarrierError:
        ORDER.append((n, "broken"))


async def main():
    barrier = asyncio.Barrier(3)
    tasks = [asyncio.create_task(work(barrier, n)) for n in range(3)]
    await tasks[2]
    await asyncio.sleep(0.01)
    await barrier.abort()
    await asyncio.gather(*tasks)
    print(ORDER)


asyncio.run(main())
