"""A bounded semaphore: which tasks are inside together, and one release too many."""

import asyncio
import random

INSIDE, LOG = [], []


async def work(limit, n):
    async with limit:
        INSIDE.append(n)
        LOG.append(list(INSIDE))
        await asyncio.sleep(random.random() / 100)
        INSIDE.remove(n)


async def main():
    limit = asyncio.BoundedSemaphore(3)
    await asyncio.gather(*(work(limit, n) for n in range(9)))
    print(LOG)
    try:
        limit.release()
    except ValueError as e:
        print(e)


asyncio.run(main())
