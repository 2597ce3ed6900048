"""wait_for: some are quick enough, some are cancelled, some ends after that."""

import asyncio
import random


async def work(n):
    try:
        await asyncio.sleep(random.random() / 25)
        return n
    except asyncio.CancelledError:
        await asyncio.sleep(random.random() / 100)
        print("cancelled", n)
        raise


async def limited(n):
    try:
        return await asyncio.wait_for(work(n), 0.02)
    except TimeoutError:
        return f"late {n}"


async def main():
    print(await asyncio.gather(*(limited(n) for n in range(8))))


asyncio.run(main())
