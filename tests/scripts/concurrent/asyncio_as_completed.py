"""as_completed: in the order of the ends, and until a time limit."""

import asyncio
import random


async def nap(n):
    await asyncio.sleep(random.random() / 100)
    return n


async def main():
    print([await f for f in asyncio.as_completed([nap(n) for n in range(8)])])
    got = []
    try:
        for f in asyncio.as_completed([asyncio.sleep(n / 50, n) for n in range(4)], timeout=0.03):
            got.append(await f)
    except TimeoutError:
        print("timeout", got)


asyncio.run(main())
