"""as_completed as an asynchronous iterator, which yields the tasks themselves."""

import asyncio
import random


async def nap(n):
    await asyncio.sleep(random.random() / 100)
    return n


async def main():
    names = {asyncio.create_task(nap(n)): n for n in range(8)}
    async for task in asyncio.as_completed(names):
        print(names[task], await task)


asyncio.run(main())
# python: 3.13
