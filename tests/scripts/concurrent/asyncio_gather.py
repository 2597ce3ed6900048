"""gather: results in order, ends in any, an exception among the results."""

import asyncio
import random

ENDS = []


async def work(n):
    await asyncio.sleep(random.random() / 100)
    ENDS.append(n)
    if n == 3:
        raise ValueError(n)
    return n


async def main():
    print(await asyncio.gather(*(work(n) for n in range(6)), return_exceptions=True), ENDS)
    ENDS.clear()
    try:
        await asyncio.gather(*(work(n) for n in range(6)))
    except ValueError as e:
        print(repr(e), ENDS)
    await asyncio.sleep(0.02)
    print(ENDS)


asyncio.run(main())
