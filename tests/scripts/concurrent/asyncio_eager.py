"""Eager tasks: each runs to its first await at once, some to their end."""

import asyncio
import random

ORDER = []


async def work(n):
    ORDER.append(n)
    if n % 2:
        await asyncio.sleep(random.random() / 100)
        ORDER.append(n)
    return n


async def main():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    tasks = [asyncio.create_task(work(n)) for n in range(6)]
    ORDER.append("made")
    print([task.done() for task in tasks], await asyncio.gather(*tasks), ORDER)


asyncio.run(main())
# python: 3.12
