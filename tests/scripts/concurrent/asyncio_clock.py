"""A task polls the clock and the loop's time while others sleep."""

import asyncio
import random
import time

SEEN = []


async def poll():
    end = time.monotonic() + 0.02
    while time.monotonic() < end:
        SEEN.append(round(asyncio.get_running_loop().time() * 1e6) % 1000)
        await asyncio.sleep(random.random() / 500)


async def nap(n):
    await asyncio.sleep(random.random() / 50)
    SEEN.append(("nap", n))


async def main():
    await asyncio.gather(poll(), nap(1), nap(2))
    print(SEEN)


asyncio.run(main())
