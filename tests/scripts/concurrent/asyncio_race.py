"""A read-modify-write across an await loses updates: the same ones."""

import asyncio
import random

total = 0


async def add(n):
    global total
    for _ in range(5):
        seen = total
        await asyncio.sleep(random.random() / 500)
        total = seen + n


async def main():
    await asyncio.gather(*(add(n) for n in range(1, 6)))
    print(total)


asyncio.run(main())
