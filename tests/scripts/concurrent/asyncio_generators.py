"""Asynchronous generators left half way: by break, by aclose, by the end of the loop."""

import asyncio
import random


async def ticks(name):
    try:
        for n in range(10):
            await asyncio.sleep(random.random() / 200)
            yield n
    finally:
        await asyncio.sleep(0)
        print("closed", name)


async def reader(name, last):
    async for n in ticks(name):
        print(name, n)
        if n == last:
            break


async def main():
    await asyncio.gather(reader("a", 3), reader("b", 2), reader("c", 1))
    left = ticks("left")
    print(await anext(left), await anext(left))
    closed = ticks("by hand")
    print(await anext(closed))
    await closed.aclose()
    globals()["kept"] = left


asyncio.run(main())
