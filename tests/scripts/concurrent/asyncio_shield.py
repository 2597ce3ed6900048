"""shield: who waits is cancelled, what it waits for goes on."""

import asyncio
import random

ENDS = []


async def work(n):
    await asyncio.sleep(random.random() / 50)
    ENDS.append(n)


async def patient(n, task):
    try:
        async with asyncio.timeout(0.01):
            await asyncio.shield(task)
        return n, "in time"
    except TimeoutError:
        await task
        return n, "late"


async def main():
    tasks = [asyncio.create_task(work(n)) for n in range(6)]
    print(await asyncio.gather(*(patient(n, t) for n, t in enumerate(tasks))), ENDS)


asyncio.run(main())
