"""A condition: wait_for a predicate, notify one, notify all."""

import asyncio
import random

ITEMS, OUT = [], []


async def take(condition, n):
    async with condition:
        await condition.wait_for(lambda: ITEMS)
        OUT.append((n, ITEMS.pop()))


async def put(condition, n):
    await asyncio.sleep(random.random() / 100)
    async with condition:
        ITEMS.append(n)
        condition.notify(1 + n % 2)


async def main():
    condition = asyncio.Condition()
    takers = [asyncio.create_task(take(condition, n)) for n in range(5)]
    await asyncio.gather(*(put(condition, n) for n in range(5)))
    async with condition:
        condition.notify_all()
    await asyncio.gather(*takers)
    print(OUT)


asyncio.run(main())
