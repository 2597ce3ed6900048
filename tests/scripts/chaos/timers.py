"""Timers of different lengths come in their order, whatever else does."""

import asyncio
import threading
import time

seen = []


async def nap(n):
    await asyncio.sleep(n / 50)
    seen.append(n)


def rest(n):
    time.sleep(n / 10)
    seen.append(n)


async def main():
    await asyncio.gather(*(nap(n) for n in (3, 1, 2)))
    try:
        async with asyncio.timeout(5):
            await asyncio.sleep(0.001)
    except TimeoutError:
        seen.append("late")


asyncio.run(main())
threads = [threading.Thread(target=rest, args=(n,)) for n in (9, 4, 6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(seen)
