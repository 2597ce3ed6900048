"""PriorityQueue and LifoQueue, filled while they are read."""

import asyncio
import random


async def fill(queue):
    for n in range(10):
        await queue.put((random.random(), n))
        await asyncio.sleep(random.random() / 200)


async def read(queue):
    got = []
    for _ in range(10):
        got.append((await queue.get())[1])
        await asyncio.sleep(random.random() / 100)
    return got


async def main():
    for kind in (asyncio.PriorityQueue, asyncio.LifoQueue):
        queue = kind()
        _, got = await asyncio.gather(fill(queue), read(queue))
        print(kind.__name__, got)


asyncio.run(main())
