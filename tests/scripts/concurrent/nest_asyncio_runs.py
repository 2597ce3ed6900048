"""nest_asyncio: asyncio.run within a task, other tasks meanwhile."""

import asyncio
import random

import nest_asyncio

nest_asyncio.apply()
ORDER = []


async def work(n):
    await asyncio.sleep(random.random() / 100)
    ORDER.append(n)
    return n


async def main():
    tasks = [asyncio.create_task(work(n)) for n in range(4)]
    print(asyncio.run(work("inner")))
    loop = asyncio.get_event_loop()
    print(loop.run_until_complete(asyncio.gather(work("a"), work("b"))))
    await asyncio.gather(*tasks)
    print(ORDER)


asyncio.run(main())
# needs: nest_asyncio
