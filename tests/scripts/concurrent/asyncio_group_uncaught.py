"""An exception group of two tasks that nobody catches: the traceback names both."""

import asyncio
import random


async def work(n):
    await asyncio.sleep(0.01)
    raise ValueError(f"{n} {random.random():.3f}")


async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(work(1))
        group.create_task(work(2))


asyncio.run(main())
